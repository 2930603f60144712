"""ASGI entry point, for operators who serve Django that way."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobility.settings")
application = get_asgi_application()
