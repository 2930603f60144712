"""The board's queue and the page on which it homologates or returns."""

import pytest
from django.urls import reverse

from applications.models import Confirmation, Homologation
from mobility.models import LogEntry, Role
from scholarships.models import Award, ProgrammeShare
from tests.factories import DECISION_SHA256, EntryFactory, OpinionFactory, ProgrammeFactory, RunFactory, person

pytestmark = pytest.mark.django_db
HASH = DECISION_SHA256


@pytest.fixture
def board(client):
    member = person(Role.BOARD, name="Teresa Albuquerque")
    client.force_login(member)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def run():
    """A confirmed run with one of each exception."""
    meic = ProgrammeFactory(code="MEIC")
    run = RunFactory(state="confirmed", call__name_en="Study mobility")
    merit = EntryFactory(run=run, application__student__programme=meic, basis="5.5")
    merit.application.student.user.name = "Leonor Matias"
    merit.application.student.user.save()
    tied = EntryFactory(run=run, application__student__programme=meic, tied_with=["AAAA-BBBB"], tier="conditional")
    Award.objects.create(entry=tied, scheme="erasmus", semesters=1, provisional=True)
    EntryFactory(
        run=run,
        application__student__programme=meic,
        tier="rejected",
        basis="5.2",
        figures={"id": "x", "opinion": None},
    )
    Confirmation.objects.create(run=run, programme=meic, by=person(Role.COORDINATOR, meic, name="Helena Vasconcelos"))
    ProgrammeShare.objects.create(
        run=run,
        programme=meic,
        admitted=1,
        conditional=1,
        votes=2,
        guaranteed=1,
        hondt=3,
        redistributed=0,
        used=1,
        unused=3,
    )
    return run


def page(run):
    return reverse("homologate", args=[run.public_id])


def test_the_queue_has_what_waits_and_what_was_decided(board, run):
    RunFactory(state="decided", call__name_en="Still with the coordinators")
    response = board.get(reverse("board"))
    assert [waiting.pk for waiting in response.context["waiting"]] == [run.pk]
    assert "Still with the coordinators" in response.text
    board.post(page(run), {"decision_sha256": HASH})
    text = board.get(reverse("board")).text
    assert "Nothing waits for the board" in text
    assert "Decided lately" in text


@pytest.mark.clause("3.1.b")
def test_exceptions_come_first_and_the_hash_is_on_the_page(board, run):
    text = board.get(page(run)).text
    for said in (
        "Leonor Matias",
        "1 provisional grant",
        "MEIC: 3",
        "Helena Vasconcelos",
        run.decision_sha256,
        run.input_sha256,
        "This is the first run of the call.",
    ):
        assert said in text
    assert text.index("Exceptions of merit") < text.index("You homologate") < text.index("By programme")
    assert board.get(page(run)).context["unheard"] == 1


@pytest.mark.clause("3.1.b")
def test_homologated_with_one_press_and_a_second_does_nothing(board, run):
    for _ in range(2):
        assert board.post(page(run), {"decision_sha256": HASH})["Location"] == page(run)
    text = board.get(page(run)).text
    assert "Homologated by Teresa Albuquerque" in text
    assert 'name="decision_sha256"' not in text
    assert Homologation.objects.count() == 1
    assert LogEntry.objects.filter(action="homologate").count() == 1


def test_a_page_that_is_out_of_date_homologates_nothing(board, run):
    board.post(page(run), {"decision_sha256": "e" * 64})
    text = board.get(page(run)).text
    assert "the decision stored now is not the one that was on the screen" in text
    assert "Awaiting homologation" in text
    assert not Homologation.objects.exists()


@pytest.mark.clause("3.1.b")
def test_returning_asks_for_reasons_and_keeps_them(board, run):
    response = board.post(page(run), {"return": "1", "reasons": " "})
    assert response.status_code == 422
    assert "Say why the run is returned" in response.text
    board.post(page(run), {"return": "1", "reasons": "The cap of MEIC is last year's."})
    text = board.get(page(run)).text
    assert "Returned by Teresa Albuquerque" in text
    assert "The cap of MEIC is last year" in text
    run.refresh_from_db()
    assert run.state == "returned"


def test_a_run_of_before_is_compared(board, run):
    earlier = RunFactory(call=run.call, number=0, state="returned")
    Homologation.objects.create(
        run=earlier, verdict="returned", reasons="Wrong places", decision_sha256=HASH, by=person(Role.BOARD)
    )
    EntryFactory(run=earlier, application=run.entries.first().application, tier="vacancy", rank=9)
    text = board.get(page(run)).text
    assert "Wrong places" in text
    assert "1 candidate admitted otherwise" in text


def test_the_office_and_the_auditor_read_without_buttons(client, run):
    for role in Role.NMCI, Role.AUDITOR:
        client.force_login(person(role))
        assert 'name="decision_sha256"' not in client.get(page(run)).text
        assert client.post(page(run), {"decision_sha256": HASH}).status_code == 403
    assert not Homologation.objects.exists()


@pytest.mark.parametrize("name", ["board", "homologate"])
def test_the_number_of_queries_is_the_same_with_3_and_30_rows(board, run, name, counted_queries):
    address = reverse("board") if name == "board" else page(run)

    def more(rows):
        for _ in range(rows):
            programme = ProgrammeFactory()
            entry = EntryFactory(run=run, application__student__programme=programme, basis="5.5", tied_with=["A"])
            OpinionFactory(application=entry.application)
            Confirmation.objects.create(run=run, programme=programme, by=person(Role.COORDINATOR, programme))
            RunFactory(state="decided")
            EntryFactory(run=RunFactory(state="confirmed"))

    more(3)
    few = counted_queries(board, address)
    more(27)
    assert counted_queries(board, address) == few


def test_the_home_page_says_what_waits_for_the_board(board, run):
    RunFactory(state="decided", call__name_en="Slow call")
    text = board.get(reverse("home")).text
    assert "Homologate or return: Study mobility" in text
    assert "“Slow call” waits for the coordinators" in text
