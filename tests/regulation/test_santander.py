"""Art. 9: the best of each programme, then by rank; earlier grants last."""

import pytest

from tests.regulation.making import candidate, decided, destination

HOSTS = [destination("USP", scheme="santander"), destination("OTHER")]


def grants(*people, **given):
    people = [person if person["preferences"] != ["HOST"] else person | {"preferences": ["USP"]} for person in people]
    rows = decided(*people, destinations=HOSTS, **given)["candidates"]
    return {row["id"]: row["grant"]["rounds"][0] for row in rows if row["grant"]}


@pytest.mark.clause("9.3.b")
@pytest.mark.clause("9.3.c")
def test_first_the_best_of_each_programme_then_by_rank():
    people = [
        candidate("x1", average="19", programme="X"),
        candidate("x2", average="18", programme="X"),
        candidate("x3", average="17", programme="X"),
        candidate("y1", average="13", programme="Y"),
    ]
    assert grants(*people, santander=1) == {"x1": "best_of_programme"}
    assert grants(*people, santander=2) == {"x1": "best_of_programme", "y1": "best_of_programme"}
    assert grants(*people, santander=3) == {"x1": "best_of_programme", "x2": "ranking", "y1": "best_of_programme"}


@pytest.mark.clause("9.2")
def test_those_with_an_earlier_grant_after_all_the_others():
    people = [
        candidate("had", average="19", programme="X", previous=True),
        candidate("y1", average="14", programme="Y"),
        candidate("y2", average="13", programme="Y"),
    ]
    assert grants(*people, santander=2) == {"y1": "best_of_programme", "y2": "ranking"}
    assert grants(*people, santander=3)["had"] == "best_of_programme"


@pytest.mark.clause("9.3.b")
def test_a_programme_is_served_once():
    people = [candidate("new", average="14"), candidate("had", average="19", previous=True)]
    assert grants(*people, santander=2) == {"new": "best_of_programme", "had": "ranking"}


@pytest.mark.clause("9.3.b")
def test_a_conditional_one_is_never_the_best_of_the_programme():
    late = candidate("late", first_cycle_ects="1", will_meet_requirements=True, opinion="favourable")
    assert grants(late, santander=1) == {"late": "ranking"}
    other = candidate("y2", average="13", programme="Y")
    assert grants(late, candidate("y1", programme="Y"), other, santander=2) == {
        "y1": "best_of_programme",
        "y2": "ranking",
    }


@pytest.mark.clause("9.4")
@pytest.mark.clause("9.3.a")
def test_who_counts():
    people = [
        candidate("elsewhere", average="19", preferences=["OTHER"]),
        candidate("lost", average="18", santander_lost=True),
        candidate("unwanted", average="17", wanted=False),
        candidate("ineligible", average="13", eligible=False),  # 4.2 is about Erasmus+ grants
    ]
    assert grants(*people, santander=4) == {"ineligible": "best_of_programme"}


@pytest.mark.clause("9.1")
@pytest.mark.parametrize(("budget", "left"), [(None, None), (0, 0), (1, 0), (3, 2)])
def test_what_is_left(budget, left):
    person = candidate("a", semesters=2, preferences=["USP"])
    found = decided(person, destinations=HOSTS, santander=budget)
    assert found["left_over"]["santander"] == left
    expected = {"scheme": "santander", "semesters": None, "provisional": False, "rounds": ["best_of_programme"]}
    assert found["candidates"][0]["grant"] == (expected if budget else None)
