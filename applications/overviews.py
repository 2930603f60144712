"""What the pages of the office count: a handful of queries whatever the number of applications."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from applications.models import Application, Opinion, Preference
from mobility.models import Call, Destination, Programme, ProgrammePlaces
from mobility.regulation import admission

DRAFT, SUBMITTED = Application.State.DRAFT, Application.State.SUBMITTED


@dataclass(frozen=True)
class CallNumbers:
    drafts: int = 0
    submitted: int = 0
    withdrawn: int = 0
    opinions_missing: int = 0


def numbers(calls: Iterable[Call]) -> dict[int, CallNumbers]:
    """Applications by state, and opinions still missing, of each call by its id; three queries."""
    ids = [call.pk for call in calls]
    counted = {
        row["call"]: row
        for row in Application.objects.filter(call__in=ids)
        .order_by()
        .values("call")
        .annotate(
            drafts=Count("pk", filter=Q(state=DRAFT)),
            submitted=Count("pk", filter=Q(state=SUBMITTED)),
            withdrawn=Count("pk", filter=Q(state=Application.State.WITHDRAWN)),
        )
    }
    missing: dict[int, int] = dict.fromkeys(ids, 0)
    for call_id, _ in _awaiting_opinion(Application.objects.filter(call__in=ids)):
        missing[call_id] += 1
    return {
        pk: CallNumbers(row["drafts"], row["submitted"], row["withdrawn"], missing[pk])
        if (row := counted.get(pk))
        else CallNumbers()
        for pk in ids
    }


def _awaiting_opinion(applications: QuerySet[Application]) -> Iterable[tuple[int, int]]:
    """Call and programme of each submitted application that hangs on an opinion not given (Art. 5(2), 5(3))."""
    rows = (
        applications.filter(~Exists(Opinion.objects.filter(application=OuterRef("pk"), in_force=True)), state=SUBMITTED)
        .order_by()
        .values_list(
            "call_id",
            "programme_id",
            "record__first_cycle_ects",
            "record__weighted_grades",
            "record__graded_ects",
            "will_meet_requirements",
            "merit",
            "barred",
        )
    )
    for call_id, programme_id, first_cycle, weighted, graded, will_meet, merit, barred in rows.iterator():
        standing = admission.standing(
            first_cycle_ects=first_cycle,
            average=admission.average(weighted or Decimal(0), graded or Decimal(0)),
            will_meet_requirements=will_meet,
            opinion=None,
            merit=merit,  # type: ignore[arg-type]  # the column takes the two words alone
            barred=barred,
        )
        if standing.needs_opinion:
            yield call_id, programme_id


def destinations(call: Call) -> QuerySet[Destination]:
    """The call's destinations with ``first`` and ``wanted``: how many put it first, and how many want it at all."""
    asked = Preference.objects.filter(destination=OuterRef("pk"), application__state=SUBMITTED).order_by()

    def counted(preferences: QuerySet[Preference]) -> Coalesce:
        count = preferences.values("destination").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(count, output_field=IntegerField()), 0)

    return (
        call.destinations.select_related("institution", "mobility_programme")
        .annotate(first=counted(asked.filter(order=1)), wanted=counted(asked))
        .order_by("-wanted", "institution__sort_name", "code")
    )


@dataclass(frozen=True)
class ProgrammeNumbers:
    """``places``: approved by the board (Art. 5(7)); None: no cap."""

    programme: Programme
    submitted: int
    drafts: int
    opinions_missing: int
    places: int | None


def programmes(call: Call) -> list[ProgrammeNumbers]:
    """Every programme with an application or approved places, by code; four queries."""
    counted: dict[int, dict[str, Any]] = {
        row["programme"]: dict(row)
        for row in call.applications.order_by()
        .values("programme")
        .annotate(submitted=Count("pk", filter=Q(state=SUBMITTED)), drafts=Count("pk", filter=Q(state=DRAFT)))
    }
    places = dict(ProgrammePlaces.objects.filter(call=call).values_list("programme_id", "places"))
    missing = dict.fromkeys(counted, 0)
    for _, programme_id in _awaiting_opinion(call.applications.all()):
        missing[programme_id] += 1
    found = Programme.objects.filter(pk__in=counted.keys() | places.keys()).order_by("code")
    return [
        ProgrammeNumbers(
            programme,
            counted.get(programme.pk, {}).get("submitted", 0),
            counted.get(programme.pk, {}).get("drafts", 0),
            missing.get(programme.pk, 0),
            places.get(programme.pk),
        )
        for programme in found
    ]
