"""Everybody who logs, at the same instant, again and again: nobody waits for ever, and the chain holds."""

import datetime
import threading
from itertools import count

import pytest
from django.db import connection, transaction
from django.utils import timezone

from applications.models import Application, Run
from applications.services import applications, drafts
from applications.services.calls import close_call
from applications.services.opinions import give_opinions
from applications.services.runs import publish
from mobility import log
from mobility.models import Call, LogEntry, Role
from mobility.services.calls import set_dates
from mobility.workflow import CALL, advance, record_many
from scholarships.services.runs import job_of
from tests.applications.test_at_once import begun, submit, together
from tests.factories import CallFactory, DestinationFactory, EntryFactory, HomologationFactory, person
from tests.scholarships.scene import call_with_candidates, decide

pytestmark = pytest.mark.django_db(transaction=True)

DAY = datetime.timedelta(days=1)
ROUNDS = 6


@pytest.fixture
def everybody():
    """One act of each kind on the same open call, beside a call that is decided and one that is published."""
    nmci = person(Role.NMCI)
    numbers = count()

    def acts():
        number = next(numbers)
        call = call_with_candidates(number=4)
        Call.objects.filter(pk=call.pk).update(closes_at=timezone.now() + DAY)
        call.refresh_from_db()
        leaving, judged = call.applications.order_by("pk")[:2]
        coordinator = person(Role.COORDINATOR, judged.programme)
        drafted, saved = begun(call), begun(call)
        closing = call_with_candidates(number=6, grants=None)
        job = job_of(close_call(call=closing, by=nmci))
        published = HomologationFactory(run__call__code=f"published-{number}").run
        EntryFactory(run=published)
        return [
            lambda: submit(drafted),
            lambda: applications.withdraw(application=leaving, reason="", at=timezone.now(), by=leaving.student.user),
            lambda: give_opinions(applications=[judged.pk], value="favourable", by=coordinator),
            lambda: drafts.save_draft(
                application=saved, content={"term": "year"}, seen_version=1, by=saved.student.user
            ),
            lambda: set_dates(
                call=call,
                opens_at=call.opens_at,
                closes_at=call.closes_at + DAY,
                distribution_on=None,
                redistribute=True,
                by=nmci,
            ),
            lambda: close_call(call=call, reason="A partner left.", by=nmci),
            lambda: publish(run=published, by=nmci),
            lambda: decide(job)[0].state,
        ]

    return acts


def test_all_who_log_at_once_finish_and_leave_one_chain(everybody):
    for _round in range(ROUNDS):
        results = together(*everybody())
        assert results[-1] == Run.State.DECIDED
    assert LogEntry.objects.filter(action="publish").count() == ROUNDS
    assert LogEntry.objects.filter(action="close").count() == 2 * ROUNDS
    verdict = log.verify()
    assert verdict.fault is None
    assert verdict.count == verdict.number == LogEntry.objects.count()


def test_who_takes_the_turn_first_writes_first():
    """And a transaction that is undone leaves no gap."""
    first, second, nmci = CallFactory(state="draft"), CallFactory(state="draft"), person(Role.NMCI)
    DestinationFactory(call=first)
    waiting = threading.Event()

    def undone():
        with transaction.atomic():
            advance(CALL, second, "open", by=nmci)
            waiting.set()
            other.join(timeout=0.5)
            transaction.set_rollback(True)
        connection.close()

    def done():
        assert waiting.wait(timeout=30)
        advance(CALL, first, "open", by=nmci)
        connection.close()

    other, one = threading.Thread(target=done), threading.Thread(target=undone)
    other.start()
    one.start()
    one.join()
    other.join()
    assert list(LogEntry.objects.values_list("pk", "object_id")) == [(1, first.pk)]
    assert log.verify().fault is None


def test_many_rows_of_many_threads_are_one_chain():
    calls = CallFactory.create_batch(3)
    together(*[lambda: record_many(calls, "create", by=None)] * 8)
    verdict = log.verify()
    assert (verdict.fault, verdict.count) == (None, 24)


def test_saving_a_draft_waits_for_nobody_who_logs():
    """Somebody holds the log's turn; the draft is saved meanwhile. (SQLite has one writer at a time.)"""
    call = call_with_candidates(number=1)
    Call.objects.update(closes_at=timezone.now() + DAY)
    call.refresh_from_db()
    draft, saved = begun(call), []

    def save():
        saved.append(
            drafts.save_draft(application=draft, content={"term": "year"}, seen_version=1, by=draft.student.user)
        )
        connection.close()

    saving = threading.Thread(target=save)
    if connection.vendor == "postgresql":
        with transaction.atomic():
            log.take_turn()
            saving.start()
            saving.join(timeout=20)
            assert saved
    else:
        saving.start()
        saving.join(timeout=20)
    assert Application.objects.get(pk=draft.pk).draft["term"] == "year"
