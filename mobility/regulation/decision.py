"""The whole decision: admission, ranking, placement and both distributions, composed."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from mobility.regulation import admission, placement, ranking, santander, scholarships
from mobility.regulation.admission import Tier, Verdict
from mobility.regulation.case import EDITION, Case
from mobility.regulation.placement import Placement
from mobility.regulation.scholarships import Grant, HondtAward, ProgrammeGrants

PHASES = ("admission", "ranking", "placement", "erasmus", "santander")
"""What `decide` reports, in order, as it starts each."""


class Outcome(NamedTuple):
    """What was decided about one candidate.

    `average` is text with two decimals. `tie` has the ids of all who are equal under 7.1, this
    candidate included, or nothing; it is shared by the members of the tie.
    """

    id: str
    average: str | None
    tier: Tier
    basis: str
    rank: int | None
    tie: tuple[str, ...]
    placement: str | None
    preference: int | None
    grant: Grant | None

    @property
    def tied_with(self) -> list[str]:
        """The others of the tie, by id."""
        return [other for other in self.tie if other != self.id]

    def as_dict(self) -> dict[str, Any]:
        """The candidate's part of the published decision."""
        return {
            "id": self.id,
            "average": self.average,
            "tier": self.tier,
            "basis": self.basis,
            "rank": self.rank,
            "tied_with": self.tied_with if self.tie else [],
            "placement": self.placement,
            "preference": self.preference,
            "grant": _grant(self.grant),
        }


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All outcomes by column, in rank order, then the rejected by id.

    Iterating gives an `Outcome` each; whoever writes many rows takes the columns as they are.
    """

    id: Sequence[str]
    average: Sequence[str | None]
    tier: Sequence[Tier]
    basis: Sequence[str]
    rank: Sequence[int | None]
    tie: Sequence[tuple[str, ...]]
    placement: Sequence[str | None]
    preference: Sequence[int | None]
    grant: Sequence[Grant | None]

    def __len__(self) -> int:
        return len(self.id)

    def __iter__(self) -> Iterator[Outcome]:
        return map(Outcome, *(getattr(self, name) for name in Outcome._fields))


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision of a case, with its working.

    `programmes` and `hondt` are empty when no Erasmus+ grants are distributed, and the number
    left over is None.
    """

    call: str
    input_sha256: str
    outcomes: Outcomes
    programmes: Sequence[ProgrammeGrants]
    hondt: Sequence[HondtAward]
    erasmus_left: int | None
    santander_left: int | None

    def head(self) -> dict[str, Any]:
        """What stands before the candidates in the published decision."""
        return {"edition": EDITION, "call": self.call, "input_sha256": self.input_sha256}

    def tail(self) -> dict[str, Any]:
        """What stands after the candidates in the published decision."""
        return {
            "programmes": [programme._asdict() for programme in self.programmes],
            "hondt": [award._asdict() for award in self.hondt],
            "left_over": {"erasmus": self.erasmus_left, "santander": self.santander_left},
        }

    def as_dict(self) -> dict[str, Any]:
        """The published decision, ready for JSON."""
        candidates = [outcome.as_dict() for outcome in self.outcomes]
        return self.head() | {"candidates": candidates} | self.tail()

    def lines(self) -> Iterator[str]:
        """The published decision as its file has it: JSON, one candidate a line."""
        encode = json.JSONEncoder(ensure_ascii=False).encode
        code = cache(encode)
        yield encode(self.head())[:-1] + ', "candidates": ['
        before = "\n"
        for one in self.outcomes:
            # As encode(one.as_dict()) would, in a fraction of the time: there is one line a candidate.
            yield (
                f'{before}{{"id": {encode(one.id)}, "average": {code(one.average)}, "tier": "{one.tier}", '
                f'"basis": "{one.basis}", "rank": {one.rank or "null"}, '
                f'"tied_with": {encode(one.tied_with) if one.tie else "[]"}, '
                f'"placement": {code(one.placement)}, "preference": {code(one.preference)}, '
                f'"grant": {encode(_grant(one.grant)) if one.grant else "null"}}}'
            )
            before = ",\n"
        yield "],\n" + encode(self.tail())[1:] + "\n"


def _silent(phase: str) -> None:
    """Report to nobody."""


def decide(case: Case, *, progress: Callable[[str], None] = _silent) -> Decision:
    """Decide a case. `progress` hears each of `PHASES` as it starts; what it raises stops all."""
    progress("admission")
    averages, verdicts = admission.admit(case)
    progress("ranking")
    ranked = ranking.rank(case, averages, verdicts)
    progress("placement")
    placed = placement.place(case, ranked.order)
    progress("erasmus")
    erasmus = scholarships.distribute(case, ranked.order, verdicts, placed)
    progress("santander")
    iberian = santander.distribute(case, ranked.order, verdicts, placed)
    return Decision(
        call=case.code,
        input_sha256=case.input_sha256,
        outcomes=_outcomes(case, averages, verdicts, ranked, placed, {**erasmus.grants, **iberian.grants}),
        programmes=erasmus.programmes,
        hondt=erasmus.awards,
        erasmus_left=erasmus.left,
        santander_left=iberian.left,
    )


def _outcomes(
    case: Case,
    averages: Sequence[int | None],
    verdicts: Sequence[Verdict],
    ranked: ranking.Ranking,
    placed: Placement,
    grants: Mapping[int, Grant],
) -> Outcomes:
    """Everybody: in rank order, then the rejected by id."""
    ids = case.candidates.id
    rejected = [index for index, verdict in enumerate(verdicts) if verdict.tier == "rejected"]
    rejected.sort(key=ids.__getitem__)
    everybody = [*ranked.order, *rejected]
    written = {cents: None if cents is None else admission.text(cents) for cents in set(averages)}
    return Outcomes(
        id=list(map(ids.__getitem__, everybody)),
        average=[written[averages[index]] for index in everybody],
        tier=[verdicts[index].tier for index in everybody],
        basis=[verdicts[index].basis for index in everybody],
        rank=[*range(1, len(ranked.order) + 1), *[None] * len(rejected)],
        tie=[ranked.ties.get(index, ()) for index in everybody],
        placement=list(map(placed.destination.__getitem__, everybody)),
        preference=list(map(placed.preference.__getitem__, everybody)),
        grant=list(map(grants.get, everybody)),
    )


def _grant(grant: Grant | None) -> dict[str, Any] | None:
    return None if grant is None else grant._asdict() | {"rounds": list(grant.rounds)}
