"""Runs every `bench_*.py` beside this file and prints one table; fails when a bar is missed.

`python -m benchmarks engine dhondt` runs only those. A module has `run() -> Iterable[Row]`.
"""

import importlib
import sys
from pathlib import Path

from benchmarks.measure import Row

HEAD = ("name", "measured", "floor", "ratio", "bar", "ok")


def main(wanted: list[str]) -> int:
    """0: every bar was kept; 1: one was missed."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    rows: list[Row] = []
    for name in names:
        if not wanted or name.removeprefix("bench_") in wanted:
            print(f"running {name} ...", file=sys.stderr, flush=True)
            rows += importlib.import_module(f"benchmarks.{name}").run()
    print(table(rows))
    return 0 if all(row.ok for row in rows) else 1


def table(rows: list[Row]) -> str:
    """Aligned columns, the names to the left and the figures to the right."""
    cells = [HEAD, *map(_cells, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    lines = []
    for name, *figures in cells:
        right = [figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True)]
        lines.append("  ".join([name.ljust(widths[0]), *right]))
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    bar = "" if row.bar is None else f"{row.bar:g}"
    verdict = "" if row.bar is None else "yes" if row.ok else "NO"
    return row.name, row.measured, row.floor, f"{row.ratio:.2f}", bar, verdict


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
