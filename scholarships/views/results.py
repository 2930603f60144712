"""Publication: the office's last step, and what everybody reads afterwards."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.forms.results import ResultFilters
from applications.models import Preference, Run
from applications.services import runs
from applications.views.requests import PersonRequest
from applications.workflow import RUN
from mobility.models import Call, Document, User
from mobility.permissions import is_nmci, sees_operations
from mobility.workflow import TransitionRefused
from scholarships import overviews
from scholarships.pictures import bars

PER_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The office publishes a homologated run: who will be told, what it replaces, one button (Art. 6(2))."""
    if not is_nmci.test(request.user):
        raise PermissionDenied
    run = get_object_or_404(
        Run.objects.visible_to(request.user)
        .filter(state__in=Run.WITH_OUTCOME)
        .select_related("call", "homologation__by", "homologation__on_behalf_of"),
        public_id=public_id,
    )
    if request.method == "POST":
        try:
            runs.publish(run=run, by=request.user)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("publish_run", public_id=public_id)
        messages.success(request, _("The result is published and every candidate is being told by e-mail."))
        return redirect("results", code=run.call.code)
    earlier = Run.objects.filter(call=run.call_id, state=Run.State.PUBLISHED).exclude(pk=run.pk).first()
    context = {
        "run": run,
        "call": run.call,
        "totals": overviews.totals(run),
        "earlier": earlier,
        "changes": overviews.changes(run) if earlier else None,
        "verdict": getattr(run, "homologation", None),
        "may_publish": RUN.allows(request.user, "publish", run),
    }
    return render(request, "results/publish.html", context)


def _published(request: HttpRequest, code: str) -> tuple[Call, Run | None]:
    """The call, which is there for everybody once it isn't a draft, and its published run if there is one."""
    call = get_object_or_404(Call.objects.visible_to(request.user), code=code)
    return call, call.runs.filter(state=Run.State.PUBLISHED).select_related(
        "homologation__by", "homologation__on_behalf_of"
    ).first()


@login_not_required
@require_safe
def results(request: HttpRequest, code: str) -> HttpResponse:
    """The public ranking list. References stand for names (docs/adr/0006), but to staff."""
    call, run = _published(request, code)
    if run is None:
        return render(request, "results/none.html", {"call": call})
    filters = ResultFilters(request.GET, run=run)
    entries = run.entries.select_related(
        "application__student__user", "programme", "placement__institution", "award"
    ).defer("figures")
    page = Paginator(filters.applied(entries), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "call": call,
        "run": run,
        "verdict": getattr(run, "homologation", None),
        "filters": filters,
        "page": page,
        "rows": [(entry, getattr(entry, "award", None)) for entry in page],
        "totals": overviews.totals(run),
        "shares": overviews.shares(run),
        "documents": list(Document.objects.filter(object_type="applications.run", object_id=run.pk)),
        **_reader(request, run),
    }
    return render(request, "results/results.html", context)


def _reader(request: HttpRequest, run: Run) -> dict[str, Any]:
    """Whose names the reader sees: all of them, those of the own programmes, or nobody's; and the own entry."""
    user = request.user
    if not isinstance(user, User):
        return {"all_names": False, "named_programmes": set(), "own": None}
    own = run.entries.filter(application__student__user=user).select_related("application").first()
    return {
        "all_names": sees_operations.test(user),
        "named_programmes": user.coordinated_programme_ids,
        "own": own,
    }


@login_not_required
@require_safe
def result_destinations(request: HttpRequest, code: str) -> HttpResponse:
    """Destination by destination: places, who asked for them, who got them, the average of the last one."""
    call, run = _published(request, code)
    if run is None:
        return render(request, "results/none.html", {"call": call})
    asked = {
        destination: (first, anyhow)
        for destination, first, anyhow in Preference.objects.filter(application__entries__run=run)
        .order_by()
        .values_list("destination")
        .annotate(first=Count("pk", filter=Q(order=1)), anyhow=Count("pk"))
    }
    rows = [(row, *asked.get(row.destination.pk, (0, 0))) for row in overviews.placements(run)]
    picture = bars((str(row.destination), row.destination.places, first) for row, first, _anyhow in rows)
    context = {
        "call": call,
        "run": run,
        "rows": rows,
        "bars": picture,
        "places": sum(row.destination.places for row, *_counts in rows),
        "filled": sum(row.filled for row, *_counts in rows),
    }
    return render(request, "results/destinations.html", context)
