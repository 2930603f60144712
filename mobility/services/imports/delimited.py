"""CSV as it comes: any of three separators, UTF-8 or what Excel on Windows writes, blank lines on top."""

import codecs
import csv
import io

from django.utils.translation import gettext as _

from mobility.services.imports.problems import Problem, refuse
from mobility.services.imports.sheets import Sheet

SEPARATORS = ",;\t"
# Bytes that Windows-1252 doesn't define: a file with one of them isn't Windows-1252.
_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")


def read(content: bytes) -> Sheet:
    """Rows of a CSV file. Raises ImportRefused."""
    text, notices = decode(content)
    sheet = Sheet(notices=notices)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    number = 1
    try:
        for cells in lines:
            sheet.add(number, cells)
            number = lines.line_num + 1
    except csv.Error as error:
        raise refuse(
            _("this isn't CSV from here on (%(error)s). Look for a quotation mark that is never closed.")
            % {"error": error},
            number,
        ) from error
    if sheet.rows and sheet.rows[0][0] > 1:
        sheet.notices.append(Problem(_("Blank lines above the column names were skipped.")))
    return sheet


def decode(content: bytes) -> tuple[str, list[Problem]]:
    """Text, and a notice when the encoding wasn't UTF-8. Raises ImportRefused for what is no text at all."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(content, "utf-16"), [Problem(_("The file was read as UTF-16."))]
    nul = content.find(b"\x00")
    if nul >= 0:
        raise refuse(_("there is a NUL byte here; this isn't a text file."), content.count(b"\n", 0, nul) + 1)
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    if not _UNDEFINED.isdisjoint(content):
        raise refuse(_("the text is neither UTF-8 nor Windows-1252. Save the file as CSV in UTF-8."), line)
    notice = _(
        "The file isn't UTF-8 (first seen in row %(row)s) and was read as Windows-1252. "
        "Look at the accents below before you import it."
    )
    return content.decode("cp1252"), [Problem(notice % {"row": line})]


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise refuse(_("The file is cut short or damaged. Save it again as CSV in UTF-8.")) from error
    if "\x00" in text:
        raise refuse(
            _("there is a NUL byte here; this isn't a text file."), text.count("\n", 0, text.index("\x00")) + 1
        )
    return text


def _separator(text: str) -> str:
    """The separator that the first written line uses most; a file of one column has none."""
    first = next((line for line in io.StringIO(text) if line.strip(" \t\r\n,;\u00a0")), "")
    return max(SEPARATORS, key=first.count)
