"""What is wrong with a file, by row and column."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Problem:
    """Says what is wrong and what to do, in the reader's language; rows as a spreadsheet numbers them, from 1.

    No row: the whole file. Also used for notices: things that were dealt with and that a person should know.
    """

    message: str
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        if self.row is None:
            return self.message
        if not self.column:
            return _("Row %(row)s: %(message)s") % {"row": self.row, "message": self.message}
        return _("Row %(row)s, column “%(column)s”: %(message)s") % {
            "row": self.row,
            "column": self.column,
            "message": self.message,
        }


class ImportRefused(Exception):  # noqa: N818  # a refusal is an answer, not an error
    """The file can't be imported as it is; nothing was written."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(problem) for problem in problems[:5]))
        self.problems = list(problems)


def refuse(message: str, row: int | None = None, column: str = "") -> ImportRefused:
    return ImportRefused(Problem(message, row, column))
