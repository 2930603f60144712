"""What the home page tells the board."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Homologation, Run
from mobility.agenda import Section, Task
from mobility.models import User
from mobility.permissions import is_board

RECENT = 3


def board_tasks(user: User, now: datetime) -> Iterator[Task]:
    """Runs to homologate, those still with the coordinators, and what was decided last; two queries."""
    if not is_board.test(user):
        return
    for run in Run.objects.filter(state__in=[Run.State.CONFIRMED, Run.State.DECIDED]).select_related("call"):
        here = reverse("homologate", args=[run.public_id])
        if run.state == Run.State.CONFIRMED:
            yield Task(_("Homologate or return: %(call)s") % {"call": run.call}, here)
        else:
            yield Task(_("“%(call)s” waits for the coordinators") % {"call": run.call}, here, section=Section.WAITING)
    for verdict in Homologation.objects.select_related("run__call").order_by("-at")[:RECENT]:
        yield Task(
            f"{verdict.run.call}: {verdict.get_verdict_display()}",
            reverse("homologate", args=[verdict.run.public_id]),
            due=verdict.at,
            section=Section.DONE,
        )
