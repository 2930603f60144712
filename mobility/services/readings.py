"""Noting who reads a student's file, and opening one to an administrator (docs/record.md)."""

import datetime

from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.models import ExceptionalAccess, Reading, Student, User
from mobility.permissions import is_administrator
from mobility.workflow import record

# How long an administrator reads, and how much the reason has to say.
OPEN_FOR = datetime.timedelta(hours=1)
SHORTEST_REASON = 20
HOUR = 60 * 60


def note_reading(*, student: Student, page: str, by: User) -> None:
    """Somebody other than the student opens a page of the file: one row a person, page and hour.

    Within the hour it costs a look into the cache. Where the row can't be written the page isn't shown: the error
    goes on.
    """
    if student.user_id == by.pk:
        return
    now, acting = timezone.now(), by.acting
    hour = now.replace(minute=0, second=0, microsecond=0)
    key = f"reading:{student.pk}:{by.pk}:{acting.role}:{page}:{hour:%Y%m%d%H}"
    if cache.get(key):
        return
    access = ExceptionalAccess.objects.in_force(by, now).filter(student=student).first()
    row = Reading(student=student, reader=by, role=acting.role, behalf_of=acting.behalf_of, page=page, at=now,
                  hour=hour, access=access)  # fmt: skip
    Reading.objects.bulk_create([row], ignore_conflicts=True)
    cache.set(key, True, timeout=HOUR)


@transaction.atomic
def open_file(*, wanted: str, reason: str, by: User) -> None:
    """Let an administrator read one student's file for an hour; ``wanted``: student number or e-mail address.

    Says nothing about whether there is such a student: either way the asking is in the log, with its reason. Raises
    PermissionDenied, ValidationError (no number, or a reason that is too short).
    """
    if not is_administrator.test(by):
        raise PermissionDenied("open_file")
    wanted, reason = wanted.strip(), reason.strip()
    errors = {}
    if not wanted:
        errors["wanted"] = _("Write the student number or the e-mail address.")
    if len(reason) < SHORTEST_REASON:
        errors["reason"] = _(
            "Say in at least %(most)d characters why this file has to be read: the student and the auditor see it."
        ) % {"most": SHORTEST_REASON}
    if errors:
        raise ValidationError(errors)
    take_turn()
    # The administrator's own file needs no opening.
    found = Student.objects.filter(Q(number__iexact=wanted) | Q(user__email__iexact=wanted)).exclude(user=by).first()
    if found is None:
        record(by, "ask_for_file", reason=reason, data={"wanted": wanted[:200]}, by=by)
        return
    now = timezone.now()
    ExceptionalAccess.objects.create(
        administrator=by, student=found, reason=reason, opened_at=now, ends_at=now + OPEN_FOR
    )
    record(found, "open_file", reason=reason, by=by)
