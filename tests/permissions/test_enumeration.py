"""Nobody learns from outside who has an account, nor finds a file by counting; nobody is led elsewhere."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from mobility.models import Role
from tests.factories import UserFactory, person
from tests.permissions.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    cache.clear()


@pytest.fixture
def known():
    user = UserFactory(email="known@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def same_words(page: str) -> str:
    """A page without what differs from one request to the next: tokens, the clock, and what was typed."""
    page = re.sub(r'value="\w{64}"|"X-CSRFToken": "\w+"', "", page)
    page = re.sub(r"<time.*?</time>", "", page)
    return re.sub(r"(un)?known@example\.org", "", page)


def answers(address: str, data: dict[str, str]) -> list[tuple[int, str | None, str]]:
    """What somebody who has an account and somebody who hasn't are told, to the last page."""
    told = []
    for email in ("known@example.org", "unknown@example.org"):
        client = Client(headers={"accept-language": "en"})
        filled = {name: value.replace("EMAIL", email) for name, value in data.items()}
        first = client.post(address, filled)
        last = client.get(first.headers["Location"]).text if first.status_code == 302 else first.text
        told.append((first.status_code, first.headers.get("Location"), same_words(last)))
    return told


PASSWORD = {"password1": "a long phrase", "password2": "a long phrase"}


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/account/signup/", {"name": "X", "email": "EMAIL", **PASSWORD}),
        ("/account/password/reset/", {"email": "EMAIL"}),
        ("/account/login/", {"login": "EMAIL", "password": "wrong wrong"}),
    ],
)
def test_an_address_with_an_account_is_answered_like_any_other(known, address, data):
    with_account, without = answers(address, data)
    assert with_account == without


class Counting(MD5PasswordHasher):
    hashed = 0

    def encode(self, password, salt):
        type(self).hashed += 1
        return super().encode(password, salt)


def test_signing_in_takes_the_same_work_with_and_without_an_account(settings):
    settings.PASSWORD_HASHERS = ["tests.permissions.test_enumeration.Counting"]
    user = UserFactory(email="known@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    work = []
    for email in ("known@example.org", "unknown@example.org"):
        Counting.hashed = 0
        Client().post("/account/login/", {"login": email, "password": "wrong wrong"})
        work.append(Counting.hashed)
    assert work == [1, 1]


def routes(resolver=None, prefix: str = ""):
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from routes(pattern, route)


def test_no_address_counts():
    """A number in an address would let anybody count on to the next one; ids are random, codes are published."""
    counting = [route for route, pattern in routes() if "<int:" in route or "pk" in pattern.pattern.converters]
    # allauth's own look among the keys of whoever asks, and nowhere else; rows of the log are numbered without gaps on
    # purpose, and who may read one may read the next; the office alone lifts a hold, and sees them all.
    assert set(counting) == {
        "account/2fa/webauthn/keys/<int:pk>/edit/",
        "account/2fa/webauthn/keys/<int:pk>/remove/",
        "log/<int:number>/",
        "office/retention/<int:hold>/lift/",
    }


def test_what_names_a_file_can_not_be_guessed():
    world = World()
    for thing in (world.application, world.run("published"), world.document("published"), world.job()):
        assert thing.public_id.version == 4


def test_what_is_not_visible_answers_like_what_is_not_there():
    world, client = World(), Client(headers={"accept-language": "en"})
    client.force_login(world.people["other_student"])
    hidden = client.get(reverse("application", args=[world.application.public_id]))
    missing = client.get(reverse("application", args=["00000000-0000-4000-8000-000000000000"]))
    assert hidden.status_code == missing.status_code == 404
    clean = [re.sub(r"[0-9a-f-]{36}", "", same_words(page.text)) for page in (hidden, missing)]
    assert clean[0] == clean[1]


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "https:evil.example",
    "https:///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    " //evil.example",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_next_leads_elsewhere(known, address):
    """Sign-in (as a field and in the address), signing out, the language and confirming who one is."""
    known.set_password("a long password")
    known.save()
    filled = {"login": known.email, "password": "a long password"}
    found = [
        Client().post("/account/login/", filled | {"next": address}),
        Client().post("/account/login/", filled, query_params={"next": address}),
        Client().post("/language/", {"language": "en", "next": address}),
    ]
    client = Client()
    client.force_login(person(Role.NMCI, password="a long password"))
    found.append(client.post("/account/reauthenticate/", {"password": "wrong", "next": address}))
    client.force_login(known)
    found.append(client.post("/account/reauthenticate/", {"password": "a long password", "next": address}))
    found.append(client.post("/account/logout/", {"next": address}))
    for response in found:
        target = response.headers.get("Location", "/")
        assert target.startswith("/")
        assert "evil" not in target.partition("?")[0]
        assert not target.startswith(("//", "/\\", "/\t"))
