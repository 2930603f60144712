"""How the benchmarks measure, and what they report."""

import gc
from collections.abc import Callable
from time import process_time
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
    """Processor seconds of the fastest of several runs, each begun without garbage.

    The processor's and not the wall's: what else the machine does is not counted.
    """
    fastest = float("inf")
    for _ in range(times):
        gc.collect()
        start = process_time()
        work()
        fastest = min(fastest, process_time() - start)
    return fastest


def against(name: str, seconds: float, floor: float, bar: float | None) -> Row:
    """A duration as a multiple of the floor's."""
    return Row(name, milliseconds(seconds), milliseconds(floor), seconds / floor, bar)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"
