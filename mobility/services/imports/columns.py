"""Columns and cells: which a kind of file has, and what each may hold."""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_countries import countries

from mobility.languages import LANGUAGES, language_code
from mobility.services.imports.problems import ImportRefused, Problem
from mobility.services.imports.sheets import Sheet

Parser = Callable[[str], Any]


class CellError(ValueError):
    """A cell that isn't what its column holds; says what is expected."""


@dataclass(frozen=True)
class Column:
    """``parse`` turns the text of a cell into a value or raises CellError; an empty optional cell is ``empty``."""

    name: str
    parse: Parser
    required: bool = True
    empty: Any = ""
    help: str | Promise = ""
    example: str = ""


@dataclass
class Row:
    number: int
    values: dict[str, Any]


@dataclass
class Table:
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)


def table(sheet: Sheet, columns: Sequence[Column], ignored: Sequence[str] = ()) -> Table:
    """Every cell read; a row with a problem is left out. Raises ImportRefused when the columns are wrong."""
    (number, header), *body = sheet.rows
    names = [_name(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    _check_header(number, names, columns, ignored)
    known = {column.name: column for column in columns}
    found = Table(notices=list(sheet.notices))
    if not body:
        raise ImportRefused(Problem(_("There are column names and no rows under them.")))
    for row_number, cells in body:
        if len(cells) < len(names) or any(cells[len(names) :]):
            message = _("cells in the row: %(found)s, columns: %(wanted)s. Look for a missing or stray separator.")
            found.problems.append(Problem(message % {"found": len(cells), "wanted": len(names)}, row_number))
            continue
        _read_row(found, row_number, [(known.get(name), cell) for name, cell in zip(names, cells, strict=False)])
    for column in columns:
        for row in found.rows:
            row.values.setdefault(column.name, column.empty)
    return found


def _name(cell: str) -> str:
    return re.sub(r"\s+", "_", cell.strip().casefold())


def _check_header(number: int, names: list[str], columns: Sequence[Column], ignored: Sequence[str]) -> None:
    problems = []
    wanted = ", ".join(column.name for column in columns)
    for index, name in enumerate(names):
        if name and name in names[:index]:
            problems.append(Problem(_("the column is there twice."), number, name))
        elif not name:
            problems.append(Problem(_("column %(index)s has no name.") % {"index": index + 1}, number))
        elif name not in ignored and name not in {column.name for column in columns}:
            message = _("this column isn't known. The columns are: %(wanted)s.") % {"wanted": wanted}
            problems.append(Problem(message, number, name))
    for column in columns:
        if column.required and column.name not in names:
            message = _("the column is missing. The columns are: %(wanted)s.") % {"wanted": wanted}
            problems.append(Problem(message, number, column.name))
    if problems:
        raise ImportRefused(*problems)


def _read_row(found: Table, number: int, cells: Sequence[tuple[Column | None, str]]) -> None:
    values: dict[str, Any] = {}
    problems = []
    for column, cell in cells:
        if column is None:
            continue
        if not cell and not column.required:
            values[column.name] = column.empty
            continue
        try:
            if not cell:
                raise CellError(_("the cell is empty."))
            values[column.name] = column.parse(cell)
        except CellError as error:
            problems.append(Problem(str(error), number, column.name))
    if problems:
        found.problems.extend(problems)
    else:
        found.rows.append(Row(number, values))


def text(longest: int) -> Parser:
    def parse(cell: str) -> str:
        if len(cell) > longest:
            raise CellError(_("longer than %(longest)s characters.") % {"longest": longest})
        return cell

    return parse


def pattern(regex: str, expected: str | Promise) -> Parser:
    def parse(cell: str) -> str:
        if not re.fullmatch(regex, cell):
            raise CellError(_("“%(cell)s” isn't %(expected)s.") % {"cell": cell[:60], "expected": expected})
        return cell

    return parse


def date(cell: str) -> datetime.date:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
            raise ValueError(cell)
        return datetime.date.fromisoformat(cell)
    except ValueError as error:
        raise CellError(
            _("“%(cell)s” isn't a date written YYYY-MM-DD, for instance 2026-03-25.") % {"cell": cell[:60]}
        ) from error


def whole(most: int) -> Parser:
    """A number of things, from 0."""

    def parse(cell: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", cell) or int(cell) > most:
            raise CellError(
                _("“%(cell)s” isn't a whole number from 0 to %(most)s.") % {"cell": cell[:60], "most": most}
            )
        return int(cell)

    return parse


def credit_points(cell: str) -> Decimal:
    """ECTS, with at most two decimals."""
    try:
        number = Decimal(cell) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", cell) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number != number.quantize(Decimal("0.01")):
        raise CellError(_("“%(cell)s” isn't a number of credits such as 6 or 7.5.") % {"cell": cell[:60]})
    return number


def one_of(choices: Mapping[str, Any]) -> Parser:
    def parse(cell: str) -> Any:
        if cell.casefold() not in choices:
            raise CellError(
                _("“%(cell)s” isn't one of: %(choices)s.") % {"cell": cell[:60], "choices": ", ".join(choices)}
            )
        return choices[cell.casefold()]

    return parse


def language(cell: str) -> str:
    """The code of a language."""
    try:
        return language_code(cell)
    except ValueError as error:
        message = _("“%(cell)s” isn't a language. Write its code, one of: %(codes)s; or its name, as in German.")
        raise CellError(message % {"cell": cell[:60], "codes": ", ".join(LANGUAGES)}) from error


def academic_year(cell: str) -> int:
    """2027 or 2027/2028: the first calendar year."""
    found = re.fullmatch(r"(20\d\d)(?:[/-](20\d\d|\d\d))?", cell)
    if not found or (found[2] and int(found[2]) % 100 != (int(found[1]) + 1) % 100):
        raise CellError(_("“%(cell)s” isn't an academic year such as 2027/2028.") % {"cell": cell[:60]})
    return int(found[1])


# The European Union writes Greece and the United Kingdom otherwise than ISO 3166.
_OTHERWISE = {"EL": "GR", "UK": "GB"}


def country(cell: str) -> str:
    code = _OTHERWISE.get(cell.upper(), cell.upper())
    if code not in dict(countries):
        raise CellError(_("“%(cell)s” isn't the two-letter code of a country.") % {"cell": cell[:60]})
    return code
