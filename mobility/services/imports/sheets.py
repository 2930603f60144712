"""What every reader gives: rows of cleaned text with their numbers in the file."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from mobility.services.imports.problems import Problem, refuse

MOST_ROWS = 50_000


@dataclass
class Sheet:
    """Rows with their number in the file; blank ones are left out. ``notices``: what was dealt with on the way."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    spaces: int = 0

    def add(self, number: int, cells: list[str]) -> None:
        cleaned = [self._cleaned(cell) for cell in cells]
        if not any(cleaned):
            return
        if len(self.rows) > MOST_ROWS:
            raise refuse(_("the file has more than %(most)s rows; divide it.") % {"most": MOST_ROWS}, number)
        for index, cell in enumerate(cleaned):
            _readable(number, index, cell)
        self.rows.append((number, cleaned))

    def _cleaned(self, cell: str) -> str:
        if "\u00a0" in cell or "\u202f" in cell or "\u2007" in cell:
            self.spaces += 1
            cell = re.sub("[\u00a0\u202f\u2007]", " ", cell)
        return cell.strip()


# What UTF-8 looks like after a program took it for Windows-1252 and saved it again.
_MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bf]|â€|\ufffd")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def _readable(number: int, index: int, cell: str) -> None:
    if _MOJIBAKE.search(cell):
        raise refuse(
            _(
                "the accents in “%(cell)s” were lost in an earlier conversion (column %(column)s). "
                "Export the file again from where it came from, as UTF-8."
            )
            % {"cell": cell[:60], "column": index + 1},
            number,
        )
    if _CONTROL.search(cell):
        raise refuse(
            _("there is a control character in column %(column)s; this isn't text.") % {"column": index + 1}, number
        )
