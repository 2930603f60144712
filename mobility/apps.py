from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig


class MobilityConfig(AppConfig):
    name = "mobility"
    default = True


class StaticFilesConfig(DjangoStaticFilesConfig):
    """Leaves behind what no page asks for: hashing and compressing it took half a minute at set-up."""

    default = False
    ignore_patterns = [
        *DjangoStaticFilesConfig.ignore_patterns,
        "flags",
        "bootstrap/js/*",
        "bootstrap/css/bootstrap.css*",
        "bootstrap/css/bootstrap-*",
        "*.rtl.*",
        "django_htmx/htmax*",
    ]
