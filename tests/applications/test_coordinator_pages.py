"""What a coordinator reads and presses."""

import pytest
from django.urls import reverse

from applications.models import Opinion
from applications.services.opinions import give_opinions
from mobility.models import Role
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    DestinationFactory,
    EntryFactory,
    MembershipFactory,
    OpinionFactory,
    ProgrammeFactory,
    RecordFactory,
    RecordUnitFactory,
    RunFactory,
    StudentFactory,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return ProgrammeFactory(code="MEIC")


@pytest.fixture
def coordinator(programme):
    return person(Role.COORDINATOR, programme, name="Helena Vasconcelos")


@pytest.fixture
def reader(client, coordinator):
    """The coordinator's browser, in English."""
    client.force_login(coordinator)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def call():
    return CallFactory(code="sms")


def candidate(call, programme, average="15.00", ects="180", name="Somebody", **fields):
    student = StudentFactory(programme=programme, user__name=name)
    record = RecordFactory(student=student, average=average, first_cycle_ects=ects)
    return ApplicationFactory(call=call, student=student, record=record, **fields)


def listed(response):
    return [row.name for row, _ in response.context["rows"]]


@pytest.mark.clause("5.2")
def test_the_list_starts_with_those_whom_the_opinion_decides(reader, call, programme):
    candidate(call, programme, "17.00", name="Admitted")
    candidate(call, programme, "12.30", name="Vacancy")
    candidate(call, programme, "16.00", "100", name="Conditional", will_meet_requirements=True)
    candidate(call, programme, "11.99", name="Rejected")
    response = reader.get(reverse("candidates", args=["sms", "MEIC"]))
    assert listed(response) == ["Conditional", "Vacancy", "Admitted", "Rejected"]
    assert response.context["missing"] == 2
    assert "Waits for an opinion" in response.text


@pytest.mark.clause("5.2")
def test_on_the_boundary_of_12_50_no_opinion_is_needed(reader, call, programme):
    candidate(call, programme, "12.50", name="Just enough")
    candidate(call, programme, "12.49", name="Just under")
    response = reader.get(reverse("candidates", args=["sms", "MEIC"]), {"opinion": "missing"})
    assert listed(response) == ["Just under"]


def test_filters_and_order_live_in_the_address(reader, call, programme, coordinator):
    candidate(call, programme, "17.00", name="Zélia")
    candidate(call, programme, "16.00", name="Álvaro")
    OpinionFactory(application=candidate(call, programme, "12.10", name="Marta"), coordinator=coordinator)
    address = reverse("candidates", args=["sms", "MEIC"])
    assert listed(reader.get(address, {"order": "name"})) == ["Álvaro", "Marta", "Zélia"]
    assert listed(reader.get(address, {"opinion": "given"})) == ["Marta"]
    assert listed(reader.get(address, {"standing": "admitted"})) == ["Zélia", "Álvaro"]
    assert "No candidate fits these filters" in reader.get(address, {"standing": "conditional"}).text
    assert len(listed(reader.get(address, {"order": "; drop table", "opinion": "?", "page": "x"}))) == 3


def test_an_opinion_on_those_that_are_ticked_says_how_many(reader, call, programme):
    ticked = [candidate(call, programme, "12.10") for _ in range(3)]
    candidate(call, programme, "12.10")
    address = reverse("candidates", args=["sms", "MEIC"]) + "?order=name"
    response = reader.post(address, {"application": [a.pk for a in ticked], "value": "favourable", "reason": "Good"})
    assert response["Location"] == address
    assert "opinion recorded for 3 candidates" in reader.get(address).text
    assert set(Opinion.objects.values_list("application", "value", "reason")) == {
        (a.pk, "favourable", "Good") for a in ticked
    }


def test_the_button_in_a_row_speaks_of_that_row_alone(reader, call, programme):
    first, other = candidate(call, programme, "12.10"), candidate(call, programme, "12.10")
    address = reverse("candidates", args=["sms", "MEIC"])
    reader.post(address, {"application": [other.pk], "one": f"unfavourable:{first.pk}"})
    assert list(Opinion.objects.values_list("application", "value")) == [(first.pk, "unfavourable")]


def test_nobody_ticked_is_said_and_the_reason_is_kept(reader, call, programme):
    candidate(call, programme)
    response = reader.post(
        reverse("candidates", args=["sms", "MEIC"]), {"value": "favourable", "reason": "Long thought"}
    )
    assert response.status_code == 422
    assert "Tick the candidates first." in response.text
    assert "Long thought" in response.text


def test_a_candidate_of_another_programme_is_not_there(reader, call, programme):
    other = candidate(call, ProgrammeFactory(code="MEC"))
    address = reverse("candidates", args=["sms", "MEIC"])
    assert reader.post(address, {"application": [other.pk], "value": "favourable"}).status_code == 404
    assert reader.get(reverse("candidates", args=["sms", "MEC"])).status_code == 404
    assert reader.get(reverse("candidate", args=[other.public_id])).status_code == 404
    assert not Opinion.objects.exists()


