"""Who cites which clause: docs/regulation.md, the code and the tests, brought together.

    python -m tests.architecture.clauses           print where they disagree (`make clauses`)
    python -m tests.architecture.clauses --write   fill in the columns "where" and "tests" from the citations

The column "state" is a statement of intent, kept by hand: ``here`` (the portal does it: code cites the clause and a
test holds to it), ``partly`` (so far as the table "What is still missing" at the end doesn't except) or ``later``.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs/regulation.md"
PACKAGES = ("mobility", "applications", "scholarships", "recognition")
MISSING = "## What is still missing"
EXPECTED_CLAUSES = 100

# The regulation letters these inside one clause of the list.
LETTERED = {
    "4.2": {"a", "b", "c"},
    "5.2": {"i", "ii"},
    "5.3": {"i", "ii"},
    "8.7": {"a", "b"},
    "17.1": {"a"},
    "20.1": {"a", "b", "c"},
}

ROW = re.compile(r"^\| ([\dA]+(?:\.\w+)*) \| (.*?) \| (here|partly|later) \| (.*?) \| (.*?) \|$", re.MULTILINE)
_ITEM = r"\d{1,2}(?:(?:\.\d{1,2}(?!\d)|\.[a-e]\b)+|(?:\(\w{1,2}\))+)?|(?:\(\w{1,2}\))+"
_LIST = re.compile(
    rf"(?P<before>.{{0,60}})\bArt\. ?(?P<items>(?:{_ITEM})(?:(?:, (?:and |or )?| and | or | to )(?:{_ITEM}))*)"
)
_OTHER_LAW = re.compile(r"(?:Treaty|Directive|Regulation \(EU\)|Decree|Decreto)[^.]*$")
_DATA_ID = re.compile(r"(?:\d{1,2}|A)\.\d{1,2}(?:\.[a-e])?")


def cited(text: str) -> Iterator[str]:
    """The clauses that prose cites, as ids: ``Art. 8(6)(c) to (e), 9(1)`` gives 8.6.c, 8.6.d, 8.6.e and 9.1."""
    for found in _LIST.finditer(" ".join(text.split())):
        if _OTHER_LAW.search(found["before"]):
            continue
        previous: list[str] = []
        for link, item in re.findall(rf"(^|, (?:and |or )?| and | or | to )({_ITEM})", found["items"]):
            parts = re.findall(r"\w+", item)
            if item.startswith("("):
                parts = previous[: -len(parts)] + parts
            if link == " to " and previous[:-1] == parts[:-1] and len(parts) > 1:
                yield from _between(previous, parts[-1])
            yield ".".join(parts)
            previous = parts
    # With its letter an id can't be anything else.
    yield from re.findall(r"(?<![\w./])(?<!Art\. )(?:A\.[1-3]|\d{1,2}\.\d{1,2}\.[a-e])\b(?!\.\w)", text)


def _between(first: list[str], last: str) -> Iterator[str]:
    """What stands between the ends of a range: (c) to (e) has (d)."""
    start = first[-1]
    numbers = range(int(start) + 1, int(last)) if start.isdigit() else range(ord(start) + 1, ord(last))
    for number in numbers:
        yield ".".join([*first[:-1], str(number) if start.isdigit() else chr(number)])


def listed(text: str | None = None) -> list[tuple[str, ...]]:
    """The rows of the table: id, what it says, state, where, tests."""
    return ROW.findall(TABLE.read_text(encoding="utf-8") if text is None else text)


def excepted(text: str) -> list[str]:
    """The clauses of the table of what is missing in those that are here in part."""
    return re.findall(r"^\| ([\dA]+(?:\.\w+)*) \| ", text.partition(MISSING)[2], re.MULTILINE)


def resolve(clause: str, known: set[str]) -> str | None:
    """The listed clause that a citation means; "" for a whole article or paragraph; None where there is none."""
    if clause in known:
        return clause
    head, _, letter = clause.rpartition(".")
    if head in known and letter in LETTERED.get(head, ()):
        return head
    return "" if any(other.startswith(f"{clause}.") for other in known) else None


def code_citations() -> dict[str, set[str]]:
    """Id as cited: the places, as dotted names (``mobility.regulation.dhondt``) or template paths."""
    found: dict[str, set[str]] = defaultdict(set)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                place = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                for clause in _in_module(path.read_text(encoding="utf-8")):
                    found[clause].add(place)
    for path in sorted((ROOT / "templates").rglob("*.*")):
        text = path.read_text(encoding="utf-8")
        for clause in (*cited(text), *re.findall(r"""{% clause ["']([\w.]+)["']""", text)):
            found[clause].add(str(path.relative_to(ROOT)))
    return found


def _in_module(source: str) -> Iterator[str]:
    # A comment or docstring that goes over a line's end is one text.
    yield from cited(re.sub(r"\n\s*#", " ", source))
    tree = ast.parse(source)
    numbers = {
        (argument.lineno, argument.col_offset)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Decimal", "Fraction"}
        for argument in node.args
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and _DATA_ID.fullmatch(text) and (node.lineno, node.col_offset) not in numbers:
            yield text


def marked_by_tests() -> dict[str, set[str]]:
    """Id as cited by ``pytest.mark.clause``: the test modules."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "clause":
                for argument in node.args:
                    clause = argument.value if isinstance(argument, ast.Constant) else ast.unparse(argument)
                    found[str(clause)].add(str(path.relative_to(ROOT)))
    return found


def resolved(citations: dict[str, set[str]], known: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for clause, places in citations.items():
        if target := resolve(clause, known):
            found[target] |= places
    return found


def columns(clause: str, code: dict[str, set[str]], tests: dict[str, set[str]]) -> tuple[str, str]:
    """What the table should say under "where" and "tests"."""
    return tuple(", ".join(f"`{place}`" for place in sorted(by.get(clause, ()))) or "–" for by in (code, tests))


def disagreements() -> list[str]:
    rows = listed()
    ids = [row[0] for row in rows]
    known = set(ids)
    found = [
        f"docs/regulation.md lists {clause} {ids.count(clause)} times"
        for clause in sorted(known)
        if ids.count(clause) > 1
    ]
    if len(known) != EXPECTED_CLAUSES:
        found.append(f"docs/regulation.md lists {len(known)} clauses, the regulation has {EXPECTED_CLAUSES}")
    for citations, what in ((code_citations(), "code"), (marked_by_tests(), "tests")):
        for clause, places in sorted(citations.items()):
            target = resolve(clause, known)
            if target is None or (target == "" and what == "tests"):
                found.append(f"there is no clause {clause}: cited in {', '.join(sorted(places))}")
    code, tests = resolved(code_citations(), known), resolved(marked_by_tests(), known)
    for clause, _, state, where, held in rows:
        if state != "later" and not code.get(clause):
            found.append(f"{clause} is said to be {state}, and no code cites it")
        if state != "later" and not tests.get(clause):
            found.append(f"{clause} is said to be {state}, and no test cites it")
        if state == "later" and tests.get(clause):
            found.append(f"{clause} is said to be for later, and {', '.join(sorted(tests[clause]))} tests it")
        if (where, held) != columns(clause, code, tests):
            found.append(f"{clause}: the columns are not what is cited (`make clauses WRITE=1` fills them in)")
    partly = [row[0] for row in rows if row[2] == "partly"]
    if partly != excepted(TABLE.read_text(encoding="utf-8")):
        found.append("the clauses that are partly here and the table of what they lack are not the same")
    return found


def write() -> None:
    text = TABLE.read_text(encoding="utf-8")
    known = {row[0] for row in listed(text)}
    code, tests = resolved(code_citations(), known), resolved(marked_by_tests(), known)

    def row(match: re.Match[str]) -> str:
        clause, says, state = match[1], match[2], match[3]
        where, held = columns(clause, code, tests)
        return f"| {clause} | {says} | {state} | {where} | {held} |"

    TABLE.write_text(ROW.sub(row, text), encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    problems = disagreements()
    print("\n".join(problems) or f"{EXPECTED_CLAUSES} clauses: document, code and tests agree.")
    sys.exit(bool(problems))
