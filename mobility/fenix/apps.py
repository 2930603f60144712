from django.apps import AppConfig


class FenixConfig(AppConfig):
    """How allauth finds the provider: it looks for a module of that name in every installed package."""

    name = "mobility.fenix"
    label = "fenix"
    verbose_name = "Fénix"
