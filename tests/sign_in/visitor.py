"""A browser in small: goes from the portal to a provider and back, with the cookies of both."""

import json
from typing import Any
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


class Visitor:
    def __init__(self) -> None:
        self.portal = Client(headers={"accept-language": "en"})
        self.abroad = requests.Session()

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.abroad.close()

    def leave(self, address: str = LOGIN, **query: str) -> str:
        """Press the button; where the provider's page is."""
        response = self.portal.post(address, query_params=query)
        assert response.status_code == 302, response.content.decode()
        return str(response["Location"])

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

    def sign_in(self, *, leave: str = LOGIN, query: dict[str, str] | None = None, **claims: Any) -> HttpResponse:
        """The whole way; what the portal answers to the one who comes back."""
        return self.come_back(self.authorise(self.leave(leave, **(query or {})), **claims))

    @property
    def signed_in_as(self) -> int | None:
        """The primary key of the account, or none."""
        key = self.portal.session.get("_auth_user_id")
        return int(key) if key else None
