"""The office at a glance, and one call with its figures, its dates and its grants."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import overviews as figures
from applications.models import Run
from applications.views.requests import PersonRequest
from mobility.models import Call, LogEntry, Scheme
from mobility.permissions import is_nmci, sees_operations
from mobility.services import calls, destinations
from mobility.services import messages as outbox
from mobility.workflow import CALL, TransitionRefused
from scholarships import overviews, troubles
from scholarships.forms import BudgetForm, DatesForm
from scholarships.models import Budget
from scholarships.pictures import bars
from scholarships.services import budgets


def seen_call(request: HttpRequest, code: str, *, office_only: bool = False) -> Call:
    """The call, for those who see operations (403 for others); to act on it, the office alone."""
    may = is_nmci if office_only else sees_operations
    if not may.test(request.user):
        raise PermissionDenied
    return get_object_or_404(Call.objects.visible_to(request.user), code=code)


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Every call with its numbers, whom its run waits for, and what went wrong (Art. 2(2))."""
    if not sees_operations.test(request.user):
        raise PermissionDenied
    calls_ = list(Call.objects.all())
    context = {
        "rows": _rows(calls_),
        "failed_jobs": troubles.failed_jobs(),
        "mail": troubles.mail_troubles(),
        "is_office": is_nmci.test(request.user),
    }
    return render(request, "scholarships/office.html", context)


@require_POST
def requeue_mail(request: PersonRequest) -> HttpResponse:
    """Try the e-mails that were given up once more (Art. 2(2))."""
    again = outbox.requeue_failed(by=request.user)
    if again:
        said = ngettext("%(n)s e-mail is in the queue again.", "%(n)s e-mails are in the queue again.", again)
        messages.success(request, said % {"n": again})
    else:
        messages.info(request, _("No e-mail had failed: there was nothing to put back in the queue."))
    return redirect("office")


def _rows(calls_: list[Call]) -> list[dict[str, Any]]:
    numbers = figures.numbers(calls_)
    runs: dict[int, Run] = {}
    for newer in Run.objects.filter(call__in=calls_).order_by("number"):
        runs[newer.call_id] = newer
    waiting = overviews.waiting([newest for newest in runs.values() if newest.state == Run.State.DECIDED])
    return [_row(call, numbers[call.pk], runs.get(call.pk), waiting) for call in calls_]


def _row(
    call: Call, numbers: Any, run: Run | None, waiting: dict[int, list[overviews.ConfirmationRow]]
) -> dict[str, Any]:
    rows = waiting.get(run.pk, []) if run else []
    # What nobody can confirm blocks the run, whatever the others do.
    orphans = [row.programme.code for row in rows if not row.coordinators]
    return {
        "call": call,
        "numbers": numbers,
        "run": run,
        "waiting": rows,
        "orphans": orphans,
        "orphan_codes": ", ".join(orphans),
    }


@require_safe
def call(request: HttpRequest, code: str) -> HttpResponse:
    """One call: facts, live demand, grants, runs."""
    return _call_page(request, seen_call(request, code))


def _call_page(
    request: HttpRequest, call: Call, *, dates: Form | None = None, budget: tuple[str, Form] | None = None
) -> HttpResponse:
    wanted = list(figures.destinations(call))
    context = {
        "call": call,
        "numbers": figures.numbers([call])[call.pk],
        "destinations": wanted,
        "places": sum(destination.places for destination in wanted),
        "bars": bars((str(d), d.places, d.wanted) for d in wanted),
        "programmes": figures.programmes(call),
        "budgets": _budgets(call, budget),
        "dates": dates or DatesForm(call=call),
        "runs": call.runs.select_related("created_by"),
        "timeline": LogEntry.objects.about(call),
        "is_office": is_nmci.test(request.user),
        "may_close": CALL.allows(request.user, "close", call),
        "may_open": CALL.allows(request.user, "open", call),
    }
    invalid = bool(dates or budget)
    return render(request, "scholarships/office_call.html", context, status=422 if invalid else 200)


def _budgets(call: Call, invalid: tuple[str, Form] | None) -> list[dict[str, Any]]:
    """The grants of the call's year and kind, scheme by scheme, each with its form."""
    stored = {b.scheme: b for b in Budget.objects.filter(academic_year=call.academic_year, kind=call.kind)}
    rows = []
    for scheme in Scheme:
        budget = stored.get(scheme)
        given = {"grants": budget.grants, "source": budget.source} if budget else None
        form = invalid[1] if invalid and invalid[0] == scheme else BudgetForm(initial=given, prefix=scheme.value)
        rows.append({"scheme": scheme, "clause": budgets.CLAUSES[scheme], "budget": budget, "form": form})
    return rows


@require_POST
def set_dates(request: HttpRequest, code: str) -> HttpResponse:
    call = seen_call(request, code, office_only=True)
    form = DatesForm(request.POST, call=call)
    if form.is_valid():
        try:
            calls.set_dates(call=call, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
    if form.errors:
        return _call_page(request, call, dates=form)
    messages.success(request, _("The dates are saved."))
    return redirect("office_call", code)


@require_POST
def set_budget(request: HttpRequest, code: str, scheme: str) -> HttpResponse:
    call = seen_call(request, code, office_only=True)
    form = BudgetForm(request.POST, prefix=scheme)
    if not form.is_valid():
        return _call_page(request, call, budget=(scheme, form))
    budgets.set_budget(
        academic_year=call.academic_year, kind=call.kind, scheme=scheme, **form.cleaned_data, by=request.user
    )
    messages.success(request, _("The number of grants is saved. It counts in the next run."))
    return redirect("office_call", code)


@require_POST
def load_destinations(request: HttpRequest, code: str) -> HttpResponse:
    """Take the call's destinations and places from the agreements of its year (Art. 6(3))."""
    call = seen_call(request, code, office_only=True)
    try:
        loaded = destinations.load_destinations(call=call, by=request.user)
    except TransitionRefused as refusal:
        messages.info(request, str(refusal))
    else:
        counted = {"new": loaded.created, "changed": loaded.changed, "same": loaded.unchanged}
        said = _("Destinations loaded: %(new)s new, %(changed)s changed, %(same)s as before.")
        messages.success(request, said % counted)
    return redirect("office_call", code)


@require_http_methods(["GET", "HEAD", "POST"])
def open_call(request: HttpRequest, code: str) -> HttpResponse:
    """Decide: open the call (Art. 3(1)(a))."""
    call = seen_call(request, code, office_only=True)
    problem = ""
    if request.method == "POST":
        try:
            calls.open_call(call=call, by=request.user)
        except TransitionRefused as refusal:
            messages.info(request, str(refusal))
            return redirect("office_call", code)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, _("The call is open."))
            return redirect("office_call", code)
    elif not CALL.allows(request.user, "open", call):
        return redirect("office_call", code)
    offered = list(call.destinations.values_list("places", flat=True))
    context = {
        "call": call,
        "destinations": len(offered),
        "places": sum(offered),
        "problem": problem,
    }
    return render(request, "scholarships/open_call.html", context, status=422 if problem else 200)
