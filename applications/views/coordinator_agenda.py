"""What waits on a coordinator, for the coordination page and for the home page."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Run
from applications.services.candidates import ProgrammeToDo, programmes_to_do
from applications.services.rankings import RankingToDo, barred, rankings
from mobility.agenda import Section, Task
from mobility.models import Call, Programme, User
from mobility.permissions import is_coordinator

OPEN_STATES = (Run.State.DECIDED, Run.State.CONFIRMED, Run.State.HOMOLOGATED, Run.State.PUBLISHED)


@dataclass(frozen=True)
class Duties:
    """A coordinator's programmes today, rankings to confirm and confirmed, and where opinions are asked for."""

    programmes: Sequence[Programme]
    to_confirm: Sequence[RankingToDo]
    done: Sequence[RankingToDo]
    opinions: Sequence[ProgrammeToDo]

    @property
    def in_bulk(self) -> Sequence[Run]:
        """Runs in which several rankings wait: they can be confirmed on one page."""
        times = Counter(row.run for row in self.to_confirm)
        return [run for run, waiting in times.items() if waiting > 1]


def duties(user: User) -> Duties:
    """A fixed number of queries, whatever the number of calls and candidates."""
    programmes = list(Programme.objects.filter(pk__in=user.coordinated_programme_ids))
    runs = list(Run.objects.visible_to(user).filter(state__in=OPEN_STATES).select_related("call"))
    # Once a call is ranked, what its ranking page says comes first; opinions come back if the run is returned.
    decided = {run.call_id for run in runs}
    calls = [call for call in Call.objects.visible_to(user) if call.pk not in decided]
    closed = barred(runs, user)
    ranked = [
        row for row in rankings(runs, programmes) if row.confirmed or (row.run.pk, row.programme.pk) not in closed
    ]
    return Duties(
        programmes,
        [row for row in ranked if row.run.state == Run.State.DECIDED and not row.confirmed],
        [row for row in ranked if row.run.state != Run.State.DECIDED or row.confirmed],
        programmes_to_do(calls, programmes),
    )


def coordinator_tasks(user: User, now: datetime) -> Iterator[Task]:
    """Rankings to confirm and opinions that decide; then those whose run waits for other programmes."""
    if not is_coordinator.test(user):
        return
    mine = duties(user)
    in_bulk = mine.in_bulk
    for run in in_bulk:
        waiting = sum(row.run == run for row in mine.to_confirm)
        yield Task(
            ngettext("Confirm %(n)d ranking – %(call)s", "Confirm %(n)d rankings – %(call)s", waiting)
            % {"n": waiting, "call": run.call},
            reverse("confirm_rankings", args=[run.public_id]),
            ", ".join(row.programme.code for row in mine.to_confirm if row.run == run),
        )
    for row in mine.to_confirm:
        if row.run in in_bulk:
            continue
        yield Task(
            _("Confirm the ranking of %(programme)s – %(call)s") % {"programme": row.programme, "call": row.run.call},
            _ranking(row),
            ngettext("%(n)d candidate", "%(n)d candidates", row.candidates) % {"n": row.candidates},
        )
    yield from (_opinions(row) for row in mine.opinions if row.missing)
    for row in mine.done:
        if row.run.state == Run.State.DECIDED:
            named = {"programme": row.programme, "call": row.run.call}
            yield Task(
                _("%(programme)s – %(call)s: confirmed by you, waits for other programmes") % named,
                _ranking(row),
                section=Section.WAITING,
            )


def _opinions(row: ProgrammeToDo) -> Task:
    text = ngettext(
        "%(n)d candidate is admitted only with a favourable opinion.",
        "%(n)d candidates are admitted only with a favourable opinion.",
        row.missing,
    )
    return Task(
        _("Give opinions in %(programme)s – %(call)s") % {"programme": row.programme, "call": row.call},
        reverse("candidates", args=[row.call.code, row.programme.code]) + "?opinion=missing",
        text % {"n": row.missing},
        due=row.call.closes_at,
    )


def _ranking(row: RankingToDo) -> str:
    return reverse("confirm_ranking", args=[row.run.public_id, row.programme.code])
