"""What waits for whoever reads the log."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mobility.agenda import Task
from mobility.models import ExceptionalAccess, User
from mobility.permissions import is_auditor, reads_log
from mobility.services import log_checks

# How long an exceptional access stays on the auditor's list.
LATELY = timedelta(days=14)


def log_tasks(user: User, now: datetime) -> Iterator[Task]:
    """A chain that fails, for auditor and administrator; what administrators had opened lately, for the auditor."""
    if not reads_log.test(user):
        return
    if is_auditor.test(user):
        yield from _exceptional(now)
    check = log_checks.latest()
    if check is not None and check.fault:
        yield Task(
            title=_("Find out who changed the log: its chain fails"),
            url=reverse("log_checks"),
            text=_("A row was altered, taken out, put in or moved since it was written."),
            due=check.at,
        )


def _exceptional(now: datetime) -> Iterator[Task]:
    number = ExceptionalAccess.objects.filter(opened_at__gt=now - LATELY).count()
    if number:
        title = ngettext(
            "Look at %(n)d student's file that an administrator had opened",
            "Look at %(n)d students' files that administrators had opened",
            number,
        )
        yield Task(title=title % {"n": number}, url=reverse("exceptional_accesses"), text=_("In the last two weeks."))
