"""Art. 7.1 and 5.3: one criterion at a time, in order."""

from hashlib import sha256

import pytest

from tests.regulation.making import candidate, decided


def order(*people, **given):
    return [row["id"] for row in decided(*people, **given)["candidates"] if row["rank"]]


@pytest.mark.clause("7.1.a")
def test_higher_average_first():
    assert order(candidate("low", average="14.52"), candidate("high", average="14.53")) == ["high", "low"]


@pytest.mark.clause("7.1.a")
def test_third_decimals_do_not_count():
    rows = decided(candidate("a", average="14.5349"), candidate("b", average="14.525"))["candidates"]
    assert [row["average"] for row in rows] == ["14.53", "14.53"]
    assert {row["id"]: row["tied_with"] for row in rows} == {"a": ["b"], "b": ["a"]}


@pytest.mark.clause("7.1.b")
def test_then_more_credits_then_more_units():
    most_units = candidate("units", ects="180", units=31)
    most_credits = candidate("credits", ects="180.5", units=20)
    neither = candidate("neither", ects="180.0", units=30)
    assert order(neither, most_units, most_credits) == ["credits", "units", "neither"]


@pytest.mark.clause("7.1.c")
def test_then_fewer_enrolments_for_the_same_credits():
    assert order(candidate("slow", enrolments=4), candidate("quick", enrolments=3)) == ["quick", "slow"]


@pytest.mark.clause("7.1.c")
def test_without_credits_there_is_no_ratio():
    """Both come last of that criterion, and so it leaves them equal."""
    one, other = candidate("one", ects="0", enrolments=1), candidate("other", ects="0.0", enrolments=9)
    assert all(row["tied_with"] for row in decided(one, other)["candidates"])


@pytest.mark.clause("5.3")
def test_conditional_after_everybody():
    late = candidate("late", average="19", first_cycle_ects="114", will_meet_requirements=True, opinion="favourable")
    vacancy = candidate("vacancy", average="12", opinion="favourable")
    assert order(late, vacancy) == ["vacancy", "late"]


@pytest.mark.clause("2.4")
@pytest.mark.parametrize("seed", ["one", "two", "três"])
def test_ties_are_drawn_by_the_published_lot(seed):
    people = [candidate(name) for name in ("ana", "bia", "caio", "dário")]
    lots = sorted((sha256(f"{seed}:{person['id']}".encode()).hexdigest(), person["id"]) for person in people)
    rows = decided(*people, seed=seed)["candidates"]
    assert [row["id"] for row in rows] == [name for _, name in lots]
    for row in rows:
        assert row["tied_with"] == sorted({"ana", "bia", "caio", "dário"} - {row["id"]})


@pytest.mark.clause("2.4")
def test_no_tie_no_draw():
    assert [row["tied_with"] for row in decided(candidate("a"), candidate("b", units=31))["candidates"]] == [[], []]


@pytest.mark.clause("7.1.b")
@pytest.mark.clause("7.1.c")
@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"units": 30, "enrolments": 9}, {"units": 29, "enrolments": 0}),
        ({"ects": "180", "units": 0}, {"ects": "179", "units": 30}),
        ({"ects": "180", "units": 0, "enrolments": 9}, {"ects": "179", "units": 30, "enrolments": 0}),
        ({"average": "15.01", "ects": "0", "units": 0}, {"average": "15", "ects": "180"}),
    ],
)
def test_a_later_criterion_never_outweighs_an_earlier_one(better, worse):
    rows = decided(candidate("worse", **worse), candidate("better", **better))["candidates"]
    assert [(row["id"], row["tied_with"]) for row in rows] == [("better", []), ("worse", [])]
