"""What a record adds up to."""

from decimal import Decimal

import pytest

from mobility.regulation.admission import average
from mobility.regulation.record import Sums, Unit, sums


def unit(code="A", cycle=1, ects="6", status="approved", grade="14"):
    return Unit(code, cycle, Decimal(ects), status, None if grade is None else Decimal(grade))


def test_nothing_adds_up_to_nothing():
    assert sums([]) == Sums(Decimal(0), Decimal(0), Decimal(0), Decimal(0), 0, Decimal(0))


@pytest.mark.clause("7.1.a")
def test_both_cycles_count_in_the_average_and_only_the_first_in_its_credits():
    found = sums([unit("A", 1, "6", grade="10"), unit("B", 2, "7.5", grade="18")])

    assert found.first_cycle_ects == 6
    assert found.ects == Decimal("13.5")
    assert found.weighted_grades == 6 * 10 + Decimal("7.5") * 18
    assert found.graded_ects == Decimal("13.5")
    assert found.units_completed == 2


@pytest.mark.clause("5.1")
def test_a_unit_without_grade_counts_as_credits_and_not_in_the_average():
    found = sums([unit("A", grade="12"), unit("B", ects="3", grade=None)])

    assert found.first_cycle_ects == found.ects == 9
    assert found.units_completed == 2
    assert average(found.weighted_grades, found.graded_ects) == 12


@pytest.mark.clause("7.1.a")
@pytest.mark.parametrize("grades", [("11", "15"), ("15", "11"), (None, "15"), ("15", None)])
def test_the_better_of_two_results_counts_and_only_once(grades):
    found = sums([unit("A", grade=grade) for grade in grades])

    assert (found.weighted_grades, found.graded_ects, found.ects, found.units_completed) == (90, 6, 6, 1)


def test_of_two_equal_grades_the_one_with_more_credits_counts_in_either_order():
    twice = [unit("A", ects="6"), unit("A", ects="7.5")]

    assert sums(twice).ects == sums(reversed(twice)).ects == Decimal("7.5")


@pytest.mark.clause("5.3")
def test_enrolled_credits_are_of_first_cycle_units_not_done_yet():
    found = sums(
        [
            unit("A"),
            unit("A", status="enrolled", grade=None),
            unit("B", status="enrolled", grade=None, ects="4.5"),
            unit("C", status="enrolled", grade=None, cycle=2),
        ]
    )

    assert found.enrolled_first_cycle_ects == Decimal("4.5")
    assert found.ects == 6
    assert found.units_completed == 1


@pytest.mark.clause("5.1")
def test_sums_are_exact_where_binary_floats_are_not():
    found = sums([unit(f"U{n}", ects="0.1", grade="12.35") for n in range(30)])

    assert found.ects == Decimal("3.0")
    assert found.weighted_grades == Decimal("37.050")


@pytest.mark.clause("5.1")
@pytest.mark.parametrize(("last", "expected"), [("12.49", "12.50"), ("12.48", "12.49"), ("12.50", "12.50")])
def test_the_hundredth_is_rounded_half_up_at_the_threshold(last, expected):
    found = sums([unit("A", ects="3", grade="12.50"), unit("B", ects="3", grade=last)])

    assert average(found.weighted_grades, found.graded_ects) == Decimal(expected)
