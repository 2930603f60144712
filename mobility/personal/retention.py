"""Take away what is past its period, kind by kind: the daily task, its rehearsal, and what it will find in a month.

The periods are those that the privacy notice shows (``mobility.privacy.retention``). Each row, or person, is dealt with
in a transaction together with its count, so the task can be stopped anywhere and run again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from mobility.log import take_turn
from mobility.models import DataExport, RetentionRun, User
from mobility.personal import due
from mobility.personal.anonymise import anonymise
from mobility.personal.exports import discard, sweep

AT_A_TIME = 100


@dataclass(frozen=True)
class Step:
    """One kind of data: which rows are past their period at an instant, and what becomes of one."""

    code: str
    due: Callable[[datetime], "QuerySet[Any]"]
    act: Callable[[Any], None]


def _delete(thing: Model) -> None:
    thing.delete()


def _delete_export(export: DataExport) -> None:
    discard(export.user)


def _anonymise(user: User) -> None:
    anonymise(user=user, by=None)


STEPS = (
    Step("signup", due.signups, _delete),
    Step("export", due.exports, _delete_export),
    Step("session", due.sessions, _delete),
    Step("message", due.messages, _delete),
    Step("correction", due.corrections, _delete),
    Step("draft", due.drafts, due.delete_draft),
    Step("account", due.accounts, _anonymise),
    Step("staff", due.staff, _anonymise),
    Step("application", due.applicants, _anonymise),
    Step("grant", due.grant_holders, _anonymise),
)


def counts(now: datetime) -> dict[str, int]:
    """How many of each kind are past their period at that instant; nothing is changed."""
    return {step.code: step.due(now).count() for step in STEPS}


def apply(*, now: datetime) -> RetentionRun:
    """Take away everything that is past its period; a second time there is nothing left to do."""
    run = RetentionRun.objects.create(started_at=now, counts=dict.fromkeys((step.code for step in STEPS), 0))
    for step in STEPS:
        _take(step, run, now)
    sweep(now)
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])
    return run


def _take(step: Step, run: RetentionRun, now: datetime) -> None:
    """One kind, a batch of keys at a time, in order: a row that couldn't be taken is not tried for ever."""
    last: Any = None
    while batch := _next(step.due(now), last):
        for key in batch:
            _take_one(step, run, now, key)
        last = batch[-1]


def _next(rows: "QuerySet[Any]", last: Any) -> list[Any]:
    after = rows if last is None else rows.filter(pk__gt=last)
    return list(after.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])


@transaction.atomic
def _take_one(step: Step, run: RetentionRun, now: datetime, key: Any) -> None:
    """Look again under the lock: it may have been used since the batch was read, or taken by another worker."""
    take_turn()
    rows = step.due(now)
    rows.model._default_manager.select_for_update(no_key=True).filter(pk=key).first()
    thing = rows.filter(pk=key).first()
    if thing is None:
        return
    step.act(thing)
    run.counts[step.code] += 1
    run.save(update_fields=["counts"])
