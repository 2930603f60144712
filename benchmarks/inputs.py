"""Cases for the benchmarks: the same ones every time, with the spread of a real call."""

import random
from dataclasses import fields, replace
from typing import Any

from mobility.regulation.case import Candidates, Case, parse

SEED = 20181220
MASTERS = [f"M{number:02d}" for number in range(40)]
HOSTS = [f"U{number:03d}" for number in range(500)]
PART = 50_000


def case(candidates: int) -> dict[str, Any]:
    """A case as JSON holds it: 500 destinations, 40 programmes, 5 preferences each, few places left."""
    chance = random.Random(SEED)
    data = _frame(chance, candidates)
    data["candidates"] = [_candidate(chance, number) for number in range(candidates)]
    return data


def parsed(candidates: int) -> Case:
    """Such a case as the engine takes it, made in parts: a million of them as JSON would fill the memory."""
    chance = random.Random(SEED)
    data = _frame(chance, candidates)
    columns: dict[str, list[Any]] = {field.name: [] for field in fields(Candidates)}
    for start in range(0, candidates, PART):
        data["candidates"] = [_candidate(chance, number) for number in range(start, min(start + PART, candidates))]
        part = parse(data, input_sha256="not needed")
        if part.scale != 1:
            raise ValueError("the parts would not be in one unit")
        for name, column in columns.items():
            column += getattr(part.candidates, name)
    return replace(part, candidates=Candidates(**columns))


def _frame(chance: random.Random, candidates: int) -> dict[str, Any]:
    share = max(1, candidates * 3 // (4 * len(HOSTS)))
    return {
        "edition": "2018-12",
        "call": {"code": f"BENCH-{candidates}", "kind": "SMS", "draw_seed": "bench"},
        "programmes": [{"code": code, "places": chance.choice((None, candidates // len(MASTERS)))} for code in MASTERS],
        "destinations": [_destination(chance, code, share) for code in HOSTS],
        "candidates": [],
        "grants": {"erasmus": candidates // 4, "santander": 15, "redistribute": True},
    }


def _destination(chance: random.Random, code: str, share: int) -> dict[str, Any]:
    scheme = chance.choices(("erasmus", "santander", None), (8, 1, 1))[0]
    found = {"code": code, "places": chance.randint(0, 2 * share), "scheme": scheme}
    if chance.random() < 0.5:
        found["programmes"] = sorted(chance.sample(MASTERS, len(MASTERS) // 2))
    return found


def _candidate(chance: random.Random, number: int) -> dict[str, Any]:
    halves = chance.randint(180, 600)
    credits_done = f"{halves // 2}.5" if halves % 2 else f"{halves // 2}"
    grades = halves * chance.randint(1100, 1900) // 20
    return {
        "id": f"ist{1_000_000 + number}",
        "programme": chance.choice(MASTERS),
        "semesters": chance.choice((1, 1, 2)),
        "preferences": chance.sample(HOSTS, 5),
        "first_cycle_ects": chance.choices(("180", "150", "114"), (8, 1, 1))[0],
        "weighted_grades": f"{grades // 10}.{grades % 10}" if grades % 10 else f"{grades // 10}",
        "graded_ects": credits_done,
        "ects": credits_done,
        "units": halves // 12,
        "enrolments": chance.randint(3, 6),
        "will_meet_requirements": chance.random() < 0.5,
        "opinion": chance.choice(("favourable", "favourable", "unfavourable", None)),
        "merit": chance.choices((None, "granted", "refused"), (96, 2, 2))[0],
        "barred": chance.random() < 0.01,
        "grant": {
            "eligible": chance.random() < 0.95,
            "wanted": chance.random() < 0.95,
            "previous": chance.random() < 0.05,
            "santander_lost": chance.random() < 0.02,
        },
    }
