"""Who goes where (Art. 6.3 and 5.7; 5.2 (ii) and 5.3 (ii) follow from the order)."""

from collections.abc import Sequence
from typing import NamedTuple

from mobility.regulation.case import Case


class Placement(NamedTuple):
    """A destination, and which of the candidate's preferences it was, from 1."""

    destination: str
    preference: int


def place(case: Case, order: Sequence[int]) -> list[Placement | None]:
    """Places by candidate (in the case's order), the ranking's `order` choosing first.

    Each takes the first preference that is open to its master programme and has a place left
    (6.3), unless the programme's approved places are used up (5.7).
    """
    free = {code: destination.places for code, destination in case.destinations.items()}
    left = dict(case.programmes)
    open_to = {programme: _open_to(case, programme) for programme in left}
    programmes, preferences = case.candidates.programme, case.candidates.preferences
    placed: list[Placement | None] = [None] * len(programmes)
    for index in order:
        programme = programmes[index]
        cap = left[programme]
        if cap == 0:
            continue
        within_reach = open_to[programme]
        for number, code in enumerate(preferences[index], 1):
            if free[code] and code in within_reach:
                free[code] -= 1
                if cap is not None:
                    left[programme] = cap - 1
                placed[index] = Placement(code, number)
                break
    return placed


def _open_to(case: Case, programme: str) -> set[str]:
    return {
        code
        for code, destination in case.destinations.items()
        if destination.programmes is None or programme in destination.programmes
    }
