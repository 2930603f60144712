"""The regulation needs nothing but Python, and never a floating point number."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "mobility" / "regulation"
SOURCES = sorted(PACKAGE.glob("*.py"))

IMPORTS_ALL = """
import importlib, json, sys
sys.path.append(sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_nothing_is_imported_but_the_standard_library_and_itself():
    names = [
        "mobility.regulation" if path.stem == "__init__" else f"mobility.regulation.{path.stem}" for path in SOURCES
    ]
    command = [sys.executable, "-S", "-I", "-c", IMPORTS_ALL, str(PACKAGE.parents[1]), *names]
    loaded = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert "mobility" in loaded
    assert set(loaded) - {"mobility", "__main__"} <= set(sys.stdlib_module_names) | set(sys.builtin_module_names)


def test_importing_the_package_runs_nothing_of_the_portal():
    assert (PACKAGE.parent / "__init__.py").read_text(encoding="utf-8") == ""


def faults(tree):
    """Floats, what makes them, and what reads the clock or chance."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"line {node.lineno}: a float"
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            sides = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.value]
            if not any(isinstance(side, ast.Call) and getattr(side.func, "id", "") == "Fraction" for side in sides):
                yield f"line {node.lineno}: a division"
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("round", "float"):
            yield f"line {node.lineno}: {node.func.id}()"
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow"):
            yield f"line {node.lineno}: the clock"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            for name in names:
                if name.partition(".")[0] in ("random", "time", "math", "secrets", "django"):
                    yield f"line {node.lineno}: {name}"


@pytest.mark.parametrize("path", SOURCES, ids=[path.name for path in SOURCES])
def test_no_float_no_clock_no_chance(path):
    assert list(faults(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("line", ["1.5", "a / b", "a /= b", "round(a)", "float(a)", "import math", "date.today()"])
def test_the_check_finds_them(line):
    assert list(faults(ast.parse(line)))


def test_the_check_lets_exact_division_pass():
    assert not list(faults(ast.parse("Fraction(a) / b")))
