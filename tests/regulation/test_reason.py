"""The facts that explain a result: what met each clause, and what would have changed it."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from mobility.regulation import reason
from mobility.regulation.case import parse
from mobility.regulation.decision import decide
from mobility.regulation.ranking import lot
from tests.regulation.making import candidate, case, destination
from tests.regulation.test_properties import cases


def explained(data):
    """Explanations by name, from nothing but what is stored with a run, as JSON gives it back."""
    parsed = parse(data)
    decision = decide(parsed)
    around = json.loads(json.dumps(reason.surroundings(parsed, decision)))
    outcomes = json.loads(json.dumps(decision.as_dict()))["candidates"]
    people = {person["id"]: person for person in data["candidates"]}
    return {row["id"]: reason.explain(people[row["id"]], row, around) for row in outcomes}


def step(explanation, code):
    return next(step for step in explanation.steps if step.code == code)


def codes(explanation):
    return [step.code for step in explanation.steps]


def late(name, **given):
    return candidate(name, first_cycle_ects="114", will_meet_requirements=True, opinion="favourable", **given)


@pytest.mark.clause("5.1")
@pytest.mark.clause("6.3")
def test_the_whole_way_of_one_who_got_a_second_preference():
    hosts = [destination("ONE", 1), destination("SHUT", programmes=[]), destination("TWO", 1)]
    first = candidate("first", average="17", preferences=["ONE"])
    second = candidate("second", average="16.00", preferences=["ONE", "SHUT", "TWO"])
    found = explained(case(first, second, destinations=hosts, erasmus=1))["second"]
    last = {"rank": 1, "average": "17.00", "tier": "admitted"}
    assert [tuple(step) for step in found.steps] == [
        ("6.4", "not_barred", {"met": True}),
        ("5.4", "has_average", {"met": True}),
        ("5.1", "first_cycle_ects", {"met": True, "ects": "180", "needed": 120}),
        ("5.1", "average_admitted", {"met": True, "average": "16.00", "needed": "12.50"}),
        ("5.1", "tier", {"tier": "admitted"}),
        ("7.1", "rank", {"rank": 2, "total": 2, "average": "16.00", "ects": "180", "units": 30, "enrolments": 3}),
        ("6.3", "full", {"preference": 1, "destination": "ONE", "places": 1, "ahead": 1, "last": last}),
        ("6.3", "not_open", {"preference": 2, "destination": "SHUT", "programme": "MEIC"}),
        ("6.3", "taken", {"preference": 3, "destination": "TWO", "places": 1}),
        (
            "8.6.d",
            "grants_used_up",
            {"scheme": "erasmus", "programme": "MEIC", "received": 1, "last": last | {"previous": False}},
        ),
    ]
    assert [tuple(step) for step in found.change] == [
        ("7.1", "outrank", {"preference": 1, "destination": "ONE", "ahead": 1, "last": last, "same_average": False}),
        (
            "8.6.a",
            "outrank_grant",
            {"scheme": "erasmus", "programme": "MEIC", "last": last | {"previous": False}, "same_average": False},
        ),
    ]


@pytest.mark.clause("5.4")
@pytest.mark.clause("5.2")
@pytest.mark.clause("5.3")
@pytest.mark.clause("6.4")
@pytest.mark.parametrize(
    ("person", "change"),
    [
        (candidate("x", average="11.99"), [("5.1", "average_admitted"), ("5.4", "average_minimum")]),
        (candidate("x", average="12.2"), [("5.1", "average_admitted"), ("5.2", "opinion")]),
        (candidate("x", first_cycle_ects="114"), [("5.1", "first_cycle_ects"), ("5.3", "will_meet_requirements")]),
        (candidate("x", weighted_grades="0", graded_ects="0"), [("5.4", "has_average")]),
        (candidate("x", barred=True), [("6.4", "not_barred")]),
    ],
)
def test_what_would_have_admitted_a_rejected_one(person, change):
    found = explained(case(person))["x"]
    assert [(step.clause, step.code) for step in found.change] == change
    assert all(step.facts["met"] is False for step in found.change)
    assert (step(found, "tier").facts, codes(found)[-1]) == ({"tier": "rejected"}, "tier")


@pytest.mark.clause("2.4")
def test_a_drawn_tie_can_be_checked_by_hand():
    found = explained(case(candidate("a"), candidate("b"), seed="s"))["a"]
    assert step(found, "drawn").facts == {"tied_with": ["b"], "seed": "s", "lot": lot("s", "a")}


@pytest.mark.clause("5.7")
def test_the_programme_used_its_places_up():
    people = [candidate("a", average="17"), candidate("b")]
    found = explained(case(*people, programmes=[{"code": "MEIC", "places": 1}]))["b"]
    last = {"rank": 1, "average": "17.00", "tier": "admitted"}
    assert step(found, "programme_full").facts == {"programme": "MEIC", "places": 1, "last": last}
    assert codes(found)[-1] == "waits"
    assert [step.code for step in found.change] == ["outrank_programme"]


@pytest.mark.clause("5.7")
def test_a_cap_used_up_by_those_behind_is_no_reason():
    """The better ranked one found its destination full; the programme's place went to another later."""
    people = [
        candidate("x", average="18", programme="MEEC", preferences=["ONE"]),
        candidate("a", average="17", preferences=["ONE"]),
        candidate("b", average="16", preferences=["TWO"]),
    ]
    programmes = [{"code": "MEIC", "places": 1}, {"code": "MEEC", "places": None}]
    hosts = [destination("ONE", 1), destination("TWO", 1)]
    found = explained(case(*people, programmes=programmes, destinations=hosts))["a"]
    assert codes(found)[-2:] == ["full", "waits"]


