"""What holds for every case, whatever it is; and the same decision as `naive`'s."""

import random
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobility.regulation.case import parse
from mobility.regulation.decision import decide
from tests.regulation import naive

PROGRAMMES = ["MA", "MEEC", "MEIC", "MEM"]
HOSTS = ["U0", "U1", "U2", "U3", "U4"]

# Few different figures, near the thresholds: ties and near misses are what goes wrong.
AVERAGES = ("11.99", "11.994", "11.995", "12", "12.01", "12.494", "12.495", "12.5", "14", "14.004", "17")
CREDITS = ("120", "126.5", "180")


@st.composite
def people(draw, number):
    credits_done = draw(st.sampled_from(CREDITS))
    graded = draw(st.sampled_from((credits_done, credits_done, credits_done, "0")))
    average = draw(st.sampled_from(AVERAGES))
    return {
        "id": f"{draw(st.sampled_from('abç'))}{number:02d}",
        "programme": draw(st.sampled_from(PROGRAMMES)),
        "semesters": draw(st.sampled_from((1, 2))),
        "preferences": draw(st.permutations(HOSTS))[: draw(st.integers(1, 5))],
        "first_cycle_ects": draw(st.sampled_from(("119.5", "120", "180"))),
        "weighted_grades": f"{naive.Fraction(average) * naive.Fraction(graded) * 10000 // 1}",
        "graded_ects": "0" if graded == "0" else f"{naive.Fraction(graded) * 10000 // 1}",
        "ects": draw(st.sampled_from((credits_done, "0", "180.00"))),
        "units": draw(st.sampled_from((24, 25))),
        "enrolments": draw(st.sampled_from((3, 4))),
        "will_meet_requirements": draw(st.booleans()),
        "opinion": draw(st.sampled_from(("favourable", "favourable", "unfavourable", None))),
        "merit": draw(st.sampled_from((None, None, "granted", "refused"))),
        "barred": draw(st.sampled_from((False,) * 9 + (True,))),
        "grant": {
            "eligible": draw(st.sampled_from((True, True, True, False))),
            "wanted": draw(st.sampled_from((True, True, True, False))),
            "previous": draw(st.booleans()),
            "santander_lost": draw(st.sampled_from((False, False, False, True))),
        },
    }


@st.composite
def cases(draw, most=14):
    size = draw(st.integers(0, most))
    return {
        "edition": "2018-12",
        "call": {"code": "ANY", "kind": "SMP", "draw_seed": draw(st.sampled_from(("one", "outra", "três")))},
        "programmes": [
            {"code": code, "places": draw(st.sampled_from((None, None, 0, 1, 3)))}
            for code in draw(st.permutations(PROGRAMMES))
        ],
        "destinations": [draw(hosts(code)) for code in HOSTS],
        "candidates": [draw(people(number)) for number in range(size)],
        "grants": {
            "erasmus": draw(st.sampled_from((None, 0, 1, 2, 3, 5, 8, 20))),
            "santander": draw(st.sampled_from((None, 0, 1, 2, 5))),
            "redistribute": draw(st.booleans()),
        },
    }


@st.composite
def hosts(draw, code):
    found = {
        "code": code,
        "places": draw(st.sampled_from((0, 1, 2, 9))),
        "scheme": draw(st.sampled_from(("erasmus", "erasmus", "santander", None))),
    }
    if draw(st.booleans()):
        found["programmes"] = draw(st.lists(st.sampled_from(PROGRAMMES), unique=True))
    return found


thorough = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
enough = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def decision(case):
    return decide(parse(case)).as_dict()


@pytest.mark.clause("8.6.d")
@thorough
@given(cases())
def test_the_same_decision_as_the_naive_one(case):
    assert decision(case) == naive.decide(case)


@pytest.mark.clause("7.1.a", "7.1.b", "7.1.c")
@enough
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(case, chance):
    shuffled = deepcopy(case)
    for part in ("candidates", "destinations"):
        chance.shuffle(shuffled[part])
    assert decision(shuffled) | {"input_sha256": None} == decision(case) | {"input_sha256": None}


