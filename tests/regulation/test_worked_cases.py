"""The worked cases: each with the decision that the regulation's reading gives it."""

import json
from pathlib import Path

import jsonschema
import pytest

from mobility.regulation.case import parse
from mobility.regulation.decision import decide

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name.removesuffix(".case.json") for path in CASES.glob("*.case.json"))


def read(name):
    return json.loads((CASES / name).read_text(encoding="utf-8"))


def test_all_the_worked_cases_are_here():
    assert len(NAMES) == 9


@pytest.mark.clause("8.6.d")
@pytest.mark.clause("7.1.a")
@pytest.mark.parametrize("name", NAMES)
def test_worked_case(name):
    decision = decide(parse(read(f"{name}.case.json"))).as_dict()
    published = (CASES / f"{name}.decision.json").read_text(encoding="utf-8")
    assert decision == json.loads(published)
    assert json.dumps(decision, indent=1, ensure_ascii=False) == published  # same order of keys


@pytest.mark.parametrize("name", NAMES)
def test_worked_case_follows_the_published_schema(name):
    jsonschema.validate(read(f"{name}.case.json"), read("case.schema.json"))
