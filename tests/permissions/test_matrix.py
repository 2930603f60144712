"""Every address answers every role as ``matrix.py`` says, and every address is there."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.permissions.matrix import FORBIDDEN, LOGIN, MATRIX, NOT_ALLOWED, NOT_FOUND, OK, Expected, Page
from tests.permissions.world import ROLES, World


def addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The names of all addresses; a nameless one appears by its route, so that it has to be named."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else f"nameless {pattern.pattern}"
        else:
            yield from addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)


def test_the_matrix_has_every_address_and_no_other():
    known, listed = set(addresses()), {key.partition(" ")[0] for key in MATRIX}
    assert known - listed == set(), "add these addresses to tests/permissions/matrix.py"
    assert listed - known == set(), "these addresses are gone: take them out of tests/permissions/matrix.py"


def answer(client: Client, method: str, page: Page, address: str, world: World) -> int | str:
    response = client.post(address, page.data(world)) if method == "post" else client.get(address)
    if response.streaming:
        # Read to the end: only then the test client closes the file.
        response.getvalue()
    if response.status_code == 302 and response["Location"].startswith(reverse("account_login")):
        return LOGIN
    return response.status_code


def differences(world: World, page: Page, method: str, address: str, expected: Expected) -> Iterator[str]:
    for role in ROLES:
        client = Client()
        with transaction.atomic():
            if role != "anonymous":
                client.force_login(world.people[role])
            got = answer(client, method, page, address, world)
            # Each role finds the world as it was.
            transaction.set_rollback(True)
        if got != expected[role] and not may_be_refused_first(page, method, expected[role], got):
            yield f"{method.upper()} {address} as {role}: {got}, the matrix says {expected[role]}"


def expected_of_post(page: Page) -> Expected:
    """A page without a POST refuses it wherever it can be read, and elsewhere may answer as to GET."""
    return page.post or {role: NOT_ALLOWED if status == OK else status for role, status in page.get.items()}


def may_be_refused_first(page: Page, method: str, expected: int | str, got: int | str) -> bool:
    """Whether the method is refused before it is asked who the person is: nothing leaks by that."""
    return method == "post" and page.post is None and expected in {NOT_FOUND, FORBIDDEN} and got == NOT_ALLOWED


@pytest.mark.django_db
@pytest.mark.parametrize("key", MATRIX)
def test_every_role_gets_what_the_matrix_says(key):
    page, world = MATRIX[key], World()
    address = reverse(key.partition(" ")[0], kwargs=page.args(world))
    found = [
        *differences(world, page, "get", address, page.get),
        *differences(world, page, "post", address, expected_of_post(page)),
    ]
    assert not found, "\n".join(found)
