"""Art. 6.3, 5.2 (ii), 5.3 (ii) and 5.7: who gets which place."""

import pytest

from tests.regulation.making import candidate, destination, outcomes


def places(*people, **given):
    return {name: row["placement"] for name, row in outcomes(*people, **given).items()}


@pytest.mark.clause("6.3")
def test_first_preference_with_a_place_left():
    first = candidate("first", average="17", preferences=["ONE"])
    second = candidate("second", average="16", preferences=["ONE", "TWO"])
    hosts = [destination("ONE", 1), destination("TWO", 1)]
    found = outcomes(first, second, destinations=hosts)
    assert (found["first"]["placement"], found["first"]["preference"]) == ("ONE", 1)
    assert (found["second"]["placement"], found["second"]["preference"]) == ("TWO", 2)


@pytest.mark.clause("6.3")
@pytest.mark.parametrize(("number", "placed"), [(0, 0), (1, 1), (2, 2), (3, 2)])
def test_as_many_as_there_are_places(number, placed):
    found = places(candidate("a"), candidate("b"), destinations=[destination(places=number)])
    assert sum(place is not None for place in found.values()) == placed


@pytest.mark.clause("6.3")
def test_a_destination_may_be_closed_to_the_programme():
    hosts = [destination("ONE", programmes=["MEEC"]), destination("TWO", programmes=["MEIC", "MEEC"])]
    person = candidate("a", preferences=["ONE", "TWO"])
    other = candidate("b", programme="MEEC", preferences=["ONE"])
    assert places(person, other, destinations=hosts) == {"a": "TWO", "b": "ONE"}


@pytest.mark.clause("6.3")
def test_a_destination_with_an_empty_list_is_open_to_nobody():
    assert places(candidate("a"), destinations=[destination(programmes=[])]) == {"a": None}


@pytest.mark.clause("5.7")
@pytest.mark.parametrize(("cap", "placed"), [(None, 3), (0, 0), (1, 1), (2, 2), (3, 3)])
def test_approved_places_of_the_programme(cap, placed):
    found = places(*map(candidate, "abc"), programmes=[{"code": "MEIC", "places": cap}])
    assert sum(place is not None for place in found.values()) == placed


@pytest.mark.clause("5.7")
def test_a_programme_at_its_cap_leaves_the_places_to_the_others():
    people = [candidate("a", average="17"), candidate("b", average="16"), candidate("c", programme="MEEC")]
    programmes = [{"code": "MEIC", "places": 1}, {"code": "MEEC", "places": None}]
    found = places(*people, programmes=programmes, destinations=[destination(places=2)])
    assert found == {"a": "HOST", "b": None, "c": "HOST"}


@pytest.mark.clause("5.2")
@pytest.mark.clause("5.3")
def test_vacancies_and_conditional_ones_take_what_the_admitted_leave():
    admitted = candidate("admitted", average="12.5")
    vacancy = candidate("vacancy", average="12.4", opinion="favourable")
    late = candidate("late", average="19", first_cycle_ects="1", will_meet_requirements=True, opinion="favourable")
    for number, placed in enumerate((["admitted"], ["admitted", "vacancy"], ["admitted", "vacancy", "late"]), 1):
        found = places(late, vacancy, admitted, destinations=[destination(places=number)])
        assert sorted(name for name, place in found.items() if place) == sorted(placed)


@pytest.mark.clause("6.3")
def test_unplaced_keeps_its_rank():
    row = outcomes(candidate("a"), destinations=[destination(places=0)])["a"]
    assert (row["rank"], row["placement"], row["preference"], row["grant"]) == (1, None, None, None)
