from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig
from onelogin.saml2.constants import OneLogin_Saml2_Constants


class MobilityConfig(AppConfig):
    name = "mobility"
    default = True

    def ready(self) -> None:
        # The library has no other way to say it.
        OneLogin_Saml2_Constants.ALLOWED_CLOCK_DRIFT = settings.SAML_CLOCK_SKEW_SECONDS


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
