"""What the home page tells about corrections: to the office what to answer, to people what they wait for."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from mobility.agenda import Section, Task
from mobility.models import Correction, User
from mobility.permissions import is_nmci


def correction_tasks(user: User, now: datetime) -> Iterator[Task]:
    """One item for all that wait for the office, due with the oldest; one for each that one waits for."""
    asked = Correction.objects.filter(state=Correction.State.ASKED).order_by("asked_at")
    if is_nmci.test(user):
        waiting = list(asked)
        if waiting:
            yield Task(
                _("Answer requests for correction (%(n)s)") % {"n": len(waiting)},
                reverse("corrections"),
                _("The law gives a month."),
                due=waiting[0].due_at,
            )
        return
    for correction in asked.filter(user=user):
        yield Task(
            _("Answer to your request for correction"),
            reverse("correction", args=[correction.public_id]),
            str(correction),
            due=correction.due_at,
            section=Section.WAITING,
        )