def test_drafts_and_withdrawn_applications_are_not_listed(reader, call, programme):
    candidate(call, programme, name="Present")
    candidate(call, programme, name="Writing", state="draft")
    candidate(call, programme, name="Gone", state="withdrawn")
    assert listed(reader.get(reverse("candidates", args=["sms", "MEIC"]))) == ["Present"]


def test_two_opposite_opinions_the_second_coordinator_is_told(reader, call, programme):
    colleague = person(Role.COORDINATOR, programme, name="Rui Tavares")
    application = candidate(call, programme, "12.10")
    address = reverse("candidates", args=["sms", "MEIC"])
    reader.get(address)
    give_opinions(applications=[application.pk], value="favourable", by=colleague)
    reader.post(address, {"one": f"unfavourable:{application.pk}", f"seen_{application.pk}": ""})
    text = reader.get(address).text
    assert "Rui Tavares gave “Favourable”" in text
    assert application.opinions.get(in_force=True).value == "unfavourable"


def test_the_candidates_page_has_the_record_unit_by_unit(reader, call, programme):
    application = candidate(call, programme, "12.10", preferences=[DestinationFactory(call=call)])
    RecordUnitFactory(record=application.record, name="Linear Algebra", grade="17.00")
    response = reader.get(reverse("candidate", args=[application.public_id]))
    assert "Linear Algebra" in response.text
    assert "This opinion decides" in response.text
    assert application.preferences.get().destination.institution.name in response.text


def test_an_opinion_with_its_reason_from_the_candidates_page(reader, call, programme):
    application = candidate(call, programme, "12.10")
    address = reverse("candidate", args=[application.public_id])
    assert reader.post(address, {"reason": "Why not"}).status_code == 422
    reader.post(address, {"value": "favourable", "reason": "Solid record", "seen": ""})
    text = reader.get(address).text
    assert "Solid record" in text
    assert "Coordinator's opinion given" in text or "Coordinator&#x27;s opinion given" in text


def test_the_office_reads_and_gives_no_opinion(client, call, programme):
    application = candidate(call, programme, "12.10")
    client.force_login(person(Role.NMCI))
    address = reverse("candidates", args=["sms", "MEIC"])
    response = client.get(address)
    assert response.status_code == 200
    assert '<form method="post" novalidate id="candidates"' in response.text
    assert 'name="one"' not in response.text
    assert client.post(address, {"one": f"favourable:{application.pk}"}).status_code == 403


def test_once_ranked_the_page_says_that_opinions_reach_the_next_run(reader, call, programme):
    candidate(call, programme, "12.10")
    run = RunFactory(call=call)
    address = reverse("candidates", args=["sms", "MEIC"])
    assert "counts only if the call is run again" in reader.get(address).text
    run.state = "confirmed"
    run.save()
    response = reader.get(address)
    assert "opinions can no longer change" in response.text
    assert 'name="one"' not in response.text


def test_the_to_do_list_counts_what_is_missing_and_what_is_to_confirm(reader, call, programme):
    candidate(call, programme, "12.10")
    candidate(call, programme, "15.00")
    ranked = EntryFactory(application__student__programme=programme)
    response = reader.get(reverse("coordination"))
    (row,) = response.context["duties"].opinions
    assert (row.candidates, row.missing, row.given) == (2, 1, 0)
    assert reverse("confirm_ranking", args=[ranked.run.public_id, "MEIC"]) in response.text


def test_an_empty_to_do_list_is_good_news(reader):
    text = reader.get(reverse("coordination")).text
    assert "No ranking waits for you" in text
    assert "No candidates yet" in text


@pytest.mark.clause("3.3.a")
def test_the_ranking_is_read_with_its_exceptions_and_confirmed(reader, programme, coordinator):
    run = RunFactory(decided_at="2026-11-01T10:00Z", created_at="2026-11-01T10:00Z")
    tied = EntryFactory(
        run=run, application__student__programme=programme, tied_with=["AAAA-BBBB"], placement=DestinationFactory()
    )
    EntryFactory(
        run=run,
        application__student__programme=programme,
        tier="rejected",
        basis="5.2",
        figures={"id": "x", "ects": "180", "units": 30, "enrolments": 3, "opinion": None},
    )
    EntryFactory(run=run, application__student__programme=ProgrammeFactory(code="MEC"))
    tied.figures = {"id": "y", "ects": "180", "units": 30, "enrolments": 3}
    tied.save()
    OpinionFactory(application=tied.application, coordinator=coordinator)
    address = reverse("confirm_ranking", args=[run.public_id, "MEIC"])
    text = reader.get(address).text
    assert "1 candidate in a tie drawn by lot" in text
    assert "1 candidate not admitted because no opinion was given" in text
    assert "1 opinion changed since the call was ranked" in text
    assert "The run then waits for 1 other programme: MEC." in text

    assert reader.post(address)["Location"] == address
    text = reader.get(address).text
    assert "Confirmed by Helena Vasconcelos" in text
    assert "Confirm the ranking" not in text
    assert reader.post(address).status_code == 302
    assert run.confirmations.count() == 1


