"""Where a student stands today, from the record that the portal has (Art. 1, 4(2), 5, 6(4))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from applications.services.drafts import may_apply
from mobility.models import AcademicRecord, Call, RecordUnit, Student
from mobility.regulation import admission
from mobility.regulation.eligibility import Eligibility, erasmus_grant
from mobility.regulation.record import Sums, Unit
from mobility.regulation.record import sums as add_up


@dataclass(frozen=True)
class Today:
    """Whether somebody qualifies for a call with today's record, and every condition looked at.

    ``standing`` is None without a record or under Art. 1 (``second_cycle`` False).
    """

    record: AcademicRecord | None
    average: Decimal | None
    second_cycle: bool
    standing: admission.Standing | None
    grant: Eligibility


def latest_record(student: Student) -> AcademicRecord | None:
    return student.records.first()


def average_of(record: AcademicRecord) -> Decimal | None:
    """Over all graded units of both cycles (Art. 7(1)(a))."""
    return admission.average(record.weighted_grades, record.graded_ects)


def will_meet_requirements(record: AcademicRecord) -> bool:
    """Whether the credits done and those enrolled in reach the minimum this year (Art. 5(3))."""
    return record.first_cycle_ects + record.enrolled_first_cycle_ects >= admission.CREDITS


def grant_eligibility(student: Student, *, on: date) -> Eligibility:
    """Art. 4(2), from nationality, residence permit and status."""
    return erasmus_grant(
        nationality=str(student.nationality),
        residence_permit_until=student.residence_permit_until,
        refugee_or_stateless=student.refugee_or_stateless,
        on=on,
    )


def today(*, student: Student, call: Call, on: date) -> Today:
    """The standing under the call's conditions; an opinion that would be needed is awaited, not refused."""
    record, second_cycle = latest_record(student), may_apply(student)
    average = average_of(record) if record else None
    standing = None
    if record and second_cycle:
        standing = admission.standing(
            first_cycle_ects=record.first_cycle_ects,
            average=average,
            will_meet_requirements=will_meet_requirements(record),
            opinion=None,
            merit=None,
            barred=student.barred_in(call.academic_year),
        )
    return Today(record, average, second_cycle, standing, grant_eligibility(student, on=on))


def sums(units: Sequence[RecordUnit]) -> Sums:
    """What some units of a record add up to, as the average is reached."""
    return add_up(
        Unit(unit.code, unit.cycle, unit.ects, "approved" if unit.status == "approved" else "enrolled", unit.grade)
        for unit in units
    )
