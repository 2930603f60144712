"""Tables to take away hold text, whatever somebody typed."""

import csv
import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from mobility.spreadsheets import csv_text, plain, workbook

ROOT = Path(__file__).parents[2]
FORMULAS = [
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_csv_cell_is_no_formula(name):
    (row,) = csv.reader(io.StringIO(csv_text([[name, "Eva"]])))
    assert row == [f"'{name}", "Eva"]


@pytest.mark.parametrize("cell", ["Eva", "", "a=b", -5, 3.5, None, "'quoted"])
def test_what_is_no_formula_stays_as_it_is(cell):
    assert plain(cell) == cell


@pytest.mark.parametrize("name", [*FORMULAS, "http://evil.example", "12345"])
def test_an_xlsx_cell_is_text(name):
    target = io.BytesIO()
    book = workbook(target)
    book.add_worksheet().write(0, 0, name)
    book.close()
    cell = load_workbook(io.BytesIO(target.getvalue())).active["A1"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)


def test_all_tables_to_take_away_are_written_in_one_place():
    writes = re.compile(r"csv\.writer|csv\.DictWriter|xlsxwriter|Workbook\(")
    found = {
        str(path.relative_to(ROOT))
        for folder in ("mobility", "applications", "scholarships", "recognition")
        for path in (ROOT / folder).rglob("*.py")
        if writes.search(path.read_text(encoding="utf-8"))
    }
    # The demo writes a table for the portal's own import, which nobody opens.
    assert found == {"mobility/spreadsheets.py", "mobility/management/demo/partners.py"}
