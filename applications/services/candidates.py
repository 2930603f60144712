"""A programme's candidates as its coordinator reads them: figures, standing today, opinion in force."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import FilteredRelation, Q, QuerySet

from applications.models import Application, Opinion, Preference
from mobility.models import Call, Programme, folded
from mobility.regulation import admission

FIELDS = (
    "pk",
    "public_id",
    "reference",
    "term",
    "call_id",
    "programme_id",
    "student__number",
    "student__user__name",
    "record__first_cycle_ects",
    "record__weighted_grades",
    "record__graded_ects",
    "record__ects",
    "record__units_completed",
    "record__enrolments",
    "will_meet_requirements",
    "merit",
    "barred",
    "current__pk",
    "current__value",
    "current__reason",
    "current__at",
    "current__coordinator__name",
)


@dataclass(frozen=True)
class Candidate:
    """One submitted application. ``standing`` counts the opinion in force; credits in ECTS, ``average`` rounded.

    ``decides``: the outcome hangs on the opinion (Art. 5(2), 5(3)).
    """

    pk: int
    public_id: UUID
    reference: str
    term: str
    call_id: int
    programme_id: int
    number: str
    name: str
    first_cycle_ects: Decimal
    average: Decimal | None
    ects: Decimal
    units: int
    enrolments: int
    standing: admission.Standing
    decides: bool
    opinion_id: int | None
    opinion: str
    reason: str
    opinion_at: datetime.datetime | None
    opinion_by: str

    @property
    def awaits_opinion(self) -> bool:
        return self.decides and not self.opinion

    @property
    def term_label(self) -> str:
        return str(Application.Term(self.term).label)

    @property
    def opinion_label(self) -> str:
        return str(Opinion.Value(self.opinion).label) if self.opinion else ""


def candidates(applications: QuerySet[Application]) -> list[Candidate]:
    """The submitted ones among these, in no order that matters; one query."""
    rows = (
        applications.filter(state=Application.State.SUBMITTED)
        .annotate(current=FilteredRelation("opinions", condition=Q(opinions__in_force=True)))
        .order_by()
        .values_list(*FIELDS)
    )
    return [_candidate(dict(zip(FIELDS, row, strict=True))) for row in rows.iterator()]


def _candidate(row: dict[str, Any]) -> Candidate:
    average = admission.average(row["record__weighted_grades"], row["record__graded_ects"])

    def standing(opinion: Any) -> admission.Standing:
        return admission.standing(
            first_cycle_ects=row["record__first_cycle_ects"],
            average=average,
            will_meet_requirements=row["will_meet_requirements"],
            opinion=opinion,
            merit=row["merit"],
            barred=row["barred"],
        )

    return Candidate(
        pk=row["pk"],
        public_id=row["public_id"],
        reference=row["reference"],
        term=row["term"],
        call_id=row["call_id"],
        programme_id=row["programme_id"],
        number=row["student__number"],
        name=row["student__user__name"],
        first_cycle_ects=row["record__first_cycle_ects"],
        average=average,
        ects=row["record__ects"],
        units=row["record__units_completed"],
        enrolments=row["record__enrolments"],
        standing=standing(row["current__value"]),
        decides=standing(None).needs_opinion,
        opinion_id=row["current__pk"],
        opinion=row["current__value"] or "",
        reason=row["current__reason"] or "",
        opinion_at=row["current__at"],
        opinion_by=row["current__coordinator__name"] or "",
    )


# How the coordinator may filter; the keys are those of the address.
OPINION_FILTERS: dict[str, Callable[[Candidate], bool]] = {
    "missing": lambda c: c.awaits_opinion,
    "given": lambda c: bool(c.opinion),
    "favourable": lambda c: c.opinion == Opinion.Value.FAVOURABLE,
    "unfavourable": lambda c: c.opinion == Opinion.Value.UNFAVOURABLE,
}


def _merit(candidate: Candidate) -> tuple[Any, ...]:
    """The order of Art. 7(1)(a) and (b), which is the order in which a coordinator knows them."""
    return (-(candidate.average or Decimal(-1)), -candidate.ects, -candidate.units, candidate.reference)


ORDERS: dict[str, Callable[[Candidate], tuple[Any, ...]]] = {
    "deciding": lambda c: (not c.awaits_opinion, not c.decides, *_merit(c)),
    "average": _merit,
    "credits": lambda c: (-c.first_cycle_ects, *_merit(c)),
    "name": lambda c: (folded(c.name), c.reference),
}


def chosen(
    everybody: Iterable[Candidate], *, opinion: str = "", standing: str = "", order: str = "deciding"
) -> list[Candidate]:
    """Filtered and sorted as the address says; an empty filter lets all through."""
    keep = OPINION_FILTERS.get(opinion, lambda c: True)
    return sorted((c for c in everybody if keep(c) and standing in ("", c.standing.tier)), key=ORDERS[order])


def preferences_of(applications: Iterable[int]) -> dict[int, list[Preference]]:
    """By application, in the student's order (Art. 6(3)); one query."""
    found: dict[int, list[Preference]] = {}
    wanted = Preference.objects.filter(application__in=list(applications)).select_related("destination__institution")
    for preference in wanted.order_by("application", "order"):
        found.setdefault(preference.application_id, []).append(preference)
    return found


@dataclass(frozen=True)
class ProgrammeToDo:
    """What one programme of one call asks of its coordinator while opinions may be given."""

    call: Call
    programme: Programme
    candidates: int
    missing: int
    given: int


def programmes_to_do(calls: Iterable[Call], programmes: Iterable[Programme]) -> list[ProgrammeToDo]:
    """Every programme with a submitted application in one of the calls; first where opinions are missing; one query."""
    by_call, by_programme = {c.pk: c for c in calls}, {p.pk: p for p in programmes}
    groups: dict[tuple[int, int], list[Candidate]] = {}
    for candidate in candidates(Application.objects.filter(call__in=by_call, programme__in=by_programme)):
        groups.setdefault((candidate.call_id, candidate.programme_id), []).append(candidate)
    rows = [
        ProgrammeToDo(
            by_call[call],
            by_programme[programme],
            len(group),
            sum(c.awaits_opinion for c in group),
            sum(bool(c.opinion) for c in group),
        )
        for (call, programme), group in groups.items()
    ]
    return sorted(rows, key=lambda row: (not row.missing, row.call.closes_at, row.programme.code))
