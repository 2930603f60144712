from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns

from mobility.fenix.provider import FenixProvider

urlpatterns = default_urlpatterns(FenixProvider)
