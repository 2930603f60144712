"""One order for all who are not rejected (Art. 7.1, and 5.3 for the conditional ones)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

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


def rank(case: Case, averages: Sequence[int | None], verdicts: Sequence[Verdict]) -> Ranking:
    """Rank by 7.1; what the regulation leaves equal is drawn by lot (2.4)."""
    keys = criteria(case, averages, verdicts)
    order = sorted(
        (index for index, verdict in enumerate(verdicts) if verdict.tier != "rejected"),
        key=keys.__getitem__,
    )
    ties: dict[int, tuple[str, ...]] = {}
    for start, end in _runs([keys[index] for index in order]):
        tied = order[start:end]
        order[start:end] = draw(case, tied)
        ties.update(dict.fromkeys(tied, tuple(sorted(case.candidates.id[i] for i in tied))))
    return Ranking(order, ties)


def _runs(keys: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where equal keys stand side by side: start and end of each run of two or more."""
    start = 0
    for position, (key, following) in enumerate(pairwise(keys), 1):
        if key != following:
            if position - start > 1:
                yield start, position
            start = position
    if len(keys) - start > 1:
        yield start, len(keys)


def criteria(case: Case, averages: Sequence[int | None], verdicts: Sequence[Verdict]) -> list[int]:
    """What ranks each candidate, as one number, smallest first.

    Its digits, in a base wide enough for each, are the criteria in their order: conditional last
    (5.3); how far the average is from the best (7.1.a); then the credits, then the units (7.1.b);
    then the enrolments (7.1.c). That last criterion asks for the lower ratio of enrolments to
    credits, but only of candidates whose credits are equal, and among those the ratio orders
    exactly as the enrolments do. Without credits there is no ratio to tell them apart by.
    """
    people = case.candidates
    best = max((average for average in averages if average is not None), default=0)
    most_ects = max(people.ects, default=0)
    most_units = max(people.units, default=0)
    a_unit = max(people.enrolments, default=0) + 1
    a_credit = (most_units + 1) * a_unit
    a_hundredth = (most_ects + 1) * a_credit
    condition = (best + 1) * a_hundredth
    columns = zip(averages, verdicts, people.ects, people.units, people.enrolments, strict=True)
    return [
        (condition if verdict.tier == "conditional" else 0)
        + (best - (average or 0)) * a_hundredth
        + (most_ects - ects) * a_credit
        + (most_units - units) * a_unit
        + (enrolments if ects else 0)
        for average, verdict, ects, units, enrolments in columns
    ]


def draw(case: Case, tied: Sequence[int]) -> list[int]:
    """Draw lots among equals: the lowest lot first."""
    return sorted(tied, key=lambda index: lot(case.draw_seed, case.candidates.id[index]))


def lot(seed: str, identity: str) -> str:
    """A candidate's lot, from a seed that is committed to before the call closes."""
    return sha256(f"{seed}:{identity}".encode()).hexdigest()
