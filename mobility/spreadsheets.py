"""The one place that all tables to take away go through: what a person typed stays text in every program.

A name such as ``=HYPERLINK(...)`` would otherwise be a formula, run by whoever opens the table.
"""

import csv
import io
from collections.abc import Iterable
from typing import IO, Any

from xlsxwriter import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# With these a spreadsheet program begins a formula, also after it has taken out the quotation marks of a CSV file.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Rows go to disk one at a time.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


def workbook(file: IO[bytes]) -> Workbook:
    """An XLSX file to be written, in which no text becomes a formula or a link."""
    return Workbook(file, OPTIONS)


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as CSV; a text that a program would take for a formula gets an apostrophe, as one types it there."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return text.getvalue()


def plain(cell: Any) -> Any:
    """A cell that is read as it is written; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(BEGINS_FORMULA) else cell
