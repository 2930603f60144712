"""Academic records as rows."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from mobility.models import AcademicRecord, LogEntry, RecordUnit
from mobility.services.records import NewRecord, UnitRow, write, write_many
from tests.factories import StudentFactory, UserFactory

pytestmark = pytest.mark.django_db


def unit(code="AL", **more):
    return UnitRow(**({"code": code, "name": f"Unit {code}", "cycle": 1, "ects": Decimal("6")} | more))


@pytest.mark.clause("5.1")
@pytest.mark.clause("7.1.a")
def test_a_record_is_written_with_units_sums_and_log():
    student, clerk = StudentFactory(), UserFactory()

    record = write(
        student=student,
        units=[
            unit("AL", grade=Decimal("15"), approved_on=datetime.date(2026, 2, 1)),
            unit("AL", grade=Decimal("17"), approved_on=datetime.date(2026, 7, 1)),
            unit("CDI", grade=Decimal("12.5"), ects=Decimal("7.5")),
            unit("ING", ects=Decimal("3"), by_equivalence=True),
            unit("SD", cycle=2, grade=Decimal("18")),
            unit("PE", status="enrolled", ects=Decimal("4.5")),
        ],
        source="Fénix",
        enrolments=4,
        by=clerk,
    )

    stored = AcademicRecord.objects.get(pk=record.pk)
    assert stored.programme == student.programme
    assert stored.first_cycle_ects == Decimal("16.5")
    assert stored.ects == Decimal("22.5")
    assert stored.weighted_grades == 6 * 17 + Decimal("7.5") * Decimal("12.5") + 6 * 18
    assert stored.graded_ects == Decimal("19.5")
    assert stored.units_completed == 4
    assert stored.enrolled_first_cycle_ects == Decimal("4.5")
    assert stored.units.count() == 6
    entry = LogEntry.objects.get(object_type="mobility.academicrecord", object_id=record.pk)
    assert (entry.actor, entry.action, entry.clause) == (clerk, "write", "5.1")
    assert entry.data == {"source": "Fénix", "units": 6}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"grade": Decimal("20.01")}, "from 0 to 20"),
        ({"grade": Decimal("-0.01")}, "from 0 to 20"),
        ({"grade": Decimal("15.123")}, "two decimals"),
        ({"grade": Decimal("NaN")}, "from 0 to 20"),
        ({"ects": Decimal("-1")}, "not negative"),
        ({"ects": Decimal("6.005")}, "two decimals"),
        ({"cycle": 3}, "1 or 2"),
        ({"status": "failed"}, "approved"),
        ({"status": "enrolled", "grade": Decimal("15")}, "no grade"),
        ({"code": ""}, "code is missing"),
    ],
)
def test_a_record_with_a_wrong_unit_is_refused_whole(wrong, says):
    student = StudentFactory(number="ist1")

    with translation.override("en"), pytest.raises(ValidationError) as refused:
        write_many(
            records=[
                NewRecord(student=student, units=[unit()], source="test", enrolments=1),
                NewRecord(
                    student=student, units=[unit("A"), unit(**({"code": "B"} | wrong))], source="t", enrolments=1
                ),
            ],
            by=None,
        )

    with translation.override("en"):
        (message,) = refused.value.messages
    assert says in message
    assert message.startswith("ist1, unit ")
    assert not AcademicRecord.objects.exists()
    assert not RecordUnit.objects.exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("grade", ["0", "20"])
def test_the_ends_of_the_scale_are_grades(grade):
    record = write(student=StudentFactory(), units=[unit(grade=Decimal(grade))], source="t", enrolments=1, by=None)

    assert record.weighted_grades == 6 * Decimal(grade)


def test_many_records_take_as_many_queries_as_one_each_with_the_same_sums():
    students = StudentFactory.create_batch(3)
    units = [unit(f"U{n}", grade=Decimal(10 + n % 11)) for n in range(5)]

    def made(*who):
        return [NewRecord(student=student, units=units, source="t", enrolments=3) for student in who]

    with CaptureQueriesContext(connection) as one:
        (alone,) = write_many(records=made(students[0]), by=None)
    with CaptureQueriesContext(connection) as many:
        together = write_many(records=made(*students), by=None)

    assert len(many) == len(one)
    assert {record.weighted_grades for record in [alone, *together]} == {Decimal(6 * (10 + 11 + 12 + 13 + 14))}
    assert all(record.units.count() == 5 for record in together)
