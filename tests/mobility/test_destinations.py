"""A call's destinations follow the agreements in force."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mobility.models import Agreement, AgreementPlaces, Destination, LogEntry
from mobility.services.destinations import Loaded, load_destinations
from mobility.workflow import TransitionRefused
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    InstitutionFactory,
    MobilityProgrammeFactory,
    ProgrammeFactory,
    person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clause("6.3")]


def pool(institution, *programmes, places=2, label="", year=2027, mobility="erasmus", **more):
    agreement, _ = Agreement.objects.get_or_create(
        institution=institution,
        mobility_programme=MobilityProgrammeFactory(code=mobility),
        defaults={"from_year": 2021, "until_year": 2028},
    )
    made = AgreementPlaces.objects.create(
        agreement=agreement, academic_year=year, kind="SMS", places=places, label=label, **more
    )
    made.programmes.set(programmes)
    return made


@pytest.fixture
def office():
    return person("nmci")


@pytest.fixture
def call():
    return CallFactory(academic_year=2027)


def test_a_call_takes_the_pools_of_its_year_and_kind_while_the_agreement_is_in_force(call, office):
    kth, lund = InstitutionFactory(erasmus_code="S  STOCKHO04"), InstitutionFactory(erasmus_code="S  LUND01")
    programme = ProgrammeFactory(code="MEIC-A")
    mine = pool(kth, programme, places=3, language="English", language_level="B2")
    pool(lund, year=2026)
    AgreementPlaces.objects.create(agreement=mine.agreement, academic_year=2027, kind="SMP", places=9)
    expired = pool(InstitutionFactory(), year=2027)
    Agreement.objects.filter(pk=expired.agreement_id).update(until_year=2026)

    assert load_destinations(call=call, by=office) == Loaded(1, 0, 0, 0, 0)

    (destination,) = call.destinations.all()
    assert (destination.institution, destination.code, destination.places) == (kth, "S  STOCKHO04", 3)
    assert (destination.language, destination.language_level, destination.pool) == ("English", "B2", mine)
    assert list(destination.programmes.all()) == [programme]
    entry = LogEntry.objects.get(action="load_destinations")
    assert (entry.actor, entry.object_id, entry.clause, entry.data["created"]) == (office, call.pk, "6.3", 1)


def test_several_pools_of_an_institution_get_codes_that_tell_them_apart(call, office):
    kth = InstitutionFactory(erasmus_code="S  STOCKHO04")
    pool(kth, label="EECS")
    pool(kth, label="")
    pool(kth, mobility="time-dual")

    load_destinations(call=call, by=office)

    assert set(call.destinations.values_list("code", flat=True)) == {
        "S  STOCKHO04 / erasmus",
        "S  STOCKHO04 / erasmus / EECS",
        "S  STOCKHO04 / time-dual",
    }


def test_long_names_without_a_key_still_get_codes_of_their_own(call, office):
    for n in range(2):
        pool(InstitutionFactory(name="Universidade " * 10 + str(n), country="BR", erasmus_code=None))

    load_destinations(call=call, by=office)

    codes = list(call.destinations.values_list("code", flat=True))
    assert len(set(codes)) == 2
    assert all(len(code) <= 60 for code in codes)


def test_a_second_time_changes_nothing_and_a_change_is_taken_over_with_the_code_kept(call, office):
    kth, programme = InstitutionFactory(erasmus_code="S  STOCKHO04"), ProgrammeFactory()
    mine = pool(kth, places=3)
    load_destinations(call=call, by=office)

    assert load_destinations(call=call, by=office) == Loaded(0, 0, 1, 0, 0)
    assert LogEntry.objects.filter(action="load_destinations").count() == 1

    AgreementPlaces.objects.filter(pk=mine.pk).update(places=5)
    mine.programmes.set([programme])
    pool(kth, label="EECS")
    assert load_destinations(call=call, by=office) == Loaded(1, 1, 0, 0, 0)
    destination = call.destinations.get(pool=mine)
    assert (destination.code, destination.places) == ("S  STOCKHO04", 5)
    assert list(destination.programmes.all()) == [programme]


def test_a_pool_that_is_gone_takes_its_destination_along_unless_somebody_chose_it(call, office):
    pools = [pool(InstitutionFactory()) for _ in range(3)]
    load_destinations(call=call, by=office)
    submitted, drafted, unused = (call.destinations.get(pool=one) for one in pools)
    ApplicationFactory(call=call, preferences=[submitted])
    ApplicationFactory(call=call, state="draft", draft={"preferences": [drafted.pk]})
    AgreementPlaces.objects.all().delete()

    assert load_destinations(call=call, by=office) == Loaded(0, 0, 0, 1, 2)

    assert not Destination.objects.filter(pk=unused.pk).exists()
    assert list(call.destinations.order_by("pk").values_list("pk", "places")) == [(submitted.pk, 0), (drafted.pk, 0)]
    assert load_destinations(call=call, by=office) == Loaded(0, 0, 0, 0, 0)


def test_a_closed_call_keeps_its_destinations(office):
    call = CallFactory(state="closed", closed_at="2026-11-01T00:00Z", academic_year=2027)
    pool(InstitutionFactory())

    with pytest.raises(TransitionRefused):
        load_destinations(call=call, by=office)
    assert not call.destinations.exists()


@pytest.mark.parametrize("role", ["board", "coordinator", "auditor"])
def test_only_the_office_loads_destinations(call, role):
    programmes = [ProgrammeFactory()] if role == "coordinator" else []

    with pytest.raises(PermissionDenied):
        load_destinations(call=call, by=person(role, *programmes))


def test_the_number_of_queries_does_not_grow_with_the_pools(call, office):
    pool(InstitutionFactory())
    load_destinations(call=call, by=office)
    counts = []
    for size in (2, 20):
        for _ in range(size):
            pool(InstitutionFactory(), ProgrammeFactory())
        with CaptureQueriesContext(connection) as queries:
            load_destinations(call=call, by=office)
        counts.append(len(queries))
    assert counts[0] == counts[1]
