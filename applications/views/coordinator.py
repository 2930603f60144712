"""The coordinator's pages: what to do, candidates and opinions, the ranking to confirm."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from applications.forms.coordinator import BulkOpinionForm, CandidateFilters, OpinionForm
from applications.models import Application, Opinion, Run
from applications.services import candidates as candidates_of
from applications.services import rankings, student_documents
from applications.services.opinions import OpinionsGiven, give_opinions, opinions_are_settled
from applications.services.runs import confirm_ranking, confirm_rankings
from applications.views.coordinator_agenda import duties
from applications.views.requests import PersonRequest
from applications.views.sentences import check_sentence
from applications.views.sentences.fenix import remarks
from mobility.models import Call, LogEntry, Programme, Reading, RecordUnit
from mobility.permissions import coordinates_programme, is_coordinator, is_nmci, sees_operations
from mobility.services.conflicts import who_acts
from mobility.services.readings import note_reading
from mobility.workflow import TransitionRefused

PER_PAGE = 50


@require_safe
def coordination(request: PersonRequest) -> HttpResponse:
    """The to-do list: rankings to confirm, opinions missing, and what is done."""
    if not is_coordinator.test(request.user):
        raise PermissionDenied
    return render(request, "coordination/to_do.html", {"duties": duties(request.user)})


def _programme(request: PersonRequest, code: str) -> Programme:
    """The programme, for those who may see its candidates; to others it isn't there."""
    programme = get_object_or_404(Programme, code=code)
    if not (coordinates_programme.test(request.user, programme) or sees_operations.test(request.user)):
        raise Http404
    return programme


@require_http_methods(["GET", "HEAD", "POST"])
def candidates(request: PersonRequest, code: str, programme: str) -> HttpResponse:
    """A programme's candidates in a call; the opinions are given from here, one by one or in bulk."""
    call = get_object_or_404(Call.objects.visible_to(request.user), code=code)
    theirs = _programme(request, programme)
    may_give = coordinates_programme.test(request.user, theirs)
    form = BulkOpinionForm(request.POST or None)
    if request.method == "POST":
        if not may_give:
            raise PermissionDenied
        if form.is_valid():
            return _give_to_many(request, form, call, theirs)
    applications = Application.objects.visible_to(request.user).filter(call=call, programme=theirs)
    everybody = candidates_of.candidates(applications)
    filters = CandidateFilters(request.GET)
    page = Paginator(candidates_of.chosen(everybody, **filters.chosen()), PER_PAGE).get_page(request.GET.get("page"))
    preferences = candidates_of.preferences_of(candidate.pk for candidate in page)
    settled = opinions_are_settled(call.pk)
    context = {
        "call": call,
        "programme": theirs,
        "form": form,
        "filters": filters,
        "page": page,
        "rows": [(candidate, preferences.get(candidate.pk, [])) for candidate in page],
        "total": len(everybody),
        "missing": sum(candidate.awaits_opinion for candidate in everybody),
        "given": sum(bool(candidate.opinion) for candidate in everybody),
        "may_give": may_give and not settled,
        "settled": settled,
        "run": _open_run(call),
    }
    return render(request, "coordination/candidates.html", context, status=422 if form.errors else 200)


def _open_run(call: Call) -> Run | None:
    """The run that has already read the opinions and isn't confirmed yet: new ones only reach the next run."""
    return call.runs.filter(state__in=[*Run.IN_PROGRESS, Run.State.DECIDED]).first()


def _give_to_many(request: PersonRequest, form: BulkOpinionForm, call: Call, programme: Programme) -> HttpResponse:
    ticked = Application.objects.visible_to(request.user).filter(
        pk__in=form.applications, call=call, programme=programme
    )
    if ticked.count() != len(form.applications):
        raise Http404
    try:
        given = give_opinions(
            applications=form.applications,
            value=form.value,
            reason=form.cleaned_data["reason"],
            seen=form.seen,
            by=request.user,
        )
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        _tell(request, given, form.value, len(form.applications))
    return redirect(request.get_full_path())


def _tell(request: PersonRequest, given: OpinionsGiven, value: str, asked: int) -> None:
    """What happened, with the number; and what was replaced without having been seen."""
    written = len(given.written)
    label = Opinion.Value(value).label
    if written:
        text = ngettext(
            "%(opinion)s: opinion recorded for %(n)d candidate.",
            "%(opinion)s: opinion recorded for %(n)d candidates.",
            written,
        )
        messages.success(request, text % {"opinion": label, "n": written})
    left_out = len(given.conflicts)
    if left_out:
        text = ngettext(
            "%(n)d candidate was left out: you have declared a conflict of interest. Somebody else gives the opinion.",
            "%(n)d candidates were left out: you have declared conflicts of interest. Others give the opinions.",
            left_out,
        )
        messages.warning(request, text % {"n": left_out})
    if written + left_out < asked:
        text = ngettext(
            "%(n)d candidate already had this opinion from you: nothing changed there.",
            "%(n)d candidates already had this opinion from you: nothing changed there.",
            asked - written - left_out,
        )
        messages.info(request, text % {"n": asked - written - left_out})
    for earlier in given.unseen:
        messages.warning(
            request,
            _(
                "While this page was open, %(who)s gave “%(opinion)s” on %(reference)s. Yours is newer and counts; "
                "both are kept. Talk to each other if you disagree."
            )
            % {
                "who": earlier.coordinator,
                "opinion": earlier.get_value_display(),
                "reference": earlier.application.reference,
            },
        )


