"""What happened in the last call of the same kind: cut-off averages and demand, for who is choosing."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Count, Q

from applications.models import Application, Preference, Run
from mobility.models import Call


@dataclass(frozen=True)
class Past:
    """One destination in an earlier call. ``cut_off`` None: places were left, so there was none."""

    places: int
    filled: int
    cut_off: Decimal | None
    wanted: int
    first_choices: int


def previous_run(call: Call) -> Run | None:
    """The newest published result of the same kind in an earlier academic year."""
    earlier = Run.objects.filter(state=Run.State.PUBLISHED, call__kind=call.kind)
    earlier = earlier.filter(call__academic_year__lt=call.academic_year).select_related("call")
    return earlier.order_by("-call__academic_year", "-published_at").first()


def demand(run: Run) -> dict[str, Past]:
    """By the code of the destination. A published run doesn't change, so this is computed once."""
    key = f"demand:{run.public_id}"
    known: dict[str, Past] | None = cache.get(key)
    if known is None:
        known = _demand(run)
        cache.set(key, known, timeout=None)
    return known


def _demand(run: Run) -> dict[str, Past]:
    submitted = Preference.objects.filter(application__call=run.call_id, application__state=Application.State.SUBMITTED)
    counted = submitted.values("destination__code").annotate(times=Count("pk"), first=Count("pk", filter=Q(order=1)))
    wanted = {row["destination__code"]: (row["times"], row["first"]) for row in counted.order_by()}
    past = {}
    for code, found in run.surroundings.get("destinations", {}).items():
        full = found["filled"] >= found["places"] and found["last"]
        times, first = wanted.get(code, (0, 0))
        cut_off = Decimal(found["last"]["average"]) if full else None
        past[code] = Past(found["places"], found["filled"], cut_off, times, first)
    return past
