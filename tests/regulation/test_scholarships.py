"""Art. 8.6: guaranteed, by D'Hondt, within a programme, left over."""

import pytest

from tests.regulation.making import candidate, decided, destination


def grants(found):
    return {row["id"]: row["grant"]["rounds"] for row in found["candidates"] if row["grant"]}


def programme(found, code="MEIC"):
    return next(row for row in found["programmes"] if row["code"] == code)


def conditional(name, **given):
    return candidate(name, first_cycle_ects="114", will_meet_requirements=True, opinion="favourable", **given)


@pytest.mark.clause("8.1")
def test_no_budget_nothing_distributed():
    found = decided(candidate("a"), erasmus=None)
    assert (found["programmes"], found["hondt"], found["left_over"]["erasmus"]) == ([], [], None)
    assert grants(found) == {}


@pytest.mark.clause("8.1")
def test_a_budget_of_nothing_is_distributed():
    found = decided(candidate("a"), erasmus=0)
    assert (programme(found)["votes"], found["hondt"], found["left_over"]["erasmus"]) == (1, [], 0)


@pytest.mark.clause("8.6.d")
@pytest.mark.parametrize(("number", "votes"), [(0, 1), (1, 2), (2, 2), (3, 3), (4, 3)])
def test_conditional_ones_count_half_rounded_up(number, votes):
    people = [conditional(f"c{index}") for index in range(number)]
    assert programme(decided(candidate("a"), *people, erasmus=0))["votes"] == votes


@pytest.mark.clause("8.6.d")
def test_vacancies_count_whole():
    found = decided(candidate("v", average="12.2", opinion="favourable"), erasmus=0)
    assert (programme(found)["admitted"], programme(found)["votes"]) == (1, 1)


@pytest.mark.clause("8.6.d")
@pytest.mark.parametrize("scheme", ["santander", None])
def test_only_places_of_the_scheme_count(scheme):
    hosts = [destination(), destination("OTHER", scheme=scheme)]
    found = decided(candidate("a"), candidate("b", preferences=["OTHER"]), destinations=hosts, erasmus=5)
    assert programme(found)["admitted"] == 1
    assert grants(found) == {"a": ["guaranteed"]}


@pytest.mark.clause("8.6.d")
def test_the_unplaced_do_not_count():
    found = decided(candidate("a"), candidate("b"), destinations=[destination(places=1)], erasmus=0)
    assert programme(found)["admitted"] == 1


@pytest.mark.clause("8.6.c")
def test_each_programme_with_an_admitted_one_has_a_grant():
    people = [candidate(f"m{index}", average="18") for index in range(9)]
    found = decided(*people, candidate("alone", average="12.5", programme="MA"), erasmus=2)
    assert programme(found, "MA")["guaranteed"] == 1
    assert grants(found)["alone"] == ["guaranteed"]


@pytest.mark.clause("8.6.c")
def test_conditional_ones_alone_have_no_guarantee():
    found = decided(conditional("c"), erasmus=1)
    assert (programme(found)["guaranteed"], programme(found)["hondt"]) == (0, 1)
    assert grants(found) == {"c": ["hondt"]}


@pytest.mark.clause("8.6.c")
def test_too_few_go_to_the_programmes_of_the_best_ranked():
    people = [candidate(code, average=mark, programme=code) for code, mark in (("X", "14"), ("Y", "16"), ("Z", "15"))]
    assert grants(decided(*people, erasmus=2)) == {"Y": ["guaranteed"], "Z": ["guaranteed"]}


@pytest.mark.clause("8.6.c")
def test_the_guarantee_goes_by_admitted_ones_who_need_not_want_it():
    people = [candidate("x", average="17", programme="X", wanted=False), candidate("y", programme="Y")]
    found = decided(*people, erasmus=1)
    assert (programme(found, "X")["guaranteed"], programme(found, "X")["unused"]) == (1, 1)
    assert (grants(found), found["left_over"]["erasmus"]) == ({}, 1)
    assert grants(decided(*people, erasmus=1, redistribute=True)) == {"y": ["redistributed"]}


@pytest.mark.clause("8.6.d")
def test_the_guaranteed_grant_is_no_quotient():
    people = [candidate(f"x{index}", programme="X") for index in range(4)] + [candidate("y", programme="Y")]
    found = decided(*people, erasmus=4)
    assert [award["quotient"] for award in found["hondt"]] == ["4/1", "4/2"]


