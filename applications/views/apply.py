"""Applying: one subject a page, saved as it is typed, submitted at the end."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.forms.student import DestinationFilter, PeriodForm, PreferencesForm
from applications.models import Application
from applications.permissions import owns
from applications.services import applications, drafts, standing
from applications.services.catalogue import by_country_name, matching
from applications.views.requests import PersonRequest
from applications.views.sentences import GRANT_REASONS
from mobility.models import Call, Destination

RESULTS_A_PAGE = 20


def own_application(request: PersonRequest, public_id: str) -> Application:
    """The person's own application; 404 for what they may not see, 403 for another's."""
    found = get_object_or_404(
        Application.objects.visible_to(request.user).select_related("call", "programme", "student__user"),
        public_id=public_id,
    )
    if not owns(request.user, found):
        raise PermissionDenied("edit")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: PersonRequest, code: str) -> HttpResponse:
    """Make the draft, or go on with the one there is; who comes here by a link is shown the call."""
    call = get_object_or_404(Call.objects.visible_to(request.user), code=code)
    if request.method != "POST":
        return redirect("call", code=code)
    try:
        application = drafts.start_draft(call=call, at=timezone.now(), by=request.user)
    except ValidationError as refused:
        for message in refused.messages:
            messages.error(request, message)
        return redirect("call", code=code)
    if application.submitted_at is None:
        return redirect("edit_period", public_id=application.public_id)
    return redirect("application", public_id=application.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_period(request: PersonRequest, public_id: str) -> HttpResponse:
    application = own_application(request, public_id)
    if request.method != "POST":
        return _period_page(request, application, _period_form(application))
    form = PeriodForm(request.POST)
    if not form.is_valid():
        return _period_page(request, application, form, status=422)
    try:
        saved = drafts.save_draft(
            application=application,
            content=form.answers,
            seen_version=form.cleaned_data["version"],
            by=request.user,
        )
    except drafts.DraftConflict as conflict:
        return _conflict(request, conflict.application, form.data, "edit_period")
    if request.htmx:
        return render(request, "applications/edit_period.html#saved", {"application": saved, "version": True})
    return redirect("edit_destinations", public_id=public_id)


def _period_form(application: Application) -> PeriodForm:
    content = drafts.written(application)
    return PeriodForm(
        initial={
            "term": content["term"],
            "wants_grant": "yes" if content["wants_grant"] else "no",
            "version": application.draft_version,
        }
    )


def _period_page(request: PersonRequest, application: Application, form: PeriodForm, status: int = 200) -> HttpResponse:
    grant = standing.grant_eligibility(application.student, on=timezone.localdate())
    context = {
        "application": application,
        "call": application.call,
        "form": form,
        "grant": grant,
        "grant_reason": GRANT_REASONS[grant.reason],
        "steps": _steps(application, "edit_period"),
    }
    return render(request, "applications/edit_period.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_destinations(request: PersonRequest, public_id: str) -> HttpResponse:
    application = own_application(request, public_id)
    if request.method != "POST":
        return _destinations_page(request, application)
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return _destinations_page(
            request, application, [_("The list could not be read. Reload the page and try again.")]
        )
    before = drafts.written(application)["preferences"]
    try:
        saved = drafts.save_draft(
            application=application,
            content={"preferences": form.order},
            seen_version=form.cleaned_data["version"],
            by=request.user,
        )
    except drafts.DraftConflict as conflict:
        return _conflict(request, conflict.application, request.POST, "edit_destinations", form.order)
    except ValidationError as refused:
        return _destinations_page(request, application, refused.messages)
    action, _colon, number = form.cleaned_data["action"].partition(":")
    if request.htmx:
        return _destinations_page(request, saved, part="#picker", moved=(number, before))
    if action == "next":
        return redirect("review", public_id=public_id)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    anchor = f"#choice-{number}" if action in ("up", "down") else "#choices"
    return redirect(reverse("edit_destinations", args=[public_id]) + query + anchor)


def _destinations_page(
    request: PersonRequest,
    application: Application,
    errors: list[str] | None = None,
    part: str = "",
    moved: tuple[str, list[int]] | None = None,
) -> HttpResponse:
    filters = DestinationFilter(request.GET)
    filters.is_valid()
    typed = filters.cleaned_data.get("q", "")
    offered = Destination.objects.filter(call=application.call).open_to(application.programme_id)
    found = by_country_name(matching(offered.select_related("institution", "mobility_programme"), typed))
    page = Paginator(found, RESULTS_A_PAGE).get_page(filters.cleaned_data.get("page") or 1)
    chosen = chosen_destinations(application)
    context = {
        "application": application,
        "call": application.call,
        "chosen": chosen,
        "chosen_ids": {destination.pk for destination in chosen},
        "left": application.call.max_preferences - len(chosen),
        "page": page,
        "filters": filters,
        "typed": typed,
        "errors": errors or [],
        "announcement": _announcement(chosen, moved) if moved else "",
        "steps": _steps(application, "edit_destinations"),
    }
    # HTMX shows nothing of an answer with an error status, and the message must be seen.
    status = 422 if errors and not request.htmx else 200
    if errors and request.htmx:
        part = "#picker"
    return render(request, f"applications/edit_destinations.html{part}", context, status=status)


def chosen_destinations(application: Application) -> list[Destination]:
    """What is written, in order; what was taken out of the call since is passed over."""
    order = drafts.written(application)["preferences"]
    found = Destination.objects.select_related("institution", "mobility_programme").in_bulk(order)
    return [found[pk] for pk in order if pk in found]


def _announcement(chosen: list[Destination], moved: tuple[str, list[int]]) -> str:
    """For screen readers: where the destination that was touched is now."""
    number, before = moved
    for position, destination in enumerate(chosen, start=1):
        if str(destination.pk) == number:
            return _("%(name)s is now number %(position)s of %(total)s.") % {
                "name": str(destination),
                "position": position,
                "total": len(chosen),
            }
    if len(chosen) < len(before):
        return _("Removed. Your list has %(total)s.") % {"total": len(chosen)}
    return _("Order saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: PersonRequest, public_id: str) -> HttpResponse:
    """Check the answers, accept the code of conduct, submit."""
    arrived = timezone.now()
    application = own_application(request, public_id)
    if request.method != "POST":
        return _review_page(request, application)
    seen = request.POST.get("version", "")
    try:
        submission = applications.submit(
            application=application,
            conduct=request.POST.get("conduct", ""),
            seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
            at=arrived,
            by=request.user,
        )
    except drafts.DraftConflict as conflict:
        again = _("Your answers were changed in another window. This is what is saved now: check it and submit.")
        return _review_page(request, conflict.application, {"": [again]}, status=409)
    except ValidationError as refused:
        errors = refused.message_dict if hasattr(refused, "error_dict") else {"": refused.messages}
        return _review_page(request, own_application(request, public_id), errors, status=422)
    return redirect(reverse("receipt", args=[public_id]) + f"?n={submission.number}")


# Where each error is put right, for the links of the error summary.
_PAGES = {"term": "edit_period", "wants_grant": "edit_period", "preferences": "edit_destinations"}


def _review_page(
    request: PersonRequest, application: Application, errors: dict[str, list[str]] | None = None, status: int = 200
) -> HttpResponse:
    content = drafts.written(application)
    summary = [(_place(field, application), text) for field, texts in (errors or {}).items() for text in texts]
    context: dict[str, Any] = {
        "application": application,
        "call": application.call,
        "content": content,
        "term": dict(Application.Term.choices).get(content["term"], ""),
        "chosen": chosen_destinations(application),
        "today": standing.today(student=application.student, call=application.call, on=timezone.localdate()),
        "conduct_version": applications.CONDUCT_VERSION,
        "errors": errors or {},
        "summary": summary,
        "steps": _steps(application, "review"),
        "accepted": request.POST.get("conduct", "") == applications.CONDUCT_VERSION,
    }
    return render(request, "applications/review.html", context, status=status)


def _place(field: str, application: Application) -> str:
    """Where an error is put right."""
    if field == "nationality":
        return reverse("record")
    return reverse(_PAGES[field], args=[application.public_id]) if field in _PAGES else f"#{field}" if field else ""


@require_POST
def discard(request: PersonRequest, public_id: str) -> HttpResponse:
    application = own_application(request, public_id)
    try:
        drafts.discard_changes(application=application, by=request.user)
        messages.success(request, _("Your changes were discarded. The version that you submitted counts."))
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    return redirect("application", public_id=public_id)


def _conflict(
    request: PersonRequest, stored: Application, typed: Any, page: str, order: list[int] | None = None
) -> HttpResponse:
    """Two windows, two answers: both are shown, and the person says which to keep."""
    content = drafts.written(stored)
    mine = order if order is not None else []
    found = Destination.objects.select_related("institution").in_bulk([*mine, *content["preferences"]])
    context = {
        "application": stored,
        "call": stored.call,
        "page": page,
        "page_url": reverse(page, args=[stored.public_id]),
        "order": order,
        "mine": [found[pk] for pk in mine if pk in found],
        "theirs": [found[pk] for pk in content["preferences"] if pk in found],
        "typed": {"term": typed.get("term", ""), "wants_grant": typed.get("wants_grant", "")},
        "typed_rows": _answers(typed.get("term", ""), typed.get("wants_grant") != "no"),
        "saved_rows": _answers(content["term"], content["wants_grant"]),
    }
    if request.htmx:
        return render(request, "applications/conflict.html#notice", context)
    return render(request, "applications/conflict.html", context, status=409)


def _answers(term: str, wants_grant: bool) -> list[dict[str, Any]]:
    """The first page's answers, for the summary list."""
    return [
        {"label": _("Period"), "value": dict(Application.Term.choices).get(term, "–")},
        {"label": _("Grant"), "value": _("Wanted, if there is one") if wants_grant else _("Not wanted")},
    ]


def _steps(application: Application, here: str) -> list[dict[str, Any]]:
    """The pages of an application, for the stepper; done is what can be submitted as it stands."""
    content = drafts.written(application)
    pages = (
        ("edit_period", _("Period and grant"), bool(content["term"])),
        ("edit_destinations", _("Destinations"), bool(content["preferences"])),
        ("review", _("Check and submit"), False),
    )
    return [
        {"label": label, "url": reverse(name, args=[application.public_id]), "done": done, "current": name == here}
        for name, label, done in pages
    ]
