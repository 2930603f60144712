"""Closing a call is one click, whoever comes first; what can't be ranked isn't closed by mistake."""

import datetime
import threading
import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from applications.models import Application, Run
from applications.services import applications, drafts
from applications.services.calls import AlreadyClosed, ClosingRefused, close_call, request_run
from mobility.models import Call, Job, LogEntry, Message, Role
from mobility.workflow import TransitionRefused
from tests.factories import ApplicationFactory, CallFactory, DestinationFactory, RecordFactory, person
from tests.scholarships.scene import call_with_candidates, candidate, close, decide, office


def state_of(call):
    return Call.objects.get(pk=call.pk).state


@pytest.mark.django_db
@pytest.mark.clause("3.1.a")
def test_closing_starts_one_run_and_one_job():
    call, nmci = call_with_candidates(), office()
    run = close_call(call=call, by=nmci)
    call.refresh_from_db()
    assert (call.state, call.closed_by, run.number, run.state) == ("closed", nmci, 1, "queued")
    assert Job.objects.get().subject_id == run.pk
    assert LogEntry.objects.get(object_type="mobility.call").clause == "6.1"
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("3.1.a")
def test_a_submission_under_way_still_counts_and_later_ones_do_not():
    """The closing waits for whoever was submitting when it came; nobody is half in."""
    call = call_with_candidates(number=1)
    Call.objects.update(closes_at=timezone.now() + datetime.timedelta(days=1))
    call.refresh_from_db()
    quick, late = [draft(call) for _ in range(2)]
    written, at = threading.Event(), timezone.now()

    def submit_slowly():
        with transaction.atomic():
            send(quick, at)
            written.set()
            time.sleep(0.5)
        connection.close()

    thread = threading.Thread(target=submit_slowly)
    thread.start()
    assert written.wait(timeout=30)
    run, job = close(call, reason="A partner withdrew.")
    thread.join()
    with pytest.raises(ValidationError) as refused:
        send(late, at)
    assert refused.value.code == "closed"
    run, _job = decide(job)
    assert run.entries.filter(application=quick).exists()
    assert run.entries.count() == 2


def draft(call):
    student = RecordFactory().student
    content = {"term": "first", "wants_grant": True, "preferences": [call.destinations.first().pk]}
    begun = drafts.start_draft(call=call, at=timezone.now(), by=student.user)
    return drafts.save_draft(application=begun, content=content, seen_version=begun.draft_version, by=student.user)


def send(application, at):
    applications.submit(
        application=application,
        conduct=applications.CONDUCT_VERSION,
        seen_version=application.draft_version,
        at=at,
        by=application.student.user,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.BOARD, Role.COORDINATOR, Role.AUDITOR])
def test_only_the_office_closes(role):
    call = call_with_candidates()
    who = person(role, *([call.applications.first().programme] if role == Role.COORDINATOR else []))
    with pytest.raises(PermissionDenied):
        close_call(call=call, by=who)
    assert state_of(call) == "open"


@pytest.mark.django_db
def test_the_second_click_is_shown_the_run_of_the_first():
    call = call_with_candidates()
    run, _job = close(call)
    with pytest.raises(AlreadyClosed) as told:
        close_call(call=call, by=office())
    assert told.value.run == run
    assert Run.objects.count() == Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("3.1.a")
def test_two_clicks_at_once_make_one_run():
    call, people = call_with_candidates(), [office(), office()]
    together, outcomes = threading.Barrier(2), []

    def click(who):
        together.wait()
        try:
            outcomes.append(close_call(call=call, by=who))
        except AlreadyClosed as told:
            outcomes.append(told)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=[who]) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (told,) = [outcome for outcome in outcomes if isinstance(outcome, AlreadyClosed)]
    assert told.run == Run.objects.get()
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_an_early_closing_needs_a_reason_and_tells_whoever_is_applying():
    call = call_with_candidates(number=1)
    Call.objects.update(closes_at=timezone.now() + datetime.timedelta(days=2))
    writing = ApplicationFactory(call=call, state=Application.State.DRAFT, submitted_at=None, record=None, term="")
    gone = ApplicationFactory(call=call, state=Application.State.WITHDRAWN)
    with pytest.raises(ClosingRefused) as refused:
        close_call(call=call, reason="  ", by=office())
    assert refused.value.code == "reason_needed"
    assert state_of(call) == "open"
    close_call(call=call, reason="The partner withdrew.", by=office())
    call.refresh_from_db()
    assert call.early_closing_reason == "The partner withdrew."
    letters = {letter.recipient: letter.body for letter in Message.objects.all()}
    assert len(letters) == 2
    assert all("The partner withdrew." in body for body in letters.values())
    assert "was not submitted" in letters[writing.student.user]
    assert gone.student.user not in letters


@pytest.mark.django_db
@pytest.mark.clause("3.1.a")
def test_a_call_without_candidates_is_closed_without_a_run_or_not_at_all():
    call = call_with_candidates(number=0)
    with pytest.raises(ClosingRefused) as refused:
        close_call(call=call, by=office())
    assert refused.value.code == "nothing_to_rank"
    assert state_of(call) == "open"
    assert close_call(call=call, without_run=True, by=office()) is None
    assert state_of(call) == "closed"
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_a_call_without_places_is_not_ranked():
    call = CallFactory(closes_at=timezone.now() - datetime.timedelta(minutes=1))
    candidate(call, [DestinationFactory(call=call, places=0)])
    with pytest.raises(ClosingRefused) as refused:
        close_call(call=call, by=office())
    assert refused.value.code == "no_places"
    assert state_of(call) == "open"


@pytest.mark.django_db
def test_a_call_with_candidates_and_places_is_not_closed_without_its_ranking():
    call = call_with_candidates()
    with pytest.raises(ClosingRefused) as refused:
        close_call(call=call, without_run=True, by=office())
    assert refused.value.code == "something_to_rank"
    assert state_of(call) == "open"


@pytest.mark.django_db
def test_a_draft_call_is_not_closed():
    call = CallFactory(state="draft", closes_at=timezone.now() - datetime.timedelta(minutes=1))
    candidate(call, [DestinationFactory(call=call)])
    with pytest.raises((TransitionRefused, ClosingRefused)):
        close_call(call=call, by=office())
    assert state_of(call) == "draft"


@pytest.mark.django_db
@pytest.mark.clause("3.1.b")
def test_a_closed_call_can_be_decided_again_once_at_a_time():
    call = call_with_candidates()
    with pytest.raises(ClosingRefused) as refused:
        request_run(call=call, by=office())
    assert refused.value.code == "not_closed"
    run, job = close(call)
    with pytest.raises(AlreadyClosed) as under_way:
        request_run(call=call, by=office())
    assert under_way.value.run == run
    decide(job)
    assert request_run(call=call, by=office()).number == 2
    with pytest.raises(PermissionDenied):
        request_run(call=call, by=person(Role.BOARD))
