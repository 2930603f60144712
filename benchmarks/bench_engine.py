"""The engine in process: time beside sorting, growth, and memory.

The measure is `decide` on a parsed case, from the admission to the finished columns of outcomes.
Parsing and writing the decision are reported apart, against the same floor, without a bar; what
they cost from file to file is in `bench_cli`.
"""

import math
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import inputs
from benchmarks.measure import Row, against, best, milliseconds
from mobility.regulation import admission
from mobility.regulation.case import Case, parse
from mobility.regulation.decision import decide

MANY = 100_000


def run() -> Iterator[Row]:
    yield from _times(inputs.case(MANY))
    yield _memory(inputs.parsed(MANY))
    small, large = inputs.parsed(10_000), inputs.parsed(1_000_000)
    yield _growth("engine: growth, exponent from 10,000 to 1,000,000", _deciding, small, large, 1.15)
    # What the machine's memory does to the barest of work: sorting the ready-made keys.
    yield _growth("engine: growth of sorted() alone (told)", _sorting, small, large, None)


def _times(data: dict[str, Any]) -> Iterator[Row]:
    case = parse(data)
    keys = _keys(case)
    floor = best(lambda: sorted(keys), 9)
    yield against("engine: decide 100,000 (floor: sorted)", best(lambda: decide(case), 9), floor, 10)
    unhashed = best(lambda: parse(data, input_sha256="-"), 3)
    yield against("engine: check and parse 100,000 (told)", unhashed, floor, None)
    yield against("engine: check, parse and hash 100,000 (told)", best(lambda: parse(data), 3), floor, None)
    yield against("engine: decision to dictionaries (told)", best(decide(case).as_dict, 3), floor, None)


def _keys(case: Case) -> list[tuple[bool, int, int, int, int]]:
    """The criteria of 7.1 as tuples, ready to sort, of every candidate."""
    averages, verdicts = admission.admit(case)
    people = case.candidates
    columns = zip(averages, verdicts, people.ects, people.units, people.enrolments, strict=True)
    return [
        (verdict.tier == "conditional", -(average or 0), -ects, -units, enrolments)
        for average, verdict, ects, units, enrolments in columns
    ]


def _memory(case: Case) -> Row:
    """Peak of what `decide` takes beyond the parsed input, by candidate."""
    tracemalloc.start()
    decide(case)
    peak = tracemalloc.get_traced_memory()[1] / MANY
    tracemalloc.stop()
    return Row("engine: peak memory a candidate (of 1 KB)", f"{peak:,.0f} B", "1,024 B", peak / 1024, 1)


def _growth(
    name: str, work: Callable[[Case], Callable[[], object]], small: Case, large: Case, bar: float | None
) -> Row:
    """The exponent between the two sizes; ``work`` prepares, what it returns is measured."""
    little, much = best(work(small), 9), best(work(large), 3)
    exponent = math.log(much / little) / math.log(len(large.candidates) / len(small.candidates))
    return Row(name, milliseconds(much), milliseconds(little), exponent, bar)


def _sorting(case: Case) -> Callable[[], object]:
    keys = _keys(case)
    return lambda: sorted(keys)


def _deciding(case: Case) -> Callable[[], object]:
    return lambda: decide(case)
