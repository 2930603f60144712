"""Placement of 3,000 candidates beside the PyPI library `matching`, one common ranking for all.

With one ranking, serving it in order is the stable matching that the library's hospital-resident
algorithm finds: both must place everybody alike, and ours at least 100 times faster.
"""

import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from time import process_time

from matching.games import HospitalResident

from benchmarks import inputs
from benchmarks.measure import Row, best, milliseconds
from mobility.regulation import admission, placement, ranking
from mobility.regulation.case import Case, parse

CANDIDATES = 3_000

Found = tuple[dict[str, str], float]


def run() -> Iterator[Row]:
    case = _case()
    averages, verdicts = admission.admit(case)
    order = ranking.rank(case, averages, verdicts).order
    ours = best(lambda: placement.place(case, order), 9)
    placed = placement.place(case, order).destination
    ids = case.candidates.id
    mine = {ids[index]: placed[index] for index in order}
    theirs, seconds = _library(case, order)
    if theirs != {who: where for who, where in mine.items() if where}:
        raise AssertionError("the two placements differ")
    share = ours / seconds
    yield Row(
        "placement: 3,000 (floor: a 100th of `matching`)",
        milliseconds(ours),
        milliseconds(seconds / 100),
        share * 100,
        1,
    )


def _case() -> Case:
    data = inputs.case(CANDIDATES)
    for destination in data["destinations"]:
        destination.pop("programmes", None)
        destination["places"] = max(1, destination["places"])
    for programme in data["programmes"]:
        programme["places"] = None
    return parse(data)


def _library(case: Case, order: Sequence[int]) -> Found:
    """What the library finds, and in how many seconds, its own set-up included."""
    ids, wishes = case.candidates.id, case.candidates.preferences
    residents = {ids[index]: list(wishes[index]) for index in order}
    hospitals: dict[str, list[str]] = {}
    for who, wanted in residents.items():
        for code in wanted:
            hospitals.setdefault(code, []).append(who)
    places = {code: case.destinations[code].places for code in hospitals}
    return _deeply(lambda: _solve(residents, hospitals, places))


def _solve(residents: dict[str, list[str]], hospitals: dict[str, list[str]], places: dict[str, int]) -> Found:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = process_time()
        matching = HospitalResident.create_from_dictionaries(residents, hospitals, places).solve()
        seconds = process_time() - start
    return {resident.name: hospital.name for hospital, group in matching.items() for resident in group}, seconds


def _deeply(work: Callable[[], Found]) -> Found:
    """Run with a deep stack: the library copies its players by recursion."""
    found: list[Found] = []
    limit, size = sys.getrecursionlimit(), threading.stack_size(512 * 1024 * 1024)
    sys.setrecursionlimit(1_000_000)
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    sys.setrecursionlimit(limit)
    threading.stack_size(size)
    return found[0]
