"""How many grants a run may give: the year's budget less what the year's other calls give (Art. 8(1), 9(1))."""

from collections import Counter

from django.db.models import Sum

from applications.models import Run
from mobility.models import Call, Scheme
from scholarships.models import Award, Budget

# Art. 9(1): the number of Santander grants when nobody has set another.
SANTANDER_GRANTS = 15

# A run whose grants count as given: neither returned by the board nor replaced.
IN_FORCE = (Run.State.DECIDED, Run.State.CONFIRMED, Run.State.HOMOLOGATED, Run.State.PUBLISHED)


def grants_available(call: Call) -> dict[str, int | None]:
    """By scheme; None: no budget is set (Erasmus+) or the call has no such destination (Santander).

    What earlier runs of the same call gave is not counted: a new run replaces them.
    """
    budgets: dict[str, int | None] = dict.fromkeys(Scheme.values)
    if call.destinations.filter(mobility_programme__scheme=Scheme.SANTANDER).exists():
        budgets[Scheme.SANTANDER] = SANTANDER_GRANTS
    budgets.update(
        Budget.objects.filter(academic_year=call.academic_year, kind=call.kind).values_list("scheme", "grants")
    )
    given = _given_elsewhere(call)
    return {scheme: None if grants is None else max(0, grants - given[scheme]) for scheme, grants in budgets.items()}


def _given_elsewhere(call: Call) -> Counter[str]:
    """Grants of each scheme given by the newest run in force of every other call of the year and kind."""
    runs = Run.objects.filter(state__in=IN_FORCE, call__academic_year=call.academic_year, call__kind=call.kind).exclude(
        call=call
    )
    newest = dict(runs.order_by("number").values_list("call_id", "pk"))
    awards = Award.objects.filter(entry__run__in=newest.values())
    semesters = awards.filter(scheme=Scheme.ERASMUS).aggregate(total=Sum("semesters"))["total"] or 0
    return Counter(
        {
            Scheme.ERASMUS: semesters,
            Scheme.SANTANDER: awards.filter(scheme=Scheme.SANTANDER).count(),
        }
    )
