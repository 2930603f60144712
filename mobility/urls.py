"""Every address of the portal."""

from django.urls import include, path

from mobility import views

urlpatterns = [
    path("", views.home, name="home"),
    path("account/", include("allauth.urls")),
    path("language/", views.set_language, name="set_language"),
    path("health/", views.health, name="health"),
]
