"""Santander grants: one a student, first to the best of each master programme (Art. 9.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mobility.regulation.admission import Verdict
from mobility.regulation.case import Case
from mobility.regulation.placement import Placement
from mobility.regulation.scholarships import Grant, Round


@dataclass(frozen=True, slots=True)
class Santander:
    """Grants by candidate, and how many are left (None: no budget, nothing distributed)."""

    grants: Mapping[int, Grant]
    left: int | None


def distribute(
    case: Case,
    order: Sequence[int],
    verdicts: Sequence[Verdict],
    placed: Placement,
) -> Santander:
    """Distribute the Santander grants in the ranking's order (9.3.a).

    First to those without an earlier grant in the cycle, then to the others (9.2).
    """
    if case.santander is None:
        return Santander({}, None)
    counted = _counted(case, order, placed)
    grants: dict[int, Grant] = {}
    served: set[str] = set()
    for previous in (False, True):
        group = [index for index in counted if case.candidates.previous[index] == previous]
        _serve(case, group, verdicts, served, grants)
    return Santander(grants, case.santander - len(grants))


def _counted(case: Case, order: Sequence[int], placed: Placement) -> list[int]:
    """Those placed at a destination of the scheme who want a grant and keep the right (9.4)."""
    people = case.candidates
    scheme = {code for code, found in case.destinations.items() if found.scheme == "santander"}
    return [
        index
        for index in order
        if placed.destination[index] in scheme and people.wanted[index] and not people.santander_lost[index]
    ]


def _serve(
    case: Case,
    group: Sequence[int],
    verdicts: Sequence[Verdict],
    served: set[str],
    grants: dict[int, Grant],
) -> None:
    """One to the best of each programme not served yet (9.3.b), the rest by rank (9.3.c)."""

    def give(index: int, awarded: Round) -> None:
        conditional = verdicts[index].tier == "conditional"
        grants[index] = Grant("santander", None, conditional, (awarded,))

    budget = case.santander or 0
    for index in group:
        programme = case.candidates.programme[index]
        if len(grants) == budget:
            return
        if programme not in served and verdicts[index].tier != "conditional":
            served.add(programme)
            give(index, "best_of_programme")
    for index in group:
        if len(grants) == budget:
            return
        if index not in grants:
            give(index, "ranking")
