"""The board's pages: the queue, and each run on one page with its totals, its exceptions and its hash."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.forms.board import ReturnForm
from applications.models import Entry, Homologation, Run
from applications.services import runs
from applications.views.requests import PersonRequest
from mobility.permissions import homologates_results, is_board, sees_operations
from mobility.workflow import TransitionRefused
from scholarships import overviews

# How many exceptions of a kind are written out; the link leads to all.
NAMED = 12
RECENT = 20


@require_safe
def board(request: PersonRequest) -> HttpResponse:
    """What waits for the board, what will come, and what it decided lately."""
    if not (is_board.test(request.user) or sees_operations.test(request.user)):
        raise PermissionDenied
    seen = Run.objects.visible_to(request.user).select_related("call").order_by("decided_at")
    coming = list(seen.filter(state=Run.State.DECIDED).annotate(confirmed=Count("confirmations", distinct=True)))
    programmes = dict(
        Entry.objects.filter(run__in=coming)
        .order_by()
        .values_list("run")
        .annotate(programmes=Count("programme", distinct=True))
    )
    decided = Homologation.objects.select_related("run__call", "by", "on_behalf_of").order_by("-at")[:RECENT]
    context = {
        "waiting": list(seen.filter(state=Run.State.CONFIRMED).annotate(candidates=Count("entries"))),
        "coming": [(run, programmes.get(run.pk, 0)) for run in coming],
        "decided": list(decided),
    }
    return render(request, "board/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def homologate(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One run, exceptions first, and the two verdicts (Art. 3(1)(b)); each is one press, a second does nothing."""
    if not sees_operations.test(request.user):
        raise PermissionDenied
    run = get_object_or_404(
        Run.objects.visible_to(request.user)
        .filter(state__in=Run.WITH_OUTCOME)
        .select_related("call", "created_by", "homologation__by", "homologation__on_behalf_of"),
        public_id=public_id,
    )
    form = ReturnForm(request.POST if "return" in request.POST else None)
    if request.method == "POST":
        if not homologates_results.test(request.user):
            raise PermissionDenied
        if "return" not in request.POST or form.is_valid():
            return _decide(request, run, form)
    return render(request, "board/run.html", _facts(request, run, form), status=422 if form.errors else 200)


def _decide(request: PersonRequest, run: Run, form: ReturnForm) -> HttpResponse:
    try:
        if "return" in request.POST:
            runs.return_run(run=run, reasons=form.cleaned_data["reasons"], by=request.user)
            messages.success(request, _("The run is returned. The mobility office (NMCI) has your reasons."))
        else:
            runs.homologate(run=run, decision_sha256=request.POST.get("decision_sha256", ""), by=request.user)
            messages.success(request, _("The run is homologated. The mobility office (NMCI) can publish it."))
    except (TransitionRefused, ValidationError) as refusal:
        messages.error(request, " ".join(getattr(refusal, "messages", [str(refusal)])))
    return redirect("homologate", public_id=run.public_id)


def _facts(request: PersonRequest, run: Run, form: ReturnForm) -> dict[str, Any]:
    shares = overviews.shares(run)
    by_programme = {share.programme_id: share for share in shares}
    merit = run.entries.filter(basis="5.5").select_related("application__student__user", "programme")
    tied = run.entries.exclude(tied_with=[]).select_related("application", "programme").order_by("position")
    changes = overviews.changes(run)
    return {
        "run": run,
        "call": run.call,
        "form": form,
        "may_decide": run.state == Run.State.CONFIRMED and homologates_results.test(request.user),
        "verdict": getattr(run, "homologation", None),
        "totals": overviews.totals(run),
        "merit": list(merit[:NAMED]),
        "merit_total": merit.count(),
        "tied": list(tied[:NAMED]),
        "unheard": overviews.opinions_never_given(run),
        "unused": [share for share in shares if share.unused],
        "changes": changes,
        "earlier_verdict": getattr(changes.previous, "homologation", None) if changes else None,
        "programmes": [(row, by_programme.get(row.programme.pk)) for row in overviews.confirmations(run)],
        "timeline": overviews.timeline(run),
    }
