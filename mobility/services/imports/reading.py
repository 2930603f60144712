"""A file as rows of text, whatever it was: the one reader that all imports share."""

from pathlib import PurePath

from django.utils.translation import gettext as _

from mobility.services.imports import delimited, records, workbook
from mobility.services.imports.problems import Problem, refuse
from mobility.services.imports.sheets import Sheet

LARGEST = 10 * 1024 * 1024
"""Bytes; the European list of charter holders is one tenth of it."""


def read(name: str, content: bytes) -> Sheet:
    """Read CSV, XLSX or JSON, told apart by what they contain. Raises ImportRefused."""
    if len(content) > LARGEST:
        raise refuse(_("The file is larger than %(most)s MB; divide it.") % {"most": LARGEST // 1024**2})
    if not content.strip(b"\x00 \t\r\n"):
        raise refuse(_("The file is empty."))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV in UTF-8."))
    if content.startswith(b"PK"):
        sheet = workbook.read(content)
    elif PurePath(name).suffix.lower() == ".json":
        sheet = records.read(content)
    elif PurePath(name).suffix.lower() in {".csv", ".tsv", ".txt", ""}:
        sheet = delimited.read(content)
    else:
        raise refuse(_("“%(name)s” is neither CSV, XLSX nor JSON.") % {"name": name})
    if not sheet.rows:
        raise refuse(_("The file has no rows."))
    if sheet.spaces:
        message = _("Non-breaking spaces in %(count)s cells were read as ordinary spaces.") % {"count": sheet.spaces}
        sheet.notices.append(Problem(message))
    return sheet
