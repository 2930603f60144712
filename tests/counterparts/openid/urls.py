"""The provider's addresses, its sign-in page, and what it says of people."""

import json
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

PEOPLE: dict[str, dict[str, Any]] = {
    "ines": {
        "sub": "7d1f",
        "name": "Inês Carvalho",
        "email": "ines.carvalho@tecnico.example",
        "email_verified": True,
        "preferred_username": "ist1000001",
    },
}
PAGE = """<!doctype html><html lang="en"><title>Counterpart</title><h1>Sign in to the counterpart</h1>
<form method="post"><label>Username <input name="username"></label> <button>Sign in</button></form></html>"""


class Adapter(DefaultOIDCAdapter):
    def get_claims(self, purpose: str, user: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The claims given at sign-in; those under "in_userinfo" only there, in the place of the others."""
        claims = json.loads(user.last_name)
        instead = claims.pop("in_userinfo", {})
        return claims | instead if purpose == "userinfo" else claims


@csrf_exempt
def sign_in(request: HttpRequest) -> HttpResponse:
    """Anybody signs in; claims as JSON say who they are, else they are one of PEOPLE."""
    if request.method != "POST":
        return HttpResponse(PAGE)
    name = request.POST["username"]
    user, _ = get_user_model().objects.get_or_create(username=name)
    # Long texts are no matter to SQLite.
    user.last_name = request.POST.get("claims") or json.dumps(PEOPLE[name])
    user.save()
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(request.GET["next"])


urlpatterns = [path("login/", sign_in), path("", include("allauth.idp.urls"))]
