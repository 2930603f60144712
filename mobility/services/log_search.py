"""Finding rows of the log, newest first, by number and never by counting: a million rows answer like a hundred."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mobility.models import LogEntry, User
from mobility.workflow import record

PER_PAGE = 50


@dataclass(frozen=True)
class Page:
    """Some rows, and the number before which the older ones are; None: there are none."""

    entries: list[LogEntry]
    older: int | None


def search(wanted: Mapping[str, Any], *, by: User) -> QuerySet[LogEntry]:
    """The rows that the person may read and that fit; a key that is missing or empty lets all through.

    Keys: ``since``, ``until`` (days in Lisbon, inclusive), ``person`` (name, e-mail or student number), ``role``,
    ``action`` ("application.submit"), ``kind``, ``thing`` (number of the object), ``clause``, ``text`` (in the reason).
    """
    found = LogEntry.objects.visible_to(by)
    if wanted.get("since"):
        found = found.filter(at__gte=_midnight(wanted["since"]))
    if wanted.get("until"):
        found = found.filter(at__lt=_midnight(wanted["until"] + datetime.timedelta(days=1)))
    if wanted.get("person"):
        found = found.filter(actor__in=_people(wanted["person"]))
    if wanted.get("action"):
        model, _dot, action = wanted["action"].partition(".")
        found = found.filter(action=action, object_type__endswith=f".{model}")
    exact = {"role": "role", "kind": "object_type", "thing": "object_id", "clause": "clause"}
    found = found.filter(**{column: wanted[key] for key, column in exact.items() if wanted.get(key)})
    if wanted.get("text"):
        found = found.filter(reason__icontains=wanted["text"])
    return found.select_related("actor", "behalf_of")


def page(found: QuerySet[LogEntry], *, before: int | None) -> Page:
    """The newest rows, or those before a row."""
    if before is not None:
        found = found.filter(pk__lt=before)
    entries = list(found.order_by("-pk")[: PER_PAGE + 1])
    older = entries[PER_PAGE - 1].pk if len(entries) > PER_PAGE else None
    return Page(entries[:PER_PAGE], older)


@transaction.atomic
def note_export(*, form: str, wanted: Mapping[str, Any], by: User) -> None:
    """Who takes rows of the log away is in it, with what was asked for."""
    record(by, "export_log", data={"form": form, **{key: str(value) for key, value in wanted.items() if value}}, by=by)


def _people(words: str) -> QuerySet[User]:
    by_number = Q(student__number__iexact=words)
    return User.objects.filter(Q(name__icontains=words) | Q(email__iexact=words) | by_number).order_by()


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
