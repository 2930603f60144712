"""Publication, and what everybody reads afterwards."""

import pytest
from django.urls import reverse

from mobility.models import Message, Role
from scholarships.models import Award
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    DestinationFactory,
    EntryFactory,
    HomologationFactory,
    ProgrammeFactory,
    RunFactory,
    StudentFactory,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    return RunFactory(state="published", call=CallFactory(code="sms", state="closed", closed_at="2026-11-01T10:00Z"))


def entry(run, programme="MEIC", name="Ana Sousa", destination=None, **fields):
    student = StudentFactory(programme=ProgrammeFactory(code=programme), user__name=name)
    wanted = [destination] if destination else []
    application = ApplicationFactory(call=run.call, student=student, preferences=wanted)
    return EntryFactory(run=run, application=application, placement=destination, **fields)


def address(run, **query):
    return reverse("results", args=[run.call.code], query=query or None)


@pytest.fixture
def reader(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.clause("6.2")
def test_a_visitor_reads_references_and_no_name(reader, run):
    shown = entry(run, destination=DestinationFactory(call=run.call))
    Award.objects.create(entry=shown, scheme="erasmus", semesters=1)
    text = reader.get(address(run)).text
    assert shown.application.reference in text
    assert "Ana Sousa" not in text
    assert shown.application.student.number not in text
    assert shown.placement.institution.name in text
    assert run.decision_sha256 in text


def test_staff_read_names_and_coordinators_those_of_their_programmes(reader, run):
    entry(run, "MEIC", "Ana Sousa")
    entry(run, "MEC", "Rui Lobo")
    reader.force_login(person(Role.BOARD))
    assert all(name in reader.get(address(run)).text for name in ("Ana Sousa", "Rui Lobo"))
    reader.force_login(person(Role.COORDINATOR, ProgrammeFactory(code="MEC")))
    text = reader.get(address(run)).text
    assert "Rui Lobo" in text
    assert "Ana Sousa" not in text


def test_a_candidate_finds_the_own_row(reader, run):
    own, _other = entry(run, name="Ana Sousa"), entry(run, name="Rui Lobo")
    reader.force_login(own.application.student.user)
    text = reader.get(address(run)).text
    assert f"You are {own.application.reference}, number {own.rank} in the ranking." in text
    assert reverse("why", args=[own.application.public_id]) in text
    assert text.count('class="own"') == 1
    assert "Rui Lobo" not in text


def test_filters_and_search_live_in_the_address(reader, run):
    place = DestinationFactory(call=run.call)
    placed, other = entry(run, "MEIC", destination=place), entry(run, "MEC", tier="rejected", basis="5.4")

    def found(**query):
        return [e.pk for e in reader.get(address(run, **query)).context["page"]]

    assert found(programme="MEC") == [other.pk]
    assert found(destination=place.pk) == [placed.pk]
    assert found(tier="rejected") == [other.pk]
    assert found(reference=placed.application.reference.replace("-", "").lower()) == [placed.pk]
    assert found(reference="NOBODY") == []
    assert found(programme="no such", destination="x", tier="?") == [placed.pk, other.pk]


@pytest.mark.parametrize("state", ["decided", "confirmed", "homologated", "returned", "superseded"])
def test_nothing_is_shown_before_publication(reader, state):
    hidden = entry(RunFactory(state=state, call=CallFactory(code="sms")))
    for name in ("results", "result_destinations"):
        text = reader.get(reverse(name, args=["sms"])).text
        assert "There is no published result yet" in text
        assert hidden.application.reference not in text


def test_destination_by_destination(reader, run):
    place = DestinationFactory(call=run.call, places=2)
    entry(run, destination=place, average="14.20")
    entry(run, destination=place, average="13.10")
    response = reader.get(reverse("result_destinations", args=["sms"]))
    ((row, first, anyhow),) = response.context["rows"]
    assert (row.filled, first, anyhow, str(row.cutoff)) == (2, 2, 2, "13.10")
    assert "<svg" in response.text
    assert "13.10" in response.text


@pytest.mark.clause("6.2")
def test_the_office_publishes_and_the_page_says_who_is_told(reader):
    run = HomologationFactory(run__call=CallFactory(code="sms")).run
    earlier = RunFactory(state="published", call=run.call, number=0)
    candidate = entry(run)
    entry(earlier, name="Other")
    reader.force_login(person(Role.NMCI))
    page = reverse("publish_run", args=[run.public_id])
    run.number = 5
    run.save()
    text = reader.get(page).text
    assert "e-mails to candidates" in text
    assert "Run 0, published" in text

    for _ in range(2):
        assert reader.post(page)["Location"] == address(run)
    assert Message.objects.filter(template="result_published").count() == 1
    assert candidate.application.reference in reader.get(address(run)).text
    assert "See the public page" in reader.get(page).text


def test_what_is_not_homologated_has_no_button(reader):
    run = RunFactory(state="confirmed")
    reader.force_login(person(Role.NMCI))
    page = reverse("publish_run", args=[run.public_id])
    assert "Only a homologated run can" in reader.get(page).text
    assert reader.post(page)["Location"] == page
    run.refresh_from_db()
    assert run.state == "confirmed"


@pytest.mark.parametrize("name", ["results", "result_destinations"])
def test_the_number_of_queries_is_the_same_with_3_and_30_rows(reader, run, name, counted_queries):
    page = reverse(name, args=["sms"])

    def more(rows):
        for _ in range(rows):
            shown = entry(run, destination=DestinationFactory(call=run.call))
            Award.objects.create(entry=shown, scheme="erasmus", semesters=1)

    more(3)
    few = counted_queries(reader, page)
    more(27)
    assert counted_queries(reader, page) == few
