"""The highest averages method (8.6.d) against published distributions and a second library."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from apportionment.methods import compute
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mobility.regulation.dhondt import allocate

DATA = Path(__file__).parent / "data"


def published(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def named(case):
    return case["name"]


TEXTBOOK = published("textbook.json")
PORTUGAL = published("portugal-2019.json")


@pytest.mark.clause("8.6.d")
@pytest.mark.parametrize("case", [case for case in TEXTBOOK if case["result"]], ids=named)
def test_textbook(case):
    found = allocate(case["votes"], case["seats"], at_most=case.get("max_seats"))
    if not case.get("tie"):
        assert found.seats == case["result"]
        return
    # The published result is that of a library that gives the seat to the first listed. Ours goes by
    # the key, which is the order of that list: the same seats, by a rule that is said.
    assert list(case["votes"]) == sorted(case["votes"])
    assert found.seats == case["result"]


@pytest.mark.clause("8.6.d")
def test_a_tie_that_others_refuse_to_break():
    case = next(case for case in TEXTBOOK if case["result"] is None)
    found = allocate(case["votes"], case["seats"])
    assert found.seats == {"A": 2, "B": 1, "C": 1}


@pytest.mark.clause("8.6.d")
@pytest.mark.parametrize("case", PORTUGAL, ids=named)
def test_portuguese_election_of_2019_by_district(case):
    assert case["verified"]
    assert not case["tie"]
    found = allocate(case["votes"], case["seats"])
    assert {party: seats for party, seats in found.seats.items() if seats} == case["result"]


@pytest.mark.clause("8.6.d")
def test_awards_come_in_order_with_their_quotient():
    found = allocate({"A": 12, "B": 7, "C": 3}, 6)
    assert [(award.key, award.quotient) for award in found.awards] == [
        ("A", Fraction(12)),
        ("B", Fraction(7)),
        ("A", Fraction(6)),
        ("A", Fraction(4)),
        ("B", Fraction(7, 2)),
        ("C", Fraction(3)),  # equal to 12/4: fewer votes first
    ]
    assert found.seats == {"A": 3, "B": 2, "C": 1}
    assert found.left == 0


@pytest.mark.clause("8.6.d")
def test_equal_quotients_fewer_votes_then_key():
    assert [award.key for award in allocate({"B": 2, "A": 2, "C": 1}, 4).awards] == ["A", "B", "C", "A"]


@pytest.mark.clause("8.6.d")
def test_equal_quotients_by_turn_before_key():
    queue = {"A": [5, 6, 9], "B": [1, 7, 9]}
    found = allocate({"A": 2, "B": 2}, 4, turn=lambda key, seats: queue[key][seats])
    assert [award.key for award in found.awards] == ["B", "A", "A", "B"]


@pytest.mark.clause("8.6.e")
def test_a_full_key_is_passed_over():
    found = allocate({"A": 100, "B": 1}, 5, at_most={"A": 2})
    assert found.seats == {"A": 2, "B": 3}
    full = allocate({"A": 100, "B": 1}, 5, at_most={"A": 2, "B": 0})
    assert (full.seats, full.left) == ({"A": 2, "B": 0}, 3)


@pytest.mark.clause("8.6.e")
def test_divisors_go_on_from_the_seats_held():
    found = allocate({"A": 10, "B": 4}, 1, held={"A": 2, "B": 0})
    assert (found.seats, found.awards) == ({"A": 2, "B": 1}, [("B", Fraction(4))])
    already = allocate({"A": 10}, 1, held={"A": 2}, at_most={"A": 1})
    assert (already.seats, already.left) == ({"A": 2}, 1)


@pytest.mark.clause("8.6.d")
def test_nobody_to_serve():
    assert allocate({}, 3).left == 3
    assert allocate({"A": 0}, 3).seats == {"A": 0}
    assert allocate({"A": 5}, 0).awards == []


@pytest.mark.parametrize(
    ("votes", "seats", "at_most", "error"),
    [
        ({"A": -1}, 1, None, ValueError),
        ({"A": 1}, -1, None, ValueError),
        ({"A": 1}, 1, {"A": -1}, ValueError),
        ({"A": 1.0}, 1, None, TypeError),
        ({"A": 1}, True, None, TypeError),
    ],
)
def test_numbers_that_are_none(votes, seats, at_most, error):
    with pytest.raises(error):
        allocate(votes, seats, at_most=at_most)


@pytest.mark.clause("8.6.d")
def test_quotients_that_no_float_tells_apart():
    big = 10**30
    found = allocate({"A": big + 1, "B": 2 * big + 1}, 2)
    # (2e30 + 1) / 2 is under 1e30 + 1, by half a vote in 1e30.
    assert [award.key for award in found.awards] == ["B", "A"]


votes = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 60), min_size=1)
few = settings(max_examples=150, deadline=None)


@pytest.mark.clause("8.6.d")
@few
@given(votes, st.integers(0, 40))
def test_house_monotone(votes, seats):
    """One more seat is one more for somebody and nothing less for anybody."""
    before, after = allocate(votes, seats), allocate(votes, seats + 1)
    assert after.awards[:seats] == before.awards
    assert all(after.seats[key] >= before.seats[key] for key in votes)


@pytest.mark.clause("8.6.d")
@few
@given(votes, st.integers(0, 40), st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 9)))
def test_seats_add_up_and_quotients_fall(votes, seats, at_most):
    found = allocate(votes, seats, at_most=at_most)
    assert sum(found.seats.values()) + found.left == seats
    assert all(found.seats[key] <= limit for key, limit in at_most.items() if key in votes)
    quotients = [award.quotient for award in found.awards]
    assert quotients == sorted(quotients, reverse=True)
    for key in votes:
        own = [award.quotient for award in found.awards if award.key == key]
        assert own == [Fraction(votes[key], divisor) for divisor in range(1, found.seats[key] + 1)]


@pytest.mark.clause("8.6.d")
@few
@given(votes, st.integers(0, 20), st.integers(0, 20))
def test_stopping_and_going_on_is_the_same(votes, first, more):
    half = allocate(votes, first)
    rest = allocate(votes, half.left + more, held=half.seats)
    assert half.awards + rest.awards == allocate(votes, first + more).awards


@pytest.mark.clause("8.6.d")
@few
@given(votes, st.integers(1, 40))
def test_the_same_as_apportionment_where_there_is_no_tie(votes, seats):
    found = allocate(votes, seats)
    following = allocate(votes, seats + 1).awards
    assume(not found.left)  # that library refuses an election without votes
    assume(following[-1].quotient != following[-2].quotient)  # and breaks the last tie silently
    keys = sorted(votes)
    assert [found.seats[key] for key in keys] == compute("dhondt", [votes[key] for key in keys], seats)