def test_only_the_programmes_coordinator_presses_the_button(client, programme):
    entry = EntryFactory(application__student__programme=programme)
    entry.figures |= {"ects": "180", "units": 30, "enrolments": 3}
    entry.save()
    address = reverse("confirm_ranking", args=[entry.run.public_id, "MEIC"])
    client.force_login(person(Role.BOARD))
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 403
    client.force_login(person(Role.COORDINATOR, ProgrammeFactory(code="MEC")))
    assert client.get(address).status_code == 404
    assert not entry.run.confirmations.exists()


@pytest.fixture
def two_rankings(coordinator, programme):
    """A run with two of the coordinator's programmes: the second has a tie and an opinion that nobody gave."""
    other = ProgrammeFactory(code="MEEC")
    MembershipFactory(user=coordinator, role=Role.COORDINATOR, programme=other)
    run = RunFactory()
    EntryFactory(run=run, application__student__programme=programme)
    EntryFactory(run=run, application__student__programme=other, tied_with=["AAAA-BBBB"])
    unheard = {"tier": "rejected", "basis": "5.2", "rank": None, "figures": {"opinion": None}}
    EntryFactory(run=run, application__student__programme=other, **unheard)
    return run


@pytest.mark.clause("3.3.a")
def test_several_rankings_on_one_page_those_with_exceptions_not_ticked_beforehand(reader, two_rankings):
    assert b"Confirm 2 rankings" in reader.get("/").content
    address = reverse("confirm_rankings", args=[two_rankings.public_id])
    assert address in reader.get(reverse("coordination")).content.decode()
    rows = {row.programme.code: row for row in reader.get(address).context["rows"]}
    assert (rows["MEEC"].candidates, rows["MEEC"].tied, rows["MEEC"].unheard) == (2, 1, 1)
    page = reader.get(address).content.decode()
    assert f'value="MEIC" id="p-{rows["MEIC"].programme.pk}" checked' in page
    assert f'value="MEEC" id="p-{rows["MEEC"].programme.pk}">' in page

    answer = reader.post(address, {"programme": ["MEIC", "MEEC"]}, follow=True)
    assert "2 rankings are confirmed." in answer.content.decode()
    assert "No ranking waits for you" in answer.content.decode()
    two_rankings.refresh_from_db()
    assert two_rankings.state == "confirmed"


def test_no_ranking_ticked_is_said_and_anothers_programme_is_not_there(reader, two_rankings):
    address = reverse("confirm_rankings", args=[two_rankings.public_id])
    assert "Tick the rankings that you confirm." in reader.post(address, follow=True).content.decode()
    EntryFactory(run=two_rankings, application__student__programme=ProgrammeFactory(code="MEQ"))
    assert reader.post(address, {"programme": ["MEIC", "MEQ"]}).status_code == 404
    assert not two_rankings.confirmations.exists()


@pytest.mark.parametrize("page", ["candidates", "confirm_ranking", "confirm_rankings", "coordination"])
def test_the_number_of_queries_is_the_same_with_3_and_30_rows(reader, call, programme, page, counted_queries):
    run, destinations = RunFactory(), [DestinationFactory(call=call) for _ in range(3)]
    address = {
        "candidates": reverse("candidates", args=["sms", "MEIC"]),
        "confirm_ranking": reverse("confirm_ranking", args=[run.public_id, "MEIC"]),
        "confirm_rankings": reverse("confirm_rankings", args=[run.public_id]),
        "coordination": reverse("coordination"),
    }[page]

    def more(rows):
        for _ in range(rows):
            candidate(call, programme, "12.10", preferences=destinations)
            entry = EntryFactory(run=run, application__student__programme=programme, placement=destinations[0])
            entry.figures |= {"ects": "180", "units": 30, "enrolments": 3}
            entry.save()

    more(3)
    few = counted_queries(reader, address)
    more(27)
    assert counted_queries(reader, address) == few


def test_the_home_page_says_what_waits_for_the_coordinator(reader, call, programme):
    candidate(call, programme, "12.10")
    ranked = EntryFactory(application__student__programme=programme)
    text = reader.get(reverse("home")).text
    assert "Give opinions in MEIC" in text
    assert "1 candidate is admitted only with a favourable opinion." in text
    assert reverse("confirm_ranking", args=[ranked.run.public_id, "MEIC"]) in text
