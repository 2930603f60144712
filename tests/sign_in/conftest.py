"""The counterparts, and the portal set to sign in with them."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mobility import ways_in
from tests.counterparts.openid import CLIENT_ID, CLIENT_SECRET
from tests.counterparts.running import running
from tests.sign_in.visitor import SamlVisitor, Visitor

CALLBACK = "http://testserver/account/oidc/{}/login/callback/"


@pytest.fixture(scope="session")
def openid_server() -> Iterator[str]:
    """A real OpenID Connect provider that knows the portal of the tests as its client."""
    with tempfile.TemporaryDirectory() as folder:
        callbacks = [CALLBACK.format(name) for name in ("counterpart", "other")]
        with running("openid", Path(folder), *callbacks) as address:
            yield address


@pytest.fixture(autouse=True)
def _no_limit_reached() -> None:
    """How often somebody tried in one test is no matter to the next."""
    cache.clear()


@pytest.fixture
def openid(settings, openid_server: str) -> Callable[..., None]:
    """Sets the portal up with the provider; keys of its entry in OIDC_PROVIDERS may be changed."""

    def set_up(**changes: Any) -> None:
        entry = {
            "id": "counterpart",
            "label": {"pt": "a conta da contraparte", "en": "the counterpart's account"},
            "server_url": openid_server,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        apps = ways_in.openid_connect(json.dumps([entry | changes]))
        kinds = settings.SOCIALACCOUNT_PROVIDERS
        settings.SOCIALACCOUNT_PROVIDERS = kinds | {"openid_connect": kinds["openid_connect"] | {"APPS": apps}}

    set_up()
    return set_up


@pytest.fixture(scope="session")
def saml_server() -> Iterator[tuple[str, Path]]:
    """A real identity provider of SAML, and the folder in which it looks for the portal's metadata."""
    if shutil.which("xmlsec1") is None:
        pytest.fail("No xmlsec1, with which the counterpart signs: install it (Debian: apt-get install xmlsec1).")
    with tempfile.TemporaryDirectory() as folder, running("identity_provider", Path(folder)) as address:
        yield address, Path(folder)


@pytest.fixture
def saml(settings, saml_server: tuple[str, Path]) -> Callable[..., None]:
    """Sets the portal up with the identity provider; keys of its entry in SAML_PROVIDERS may be changed."""
    address, folder = saml_server

    def set_up(**changes: Any) -> None:
        entry = {
            "id": "university",
            "label": {"pt": "a conta da universidade", "en": "your university account"},
            "entity_id": f"{address}/metadata",
            "metadata_url": f"{address}/metadata",
            "verified_email": ["tecnico.example"],
        }
        given = {key: value for key, value in (entry | changes).items() if value is not None}
        apps = ways_in.saml(json.dumps([given]), 5)
        kinds = settings.SOCIALACCOUNT_PROVIDERS
        settings.SOCIALACCOUNT_PROVIDERS = kinds | {"saml": kinds["saml"] | {"APPS": apps}}
        ours = Client(headers={"host": "localhost"}).get("/account/saml/university/metadata/")
        assert ours.status_code == 200, ours.content.decode()
        (folder / "sp.xml").write_bytes(ours.content)

    set_up()
    return set_up


@pytest.fixture
def saml_visitor(saml) -> Iterator[SamlVisitor]:
    with SamlVisitor() as somebody:
        yield somebody


@pytest.fixture
def visitor(openid) -> Iterator[Visitor]:
    with Visitor() as somebody:
        yield somebody
