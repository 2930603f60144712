"""docs/security.md says something of each requirement of ASVS 4.0.3, levels 1 and 2, and names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d[\d., ]+) \| (\S+(?: met)?) \| (.+) \|$", re.MULTILINE)
STATES = {"met", "partly", "not met", "n/a", "operator"}

# Section -> numbers of levels 1 and 2 (those that the standard took out, or keeps for level 3, are missing).
SECTIONS = {
    "1.1": "1-7", "1.2": "1-4", "1.4": "1 4 5", "1.5": "1-4", "1.6": "1-4", "1.7": "1 2", "1.8": "1 2", "1.9": "1 2",
    "1.10": "1", "1.11": "1 2", "1.12": "2", "1.14": "1-6",
    "2.1": "1-12", "2.2": "1-3", "2.3": "1-3", "2.4": "1-5", "2.5": "1-7", "2.6": "1-3", "2.7": "1-6", "2.8": "1-6",
    "2.9": "1-3", "2.10": "1-4",
    "3.1": "1", "3.2": "1-4", "3.3": "1-4", "3.4": "1-5", "3.5": "1-3", "3.7": "1",
    "4.1": "1 2 3 5", "4.2": "1 2", "4.3": "1-3",
    "5.1": "1-5", "5.2": "1-8", "5.3": "1-10", "5.4": "1-3", "5.5": "1-4",
    "6.1": "1-3", "6.2": "1-6", "6.3": "1 2", "6.4": "1 2",
    "7.1": "1-4", "7.2": "1 2", "7.3": "1 3 4", "7.4": "1-3",
    "8.1": "1-4", "8.2": "1-3", "8.3": "1-8",
    "9.1": "1-3", "9.2": "1-4",
    "10.2": "1 2", "10.3": "1-3",
    "11.1": "1-8",
    "12.1": "1-3", "12.2": "1", "12.3": "1-6", "12.4": "1 2", "12.5": "1 2", "12.6": "1",
    "13.1": "1 3 4 5", "13.2": "1 2 3 5 6", "13.3": "1 2", "13.4": "1 2",
    "14.1": "1-4", "14.2": "1-6", "14.3": "2 3", "14.4": "1-7", "14.5": "1-4",
}  # fmt: skip


def numbers(said: str) -> list[int]:
    first, dash, last = said.partition("-")
    return list(range(int(first), int(last) + 1)) if dash else [int(number) for number in said.split()]


def rows() -> list[tuple[list[str], str, str]]:
    return [(ids.split(", "), state, how) for ids, state, how in ROW.findall(DOCUMENT)]


def test_every_requirement_is_there_once():
    said = [one for ids, _state, _how in rows() for one in ids]
    expected = {f"{section}.{number}" for section, listed in SECTIONS.items() for number in numbers(listed)}
    assert set(said) == expected
    assert len(said) == len(set(said))


def test_every_requirement_stands_under_its_chapter():
    for chapter in re.split(r"^### ", DOCUMENT, flags=re.MULTILINE)[1:]:
        number = chapter.partition(" ")[0].removeprefix("V")
        ids = [one for found in ROW.findall(chapter) for one in found[0].split(", ")]
        assert ids
        assert {one.partition(".")[0] for one in ids} == {number}


@pytest.mark.parametrize(("ids", "state", "how"), rows(), ids=lambda value: str(value)[:12])
def test_a_state_is_one_of_five_and_has_its_reason(ids, state, how):
    assert state in STATES
    assert len(how) > 4


def test_every_test_that_it_names_exists():
    named = set(re.findall(r"`(test_\w+)`", DOCUMENT))
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 50
    assert named - defined == set()
