"""One order for all who are not rejected (Art. 7.1, and 5.3 for the conditional ones)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

from mobility.regulation.admission import Verdict
from mobility.regulation.case import Case


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates (positions in the case), best first, and who is equal to whom.

    `ties` maps every candidate whom the criteria leave equal to others to the ids of them all,
    in the order of the ids; the members of a tie share one tuple.
    """

    order: Sequence[int]
    ties: Mapping[int, tuple[str, ...]]


Key = tuple[bool, int, int, int, int]


def rank(case: Case, averages: Sequence[int | None], verdicts: Sequence[Verdict]) -> Ranking:
    """Rank by 7.1; what the regulation leaves equal is drawn by lot (2.4)."""
    keys = criteria(case, averages, verdicts)
    order = sorted(
        (index for index, verdict in enumerate(verdicts) if verdict.tier != "rejected"),
        key=keys.__getitem__,
    )
    ties: dict[int, tuple[str, ...]] = {}
    start = 0
    for _, equals in groupby(order, keys.__getitem__):
        tied = list(equals)
        if len(tied) > 1:
            order[start : start + len(tied)] = draw(case, tied)
            ties.update(dict.fromkeys(tied, tuple(sorted(case.candidates.id[i] for i in tied))))
        start += len(tied)
    return Ranking(order, ties)


def criteria(case: Case, averages: Sequence[int | None], verdicts: Sequence[Verdict]) -> list[Key]:
    """What ranks each candidate, smallest first: 5.3, then 7.1.a, 7.1.b (twice) and 7.1.c.

    7.1.c asks for the lower ratio of enrolments to credits. It is asked only of candidates whose
    credits are equal, and among those the ratio orders exactly as the enrolments do; without
    credits there is no ratio, and nothing to tell them apart by.
    """
    people = case.candidates
    columns = zip(averages, verdicts, people.ects, people.units, people.enrolments, strict=True)
    return [
        (
            verdict.tier == "conditional",
            -(average or 0),
            -ects,
            -units,
            enrolments if ects else 0,
        )
        for average, verdict, ects, units, enrolments in columns
    ]


def draw(case: Case, tied: Sequence[int]) -> list[int]:
    """Draw lots among equals: the lowest lot first."""
    return sorted(tied, key=lambda index: lot(case.draw_seed, case.candidates.id[index]))


def lot(seed: str, identity: str) -> str:
    """A candidate's lot, from a seed that is committed to before the call closes."""
    return sha256(f"{seed}:{identity}".encode()).hexdigest()