@pytest.mark.clause("2.4")
@enough
@given(cases())
def test_the_seed_changes_the_order_of_ties_alone(case):
    def without_lots(decided):
        ties = {row["id"]: sorted([row["id"], *row["tied_with"]])[0] for row in decided["candidates"]}
        return [(ties[row["id"]], row["rank"]) for row in decided["candidates"]]

    other = deepcopy(case)
    other["call"]["draw_seed"] = "another"
    assert without_lots(decision(other)) == without_lots(decision(case))


@pytest.mark.clause("6.3")
@enough
@given(cases())
def test_nobody_is_passed_over(case):
    """Nobody stays below a preference that somebody of the same programme, ranked worse, got."""
    wanted = {person["id"]: person for person in case["candidates"]}
    ranked = [row for row in decision(case)["candidates"] if row["rank"]]
    for better in ranked:
        person = wanted[better["id"]]
        missed = person["preferences"][: (better["preference"] or 99) - 1]
        for worse in ranked[better["rank"] :]:
            if wanted[worse["id"]]["programme"] == person["programme"]:
                assert worse["placement"] not in missed


@pytest.mark.clause("6.3")
@enough
@given(cases(), st.sampled_from(HOSTS))
def test_one_more_place_never_harms_the_first_ranked(case, host):
    more = deepcopy(case)
    next(row for row in more["destinations"] if row["code"] == host)["places"] += 1
    before, after = (decision(given)["candidates"][:1] for given in (case, more))
    if before and before[0]["preference"]:
        assert after[0]["preference"] <= before[0]["preference"]


@pytest.mark.clause("8.6.b")
@pytest.mark.clause("9.1")
@enough
@given(cases())
def test_counts_add_up(case):
    found = decision(case)
    rows = found["candidates"]
    assert sorted(row["id"] for row in rows) == sorted(person["id"] for person in case["candidates"])
    ranks = [row["rank"] for row in rows if row["rank"]]
    assert ranks == list(range(1, len(ranks) + 1))
    for host in case["destinations"]:
        assert sum(row["placement"] == host["code"] for row in rows) <= host["places"]
    grants = [row["grant"] for row in rows if row["grant"]]
    given_out = sum(grant["semesters"] or 0 for grant in grants)
    if case["grants"]["erasmus"] is not None:
        assert given_out + found["left_over"]["erasmus"] == case["grants"]["erasmus"]
        assert given_out == sum(programme["used"] for programme in found["programmes"])
    if case["grants"]["santander"] is not None:
        iberian = sum(grant["scheme"] == "santander" for grant in grants)
        assert iberian + found["left_over"]["santander"] == case["grants"]["santander"]
    for programme in found["programmes"]:
        awarded = programme["guaranteed"] + programme["hondt"] + programme["redistributed"]
        assert awarded == programme["used"] + programme["unused"]


@enough
@given(cases())
def test_the_decision_repeats_itself(case):
    assert decision(case) == decision(deepcopy(case))


@pytest.mark.clause("8.6.d")
def test_a_big_case_is_decided_as_the_naive_way():
    """Beyond what the generated cases reach: 150 candidates, the worked figures of a real call."""
    chance = random.Random(8)
    case = {
        "edition": "2018-12",
        "call": {"code": "BIG", "kind": "SMS", "draw_seed": "big"},
        "programmes": [{"code": code, "places": chance.choice((None, 20))} for code in PROGRAMMES],
        "destinations": [{"code": code, "places": 25, "scheme": "erasmus"} for code in HOSTS],
        "candidates": [_anybody(chance, number) for number in range(150)],
        "grants": {"erasmus": 60, "santander": None, "redistribute": True},
    }
    assert decision(case) == naive.decide(case)


def _anybody(chance, number):
    ects = chance.choice(("120", "150", "180"))
    return {
        "id": f"p{number}",
        "programme": chance.choice(PROGRAMMES),
        "semesters": chance.choice((1, 2)),
        "preferences": chance.sample(HOSTS, 3),
        "first_cycle_ects": chance.choice(("110", "180")),
        "weighted_grades": str(int(ects) * chance.randint(11, 18)),
        "graded_ects": ects,
        "ects": ects,
        "units": chance.randint(24, 30),
        "enrolments": chance.randint(3, 5),
        "will_meet_requirements": True,
        "opinion": "favourable",
        "merit": None,
        "barred": False,
        "grant": {"eligible": True, "wanted": True, "previous": chance.random() < 0.3, "santander_lost": False},
    }
