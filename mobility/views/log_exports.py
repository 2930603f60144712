"""The log to take away: rows as CSV or spreadsheet, and the whole of it for checking without the portal."""

import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.views.requests import PersonRequest
from mobility import chain, limits
from mobility import log as the_log
from mobility.forms import LogFilters
from mobility.models import LogEntry, standing_in
from mobility.permissions import is_auditor
from mobility.services import log_search
from mobility.spreadsheets import XLSX, csv_text, workbook
from mobility.templatetags.look import happened
from mobility.templatetags.states import THINGS
from mobility.views.log import for_readers

# Beyond this a browser would wait too long for a spreadsheet; CSV has no limit.
MOST_ROWS = 50_000
AT_A_TIME = 2000


@require_safe
@for_readers
@limits.limited("export")
def log_csv(request: PersonRequest) -> StreamingHttpResponse:
    """The rows that fit the filters, oldest first, as they are read from the database."""
    lines = _csv([_titles()], _rows(_noted(request, "csv")))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="log.csv"'
    return response


@require_safe
@for_readers
@limits.limited("export")
def log_xlsx(request: PersonRequest) -> FileResponse | HttpResponse:
    """The same as a spreadsheet."""
    form = LogFilters(request.GET)
    if log_search.search(form.wanted(), by=request.user)[MOST_ROWS : MOST_ROWS + 1].exists():
        messages.error(
            request,
            _("More than %(most)s rows don't go into a spreadsheet. Narrow the filter, or take CSV.")
            % {"most": MOST_ROWS},
        )
        return redirect(f"{reverse('log')}?{form.address()}")
    file = tempfile.TemporaryFile()  # noqa: SIM115  # handed to the response, which closes it
    book = workbook(file)
    sheet = book.add_worksheet(_("Log"))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 20, 20)
    for number, values in enumerate([_titles(), *_rows(_noted(request, "xlsx"))]):
        for column, value in enumerate(values):
            sheet.write_string(number, column, str(value))
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="log.xlsx", content_type=XLSX)


@require_safe
@for_readers
@limits.limited("export")
def log_jsonl(request: PersonRequest) -> StreamingHttpResponse:
    """The whole log, row by row with its hash, for ``python3 chain.py``; the auditor's alone."""
    if not is_auditor.test(request.user):
        raise PermissionDenied("log_jsonl")
    log_search.note_export(form="jsonl", wanted={}, by=request.user)
    response = StreamingHttpResponse(
        (chain.line(row) + "\n" for row in the_log.rows()), content_type="application/jsonl; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="log.jsonl"'
    return response


def _noted(request: PersonRequest, form: str) -> QuerySet[LogEntry]:
    wanted = LogFilters(request.GET).wanted()
    log_search.note_export(form=form, wanted=wanted, by=request.user)
    return log_search.search(wanted, by=request.user)


def _titles() -> list[str]:
    return [
        *(_("Number"), _("When"), _("Who"), _("E-mail"), _("Role"), _("In the place of"), _("What"), _("Kind of file")),
        *(_("About"), _("Clause"), _("From"), _("To"), _("Reason"), _("Details"), "SHA-256"),
    ]


def _rows(found: QuerySet[LogEntry]) -> Iterator[list[Any]]:
    for entry in found.order_by("pk").iterator(chunk_size=AT_A_TIME):
        yield [
            entry.pk,
            timezone.localtime(entry.at).isoformat(timespec="seconds"),
            entry.actor or _("the portal"),
            entry.actor.email if entry.actor else "",
            entry.role,
            standing_in(entry.role, entry.behalf_of),
            happened(entry),
            THINGS.get(entry.object_type, entry.object_type),
            entry.object_id,
            entry.clause,
            entry.from_state,
            entry.to_state,
            entry.reason,
            ", ".join(f"{key}: {value}" for key, value in sorted(entry.data.items())),
            entry.hash,
        ]


def _csv(*parts: Iterable[list[Any]]) -> Iterator[str]:
    """With the byte order mark by which spreadsheets read the accents."""
    yield "\ufeff"
    for part in parts:
        for values in part:
            yield csv_text([[str(value) for value in values]])
