"""Habits of the source that a reader relies on."""

import re
import subprocess
import tokenize
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]
PACKAGES = ("mobility", "applications", "scholarships", "recognition", "tests", "benchmarks")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
OTHERS = [
    path
    for folder in ("templates", "static/css", "static/js", "docs", "tools", ".ci")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and path.suffix not in {".woff2", ".png", ".ico"}
]
# Said in two halves, so that this file isn't its own offender.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|HA" + r"CK)\b")
SUPPRESSION = re.compile(r"#\s*(noqa|type: ignore|pragma: no cover|nosec)\b")
WITH_REASON = re.compile(
    r"#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\]|pragma: no cover|nosec [A-Z0-9, ]+)\s+#\s*\w+"
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def comments(path: Path) -> list[tokenize.TokenInfo]:
    with path.open("rb") as file:
        return [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]


@pytest.mark.parametrize("path", [*MODULES, *OTHERS], ids=name_of)
def test_nothing_is_left_unfinished(path):
    assert UNFINISHED.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_suppression_gives_its_reason(path):
    bare = [token.line.strip() for token in comments(path) if SUPPRESSION.search(token.string)]
    assert [line for line in bare if not WITH_REASON.search(line)] == []


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say(capsys):
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)
    assert "No changes detected" in capsys.readouterr().out


def test_only_advance_assigns_a_state():
    """``thing.state = ...`` stands in mobility/workflow.py and nowhere else."""
    assigns = re.compile(r"\.state\s*=[^=]|\bupdate\([^)]*\bstate=")
    found = [
        f"{name_of(path)}: {line.strip()}"
        for path in MODULES
        if path.parts[len(ROOT.parts)] not in {"tests", "benchmarks"} and "migrations" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if assigns.search(line)
    ]
    assert [line for line in found if not line.startswith(STATE_KEEPERS)] == []


# advance() itself; jobs and messages aren't documents that a person moves: they are claimed by compare-and-set.
STATE_KEEPERS = ("mobility/workflow.py", "mobility/services/jobs.py", "mobility/services/messages.py")


def test_the_commands_of_the_readme_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    said = set(re.findall(r"`make ([a-z]+)", readme)) | set(re.findall(r"^make ([a-z]+)", readme, re.MULTILINE))
    assert {"demo", "test"} <= said <= targets


def test_make_lists_every_command():
    shown = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for target in ("demo", "test", "lint", "fmt", "bench", "messages", "venv"):
        assert f"make {target}" in shown
