"""How the benchmarks measure, and what they report."""

import gc
from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple


class Row(NamedTuple):
    """One figure beside its floor: `ratio` must not pass `bar`; without a bar it is only told."""

    name: str
    measured: str
    floor: str
    ratio: float
    bar: float | None

    @property
    def ok(self) -> bool:
        return self.bar is None or self.ratio <= self.bar


def best(work: Callable[[], object], times: int = 5) -> float:
    """Seconds of the fastest of several runs, each begun without garbage."""
    fastest = float("inf")
    for _ in range(times):
        gc.collect()
        start = perf_counter()
        work()
        fastest = min(fastest, perf_counter() - start)
    return fastest


def against(name: str, seconds: float, floor: float, bar: float | None) -> Row:
    """A duration as a multiple of the floor's."""
    return Row(name, milliseconds(seconds), milliseconds(floor), seconds / floor, bar)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"