@pytest.mark.clause("5.7")
def test_a_programme_without_places():
    found = explained(case(candidate("a"), programmes=[{"code": "MEIC", "places": 0}]))["a"]
    assert step(found, "programme_full").facts["last"] is None
    assert found.change == ()


@pytest.mark.clause("5.2")
@pytest.mark.clause("5.3")
def test_those_after_the_admitted_read_why():
    people = [candidate("a"), candidate("v", average="12.3", opinion="favourable"), late("c")]
    found = explained(case(*people, destinations=[destination(places=1)]))
    assert step(found["v"], "full").clause == "5.2"
    assert step(found["c"], "full").clause == "5.3"
    assert step(found["c"], "after_admitted").facts == {"admitted": 2}


@pytest.mark.clause("8.6.c")
@pytest.mark.clause("8.5")
@pytest.mark.clause("7.2.b")
def test_grants_received_round_by_round():
    people = [candidate("a", semesters=2), late("c", semesters=2)]
    found = explained(case(*people, erasmus=3))
    assert step(found["a"], "grant_guaranteed").facts == {"programme": "MEIC", "semesters": 1}
    assert step(found["a"], "grant_hondt").facts == {"programme": "MEIC", "semesters": 1, "votes": 2}
    assert step(found["c"], "part_funded").facts == {"semesters": 1, "asked": 2}
    assert codes(found["c"])[-1] == "provisional"


@pytest.mark.clause("8.6.e")
def test_a_redistributed_grant():
    people = [candidate("x", average="16", programme="X", wanted=False), candidate("y", programme="Y")]
    found = explained(case(*people, erasmus=1, redistribute=True))
    assert codes(found["x"])[-1] == "not_wanted"
    assert found["y"].steps[-1] == ("8.6.e", "grant_redistributed", {"programme": "Y", "semesters": 1})


