"""The sums of an academic record that Art. 5(1) and 7(1) ask for, exact.

A unit that appears twice (a grade improved, the same unit in two sources) counts once, with its best
result: "todas as unidades curriculares já realizadas" (7.1.a) counts units, not attempts. A unit
approved without grade counts as credits (5.1) and as a unit (7.1.b), and not in the average.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, NamedTuple

Status = Literal["approved", "enrolled"]


class Unit(NamedTuple):
    """One unit of a record. `ects` in ECTS; `grade` from 0 to 20, None where approved without one.

    `cycle` None: not known; the unit counts for the average and the credits, not for those of the 1st cycle.
    """

    code: str
    cycle: int | None
    ects: Decimal
    status: Status
    grade: Decimal | None


class Sums(NamedTuple):
    """What a record adds up to; credits in ECTS, `weighted_grades` the sum of grade x ECTS."""

    first_cycle_ects: Decimal
    weighted_grades: Decimal
    graded_ects: Decimal
    ects: Decimal
    units_completed: int
    enrolled_first_cycle_ects: Decimal


def sums(units: Iterable[Unit]) -> Sums:
    """Add a record up (Art. 5(1), 7(1)(a), 7(1)(b); credits still enrolled in: 5(3))."""
    done: dict[str, Unit] = {}
    enrolled: dict[str, Unit] = {}
    for unit in units:
        best = done if unit.status == "approved" else enrolled
        if unit.code not in best or _merit(unit) > _merit(best[unit.code]):
            best[unit.code] = unit
    graded = [(unit.grade, unit.ects) for unit in done.values() if unit.grade is not None]
    return Sums(
        first_cycle_ects=sum((unit.ects for unit in done.values() if unit.cycle == 1), _NOTHING),
        weighted_grades=sum((grade * ects for grade, ects in graded), _NOTHING),
        graded_ects=sum((ects for _, ects in graded), _NOTHING),
        ects=sum((unit.ects for unit in done.values()), _NOTHING),
        units_completed=len(done),
        enrolled_first_cycle_ects=sum(
            (unit.ects for code, unit in enrolled.items() if unit.cycle == 1 and code not in done), _NOTHING
        ),
    )


_NOTHING = Decimal(0)


def _merit(unit: Unit) -> tuple[Decimal, Decimal]:
    """What makes one result of a unit better than another: the grade, then the credits."""
    return (Decimal(-1) if unit.grade is None else unit.grade, unit.ects)
