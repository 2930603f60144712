"""The log's turn comes before rows are locked (docs/record.md), so that nobody waits for ever."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("mobility", "applications", "scholarships", "recognition")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# Functions that lock rows and don't take the turn before; each says why nobody can wait for ever.
WITHOUT_TURN = {
    "applications/services/drafts.py: locked": "submit and withdraw take it before; saving a draft writes no log",
    "mobility/services/factors.py: use_code": "writes no log",
    "mobility/services/jobs.py: request_cancel": "a job's row comes before the turn, always",
    "mobility/services/jobs.py: requeue_stalled": "passes over what is locked, and writes no log",
}


def called(node: ast.AST) -> str:
    """The last name of what is called: ``a.b.select_for_update(...)``."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", getattr(function, "id", ""))


def functions_that_lock() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(called(n) == "select_for_update" for n in ast.walk(node)):
                yield f"{path.relative_to(ROOT)}: {node.name}", node


LOCKING = dict(functions_that_lock())


def lines_of(node: ast.FunctionDef, name: str) -> list[int]:
    return [call.lineno for call in ast.walk(node) if called(call) == name]


def test_there_is_something_to_look_at():
    assert len(LOCKING) > 10
    assert set(WITHOUT_TURN) <= set(LOCKING)


@pytest.mark.parametrize("name", LOCKING)
def test_the_turn_comes_before_the_lock(name):
    turns = lines_of(LOCKING[name], "take_turn")
    taken = bool(turns) and min(turns) < min(lines_of(LOCKING[name], "select_for_update"))
    assert taken != (name in WITHOUT_TURN)


@pytest.mark.parametrize("name", LOCKING)
def test_rows_that_refer_to_a_locked_one_do_not_wait(name):
    """``no_key``: what is inserted beside it, before the turn, never waits for it."""
    locks = [call for call in ast.walk(LOCKING[name]) if called(call) == "select_for_update"]
    said = [{k.arg: getattr(k.value, "value", None) for k in lock.keywords}.get("no_key") for lock in locks]
    assert all(said)
