"""Who goes where (Art. 6.3 and 5.7; 5.2 (ii) and 5.3 (ii) follow from the order)."""

from collections.abc import Sequence
from dataclasses import dataclass

from mobility.regulation.case import Case


@dataclass(frozen=True, slots=True)
class Placement:
    """By candidate, in the case's order: the destination and which preference it was, from 1."""

    destination: Sequence[str | None]
    preference: Sequence[int | None]


def place(case: Case, order: Sequence[int]) -> Placement:
    """Fill the places, the ranking's `order` choosing first.

    Each takes the first preference that is open to its master programme and has a place left
    (6.3), unless the programme's approved places are used up (5.7).
    """
    programmes, preferences = case.candidates.programme, case.candidates.preferences
    free = {code: found.places for code, found in case.destinations.items()}
    left = dict(case.programmes)
    within_reach = _within_reach(case)
    destination: list[str | None] = [None] * len(programmes)
    preference: list[int | None] = [None] * len(programmes)
    for index in order:
        programme = programmes[index]
        reachable = within_reach[programme]
        for number, code in enumerate(preferences[index], 1):
            if code in reachable:
                destination[index] = code
                preference[index] = number
                _take(programme, left, within_reach)
                free[code] -= 1
                if not free[code]:
                    _close(code, within_reach)
                break
    return Placement(destination, preference)


def _within_reach(case: Case) -> dict[str, set[str]]:
    """By programme, the destinations where its candidates can still be placed."""
    places = {code: found for code, found in case.destinations.items() if found.places}
    open_to_all = {code for code, found in places.items() if found.programmes is None}
    reachable = {code: set() if cap == 0 else set(open_to_all) for code, cap in case.programmes.items()}
    for code, found in places.items():
        for programme in found.programmes or ():
            if case.programmes[programme] != 0:
                reachable[programme].add(code)
    return reachable


def _take(programme: str, left: dict[str, int | None], within_reach: dict[str, set[str]]) -> None:
    """Use one of a programme's approved places (5.7); with the last, nothing is within reach."""
    places = left[programme]
    if places is not None:
        left[programme] = places - 1
        if places == 1:
            within_reach[programme].clear()


def _close(code: str, within_reach: dict[str, set[str]]) -> None:
    """A destination is full."""
    for reachable in within_reach.values():
        reachable.discard(code)
