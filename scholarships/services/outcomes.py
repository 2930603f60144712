"""A decision as rows: one entry per candidate, grants, programmes' shares, the D'Hondt sequence."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from applications.models import Application, Entry, Run
from mobility import bulk
from mobility.models import Programme
from mobility.regulation.case import Case
from mobility.regulation.decision import Decision, Outcome
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
    programme_of = dict(zip(case.candidates.id, case.candidates.programme, strict=True))
    everybody = _counts(decision.outcomes)
    by_programme: dict[str, list[Outcome]] = {code: [] for code in case.programmes}
    for outcome in decision.outcomes:
        by_programme[programme_of[outcome.id]].append(outcome)
    return {
        **everybody,
        "destinations": len(case.destinations),
        "places": sum(found.places for found in case.destinations.values()),
        "rounds": dict(
            Counter(awarded for outcome in decision.outcomes if outcome.grant for awarded in outcome.grant.rounds)
        ),
        "budgets": {"erasmus": case.erasmus, "santander": case.santander},
        "left_over": {"erasmus": decision.erasmus_left, "santander": decision.santander_left},
        "ties": len({outcome.tie for outcome in decision.outcomes if outcome.tie}),
        "programmes": [
            {"code": code, "cap": case.programmes[code], **_counts(theirs)}
            for code, theirs in by_programme.items()
            if theirs
        ],
    }


def _counts(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Candidates by tier, placed or waiting, semesters of Erasmus+ grants and Santander grants."""
    tiers: Counter[str] = Counter()
    placed = tied = 0
    grants = {"erasmus": 0, "santander": 0}
    holders = provisional = 0
    for outcome in outcomes:
        tiers[outcome.tier] += 1
        placed += outcome.placement is not None
        tied += bool(outcome.tie)
        if outcome.grant:
            holders += 1
            provisional += outcome.grant.provisional
            grants[outcome.grant.scheme] += outcome.grant.semesters or 1
    candidates = tiers.total()
    return {
        "candidates": candidates,
        "tiers": {tier: tiers[tier] for tier in ("admitted", "vacancy", "conditional", "rejected")},
        "placed": placed,
        "unplaced": candidates - tiers["rejected"] - placed,
        "grants": grants,
        "holders": holders,
        "provisional": provisional,
        "tied": tied,
    }


def _hundredths(average: str | None) -> int | None:
    return None if average is None else int(average.replace(".", ""))


def _without(found: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != key}