@require_http_methods(["GET", "HEAD", "POST"])
def candidate(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One candidate with everything that an opinion needs: standing, record unit by unit, preferences, history."""
    application = get_object_or_404(
        Application.objects.visible_to(request.user)
        .filter(state=Application.State.SUBMITTED)
        .select_related("call", "programme", "student__user", "record"),
        public_id=public_id,
    )
    _programme(request, application.programme.code)
    may_give = coordinates_programme.test(request.user, application)
    opinions = list(application.opinions.select_related("coordinator", "on_behalf_of"))
    current = next((opinion for opinion in opinions if opinion.in_force), None)
    form = OpinionForm(request.POST or None, initial=_initial(current))
    if request.method == "POST":
        if not may_give:
            raise PermissionDenied
        if form.is_valid():
            return _give_to_one(request, form, application)
    note_reading(student=application.student, page=Reading.Page.CANDIDATE, by=request.user)
    (figures,) = candidates_of.candidates(Application.objects.filter(pk=application.pk))
    conflict = request.user.conflicts.standing().filter(student=application.student_id).first()
    settled = opinions_are_settled(application.call_id)
    context = {
        "application": application,
        "candidate": figures,
        "standing": [check_sentence(check) for check in figures.standing.checks],
        "form": form,
        "opinions": opinions,
        "may_give": may_give and not settled and conflict is None,
        "conflict": conflict,
        "others": who_acts(application.programme, [application.student_id]) if conflict else [],
        "may_declare": may_give or is_nmci.test(request.user),
        "settled": settled,
        "run": _open_run(application.call),
        "preferences": candidates_of.preferences_of([application.pk]).get(application.pk, []),
        "documents": student_documents.listed(application.student, request.user),
        "units": list(RecordUnit.objects.filter(record=application.record_id)),
        "remarks": remarks(application.record.notes) if application.record else [],
        "timeline": _timeline(application),
    }
    return render(request, "coordination/candidate.html", context, status=422 if form.errors else 200)


def _initial(current: Opinion | None) -> dict[str, Any]:
    if current is None:
        return {}
    return {"value": current.value, "reason": current.reason, "seen": current.pk}


def _timeline(application: Application) -> list[LogEntry]:
    return list(LogEntry.objects.about(application))


def _give_to_one(request: PersonRequest, form: OpinionForm, application: Application) -> HttpResponse:
    try:
        given = give_opinions(
            applications=[application.pk],
            value=form.cleaned_data["value"],
            reason=form.cleaned_data["reason"],
            seen={application.pk: form.cleaned_data["seen"]},
            by=request.user,
        )
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        _tell(request, given, form.cleaned_data["value"], 1)
    return redirect("candidate", public_id=application.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: PersonRequest, public_id: UUID, programme: str) -> HttpResponse:
    """The programme's ranking, exceptions first, and the button that confirms it (Art. 3(3)(a))."""
    theirs = _programme(request, programme)
    run = get_object_or_404(
        Run.objects.visible_to(request.user).filter(state__in=Run.WITH_OUTCOME).select_related("call"),
        public_id=public_id,
    )
    if not run.entries.filter(programme=theirs).exists():
        raise Http404
    if request.method == "POST":
        try:
            confirm_ranking(run=run, programme=theirs, by=request.user)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The ranking of %(programme)s is confirmed.") % {"programme": theirs})
        return redirect("confirm_ranking", public_id=public_id, programme=programme)
    waits = run.state == Run.State.DECIDED and coordinates_programme.test(request.user, theirs)
    is_barred = (run.pk, theirs.pk) in rankings.barred([run], request.user)
    context = {
        "ranking": rankings.ranking(run, theirs),
        "run": run,
        "programme": theirs,
        "page": Paginator(rankings.entries(run, theirs), PER_PAGE).get_page(request.GET.get("page")),
        "may_confirm": waits and not is_barred,
        "is_barred": waits and is_barred,
    }
    return render(request, "coordination/confirm_ranking.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_many(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """All of a coordinator's rankings in one run, in figures; those that are ticked are confirmed (Art. 3(3)(a))."""
    if not is_coordinator.test(request.user):
        raise PermissionDenied
    run = get_object_or_404(
        Run.objects.visible_to(request.user).filter(state__in=Run.WITH_OUTCOME).select_related("call"),
        public_id=public_id,
    )
    theirs = Programme.objects.filter(pk__in=request.user.coordinated_programme_ids)
    if request.method == "POST":
        return _confirm_ticked(request, run, theirs)
    barred = {programme for _run, programme in rankings.barred([run], request.user)}
    open_to_them = [programme for programme in theirs if programme.pk not in barred]
    context = {"run": run, "rows": rankings.at_a_glance(run, open_to_them) if run.state == Run.State.DECIDED else []}
    return render(request, "coordination/confirm_rankings.html", context)


def _confirm_ticked(request: PersonRequest, run: Run, theirs: QuerySet[Programme]) -> HttpResponse:
    codes = set(request.POST.getlist("programme"))
    ticked = list(theirs.filter(code__in=codes))
    if len(ticked) != len(codes):
        raise Http404
    if not ticked:
        messages.error(request, _("Tick the rankings that you confirm."))
        return redirect("confirm_rankings", public_id=run.public_id)
    try:
        confirmed = confirm_rankings(run=run, programmes=ticked, by=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext("%(n)d ranking is confirmed.", "%(n)d rankings are confirmed.", len(confirmed))
        messages.success(request, text % {"n": len(confirmed)})
    return redirect("confirm_rankings", public_id=run.public_id)
