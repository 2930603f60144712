"""A decision as rows: one entry per candidate, grants, programmes' shares, the D'Hondt sequence."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from applications.models import Application, Entry, Run
from mobility import bulk
from mobility.models import Programme
from mobility.regulation.admission import Tier
from mobility.regulation.case import Case
from mobility.regulation.decision import Decision
from mobility.regulation.scholarships import Grant
from scholarships.models import Award, HondtAward, ProgrammeShare


def store_outcome(run: Run, decision: Decision, *, case: Case, texts: Sequence[str]) -> None:
    """Write all rows of a run's outcome, in the caller's transaction; ``texts``: the case's candidates as JSON."""
    programmes = dict(Programme.objects.values_list("code", "pk"))
    bulk.insert(Entry, _ENTRY, _entries(run, decision, programmes, case, texts))
    bulk.insert(Award, _AWARD, _awards(run, decision))
    ProgrammeShare.objects.bulk_create(
        ProgrammeShare(run=run, programme_id=programmes[share.code], **_without(share._asdict(), "code"))
        for share in decision.programmes
    )
    bulk.insert(HondtAward, _HONDT, _hondt(run, decision, programmes))


_ENTRY = (
    *("run_id", "application_id", "programme_id", "position", "rank", "tier", "basis", "average"),
    *("placement_id", "preference", "tied_with", "figures"),
)
_AWARD = ("entry_id", "scheme", "semesters", "provisional", "rounds")
_HONDT = ("run_id", "seat", "programme_id", "votes", "divisor", "round")


def _entries(
    run: Run, decision: Decision, programmes: dict[str, int], case: Case, texts: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    people = case.candidates
    applications = dict(Application.objects.filter(call=run.call_id).values_list("reference", "pk"))
    destinations: dict[str | None, int | None] = dict(run.call.destinations.values_list("code", "pk"))
    destinations[None] = None
    read = dict(zip(people.id, zip(people.programme, texts, strict=True), strict=True))
    # Nothing may be asked of the database while rows are being copied to it: hence an inner generator.
    return (
        (
            run.pk,
            applications[outcome.id],
            programmes[read[outcome.id][0]],
            position,
            outcome.rank,
            outcome.tier,
            outcome.basis,
            _hundredths(outcome.average),
            destinations[outcome.placement],
            outcome.preference,
            json.dumps(outcome.tied_with) if outcome.tie else "[]",
            read[outcome.id][1],
        )
        for position, outcome in enumerate(decision.outcomes, 1)
    )


def _awards(run: Run, decision: Decision) -> Iterator[tuple[Any, ...]]:
    entries = dict(Entry.objects.filter(run=run, placement__isnull=False).order_by().values_list("position", "pk"))
    return (
        (entries[position], grant.scheme, grant.semesters, grant.provisional, json.dumps(grant.rounds))
        for position, grant in enumerate(decision.outcomes.grant, 1)
        if grant
    )


def _hondt(run: Run, decision: Decision, programmes: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for award in decision.hondt:
        votes, divisor = map(int, award.quotient.split("/"))
        yield run.pk, award.seat, programmes[award.programme], votes, divisor, award.round


def totals(case: Case, decision: Decision) -> dict[str, Any]:
    """What the pages show of a run without opening its decision; ``docs/architecture.md`` lists the keys."""
    found = decision.outcomes
    programme_of = dict(zip(case.candidates.id, case.candidates.programme, strict=True))
    programmes = [programme_of[reference] for reference in found.id]
    groups: Counter[Group] = Counter(
        zip(programmes, found.tier, [bool(p) for p in found.preference], map(bool, found.tie), strict=True)
    )
    granted = [(code, grant) for code, grant in zip(programmes, found.grant, strict=True) if grant]
    return {
        **_counts(groups.items(), [grant for _code, grant in granted]),
        "destinations": len(case.destinations),
        "places": sum(destination.places for destination in case.destinations.values()),
        "rounds": dict(Counter(awarded for _code, grant in granted for awarded in grant.rounds)),
        "budgets": {"erasmus": case.erasmus, "santander": case.santander},
        "left_over": {"erasmus": decision.erasmus_left, "santander": decision.santander_left},
        "ties": len({tie for tie in found.tie if tie}),
        "programmes": [
            {"code": code, "cap": cap} | _counts(*theirs)
            for code, cap in case.programmes.items()
            if (theirs := _of_programme(code, groups, granted))[0]
        ],
    }


Group = tuple[str, Tier, bool, bool]


def _of_programme(
    code: str, groups: Counter[Group], granted: Sequence[tuple[str, Grant]]
) -> tuple[list[tuple[Group, int]], list[Grant]]:
    return [item for item in groups.items() if item[0][0] == code], [grant for own, grant in granted if own == code]


def _counts(groups: Iterable[tuple[Group, int]], grants: Iterable[Grant]) -> dict[str, Any]:
    """Of candidates grouped by programme, tier, placed or not, tied or not; and of those with a grant."""
    tiers: Counter[str] = Counter()
    placed = tied = holders = provisional = 0
    for (_programme, tier, has_place, is_tied), number in groups:
        tiers[tier] += number
        placed += number * has_place
        tied += number * is_tied
    given = {"erasmus": 0, "santander": 0}
    for grant in grants:
        holders += 1
        provisional += grant.provisional
        given[grant.scheme] += grant.semesters or 1
    return {
        "candidates": tiers.total(),
        "tiers": {tier: tiers[tier] for tier in ("admitted", "vacancy", "conditional", "rejected")},
        "placed": placed,
        "unplaced": tiers.total() - tiers["rejected"] - placed,
        "grants": given,
        "holders": holders,
        "provisional": provisional,
        "tied": tied,
    }


def _hundredths(average: str | None) -> int | None:
    return None if average is None else int(average.replace(".", ""))


def _without(found: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != key}