@pytest.mark.clause("8.6.d")
def test_equal_quotients_fewer_votes_first():
    people = [candidate(f"x{index}", average="18", programme="X") for index in range(2)]
    found = decided(*people, candidate("y", programme="Y", semesters=2), erasmus=4)
    assert [(award["programme"], award["quotient"]) for award in found["hondt"]] == [("X", "2/1"), ("Y", "1/1")]


@pytest.mark.clause("8.6.d")
def test_equal_votes_the_programme_whose_next_candidate_ranks_higher():
    people = [
        candidate("a1", average="19", programme="A"),
        candidate("a2", average="15", programme="A"),
        candidate("b1", average="18", programme="B"),
        candidate("b2", average="16", programme="B"),
    ]
    assert [award["programme"] for award in decided(*people, erasmus=3)["hondt"]] == ["B"]


@pytest.mark.clause("8.6.d")
def test_equal_votes_and_nobody_left_to_fund_comes_last_then_code():
    people = [candidate(code, programme=code, wanted=code == "C") for code in "CBA"]
    programmes = [{"code": code, "places": None} for code in "CBA"]
    found = decided(*people, programmes=programmes, erasmus=6)
    # C's only candidate is funded by the guarantee: all three have nobody left, so it goes by code.
    assert [award["programme"] for award in found["hondt"]] == ["A", "B", "C"]
    year = [candidate("C", programme="C", semesters=2), *people[1:]]
    found = decided(*year, programmes=programmes, erasmus=6)
    assert [award["programme"] for award in found["hondt"]] == ["C", "A", "B"]


@pytest.mark.clause("8.2")
@pytest.mark.clause("8.6.a")
def test_those_without_an_earlier_grant_first_then_by_rank():
    people = [candidate("had", average="19", previous=True), candidate("b", average="14"), candidate("c", average="13")]
    assert list(grants(decided(*people, erasmus=2))) == ["b", "c"]
    assert list(grants(decided(*people, erasmus=3))) == ["had", "b", "c"]


@pytest.mark.clause("4.2")
@pytest.mark.clause("8.3")
@pytest.mark.parametrize("right", ["eligible", "wanted"])
def test_only_who_can_and_wants_gets_one(right):
    found = decided(candidate("a", average="19", **{right: False}), candidate("b"), erasmus=1)
    assert list(grants(found)) == ["b"]


@pytest.mark.clause("8.6.b")
@pytest.mark.clause("8.5")
@pytest.mark.parametrize(("budget", "semesters"), [(1, 1), (2, 2), (3, 2)])
def test_a_year_takes_two_grants_and_gets_one_when_one_is_left(budget, semesters):
    found = decided(candidate("a", semesters=2), erasmus=budget)
    assert found["candidates"][0]["grant"]["semesters"] == semesters
    assert found["left_over"]["erasmus"] == budget - semesters


@pytest.mark.clause("7.2.b")
def test_the_grant_of_a_conditional_one_is_provisional():
    rows = decided(candidate("a"), conditional("c"), erasmus=2)["candidates"]
    assert [row["grant"]["provisional"] for row in rows] == [False, True]


@pytest.mark.clause("8.6.e")
@pytest.mark.parametrize(("redistribute", "left"), [(True, 1), (False, 2)])
def test_left_over_is_redistributed_when_so_decided(redistribute, left):
    people = [candidate("x", programme="X", semesters=2)] + [
        candidate(f"y{index}", programme="Y", wanted=False) for index in range(2)
    ]
    found = decided(*people, erasmus=3, redistribute=redistribute)
    # One guaranteed to each, and Y's two votes take the third: X's year lacks a grant, Y uses none.
    assert programme(found, "Y")["unused"] == 2
    assert found["left_over"]["erasmus"] == left
    assert grants(found)["x"] == ["guaranteed", "redistributed"][: 2 if redistribute else 1]
    again = [award for award in found["hondt"] if award["round"] == "redistributed"]
    expected = [{"seat": 2, "programme": "X", "quotient": "1/1", "round": "redistributed"}]
    assert again == (expected if redistribute else [])


@pytest.mark.clause("8.6.e")
def test_nobody_counted_everything_is_left():
    assert decided(candidate("a", barred=True), erasmus=7, redistribute=True)["left_over"]["erasmus"] == 7
