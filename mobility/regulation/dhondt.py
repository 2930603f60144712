"""D'Hondt's method of highest averages, exact, with its whole working (Art. 8.6.d).

Each seat goes to the highest quotient of votes by 1, 2, 3 ... Equal quotients: fewer votes first,
as in the Portuguese electoral law; then the caller's own rule, if any; then the key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from heapq import heapify, heappop, heapreplace
from typing import NamedTuple


class Award(NamedTuple):
    """One seat: to whom, and the quotient that won it."""

    key: str
    quotient: Fraction


@dataclass(frozen=True)
class Allocation:
    """Seats of every key (those already held included), the working, and the seats left over.

    `served` has who got each seat, in order, and the divisor that won it.
    """

    seats: dict[str, int]
    left: int
    votes: Mapping[str, int]
    served: list[tuple[str, int]]

    @cached_property
    def awards(self) -> list[Award]:
        """Who got each seat, in order, and the exact quotient that won it."""
        return [Award(key, Fraction(self.votes[key], divisor)) for key, divisor in self.served]


def allocate(
    votes: Mapping[str, int],
    seats: int,
    *,
    at_most: Mapping[str, int] | None = None,
    held: Mapping[str, int] | None = None,
    turn: Callable[[str, int], int] | None = None,
) -> Allocation:
    """Distribute `seats` in proportion to `votes`.

    `at_most`: seats that a key can hold (absent: no limit); a full key is passed over. `held`:
    seats already held, from which the divisors go on. `turn(key, seats)`: among equal quotients
    of equal votes, the lowest goes first; it is asked for each key with the seats it then holds.
    Without votes there is no seat. Raises `ValueError` for a negative number and `TypeError` for
    one that is not an integer.
    """
    _check(seats, *votes.values(), *(held or {}).values(), *(at_most or {}).values())
    served = serve(votes, seats, at_most=at_most or {}, held=held or {}, turn=turn)
    result = {key: (held or {}).get(key, 0) for key in votes}
    result.update(served)
    return Allocation(result, seats - len(served), votes, served)


def serve(
    votes: Mapping[str, int],
    seats: int,
    *,
    at_most: Mapping[str, int],
    held: Mapping[str, int],
    turn: Callable[[str, int], int] | None,
) -> list[tuple[str, int]]:
    """The sequence behind `allocate`: who gets each seat, and the divisor that won it."""
    fine = 2 * (max(held.values(), default=0) + seats + 1).bit_length()

    def entry(key: str, divisor: int) -> tuple[int, int, int, str, int]:
        # Two different quotients with divisors up to d are at least 1/d**2 apart, so that these
        # integers, cut off below that, compare exactly as the fractions do.
        quotient = (votes[key] << fine) // divisor
        return -quotient, votes[key], turn(key, divisor - 1) if turn else 0, key, divisor

    limits = {key: at_most.get(key, held.get(key, 0) + seats) for key in votes}
    heap = [entry(key, held.get(key, 0) + 1) for key in votes if votes[key] and held.get(key, 0) < limits[key]]
    heapify(heap)
    served: list[tuple[str, int]] = []
    while heap and len(served) < seats:
        _, _, _, key, divisor = heap[0]
        served.append((key, divisor))
        if divisor < limits[key]:
            heapreplace(heap, entry(key, divisor + 1))
        else:
            heappop(heap)
    return served


def _check(*numbers: int) -> None:
    for number in numbers:
        if type(number) is not int:
            raise TypeError(f"{number!r} is not an integer")
        if number < 0:
            raise ValueError(f"{number} is negative")
