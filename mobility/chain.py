"""The log as a chain: each row's hash covers all of it and the hash of the row before. Standard library only.

Whoever has an exported log (one row as JSON a line) needs nothing but this file and Python to check it:

    python3 chain.py log.jsonl
    python3 chain.py log.jsonl --expect 1042:9f2c…

How a row is written out before it is hashed is said in docs/record.md; it never changes for rows that exist.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

# What the hash covers: every column but the hash itself.
FIELDS = (
    *("id", "at", "actor", "role", "behalf_of", "action", "object_type", "object_id"),
    *("clause", "from_state", "to_state", "reason", "data", "previous"),
)
# Stands before the first row.
GENESIS = "0" * 64

WHAT = {
    "altered": "this row does not say any more what it said when it was written",
    "missing": "the row that stood before it is gone, was altered, or this one was put in",
    "reordered": "it stands in another place than where it was written",
    "cut": "the log does not hold the row that was noted: its end was cut off, or all of it was written anew",
}


@dataclass(frozen=True)
class Fault:
    """The first row that fails (None: the one that was noted isn't there), and how: a key of WHAT."""

    kind: str
    row: Row | None


@dataclass(frozen=True)
class Verdict:
    """How many rows were found good, the number and the hash of the last one, and what stopped the reading."""

    count: int
    number: int
    head: str
    fault: Fault | None = None


def instant(at: datetime) -> str:
    """An aware instant as the chain writes it: UTC, always six decimals, Z."""
    return at.astimezone(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")  # noqa: UP017  # also runs on older Pythons


def canonical(row: Row) -> bytes:
    """The bytes that are hashed: the FIELDS as JSON in UTF-8, keys sorted, no spaces, nothing escaped needlessly."""
    fields = {name: row[name] for name in FIELDS}
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(row: Row) -> str:
    """SHA-256 of the canonical row, in hexadecimal."""
    return hashlib.sha256(canonical(row)).hexdigest()


def line(row: Row) -> str:
    """A row with its hash, as one line of an exported log."""
    fields = {name: row[name] for name in (*FIELDS, "hash")}
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def check(
    rows: Iterable[Row],
    *,
    known: Callable[[str], bool],
    start: Verdict = Verdict(0, 0, GENESIS),  # frozen, so shared safely
    expect: tuple[int, str] | None = None,
) -> Verdict:
    """Read the rows in order after ``start`` and stop at the first that fails; memory doesn't grow with them.

    ``known`` says whether some row of the log has this hash. ``expect``: number and hash of a row that was noted.
    """
    count, number, head = start.count, start.number, start.head
    met = expect is None or expect == (number, head)
    for row in rows:
        fault = _fault(row, head, known)
        if fault:
            return Verdict(count, number, head, Fault(fault, row))
        count, number, head = count + 1, row["id"], row["hash"]
        met = met or expect == (number, head)
    return Verdict(count, number, head, None if met else Fault("cut", None))


def _fault(row: Row, head: str, known: Callable[[str], bool]) -> str:
    if row["previous"] != head:
        return "reordered" if known(row["previous"]) else "missing"
    return "" if digest(row) == row["hash"] else "altered"


def noted(text: str) -> tuple[int, str]:
    """A head as people note it, NUMBER:HASH. Raises ValueError."""
    number, _colon, head = text.strip().partition(":")
    if not number.isdecimal() or len(head) != len(GENESIS):
        raise ValueError("A noted head is NUMBER:HASH, for instance 1042:9f2c… with 64 digits.")
    return int(number), head.lower()


def tell(verdict: Verdict) -> str:
    """The verdict in one or two lines of English."""
    good = f"{verdict.count} rows are as they were written. Head: {verdict.number}:{verdict.head}"
    if verdict.fault is None:
        return good
    row = verdict.fault.row
    where = f"row {row['id']} ({row['at']}, {row['action']} {row['object_type']} {row['object_id']})" if row else "end"
    return f"FAILS at {where}: {WHAT[verdict.fault.kind]}.\nBefore it: {good}"


def read(path: Path) -> Iterator[Row]:
    """The rows of an exported log, one at a time."""
    with path.open(encoding="utf-8") as lines:
        for text in lines:
            if text.strip():
                yield json.loads(text)


def main(arguments: list[str]) -> int:
    """0: the exported log is as it was written; 1: it isn't."""
    parser = argparse.ArgumentParser(description="Check an exported log of the mobility portal.")
    parser.add_argument("file", type=Path, help="the log as exported, one row of JSON a line")
    parser.add_argument("--expect", type=noted, metavar="NUMBER:HASH", help="a head that was noted earlier")
    given = parser.parse_args(arguments)
    verdict = check(
        read(given.file), known=lambda wanted: any(r["hash"] == wanted for r in read(given.file)), expect=given.expect
    )
    print(tell(verdict))
    return 1 if verdict.fault else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
