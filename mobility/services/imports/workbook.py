"""XLSX: the first sheet with something in it, refused where a person's eye sees more than a table."""

import datetime
import io
import re
import zipfile
import zlib
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from mobility.services.imports.problems import ImportRefused, Problem, refuse
from mobility.services.imports.sheets import MOST_ROWS, Sheet

LARGEST_UNPACKED = 60 * 1024 * 1024
"""Bytes that the archive says it unpacks to; it can't unpack to more than it says."""

MOST_FILES = 200
MOST_COLUMNS = 100
BLANK_ROWS = 10 * MOST_ROWS
_MERGED = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"')
# What openpyxl raises on an archive that is no workbook, or half of one; a SyntaxError is any parser's of XML.
_BROKEN = (zipfile.BadZipFile, zlib.error, SyntaxError, InvalidFileException, KeyError, ValueError, TypeError)
_BROKEN += (AttributeError, IndexError, OSError, EOFError, NotImplementedError)  # type: ignore[assignment]  # a longer tuple


def read(content: bytes) -> Sheet:
    """Rows of the first sheet that isn't empty. Raises ImportRefused."""
    try:
        merged = _merged_cells(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        full = [(page, sheet) for page in book.worksheets if (sheet := _sheet(page)).rows]
    except _BROKEN as error:
        raise refuse(_("The workbook is damaged or cut short. Open it, save it as .xlsx, and try again.")) from error
    if not full:
        raise refuse(_("Every sheet of the workbook is empty."))
    page, sheet = full[0]
    if merged.get(book.worksheets.index(page)):
        cells = ", ".join(merged[book.worksheets.index(page)][:10])
        raise refuse(
            _("Merged cells in sheet “%(sheet)s”: %(cells)s. Split them, so that every row says everything.")
            % {"sheet": page.title, "cells": cells}
        )
    if len(full) > 1:
        sheet.notices.append(Problem(_("Only the sheet “%(sheet)s” was read.") % {"sheet": page.title}))
    if sheet.rows[0][0] > 1:
        sheet.notices.append(Problem(_("Blank lines above the column names were skipped.")))
    return sheet


def _merged_cells(content: bytes) -> dict[int, list[str]]:
    """Ranges of merged cells by sheet, from the archive itself: reading row by row, openpyxl doesn't see them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = archive.infolist()
        if len(files) > MOST_FILES or sum(file.file_size for file in files) > LARGEST_UNPACKED:
            raise refuse(
                _("The workbook unpacks to more than %(most)s MB; divide it.") % {"most": LARGEST_UNPACKED // 1024**2}
            )
        names = [file.filename for file in files if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", file.filename)]
        names.sort(key=lambda name: int(re.sub(r"\D", "", name)))
        return {
            index: [cell.decode() for cell in _MERGED.findall(archive.read(name))] for index, name in enumerate(names)
        }


def _sheet(page: Any) -> Sheet:
    sheet = Sheet()
    # The size that the file claims may be a million rows of nothing; the cells say what there is.
    page.reset_dimensions()
    for number, cells in enumerate(page.iter_rows(max_col=MOST_COLUMNS), start=1):
        written = any(cell.value is not None for cell in cells)
        if (written and number > MOST_ROWS + 1) or number > BLANK_ROWS:
            raise refuse(_("the file has more than %(most)s rows; divide it.") % {"most": MOST_ROWS}, number)
        if written:
            sheet.add(number, [_text(number, cell) for cell in cells])
    width = max(
        (index for _number, cells in sheet.rows for index, cell in enumerate(cells, start=1) if cell), default=0
    )
    sheet.rows = [(number, cells[:width]) for number, cells in sheet.rows]
    return sheet


def _text(number: int, cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f" or (isinstance(value, str) and value.startswith("=")):
        raise ImportRefused(
            Problem(_("formulas aren't read. Paste the values instead (“paste special”)."), number, cell.column_letter)
        )
    if cell.data_type == "e":
        raise ImportRefused(
            Problem(_("the cell holds an error, “%(value)s”.") % {"value": value}, number, cell.column_letter)
        )
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
