"""Corrections of personal data: asked for by the person, answered by the mobility office."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mobility.forms import AnswerForm, CorrectionForm
from mobility.models import Correction, LogEntry
from mobility.models.corrections import ANSWERED_WITHIN
from mobility.permissions import is_auditor, is_nmci
from mobility.services import corrections as service
from mobility.workflow import CORRECTION, TransitionRefused

A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def my_corrections(request: HttpRequest) -> HttpResponse:
    """What one asked for, and the form to ask."""
    form = CorrectionForm(request.POST) if request.method == "POST" else CorrectionForm()
    if request.method == "POST" and form.is_valid():
        try:
            asked = service.ask(user=request.user, by=request.user, **form.cleaned_data)
            return redirect("correction", asked.public_id)
        except TransitionRefused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "rows": Correction.objects.filter(user=request.user.pk), "days": ANSWERED_WITHIN.days}
    return render(request, "privacy/my_corrections.html", context, status=422 if form.errors else 200)


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """All that were asked for, those that wait first, by when they are due."""
    if not (is_nmci | is_auditor).test(request.user):
        raise PermissionDenied("corrections")
    rows = Correction.objects.visible_to(request.user).select_related("user")
    ordered = rows.filter(state=Correction.State.ASKED).order_by("asked_at")
    page = Paginator(rows.exclude(state=Correction.State.ASKED), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "privacy/corrections.html", {"waiting": ordered, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, public_id: str) -> HttpResponse:
    """One request: what it says, its state and history; for the office, the form to answer."""
    found = _seen(request, public_id)
    may_answer = is_nmci.test(request.user)
    if request.method == "POST" and not may_answer:
        raise PermissionDenied("correction")
    data = request.POST if request.method == "POST" else None
    form = AnswerForm(data, correction=found, here=service.changes_here(found)) if may_answer else None
    if form is not None and form.is_bound and form.is_valid() and _answered(request, found, form):
        return redirect("corrections")
    context = {
        "correction": found,
        "own": found.user_id == request.user.pk,
        "form": form if found.is_open else None,
        "may_drop": CORRECTION.allows(request.user, "drop", found),
        "now": _now(found),
        "timeline": _history(found),
    }
    return render(request, "privacy/correction.html", context, status=422 if form and form.errors else 200)


def _answered(request: HttpRequest, found: Correction, form: AnswerForm) -> bool:
    given = form.cleaned_data
    try:
        if given["verdict"] == "correct":
            service.correct(correction=found, answer=given["answer"], value=given.get("value"), by=request.user)
        else:
            service.refuse(correction=found, answer=given["answer"], by=request.user)
    except ValidationError as wrong:
        form.add_error("value" if "value" in form.fields else None, wrong.messages)
    except TransitionRefused as refused:
        form.add_error(None, str(refused))
    else:
        messages.success(request, _("The answer is on its way by e-mail."))
        return True
    found.refresh_from_db()
    return False


@require_POST
def drop_correction(request: HttpRequest, public_id: str) -> HttpResponse:
    """The person doesn't ask for it any more."""
    found = _seen(request, public_id)
    try:
        service.drop(correction=found, by=request.user)
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    return redirect("correction", found.public_id)


def _seen(request: HttpRequest, public_id: str) -> Correction:
    rows = Correction.objects.visible_to(request.user).select_related("user__student", "answered_by")
    return get_object_or_404(rows, public_id=public_id)


def _history(found: Correction) -> Any:
    rows = LogEntry.objects.filter(object_type=found._meta.label_lower, object_id=found.pk)
    return rows.select_related("actor")


def _now(found: Correction) -> str:
    """What the portal says today, where it is one field."""
    if found.subject == Correction.Subject.NAME:
        return found.user.name
    student = getattr(found.user, "student", None)
    if student is None:
        return ""
    values: dict[str, str] = {
        Correction.Subject.NATIONALITY: str(student.nationality.name),
        Correction.Subject.CURRICULAR_YEAR: str(student.curricular_year),
        Correction.Subject.NUMBER: f"{student.number}, {student.programme}",
    }
    return values.get(found.subject, "")
