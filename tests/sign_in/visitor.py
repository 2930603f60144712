"""A browser in small: goes from the portal to a provider and back, with the cookies of both."""

import json
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
from django.http import HttpResponse
from django.test import Client
from lxml import html

LOGIN = "/account/oidc/counterpart/login/"
INES = {
    "sub": "7d1f",
    "name": "Inês Carvalho",
    "email": "ines@tecnico.example",
    "email_verified": True,
    "preferred_username": "ist1000001",
}


class Traveller:
    """Somebody with a browser in which the portal and the provider each have their cookies."""

    LOGIN: str
    HEADERS: dict[str, str] = {}

    def __init__(self) -> None:
        self.portal = Client(headers={"accept-language": "en"} | self.HEADERS)
        self.abroad = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abroad.close()

    def leave(self, address: str = "", **query: str) -> str:
        """Press the button; where the provider's page is."""
        response = self.portal.post(address or self.LOGIN, query_params=query)
        assert response.status_code == 302, response.content.decode()
        return str(response["Location"])

    @property
    def signed_in_as(self) -> int | None:
        """The primary key of the account, or none."""
        key = self.portal.session.get("_auth_user_id")
        return int(key) if key else None


class Visitor(Traveller):
    LOGIN = LOGIN

    def authorise(self, address: str, /, *, action: str = "grant", **claims: Any) -> str:
        """Sign in at the provider as whom the claims say, and agree or not; the address at which it sends one back."""
        self.abroad.cookies.clear()
        page = self.abroad.get(address)
        said = {"username": str(claims.get("sub", "nobody")), "claims": json.dumps(claims)}
        page = self.abroad.post(page.url, data=said)
        form = html.fromstring(page.content).forms[0]
        fields = [*form.form_values(), ("action", action)]
        back = self.abroad.post(urljoin(page.url, form.action), data=fields, allow_redirects=False)
        assert back.status_code == 302, back.text
        return back.headers["Location"]

    def come_back(self, address: str) -> HttpResponse:
        parts = urlsplit(address)
        return self.portal.get(f"{parts.path}?{parts.query}")

    def sign_in(self, *, leave: str = "", query: dict[str, str] | None = None, **claims: Any) -> HttpResponse:
        """The whole way; what the portal answers to the one who comes back."""
        return self.come_back(self.authorise(self.leave(leave, **(query or {})), **claims))


class SamlVisitor(Traveller):
    LOGIN = "/account/saml/university/login/"
    # The library builds addresses from the header, and wants one that could be on the internet.
    HEADERS = {"host": "localhost"}

    def authorise(self, address: str, attributes: Any = None, **said: Any) -> dict[str, str]:
        """Sign in at the provider; the form that it posts back, as the address ("action") and its fields."""
        data = {"username": "ines", "attributes": json.dumps(attributes), **said}
        page = self.abroad.post(address, data=data)
        assert page.status_code == 200, page.text
        form = html.fromstring(page.content).forms[0]
        return {"action": form.action, **dict(form.form_values())}

    def come_back(self, form: dict[str, str]) -> HttpResponse:
        """Post the form to the portal, which takes it in and reads it in a second step."""
        taken = self.portal.post(urlsplit(form["action"]).path, {k: v for k, v in form.items() if k != "action"})
        assert taken.status_code == 302, taken.content.decode()
        return self.portal.get(taken["Location"])

    def sign_in(self, attributes: Any = None, query: dict[str, str] | None = None, **said: Any) -> HttpResponse:
        return self.come_back(self.authorise(self.leave(**(query or {})), attributes, **said))
