"""The public pages of calls: what is open, until when, where one can go, and whether one qualifies."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.forms.student import DestinationFilter
from applications.models import Application, Run
from applications.services import history, standing
from applications.services.catalogue import by_country_name, matching
from applications.views.sentences import GRANT_REASONS, check_sentence
from mobility.models import Call, Destination, Programme, student_of

DESTINATIONS_A_PAGE = 25


@dataclass(frozen=True)
class Offer:
    """A destination, what happened to it in the last call, and to which programmes it is open (none: to all)."""

    destination: Destination
    past: history.Past | None
    codes: list[str]
    includes_own: bool


@dataclass(frozen=True)
class Row:
    """A call in the list, with the reader's own application to it."""

    call: Call
    application: Application | None
    published: bool


@login_not_required
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    calls = list(Call.objects.public().annotate(destinations_count=Count("destinations")))
    published = set(Run.objects.filter(state=Run.State.PUBLISHED).values_list("call_id", flat=True))
    mine = {}
    student = student_of(request.user)
    if student is not None:
        mine = {found.call_id: found for found in Application.objects.filter(student=student)}
    rows = [Row(call, mine.get(call.pk), call.pk in published) for call in calls]
    context = {
        "open": sorted((row for row in rows if row.call.accepts_at(now)), key=lambda row: row.call.closes_at),
        "upcoming": sorted(
            (row for row in rows if row.call.state == Call.State.OPEN and now < row.call.opens_at),
            key=lambda row: row.call.opens_at,
        ),
        "closed": [row for row in rows if row.call.state == Call.State.CLOSED or now >= row.call.closes_at],
    }
    return render(request, "applications/call_list.html", context)


@login_not_required
@require_safe
def call_page(request: HttpRequest, code: str) -> HttpResponse:
    call = get_object_or_404(Call.objects.visible_to(request.user), code=code)
    context = {
        "call": call,
        "accepting": call.is_accepting,
        "upcoming": call.state == Call.State.OPEN and timezone.now() < call.opens_at,
        "published": Run.objects.filter(call=call, state=Run.State.PUBLISHED).first(),
        **_own_standing(request, call),
        **_destinations(request, call),
    }
    return render(request, "applications/call.html", context)


def _own_standing(request: HttpRequest, call: Call) -> dict[str, Any]:
    """For a student: what there is of an application, and whether they qualify with today's record."""
    student = student_of(request.user)
    if student is None:
        return {"student": None}
    today = standing.today(student=student, call=call, on=timezone.localdate())
    checks = [check_sentence(check) for check in today.standing.checks] if today.standing else []
    return {
        "student": student,
        "today": today,
        "checks": checks,
        "grant_reason": GRANT_REASONS[today.grant.reason],
        "application": Application.objects.filter(call=call, student=student).first(),
    }


def _destinations(request: HttpRequest, call: Call) -> dict[str, Any]:
    """The destinations that the filters leave, with what happened to each in the last call."""
    filters = DestinationFilter(request.GET)
    filters.is_valid()
    typed = filters.cleaned_data.get("q", "")
    student = student_of(request.user)
    programme = Programme.objects.filter(code=filters.cleaned_data.get("programme", "")).first()
    if programme is None and student is not None and "programme" not in request.GET:
        programme = student.programme
    offered = call.destinations.all()
    total = offered.count()
    if programme is not None:
        offered = offered.open_to(programme.pk)
    found = matching(offered, typed).select_related("institution", "mobility_programme").prefetch_related("programmes")
    run = history.previous_run(call)
    past = history.demand(run) if run else {}
    shown: list[Destination] = by_country_name(found)
    page = Paginator(shown, DESTINATIONS_A_PAGE).get_page(filters.cleaned_data.get("page") or 1)
    own = student.programme.code if student is not None and student.programme else ""
    return {
        "page": page,
        "offers": [_offer(destination, past, own) for destination in page],
        "places": sum(destination.places for destination in shown),
        "total": total,
        "typed": typed,
        "programme": programme,
        "programmes": Programme.objects.all(),
        "previous": run,
    }


def _offer(destination: Destination, past: dict[str, history.Past], own: str) -> Offer:
    codes = [programme.code for programme in destination.programmes.all()]
    return Offer(destination, past.get(destination.code), codes, own in codes)
