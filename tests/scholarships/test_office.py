"""The office's pages: what they show, what they decide, and what a second click does."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Run
from mobility.models import Call, Job, LogEntry, Message, ProgrammePlaces, Role
from mobility.services import messages
from scholarships.models import Budget
from scholarships.services.budgets import set_budget
from scholarships.views.agenda import office_tasks
from tests.factories import CallFactory, DestinationFactory, UserFactory, person
from tests.scholarships.decided import Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(client):
    made = Story()
    client.force_login(made.office)
    client.cookies["django_language"] = "en"
    return made


def read(client, name, *args, status=200):
    response = client.get(reverse(name, args=args))
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.text)


def act(client, name, *args, follow=True, **data):
    response = client.post(reverse(name, args=args), data, follow=follow)
    return response.status_code, re.sub(r"\s+", " ", response.text), response


def figure(text, label):
    """The large number above a label."""
    return re.search(rf"<dt>{re.escape(label)}[^<]*</dt> ?<dd class=\"figure\">([^<]*)</dd>", text)[1]


@pytest.mark.clause("2.2")
def test_the_dashboard_counts_and_names_whom_a_run_waits_for(client, story):
    text = read(client, "office")
    assert (figure(text, "drafts"), figure(text, "submitted"), figure(text, "opinions missing")) == ("1", "7", "1")
    assert "None. Everything that ran has finished." in text
    story.decide()
    text = read(client, "office")
    assert "MEEC (Rui Matos), MEFT (no coordinator)" in text
    assert "Nobody coordinates this programme today" in text
    assert "MEFT. Without a coordinator" in text
    home = [task.title for task in office_tasks(story.office, timezone.now())]
    assert "“Study mobility” can't go on: nobody coordinates MEFT" in home
    person(Role.COORDINATOR, story.programmes["MEFT"])
    assert "Nobody coordinates" not in read(client, "office")
    home = [task.title for task in office_tasks(story.office, timezone.now())]
    assert not any("can't go on" in title for title in home)


@pytest.mark.clause("2.2")
def test_e_mails_that_failed_are_put_back_in_the_queue(client, story):
    for n, reason in enumerate(["relay refused", "relay refused", "no such host"]):
        Message.objects.create(
            recipient=UserFactory(), template="x", key=f"x:{n}", subject="News", body="…",
            state="failed", attempts=8, error=reason,
        )  # fmt: skip
    text = read(client, "office")
    assert "3 e-mails could not be delivered" in text
    assert re.search(r"relay refused</q> \(2\).*no such host</q> \(1\)", text)
    assert "Try 3 e-mails again" in text
    assert "3 e-mails are in the queue again." in act(client, "requeue_mail")[1]
    assert set(Message.objects.values_list("state", "attempts", "error")) == {("queued", 0, "")}
    assert LogEntry.objects.filter(action="requeue", clause="2.2", actor=story.office).count() == 3
    assert "No e-mail had failed" in act(client, "requeue_mail")[1]
    assert "3 are waiting to be sent." in read(client, "office")
    assert messages.send_due() == 3
    with pytest.raises(PermissionDenied):
        messages.requeue_failed(by=person(Role.AUDITOR))


def test_the_dashboard_shows_failed_jobs_and_e_mails_that_did_not_leave(client, story):
    job = Job.objects.create(kind="documents", subject_id=1, state=Job.State.FAILED, error="disk: full")
    Message.objects.create(
        recipient=UserFactory(name="Luís Castro"),
        template="t",
        key="k",
        subject="Your result",
        body="b",
        state="failed",
    )
    text = read(client, "office")
    assert reverse("job", args=[job.public_id]) in text
    assert "1 e-mail could not be delivered" in text
    assert "Luís Castro: Your result" in text


def test_a_job_that_was_tried_again_is_no_trouble_any_more(client, story):
    for state in (Job.State.FAILED, Job.State.DONE):
        Job.objects.create(kind="documents", subject_id=1, state=state)
    assert "None. Everything that ran has finished." in read(client, "office")


@pytest.mark.clause("5.7")
def test_the_call_shows_demand_and_approved_places(client, story):
    ProgrammePlaces.objects.create(call=story.call, programme=story.programmes["MEFT"], places=3)
    text = read(client, "office_call", story.call.code)
    row = re.search(r"KTH<br>.*?</tr>", text)[0]
    assert re.findall(r">(\d+)</td>", row) == ["4", "6", "7"]
    row = re.search(r"MEFT<br>.*?</tr>", text)[0]
    assert re.findall(r">(\d+)</td>", row) == ["3", "1", "1", "3"]
    assert "no limit" in re.search(r"MEEC<br>.*?</tr>", text)[0]


@pytest.mark.clause("8.1")
def test_grants_are_set_with_their_source_and_logged(client, story):
    status, text, _ = act(
        client, "set_budget", story.call.code, "erasmus", **{"erasmus-grants": "9", "erasmus-source": "Contract 2"}
    )
    assert status == 200
    assert "The number of grants is saved." in text
    assert Budget.objects.get(scheme="erasmus").grants == 9
    entry = LogEntry.objects.get(action="set_budget")
    assert (entry.clause, entry.data["before"], entry.actor) == (
        "8.1",
        {"grants": 4, "source": "Contract 1"},
        story.office,
    )


@pytest.mark.clause("8.1")
def test_grants_without_a_source_or_a_number_are_refused_and_nothing_is_lost(client, story):
    status, text, _ = act(
        client, "set_budget", story.call.code, "erasmus", **{"erasmus-grants": "-3", "erasmus-source": " "}
    )
    assert status == 422
    assert 'value="-3"' in text
    assert "There is something to correct" in text
    assert Budget.objects.get(scheme="erasmus").grants == 4


@pytest.mark.clause("9.1")
def test_only_the_office_sets_grants():
    with pytest.raises(PermissionDenied):
        set_budget(academic_year=2027, kind="SMS", scheme="santander", grants=20, source="D", by=person(Role.BOARD))
    set_budget(academic_year=2027, kind="SMS", scheme="santander", grants=20, source="D", by=person(Role.NMCI))
    assert LogEntry.objects.get(action="set_budget").clause == "9.1"


def dates(call, **changes):
    given = {
        "opens_at": timezone.localtime(call.opens_at),
        "closes_at": timezone.localtime(call.closes_at),
        "redistribute": "on",
    } | changes
    return {k: v.strftime("%Y-%m-%dT%H:%M") if isinstance(v, datetime.datetime) else v for k, v in given.items()}


@pytest.mark.clause("8.6.e")
def test_the_deadline_moves_later_and_the_distribution_day_is_set(client, story):
    later = timezone.localtime(story.call.closes_at) + datetime.timedelta(days=2)
    day = later.date() + datetime.timedelta(days=30)
    status, text, _ = act(
        client, "set_dates", story.call.code, **dates(story.call, closes_at=later, distribution_on=day.isoformat())
    )
    assert status == 200
    assert "The dates are saved." in text
    story.call.refresh_from_db()
    assert story.call.closes_at == later.replace(second=0, microsecond=0)
    assert story.call.distribution_on == day


@pytest.mark.clause("6.1")
def test_the_deadline_of_an_open_call_never_moves_earlier(client, story):
    earlier = timezone.localtime(story.call.closes_at) - datetime.timedelta(days=2)
    status, text, _ = act(client, "set_dates", story.call.code, **dates(story.call, closes_at=earlier))
    assert status == 422
    assert "To end earlier, close the call and give the reason." in text
    before = story.call.closes_at
    story.call.refresh_from_db()
    assert story.call.closes_at == before


@pytest.mark.clause("3.1.a")
def test_a_draft_call_is_opened_once_it_has_somewhere_to_go(client, story):
    call = CallFactory(code="next", state=Call.State.DRAFT)
    status, text, _ = act(client, "open_call", call.code)
    assert status == 422
    assert "The call has no destinations." in text
    DestinationFactory(call=call)
    status, text, _ = act(client, "open_call", call.code)
    assert "The call is open." in text
    call.refresh_from_db()
    assert call.state == Call.State.OPEN
    assert call.is_accepting


def test_before_closing_the_figures_and_what_is_missing_come_first(client, story):
    ProgrammePlaces.objects.create(call=story.call, programme=story.programmes["MEFT"], places=0)
    text = read(client, "close_call", story.call.code)
    assert "candidate needs a coordinator's opinion that is missing" in text
    assert "MEFT (1)" in text
    assert "draft was never submitted and does not count" in text
    assert "No places were approved for these programmes, so their candidates stay without one:" in text
    assert "A closed call cannot be opened again." in text


@pytest.mark.clause("6.1")
def test_closing_early_needs_a_reason_and_keeps_it(client, story):
    status, text, _ = act(client, "close_call", story.call.code)
    assert status == 422
    assert "There is something to correct" in text
    story.call.refresh_from_db()
    assert story.call.state == Call.State.OPEN
    status, _, response = act(client, "close_call", story.call.code, reason="Strike of the trains", follow=False)
    job = Job.objects.get(kind="run")
    assert response["Location"] == reverse("job", args=[job.public_id])
    story.call.refresh_from_db()
    assert (story.call.state, story.call.early_closing_reason) == ("closed", "Strike of the trains")
    assert "Strike of the trains" in read(client, "office_call", story.call.code)


def test_a_second_click_lands_on_the_progress_with_a_sentence(client, story):
    act(client, "close_call", story.call.code, reason="Strike")
    _status, text, response = act(client, "close_call", story.call.code, reason="Strike")
    job = Job.objects.get(kind="run")
    assert response.redirect_chain == [(reverse("job", args=[job.public_id]), 302)]
    assert "Ana Ribeiro has already closed this call; nothing was done twice." in text
    assert Run.objects.count() == 1
    assert "nothing was done twice" in client.get(reverse("close_call", args=[story.call.code]), follow=True).text


def test_a_call_without_candidates_is_closed_without_a_decision(client, story):
    call = CallFactory(code="empty", closes_at=timezone.now() - datetime.timedelta(minutes=1))
    text = read(client, "close_call", call.code)
    assert "Nobody has submitted an application: there is nothing to decide on." in text
    assert "Close without a decision" in text
    act(client, "close_call", call.code, without_run="1")
    call.refresh_from_db()
    assert call.state == Call.State.CLOSED
    assert not call.runs.exists()


def test_progress_moves_and_the_part_equals_the_page(client, story):
    act(client, "close_call", story.call.code, reason="Strike")
    job = Job.objects.get(kind="run")
    Job.objects.update(state=Job.State.RUNNING, phase="placement", progress=50)
    address = reverse("job", args=[job.public_id])
    page = client.get(address).text
    part = client.get(address, headers={"HX-Request": "true"}).text

    def without_token(text):
        return re.sub(r'value="[A-Za-z0-9]{64}"', "", text)

    assert without_token(part.strip()) in without_token(page)
    assert "<html" not in part
    assert 'value="50"' in part
    assert "Placing candidates" in part
    assert 'hx-trigger="every 1s"' in part
    assert '<meta http-equiv="refresh"' in page
    Job.objects.update(state=Job.State.DONE, progress=100, finished_at=timezone.now())
    done = client.get(address, headers={"HX-Request": "true"}).text
    assert "hx-trigger" not in done
    assert reverse("run", args=[Run.objects.get().public_id]) in done


def test_a_failed_run_says_what_to_do_and_can_be_tried_again(client, story):
    act(client, "close_call", story.call.code, reason="Strike")
    job, run = Job.objects.get(kind="run"), Run.objects.get()
    Job.objects.update(state=Job.State.FAILED, error="disk: full", finished_at=timezone.now())
    Run.objects.update(state=Run.State.FAILED)
    text = read(client, "job", job.public_id)
    assert "There was no space left to store the outcome." in text
    assert reverse("run_call", args=[story.call.code]) in text
    assert "The run failed" in read(client, "run", run.public_id)
    act(client, "run_call", story.call.code)
    assert list(Run.objects.values_list("number", "state")) == [(2, "queued"), (1, "failed")]
    assert read(client, "run_call", story.call.code, status=302) == ""


def test_a_waiting_job_is_cancelled_by_the_office(client, story):
    act(client, "close_call", story.call.code, reason="Strike")
    job = Job.objects.get(kind="run")
    _, text, _ = act(client, "cancel_job", job.public_id)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert Run.objects.get().state == Run.State.CANCELLED
    assert "Cancelled. Nothing was decided or changed." in text
    _, text, _ = act(client, "cancel_job", job.public_id)
    assert "It is too late to cancel" in text


def test_the_home_page_says_what_waits_on_the_office(client, story):
    def titles():
        return [(task.section.value, task.title) for task in office_tasks(story.office, timezone.now())]

    Call.objects.filter(pk=story.call.pk).update(
        opens_at=timezone.now() - datetime.timedelta(days=9), closes_at=timezone.now() - datetime.timedelta(hours=1)
    )
    assert [section for section, _ in titles()] == ["to_do"]
    story.call.refresh_from_db()
    run = story.decide()
    assert [section for section, _ in titles()] == ["to_do", "waiting"]
    person(Role.COORDINATOR, story.programmes["MEFT"])
    assert [section for section, _ in titles()] == ["waiting"]
    for state, section in (("confirmed", "waiting"), ("returned", "to_do"), ("homologated", "to_do")):
        Run.objects.filter(pk=run.pk).update(state=state)
        assert [found for found, _ in titles()] == [section]
    assert list(office_tasks(person(Role.BOARD), timezone.now())) == []


def test_the_number_of_queries_does_not_grow(client, story):
    def queries(name, *args):
        with CaptureQueriesContext(connection) as captured:
            read(client, name, *args)
        return len(captured)

    # The first page of a session notes the session too.
    read(client, "office")
    before = queries("office"), queries("office_call", story.call.code), queries("close_call", story.call.code)
    for _ in range(4):
        CallFactory()
    for code in ("MEEC", "MEFT") * 6:
        story.apply(code, "12.10")
    for _ in range(5):
        DestinationFactory(call=story.call)
    after = queries("office"), queries("office_call", story.call.code), queries("close_call", story.call.code)
    assert after == before
