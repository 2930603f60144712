"""What waits for whoever reads the log."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from mobility.agenda import Task
from mobility.models import User
from mobility.permissions import reads_log
from mobility.services import log_checks


def log_tasks(user: User, now: datetime) -> Iterator[Task]:
    """A chain that fails, for auditor and administrator."""
    if not reads_log.test(user):
        return
    check = log_checks.latest()
    if check is not None and check.fault:
        yield Task(
            title=_("Find out who changed the log: its chain fails"),
            url=reverse("log_checks"),
            text=_("A row was altered, taken out, put in or moved since it was written."),
            due=check.at,
        )
