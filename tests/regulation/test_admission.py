"""Art. 5 and 6.4: every threshold, from both sides."""

from decimal import Decimal
from itertools import product

import pytest

from mobility.regulation import admission
from tests.regulation.making import candidate, outcomes


def verdict(**given):
    row = outcomes(candidate("x", **given))["x"]
    return row["tier"], row["basis"]


@pytest.mark.clause("5.1")
@pytest.mark.parametrize(
    ("weighted", "graded", "rounded"),
    [
        ("2249.1", "180", "12.50"),  # 12.495, half up
        ("2248.92", "180", "12.49"),  # 12.494
        ("2250", "180", "12.50"),
        ("12.494999999999999999999999999999999999", "1", "12.49"),  # more digits than a Decimal context holds
        ("12.495000000000000000000000000000000001", "1", "12.50"),
        ("37", "3", "12.33"),
        ("38", "3", "12.67"),
        ("0", "180", "0.00"),
        ("0.005", "1", "0.01"),
        ("0.025", "1", "0.03"),  # half to even would give 0.02
    ],
)
def test_average_is_rounded_half_up_to_the_hundredth(weighted, graded, rounded):
    assert f"{admission.average(Decimal(weighted), Decimal(graded)):.2f}" == rounded
    row = outcomes(candidate("x", weighted_grades=weighted, graded_ects=graded))["x"]
    assert row["average"] == rounded


@pytest.mark.clause("5.4")
def test_no_graded_credits_no_average():
    assert admission.average(Decimal(0), Decimal(0)) is None
    row = outcomes(candidate("x", weighted_grades="0", graded_ects="0.0"))["x"]
    assert (row["average"], row["tier"], row["basis"]) == (None, "rejected", "5.4")


@pytest.mark.clause("5.1")
@pytest.mark.clause("5.2")
@pytest.mark.parametrize(("average", "found"), [("12.50", ("admitted", "5.1")), ("12.49", ("vacancy", "5.2"))])
def test_average_that_admits(average, found):
    assert verdict(average=average, opinion="favourable") == found


@pytest.mark.clause("5.1")
@pytest.mark.parametrize(
    ("ects", "found"),
    [("120", ("admitted", "5.1")), ("120.0", ("admitted", "5.1")), ("119.999", ("conditional", "5.3"))],
)
def test_credits_that_admit(ects, found):
    assert verdict(first_cycle_ects=ects, opinion="favourable", will_meet_requirements=True) == found


@pytest.mark.clause("5.4")
@pytest.mark.parametrize(("average", "found"), [("12.00", ("vacancy", "5.2")), ("11.99", ("rejected", "5.4"))])
def test_lowest_average(average, found):
    assert verdict(average=average, opinion="favourable") == found


@pytest.mark.clause("5.5")
@pytest.mark.parametrize(
    ("average", "merit", "found"),
    [
        ("12.01", "granted", ("admitted", "5.5")),
        ("12.00", "granted", ("rejected", "5.2")),
        ("12.01", "refused", ("rejected", "5.2")),
        ("12.01", None, ("rejected", "5.2")),
        ("12.50", "granted", ("admitted", "5.1")),
    ],
)
def test_merit_exception(average, merit, found):
    assert verdict(average=average, merit=merit) == found


@pytest.mark.clause("5.5")
def test_merit_exception_does_not_ask_for_the_credits():
    assert verdict(first_cycle_ects="60", merit="granted") == ("admitted", "5.5")


@pytest.mark.clause("5.2")
@pytest.mark.parametrize("opinion", ["unfavourable", None])
def test_without_a_favourable_opinion_no_vacancy(opinion):
    assert verdict(average="12.3", opinion=opinion) == ("rejected", "5.2")


@pytest.mark.clause("5.3")
@pytest.mark.parametrize(
    ("will_meet", "opinion", "tier"),
    [
        (True, "favourable", "conditional"),
        (False, "favourable", "rejected"),
        (True, "unfavourable", "rejected"),
        (True, None, "rejected"),
    ],
)
def test_conditional(will_meet, opinion, tier):
    found = verdict(first_cycle_ects="119.5", will_meet_requirements=will_meet, opinion=opinion)
    assert found == (tier, "5.3")


@pytest.mark.clause("5.3")
@pytest.mark.clause("5.4")
def test_conditional_is_for_missing_credits_not_for_the_average():
    found = verdict(average="11.99", first_cycle_ects="100", will_meet_requirements=True, opinion="favourable")
    assert found == ("rejected", "5.4")


@pytest.mark.clause("6.4")
def test_barred_comes_first():
    assert verdict(average="18", barred=True) == ("rejected", "6.4")


def every_figure():
    for ects, average, will_meet, opinion, merit, barred in product(
        ("119.9", "120"),
        (None, "11.99", "12.00", "12.01", "12.49", "12.50"),
        (True, False),
        ("favourable", "unfavourable", None),
        (None, "granted", "refused"),
        (True, False),
    ):
        yield {
            "first_cycle_ects": Decimal(ects),
            "average": None if average is None else Decimal(average),
            "will_meet_requirements": will_meet,
            "opinion": opinion,
            "merit": merit,
            "barred": barred,
        }


@pytest.mark.clause("5.1")
def test_standing_agrees_with_the_engine_wherever_an_opinion_is_there():
    for figures in every_figure():
        average = figures["average"]
        found = admission.standing(**figures)
        engine = admission.verdict(
            has_credits=figures["first_cycle_ects"] >= 120,
            average=None if average is None else int(average * 100),
            **{name: figures[name] for name in ("will_meet_requirements", "opinion", "merit", "barred")},
        )
        if found.needs_opinion:
            assert figures["opinion"] is None
            assert engine.tier == "rejected"
            assert found.tier in ("vacancy", "conditional")
            assert found.basis == engine.basis
        else:
            assert (found.tier, found.basis) == engine


@pytest.mark.clause("5.2")
def test_the_checks_tell_the_whole_way_to_the_tier():
    for figures in every_figure():
        found = admission.standing(**figures)
        assert found.checks[-1].clause == found.basis
        assert (found.checks[-1].met is False) == (found.tier == "rejected")
        assert found.needs_opinion == (found.checks[-1].met is None)


@pytest.mark.clause("5.2")
def test_standing_before_any_opinion():
    found = admission.standing(
        first_cycle_ects=Decimal("150.5"),
        average=Decimal("12.30"),
        will_meet_requirements=False,
        opinion=None,
        merit=None,
        barred=False,
    )
    assert (found.tier, found.basis, found.needs_opinion) == ("vacancy", "5.2", True)
    assert [tuple(check) for check in found.checks] == [
        ("6.4", "not_barred", True, {}),
        ("5.4", "has_average", True, {}),
        ("5.1", "first_cycle_ects", True, {"ects": "150.5", "needed": 120}),
        ("5.1", "average_admitted", False, {"average": "12.30", "needed": "12.50"}),
        ("5.4", "average_minimum", True, {"average": "12.30", "needed": "12.00"}),
        ("5.2", "opinion", None, {"opinion": None}),
    ]
