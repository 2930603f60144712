"""Signing in at the institution in a real browser: OpenID Connect and SAML, there and back."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from csp.constants import SELF
from django.test import Client
from playwright.sync_api import Page, expect

from mobility import ways_in
from mobility.models import User
from tests.counterparts.openid import CLIENT_ID, CLIENT_SECRET
from tests.counterparts.running import running
from tests.journeys.browser import check_readable

LABEL = {"pt": "a conta do Técnico", "en": "your Técnico account"}


@pytest.fixture
def offered(settings, live_server):
    """Sets the portal up with providers, as the settings do from the environment."""

    def set_up(*, openid: list[dict] = [], saml: list[dict] = []) -> None:  # noqa: B006  # read alone
        kinds = settings.SOCIALACCOUNT_PROVIDERS
        apps = {"openid_connect": ways_in.openid_connect(json.dumps(openid)), "saml": ways_in.saml(json.dumps(saml), 5)}
        settings.SOCIALACCOUNT_PROVIDERS = kinds | {name: kinds[name] | {"APPS": its} for name, its in apps.items()}
        origins = [origin for its in apps.values() for app in its for origin in app["settings"]["origins"]]
        policy = settings.CONTENT_SECURITY_POLICY
        directives = policy["DIRECTIVES"] | {"form-action": [SELF, *origins]}
        settings.CONTENT_SECURITY_POLICY = policy | {"DIRECTIVES": directives}

    return set_up


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def test_with_openid_connect_there_and_back(page: Page, offered, live_server, folder: Path, complaints: list[str]):
    with running("openid", folder, f"{live_server.url}/account/oidc/tecnico/login/callback/") as address:
        entry = {"id": "tecnico", "label": LABEL, "server_url": address, "client_id": CLIENT_ID}
        offered(openid=[entry | {"client_secret": CLIENT_SECRET, "institutional_id": "preferred_username"}])
        page.goto("/account/login/?next=/account/")
        check_readable(page)
        page.get_by_role("button", name="Entrar com a conta do Técnico").click()
        page.get_by_label("Username").fill("ines")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Não entraste")
        check_readable(page)

        page.get_by_role("link", name="Ver as formas de entrar").click()
        page.get_by_role("button", name="Entrar com a conta do Técnico").click()
        page.get_by_role("button", name="Authorize").click()
        expect(page.get_by_role("button", name="Sair")).to_be_visible()
        assert User.objects.values_list("name", "institutional_id").get() == ("Inês Carvalho", "ist1000001")

        page.get_by_role("button", name="Tomei conhecimento").click()
        page.goto("/account/3rdparty/")
        expect(page.get_by_role("term").filter(has_text="A conta do Técnico")).to_be_visible()
        check_readable(page)
    # The provider is down now.
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_role("button", name="Entrar com a conta do Técnico").click()
    expect(page.get_by_text("o serviço não responde")).to_be_visible()
    check_readable(page)
    # That the provider has no icon, and is down, the browser notes too; nothing was refused to it.
    complaints[:] = [said for said in complaints if "404 (Not Found)" not in said and "503 (Service" not in said]


def test_with_saml_there_and_back_without_javascript(page_without_javascript: Page, offered, live_server, folder: Path):
    page = page_without_javascript
    with running("identity_provider", folder) as address:
        metadata = f"{address}/metadata"
        entry = {"id": "university", "label": LABEL, "entity_id": metadata, "metadata_url": metadata}
        offered(saml=[entry | {"verified_email": True}])
        host = live_server.url.removeprefix("http://")
        ours = Client(headers={"host": host}).get("/account/saml/university/metadata/")
        (folder / "sp.xml").write_bytes(ours.content)
        page.goto("/account/login/")
        page.get_by_role("button", name="Entrar com a conta do Técnico").click()
        page.get_by_label("Username").fill("ines")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("button", name="Sair")).to_be_visible()
        assert User.objects.values_list("name", "email").get() == ("Inês Carvalho", "ines.carvalho@tecnico.example")


@pytest.mark.parametrize("language", ["pt", "en"])
def test_every_page_of_it_is_readable_in_both_languages(page: Page, offered, language: str, complaints: list[str]):
    entry = {"id": "tecnico", "label": LABEL, "server_url": "https://id.example.org", "client_id": "x"}
    offered(openid=[entry | {"client_secret": "x"}, entry | {"id": "other", "client_secret": "x"}])
    page.context.add_cookies([{"name": "django_language", "value": language, "domain": "localhost", "path": "/"}])
    for address in (
        "/account/login/",
        "/account/oidc/tecnico/login/",
        "/account/oidc/tecnico/login/?process=connect",
        "/account/oidc/tecnico/login/callback/",
        "/account/3rdparty/login/cancelled/",
    ):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "pt-PT" if language == "pt" else "en")
        check_readable(page)
    # The browser notes that one of them is an error.
    complaints[:] = [said for said in complaints if "400 (Bad Request)" not in said]
