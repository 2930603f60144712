"""The result of a run: overview, ranking, placements, grants, ties. Public once it is published."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from applications.models import Entry, Run
from applications.workflow import RUN
from mobility.models import Document, Job
from mobility.permissions import is_nmci, sees_operations
from scholarships import overviews
from scholarships.forms import RankingFilter
from scholarships.pictures import bars

PER_PAGE = 100


def visible_run(request: HttpRequest, public_id: str) -> Run:
    """The run, if the person may see it; 404 otherwise."""
    runs = Run.objects.visible_to(request.user).select_related(
        "call", "created_by", "homologation__by", "homologation__on_behalf_of"
    )
    return get_object_or_404(runs, public_id=public_id)


def decided_run(request: HttpRequest, public_id: str) -> Run:
    """The same, for pages that only a run with an outcome has."""
    run = visible_run(request, public_id)
    if run.state not in Run.WITH_OUTCOME:
        raise Http404
    return run


@login_not_required
@require_safe
def run(request: HttpRequest, public_id: str) -> HttpResponse:
    """The whole at a glance, and what is to be done next by whom."""
    run = visible_run(request, public_id)
    staff = sees_operations.test(request.user)
    context: dict[str, Any] = {
        "run": run,
        "call": run.call,
        "staff": staff,
        "job": _job(run),
        "homologation": overviews.homologation(run),
    }
    if run.state in Run.WITH_OUTCOME:
        context |= {
            "totals": overviews.totals(run),
            "by_clause": overviews.by_clause(run),
            "opinions_missing": overviews.opinions_never_given(run),
            "changes": overviews.changes(run),
            "documents": Document.objects.filter(object_type="applications.run", object_id=run.pk).order_by(
                "kind", "language"
            ),
        }
    if staff:
        confirmations = overviews.confirmations(run)
        context |= {
            "timeline": overviews.timeline(run),
            "confirmations": confirmations,
            "confirmed": sum(1 for row in confirmations if row.confirmation),
            "orphans": [row.programme.code for row in confirmations if not (row.coordinators or row.confirmation)],
            "may_publish": RUN.allows(request.user, "publish", run),
            "may_homologate": RUN.allows(request.user, "homologate", run),
            "is_office": is_nmci.test(request.user),
        }
    return render(request, "scholarships/run.html", context)


def _job(run: Run) -> Job | None:
    return Job.objects.filter(kind="run", subject_id=run.pk).first()


@login_not_required
@require_safe
def ranking(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everybody in order (Art. 7(1)); names to staff alone."""
    run = decided_run(request, public_id)
    names = sees_operations.test(request.user)
    filters = RankingFilter(request.GET, run=run, names=names)
    entries = run.entries.select_related(
        "application",
        "programme",
        "placement__institution",
        "award",
        *(["application__student__user"] if names else []),
    ).defer("figures")
    if filters.is_valid():
        entries = _filtered(entries, filters.cleaned_data, names)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "call": run.call,
        "names": names,
        "filters": filters,
        "page": page,
        "rows": overviews.with_awards(page),
        "tab": "ranking",
    }
    return render(request, "scholarships/run_ranking.html", context)


def _filtered(entries: QuerySet[Entry], chosen: dict[str, Any], names: bool) -> QuerySet[Entry]:
    if chosen["q"]:
        wanted = Q(application__reference__iexact=chosen["q"].strip())
        if names:
            wanted |= Q(application__student__number__iexact=chosen["q"].strip())
            wanted |= Q(application__student__user__name__icontains=chosen["q"].strip())
        entries = entries.filter(wanted)
    if chosen["programme"]:
        entries = entries.filter(programme=chosen["programme"])
    if chosen["tier"]:
        entries = entries.filter(tier=chosen["tier"])
    return _with_outcome(entries, chosen["outcome"])


def _with_outcome(entries: QuerySet[Entry], outcome: str) -> QuerySet[Entry]:
    match outcome:
        case "placed":
            return entries.filter(placement__isnull=False)
        case "unplaced":
            return entries.filter(placement__isnull=True, rank__isnull=False)
        case "tied":
            return entries.exclude(tied_with=[])
        case "erasmus" | "santander":
            return entries.filter(award__scheme=outcome)
    return entries


@login_not_required
@require_safe
def placements(request: HttpRequest, public_id: str) -> HttpResponse:
    """Destination by destination: places, how many are filled, and the average of the last one (Art. 6(3))."""
    run = decided_run(request, public_id)
    rows = overviews.placements(run)
    picture = bars((str(row.destination), row.destination.places, row.filled) for row in rows)
    context = {
        "run": run,
        "call": run.call,
        "rows": rows,
        "bars": picture,
        "places": sum(row.destination.places for row in rows),
        "filled": sum(row.filled for row in rows),
        "tab": "placements",
    }
    return render(request, "scholarships/run_placements.html", context)


@login_not_required
@require_safe
def grants(request: HttpRequest, public_id: str) -> HttpResponse:
    """Both distributions with their whole working (Art. 8(6), 9(3))."""
    run = decided_run(request, public_id)
    names = sees_operations.test(request.user)
    shares, sequence = overviews.shares(run), overviews.sequence(run)
    context = {
        "run": run,
        "call": run.call,
        "names": names,
        "shares": shares,
        "sums": overviews.sums(shares),
        "sequence": sequence,
        "grid": overviews.hondt_grid(shares, sequence),
        "santander": overviews.santander(run),
        "tab": "grants",
    }
    return render(request, "scholarships/run_grants.html", context)


@login_not_required
@require_safe
def ties(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who was equal under Art. 7(1), and the lots that were drawn, for anyone to draw again."""
    run = decided_run(request, public_id)
    groups = overviews.ties(run)
    page = Paginator(groups, 50).get_page(request.GET.get("page"))
    context = {"run": run, "call": run.call, "page": page, "seed": run.call.draw_seed, "tab": "ties"}
    return render(request, "scholarships/run_ties.html", context)
