"""Small cases to test with: one admitted candidate, and what differs said by the test."""

from decimal import Decimal

from mobility.regulation.case import parse
from mobility.regulation.decision import decide


def candidate(name="ana", *, average="15", credits_done="180", **given):
    """A candidate with that average over that many graded credits; anything else as given."""
    rights = {"eligible": True, "wanted": True, "previous": False, "santander_lost": False}
    rights |= {name: given.pop(name) for name in tuple(given) if name in rights}
    return {
        "id": name,
        "programme": "MEIC",
        "semesters": 1,
        "preferences": ["HOST"],
        "first_cycle_ects": "180",
        "weighted_grades": f"{Decimal(average) * Decimal(credits_done):f}",
        "graded_ects": credits_done,
        "ects": credits_done,
        "units": 30,
        "enrolments": 3,
        "will_meet_requirements": False,
        "opinion": None,
        "merit": None,
        "barred": False,
        "grant": rights,
    } | given


def destination(code="HOST", places=99, scheme="erasmus", **given):
    return {"code": code, "places": places, "scheme": scheme} | given


def case(*candidates, programmes=None, destinations=None, seed="seed", **grants):
    """A case; programmes are those of the candidates, without a cap, unless given."""
    codes = dict.fromkeys(person["programme"] for person in candidates)
    return {
        "edition": "2018-12",
        "call": {"code": "TEST", "kind": "SMS", "draw_seed": seed},
        "programmes": [{"code": code, "places": None} for code in codes] if programmes is None else programmes,
        "destinations": [destination()] if destinations is None else destinations,
        "candidates": list(candidates),
        "grants": {"erasmus": None, "santander": None, "redistribute": False} | grants,
    }


def decided(*candidates, **given):
    """The decision of such a case, as published."""
    return decide(parse(case(*candidates, **given))).as_dict()


def outcomes(*candidates, **given):
    """The outcomes of such a case, by id."""
    return {row["id"]: row for row in decided(*candidates, **given)["candidates"]}