@pytest.mark.clause("8.3")
@pytest.mark.clause("9.3.b")
@pytest.mark.parametrize(
    ("scheme", "given", "budget", "code", "clause"),
    [
        (None, {}, {}, "no_scheme", "8.3"),
        ("erasmus", {}, {}, "not_distributed", "8.1"),
        ("santander", {}, {}, "not_distributed", "9.1"),
        ("erasmus", {"eligible": False}, {"erasmus": 9}, "not_eligible", "4.2"),
        ("erasmus", {"wanted": False}, {"erasmus": 9}, "not_wanted", "8.3"),
        ("santander", {"wanted": False}, {"santander": 9}, "not_wanted", "8.3"),
        ("santander", {"santander_lost": True}, {"santander": 9}, "right_lost", "9.4"),
        ("santander", {}, {"santander": 9}, "grant_best", "9.3.b"),
        ("santander", {}, {"santander": 0}, "grants_used_up", "9.3.c"),
        ("erasmus", {}, {"erasmus": 0}, "grants_used_up", "8.6.d"),
    ],
)
def test_why_a_grant_or_none(scheme, given, budget, code, clause):
    found = explained(case(candidate("a", **given), destinations=[destination(scheme=scheme)], **budget))["a"]
    assert (found.steps[-1].code, found.steps[-1].clause) == (code, clause)


@pytest.mark.clause("8.2")
@pytest.mark.clause("9.2")
@pytest.mark.parametrize(("scheme", "clause"), [("erasmus", "8.2"), ("santander", "9.2")])
def test_an_earlier_grant_puts_one_after_the_others(scheme, clause):
    people = [candidate("had", average="19", previous=True), candidate("new", average="13")]
    found = explained(case(*people, destinations=[destination(scheme=scheme)], **{scheme: 1}))["had"]
    assert step(found, "previous_grant").clause == clause
    assert step(found, "grants_used_up").facts["last"]["rank"] == 2


@pytest.mark.clause("9.3.c")
def test_santander_by_ranking():
    people = [candidate("a", average="17"), candidate("b")]
    found = explained(case(*people, destinations=[destination(scheme="santander")], santander=2))["b"]
    assert found.steps[-1] == ("9.3.c", "grant_ranking", {})


def table():
    """Code to clauses, as the module's docstring publishes them."""
    rows = re.findall(r"^(\w+) +(the basis|[0-9][0-9a-e., ]*?)(?: {2,}.*)?$", reason.__doc__, re.MULTILINE)
    return {code: clauses.split(", ") for code, clauses in rows}


@pytest.mark.clause("7.1.a", "7.1.b", "7.1.c")
@settings(max_examples=80, deadline=None)
@given(cases())
def test_every_explanation_is_of_the_published_codes_and_survives_json(data):
    published = table()
    for found in explained(data).values():
        assert json.loads(json.dumps(found.as_dict())) == found.as_dict()
        for clause, code, _ in (*found.steps, *found.change):
            assert code == "tier" or clause in published[code]


@pytest.mark.clause("6.3")
@settings(max_examples=80, deadline=None)
@given(cases())
def test_the_explanation_never_contradicts_the_outcome(data):
    rows = {row["id"]: row for row in decide(parse(data)).as_dict()["candidates"]}
    for name, found in explained(data).items():
        row = rows[name]
        taken = [step.facts["destination"] for step in found.steps if step.code == "taken"]
        assert taken == ([row["placement"]] if row["placement"] else [])
        assert ("waits" in codes(found)) == (row["rank"] is not None and row["placement"] is None)
        assert any(code.startswith("grant_") for code in codes(found)) == (row["grant"] is not None)
        for full in (step for step in found.steps if step.code == "full"):
            assert full.facts["ahead"] == full.facts["places"]
            assert full.facts["last"] is None or full.facts["last"]["rank"] < row["rank"]


@pytest.mark.clause("7.1.a")
def test_the_documentation_lists_the_same_codes():
    page = (Path(__file__).parents[2] / "docs" / "engine.md").read_text(encoding="utf-8")
    part = page.split("## Why this result")[1].split("## Speed")[0]
    listed = set(re.findall(r"`(\w+)`", part))
    assert listed == set(table())
