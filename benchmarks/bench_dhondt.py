"""D'Hondt on 10,000 programmes and 100,000 seats, beside a heap that does the same replacements.

The measure is `allocate`; its list of exact fractions is made when it is read, and not timed.
The floor is a loop of `heapreplace` with entries that are ready: the very ones, in the order in
which the distribution makes them.
"""

import random
from collections.abc import Iterator
from heapq import heapify, heapreplace

from benchmarks.measure import Row, against, best
from mobility.regulation.dhondt import allocate

KEYS = 10_000
SEATS = 100_000


def run() -> Iterator[Row]:
    chance = random.Random(8)
    votes = {f"P{number:05d}": chance.randint(1, 5_000) for number in range(KEYS)}
    first = [(-(count << 40), count, key) for key, count in votes.items()]
    heapify(first)
    held = dict.fromkeys(votes, 1)
    entries = []
    for award in allocate(votes, SEATS).awards:
        held[award.key] += 1
        count = votes[award.key]
        entries.append((-((count << 40) // held[award.key]), count, award.key))

    def floor() -> None:
        heap = first.copy()
        for entry in entries:
            heapreplace(heap, entry)

    ours = best(lambda: allocate(votes, SEATS))
    yield against("dhondt: 10,000 keys, 100,000 seats (floor: heapreplace)", ours, best(floor), 5)
