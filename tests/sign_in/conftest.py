"""The counterparts, and the portal set to sign in with them."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from mobility import ways_in
from tests.counterparts.openid import CLIENT_ID, CLIENT_SECRET
from tests.counterparts.running import running
from tests.sign_in.visitor import Visitor

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


@pytest.fixture
def visitor(openid) -> Iterator[Visitor]:
    with Visitor() as somebody:
        yield somebody
