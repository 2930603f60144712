"""The ranking of a run as a spreadsheet."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Run
from mobility.names import readable
from mobility.spreadsheets import workbook
from mobility.templatetags.states import TIERS


def ranking(run: Run, *, names: bool) -> IO[bytes]:
    """Everybody in the run in order, as XLSX; ``names`` adds student number and name, for staff.

    The caller closes the file, which is then gone. The same run gives the same cells.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  # handed to the response, which closes it
    book = workbook(file)
    book.set_properties({"title": str(run), "created": timezone.localtime(run.decided_at).replace(tzinfo=None)})
    sheet = book.add_worksheet(_("Ranking"))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 20, 16)
    # Number format 2 is the built-in one with two decimals.
    bold, average = book.add_format({"bold": True}), book.add_format({"num_format": 2})
    for column, title in enumerate(_titles(names)):
        sheet.write_string(0, column, title, bold)
    for index, values in enumerate(_rows(run, names), start=1):
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(index, column, value)
            elif value is not None:
                sheet.write_number(index, column, value, average if column == AVERAGE + 2 * names else None)
    book.close()
    file.seek(0)
    return file


AVERAGE, PLACED_AT = 5, 6


def _titles(names: bool) -> list[str]:
    who = [_("Student number"), _("Name")] if names else []
    return [
        _("Rank"),
        _("Reference"),
        *who,
        _("Master programme"),
        _("Tier"),
        _("Clause"),
        _("Average"),
        _("Placed at"),
        _("Preference"),
        _("Grant"),
        _("Semesters funded"),
        _("Provisional"),
        _("Tied with"),
    ]


def _rows(run: Run, names: bool) -> Iterator[list[Any]]:
    who = ("application__student__number", "application__student__user__name") if names else ()
    rows = run.entries.order_by("position").values_list(
        "rank",
        "application__reference",
        *who,
        "programme__code",
        "tier",
        "basis",
        "average",
        "placement__institution__name",
        "preference",
        "award__scheme",
        "award__semesters",
        "award__provisional",
        "tied_with",
    )
    for row in rows.iterator(chunk_size=2000):
        values = list(row)
        values[3 + 2 * names] = str(TIERS[values[3 + 2 * names]][1])
        values[PLACED_AT + 2 * names] = readable(values[PLACED_AT + 2 * names] or "") or None
        values[-2] = _("yes") if values[-2] else None
        values[-1] = ", ".join(values[-1]) or None
        yield values
