"""The student's file: the application, its receipt, and withdrawing it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.forms.student import WithdrawForm
from applications.models import Application, Opinion
from applications.permissions import owns
from applications.services import applications, drafts, explanations, standing, student_documents
from applications.views.apply import chosen_destinations, own_application
from applications.views.requests import PersonRequest
from applications.views.sentences import outcome_sentence
from mobility.models import LogEntry, Reading
from mobility.services.readings import note_reading
from mobility.workflow import TransitionRefused


@require_safe
def application(request: PersonRequest, public_id: str) -> HttpResponse:
    """The file: state, deadline and the next thing to do; what was answered; what happened."""
    found = get_object_or_404(
        Application.objects.visible_to(request.user).select_related("call", "programme", "student__user", "record"),
        public_id=public_id,
    )
    note_reading(student=found.student, page=Reading.Page.APPLICATION, by=request.user)
    own = owns(request.user, found)
    sent = found.submitted_at is not None
    content = drafts.submitted(found) if sent else drafts.written(found)
    result = explanations.readable_entry(application=found, user=request.user)
    context = {
        "application": found,
        "call": found.call,
        "own": own,
        "accepting": found.call.is_accepting,
        "editing": own and sent and bool(found.draft) and found.state == Application.State.SUBMITTED,
        "content": content,
        "term": dict(Application.Term.choices).get(content["term"], ""),
        "preferences": [p.destination for p in found.preferences.select_related("destination__institution")]
        if sent
        else chosen_destinations(found),
        "average": standing.average_of(found.record) if found.record else None,
        "submissions": found.submissions.all(),
        "opinion": None if own else Opinion.objects.filter(application=found, in_force=True).first(),
        "result": result,
        "outcome": outcome_sentence(result, own=own) if result else "",
        "documents": [] if own else student_documents.listed(found.student, request.user),
        "timeline": _timeline(found, own=own),
    }
    return render(request, "applications/application.html", context)


def _timeline(found: Application, *, own: bool) -> QuerySet[LogEntry]:
    """Newest first. A student sees what they did; opinions come to light with the result."""
    entries = LogEntry.objects.about(found)
    return entries.exclude(action="opinion") if own else entries


@require_safe
def receipt(request: PersonRequest, public_id: str) -> HttpResponse:
    """The proof of one submission (the newest unless ``n`` says which): code, instant, content."""
    found = get_object_or_404(
        Application.objects.visible_to(request.user).select_related("call", "programme", "student__user"),
        public_id=public_id,
    )
    note_reading(student=found.student, page=Reading.Page.RECEIPT, by=request.user)
    submissions = found.submissions.all()
    number = request.GET.get("n", "")
    if number:
        submissions = submissions.filter(number=int(number) if number.isdecimal() and len(number) < 5 else 0)
    submission = get_object_or_404(submissions[:1])
    codes = submission.content["preferences"]
    names = {d.code: d for d in found.call.destinations.filter(code__in=codes).select_related("institution")}
    context = {
        "application": found,
        "call": found.call,
        "submission": submission,
        "latest": not found.submissions.filter(number__gt=submission.number).exists(),
        "term": dict(Application.Term.choices)[submission.content["term"]],
        "destinations": [names.get(code, code) for code in codes],
        "accepting": found.call.is_accepting,
        "own": owns(request.user, found),
    }
    return render(request, "applications/receipt.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PersonRequest, public_id: str) -> HttpResponse:
    found = own_application(request, public_id)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            applications.withdraw(
                application=found, reason=form.cleaned_data["reason"], at=timezone.now(), by=request.user
            )
            messages.success(request, _("The application is withdrawn. Nothing else changes for you."))
        except (ValidationError, TransitionRefused) as refused:
            messages.error(request, getattr(refused, "messages", [str(refused)])[0])
        return redirect("application", public_id=public_id)
    context = {"application": found, "call": found.call, "form": form, "accepting": found.call.is_accepting}
    return render(request, "applications/withdraw.html", context, status=422 if form.is_bound else 200)
