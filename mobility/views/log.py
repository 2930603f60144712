"""The log as the auditor and the administrator read it: rows, one row, and whether the chain holds."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from applications.views.requests import PersonRequest
from mobility import chain
from mobility import log as the_log
from mobility.forms import LogFilters
from mobility.models import LogCheck, LogEntry
from mobility.permissions import is_auditor, reads_log
from mobility.services import log_search
from mobility.views.log_links import links_of

CHECKS_SHOWN = 30


def for_readers(view: Callable[..., Any]) -> Callable[..., Any]:
    """Whoever doesn't read the log gets 403."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> Any:
        if not reads_log.test(request.user):
            raise PermissionDenied("log")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_readers
def log(request: PersonRequest) -> HttpResponse:
    """The rows that fit the filters in the address, newest first."""
    form = LogFilters(request.GET)
    wanted = form.wanted()
    page = log_search.page(log_search.search(wanted, by=request.user), before=wanted["before"])
    links = links_of(page.entries, request.user)
    context = {
        "form": form,
        "rows": [(entry, links.get((entry.object_type, entry.object_id))) for entry in page.entries],
        "older": page.older,
        "of_one": next(iter(links.values()), None) if wanted["kind"] and wanted["thing"] else None,
        "filters": form.address(),
        "whole": is_auditor.test(request.user),
    }
    return render(request, "log/log.html", context)


@require_safe
@for_readers
def log_entry(request: PersonRequest, number: int) -> HttpResponse:
    """What one row says, column by column, and how its hash comes about."""
    readable = LogEntry.objects.visible_to(request.user).select_related("actor", "behalf_of")
    entry = get_object_or_404(readable, pk=number)
    context = {
        "entry": entry,
        "link": links_of([entry], request.user).get((entry.object_type, entry.object_id)),
        "facts": sorted(entry.data.items()) if isinstance(entry.data, dict) else [],
        "canonical": chain.canonical(entry.as_row()).decode(),
        "next": readable.filter(pk__gt=number).order_by("pk").first(),
        "previous": readable.filter(pk__lt=number).order_by("-pk").first(),
    }
    return render(request, "log/entry.html", context)


@require_safe
@for_readers
def log_checks(request: PersonRequest) -> HttpResponse:
    """The last readings of the chain, and the head to note down."""
    number, head = the_log.head()
    checks = list(LogCheck.objects.all()[:CHECKS_SHOWN])
    context = {
        "checks": checks,
        "latest": checks[0] if checks else None,
        "number": number,
        "head": head,
    }
    return render(request, "log/checks.html", context)
