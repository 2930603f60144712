"""Pages that belong to no single part of the portal."""

from mobility.views.home import home
from mobility.views.site import health, set_language, site

__all__ = ["health", "home", "set_language", "site"]
