"""Two people, or two windows of one, at the same instant: one after the other, and nothing half done."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from applications.models import Application, Run, Submission
from applications.services import applications, drafts
from applications.services.calls import ClosingRefused, close_call
from applications.services.runs import publish
from mobility.models import Call, Job, LogEntry, Message, Role
from mobility.workflow import TransitionRefused
from scholarships.services.runs import job_of
from tests.factories import (
    CallFactory,
    DestinationFactory,
    EntryFactory,
    HomologationFactory,
    RecordFactory,
    person,
)
from tests.full_disk import full_disk
from tests.scholarships.scene import call_with_candidates, decide, office

pytestmark = pytest.mark.django_db(transaction=True)


def together(*actions):
    """What each gave, or the refusal that it met, all begun at one instant."""
    start, results = threading.Barrier(len(actions)), {}

    def act(number, action):
        start.wait()
        try:
            results[number] = action()
        except (ValidationError, drafts.DraftConflict, ClosingRefused, TransitionRefused) as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=item) for item in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[number] for number in range(len(actions))]


def begun(call):
    student = RecordFactory().student
    draft = drafts.start_draft(call=call, at=timezone.now(), by=student.user)
    content = {"term": "first", "wants_grant": True, "preferences": [call.destinations.first().pk]}
    return drafts.save_draft(application=draft, content=content, seen_version=draft.draft_version, by=student.user)


def submit(application):
    return applications.submit(
        application=application,
        conduct=applications.CONDUCT_VERSION,
        seen_version=application.draft_version,
        at=timezone.now(),
        by=application.student.user,
    )


@pytest.fixture
def call():
    call = CallFactory()
    DestinationFactory(call=call)
    return call


@pytest.mark.clause("6.3")
def test_two_submissions_at_once_are_one_with_one_receipt(call):
    draft = begun(call)
    receipts = together(lambda: submit(draft), lambda: submit(draft))
    assert Submission.objects.count() == 1
    assert {receipt.receipt for receipt in receipts} == {Submission.objects.get().receipt}
    assert Message.objects.filter(template="receipt").count() == 1


def test_two_starts_at_once_are_one_application(call):
    user = RecordFactory().student.user
    started = together(*[lambda: drafts.start_draft(call=call, at=timezone.now(), by=user)] * 2)
    assert {application.pk for application in started} == {Application.objects.get().pk}
    assert LogEntry.objects.filter(action="start").count() == 1


def test_of_two_windows_that_save_at_once_one_is_told(call):
    draft = begun(call)

    def save(term):
        return lambda: drafts.save_draft(
            application=draft, content={"term": term}, seen_version=draft.draft_version, by=draft.student.user
        )

    results = together(save("second"), save("year"))
    (kept,) = [result for result in results if isinstance(result, Application)]
    (told,) = [result for result in results if isinstance(result, drafts.DraftConflict)]
    draft.refresh_from_db()
    assert draft.draft["term"] == kept.draft["term"] == told.application.draft["term"]


@pytest.mark.clause("6.4")
def test_a_withdrawal_while_the_call_closes_is_in_whole_or_refused():
    """The closing waits for it; the run then ranks whoever is left, and nobody who withdrew."""
    call = call_with_candidates(number=3)
    Call.objects.update(closes_at=timezone.now() + datetime.timedelta(days=1))
    leaving, nmci, holding = call.applications.first(), office(), threading.Event()
    begun_at = timezone.now()

    def withdraw_slowly():
        with transaction.atomic():
            applications.withdraw(application=leaving, reason="A job.", at=begun_at, by=leaving.student.user)
            holding.set()
            closing.join(timeout=0.5)
        connection.close()

    def close():
        assert holding.wait(timeout=30)
        runs.append(close_call(call=Call.objects.get(), reason="A partner left.", by=nmci))
        connection.close()

    runs = []
    closing, leaver = threading.Thread(target=close), threading.Thread(target=withdraw_slowly)
    closing.start()
    leaver.start()
    leaver.join()
    closing.join()
    run, _job = decide(job_of(runs[0]))
    assert run.entries.count() == 2
    assert not run.entries.filter(application=leaving).exists()
    late = Application.objects.exclude(pk=leaving.pk).first()
    with pytest.raises(ValidationError, match=r"(?i)nmci"):
        applications.withdraw(application=late, reason="", at=begun_at, by=late.student.user)
    assert Application.objects.get(pk=late.pk).state == "submitted"


def test_when_the_last_candidate_withdraws_there_is_nothing_to_close_with_a_run():
    call = call_with_candidates(number=1)
    Call.objects.update(closes_at=timezone.now() + datetime.timedelta(days=1))
    last = call.applications.get()
    applications.withdraw(application=last, reason="", at=timezone.now(), by=last.student.user)
    with pytest.raises(ClosingRefused) as refused:
        close_call(call=call, reason="A partner left.", by=office())
    assert refused.value.code == "nothing_to_rank"
    assert Call.objects.get().state == "open"


def test_a_full_disk_publishes_nothing_and_tells_nobody():
    run, nmci = HomologationFactory().run, person(Role.NMCI)
    earlier_state = Run.objects.get(pk=run.pk).state
    for _ in range(120):
        EntryFactory(run=run)
    logged = LogEntry.objects.count()
    with full_disk("mobility_message", pages_left=0), pytest.raises(DatabaseError):
        publish(run=run, by=nmci)
    stored = Run.objects.get(pk=run.pk)
    assert (stored.state, stored.published_at) == (earlier_state, None)
    assert not Message.objects.exists()
    assert LogEntry.objects.count() == logged
    assert publish(run=stored, by=nmci).state == "published"
    assert Message.objects.filter(template="result_published").count() == 120


def test_a_full_disk_leaves_a_call_open():
    call = call_with_candidates(number=2)
    with full_disk("applications_run", pages_left=0, rows_left=0), pytest.raises(DatabaseError):
        _fill_up_and_close(call)
    assert Call.objects.get().state == "open"
    assert not Run.objects.exists()
    assert not Job.objects.exists()


def _fill_up_and_close(call):
    """SQLite finds room for a few rows in the pages that it has: the reason takes what is left."""
    Call.objects.update(closes_at=timezone.now() + datetime.timedelta(days=1))
    close_call(call=call, reason="Full. " * 2000, by=office())
