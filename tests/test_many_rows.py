"""The heaviest pages ask the database as often for 300 candidates and destinations as for a few."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mobility.models import Role
from tests.factories import CallFactory, DestinationFactory, person
from tests.scholarships.decided import Story, publish

pytestmark = pytest.mark.django_db

OPEN_CALL = {
    "office": ("call", "office_call", "close_call"),
    "visitor": ("call",),
    "coordinator": ("candidates",),
}
DECIDED = {
    "office": ("run", "run_ranking", "run_placements", "run_grants", "run_ties", "run_case", "run_xlsx", "homologate"),
    "coordinator": ("confirm_ranking", "run_ranking"),
}
PUBLISHED = {
    "office": ("results",),
    "visitor": ("results", "result_destinations", "run_ranking"),
}


def stories(office):
    """The same call twice, with 7 candidates and with 301, with 2 destinations and with 300."""
    for size, year in ((1, 2027), (43, 2028)):
        story = Story(each=size, call=CallFactory(code=f"call-of-{year}", academic_year=year), office=office)
        if size > 1:
            DestinationFactory.create_batch(298, call=story.call)
        yield story


def counts(clients, pages, story, run=None):
    return {
        (reader, name): queries(clients[reader], address(name, story, run))
        for reader in pages
        for name in pages[reader]
    }


def address(name, story, run):
    if name == "candidates":
        return reverse(name, args=[story.call.code, "MEEC"])
    if name == "confirm_ranking":
        return reverse(name, args=[run.public_id, "MEEC"])
    of_run = name == "homologate" or name.startswith("run")
    return reverse(name, args=[run.public_id if of_run else story.call.code])


def queries(client, address):
    # The first reading fills what is computed once and kept.
    b"".join(client.get(address))
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        b"".join(response)
    assert response.status_code == 200, address
    return len(captured)


def test_three_hundred_rows_take_as_many_queries_as_a_few():
    office = person(Role.NMCI)
    few, many = stories(office)
    clients = {"office": Client(), "coordinator": Client(), "visitor": Client()}
    clients["office"].force_login(office)
    clients["coordinator"].force_login(person(Role.COORDINATOR, *few.programmes.values()))
    assert counts(clients, OPEN_CALL, many) == counts(clients, OPEN_CALL, few)
    small, large = few.decide(), many.decide()
    assert (small.entries.count(), large.entries.count()) == (7, 301)
    assert counts(clients, DECIDED, many, large) == counts(clients, DECIDED, few, small)
    publish(small)
    publish(large)
    assert counts(clients, PUBLISHED, many, large) == counts(clients, PUBLISHED, few, small)
