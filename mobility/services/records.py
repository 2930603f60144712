"""Academic records: the units as a source gave them, and the sums that Art. 5 and 7 ask for."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mobility.log import append
from mobility.models import AcademicRecord, Acting, LogEntry, Programme, RecordUnit, Student, User
from mobility.regulation.record import Sums, Unit, sums
from mobility.workflow import entry

HIGHEST_GRADE = Decimal(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """One unit as its source gave it; credits in ECTS, grade from 0 to 20 or None, cycle 1, 2 or not known."""

    code: str
    name: str
    cycle: int | None
    ects: Decimal
    status: str = RecordUnit.Status.APPROVED
    grade: Decimal | None = None
    approved_on: datetime.date | None = None
    by_equivalence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A student's record as one source gave it; ``as_of`` None: now. ``notes`` as the model has them."""

    student: Student
    units: Sequence[UnitRow]
    source: str
    enrolments: int
    programme: Programme | None = None
    as_of: datetime.datetime | None = None
    notes: Sequence[Mapping[str, str]] = ()


def write(
    *,
    student: Student,
    units: Sequence[UnitRow],
    source: str,
    enrolments: int,
    programme: Programme | None = None,
    as_of: datetime.datetime | None = None,
    notes: Sequence[Mapping[str, str]] = (),
    by: User | None,
) -> AcademicRecord:
    """Write one record with its sums (Art. 5(1), 7(1)). Raises ValidationError that names the unit."""
    new = NewRecord(
        student=student,
        units=units,
        source=source,
        enrolments=enrolments,
        programme=programme,
        as_of=as_of,
        notes=notes,
    )
    return write_many(records=[new], by=by)[0]


@transaction.atomic
def write_many(*, records: Iterable[NewRecord], by: User | None) -> list[AcademicRecord]:
    """Write many records, in a number of queries that does not grow with them; all or nothing.

    Earlier records of a student stay: an application keeps the one that it was made with.
    """
    given = list(records)
    for new in given:
        _check(new)
    rows = AcademicRecord.objects.bulk_create([_row(new) for new in given])
    RecordUnit.objects.bulk_create(
        [_unit(row, unit) for row, new in zip(rows, given, strict=True) for unit in new.units], batch_size=5000
    )
    acting = by.acting if by else Acting()
    append([_log(row, new, by, acting) for row, new in zip(rows, given, strict=True)])
    return rows


def add_up(units: Iterable[UnitRow]) -> Sums:
    """What the units add up to (Art. 5(1), 7(1))."""
    return sums(Unit(unit.code, unit.cycle, unit.ects, unit.status, unit.grade) for unit in units)  # type: ignore[arg-type]  # _check knows the status


def _row(new: NewRecord) -> AcademicRecord:
    found = add_up(new.units)
    return AcademicRecord(
        student=new.student,
        programme=new.programme or new.student.programme,
        source=new.source,
        as_of=new.as_of or timezone.now(),
        enrolments=new.enrolments,
        notes=list(new.notes),
        **found._asdict(),
    )


def _unit(record: AcademicRecord, unit: UnitRow) -> RecordUnit:
    return RecordUnit(
        record=record,
        code=unit.code,
        name=unit.name,
        cycle=unit.cycle,
        ects=unit.ects,
        status=unit.status,
        grade=unit.grade,
        approved_on=unit.approved_on,
        by_equivalence=unit.by_equivalence,
    )


def _log(record: AcademicRecord, new: NewRecord, by: User | None, acting: Acting) -> LogEntry:
    data = {"source": new.source, "units": len(new.units)}
    return entry(record, "write", clause="5.1", data=data, by=by, acting=acting)


def _check(new: NewRecord) -> None:
    """Refuse what the sums could not be trusted with, naming student and unit."""
    for unit in new.units:
        problem = _problem(unit)
        if problem:
            raise ValidationError(
                _("%(student)s, unit %(unit)s: %(problem)s"),
                params={"student": new.student.number, "unit": unit.code or "–", "problem": problem},
            )


def _problem(unit: UnitRow) -> str:
    if not unit.code:
        return _("the code is missing.")
    if unit.cycle is not None and unit.cycle not in RecordUnit.Cycle.values:
        return _("the cycle must be 1 or 2.")
    if unit.status not in RecordUnit.Status.values:
        return _("the status must be “approved” or “enrolled”.")
    if not _fits(unit.ects) or unit.ects < 0:
        return _("the credits must be a number that is not negative, with at most two decimals.")
    if unit.grade is None:
        return ""
    if unit.status == RecordUnit.Status.ENROLLED:
        return _("a unit that is still being taken has no grade.")
    if not _fits(unit.grade) or not 0 <= unit.grade <= HIGHEST_GRADE:
        return _("the grade must be from 0 to 20, with at most two decimals.")
    return ""


def _fits(number: Decimal) -> bool:
    """Whether the column, in hundredths, holds the number exactly."""
    return number.is_finite() and number == number.quantize(Decimal("0.01"))
