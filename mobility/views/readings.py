"""Who read a student's file; and an administrator's exceptional access to one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.models import Application
from applications.views.requests import PersonRequest
from mobility.forms import OpenFileForm
from mobility.models import ExceptionalAccess, Reading
from mobility.permissions import is_administrator, is_auditor, is_student
from mobility.services.readings import open_file

PER_PAGE = 50


@require_safe
def readers(request: PersonRequest) -> HttpResponse:
    """A student reads who opened the file, in which role, when, which page, and for which reason."""
    if not is_student(request.user):
        raise PermissionDenied("readers")
    found = Reading.objects.filter(student=request.user.student).select_related("reader", "behalf_of", "access")
    opened = ExceptionalAccess.objects.filter(student=request.user.student).select_related("administrator")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "readings/readers.html", {"page": page, "opened": opened, "now": timezone.now()})


@require_http_methods(["GET", "HEAD", "POST"])
def open_student_file(request: PersonRequest) -> HttpResponse:
    """The form, and what is open now. The answer to a number that nobody has is the same as to a student's."""
    if not is_administrator.test(request.user):
        raise PermissionDenied("open_file")
    form = OpenFileForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            open_file(**form.cleaned_data, by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(
                request,
                _("What you asked for is recorded. If there is such a student, the file is listed below for an hour."),
            )
            return redirect("open_file")
    context = {"form": form, "opened": _open_now(request)}
    return render(request, "readings/open_file.html", context, status=422 if form.is_bound else 200)


@require_safe
def exceptional_accesses(request: PersonRequest) -> HttpResponse:
    """Every exceptional access, newest first, with what was read: for the auditor."""
    if not is_auditor.test(request.user):
        raise PermissionDenied("exceptional_accesses")
    found = ExceptionalAccess.objects.select_related("administrator", "student__user").prefetch_related("readings")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "readings/exceptional.html", {"page": page, "now": timezone.now()})


def _open_now(request: PersonRequest) -> list[tuple[ExceptionalAccess, list[Any]]]:
    """Each student whose file is open, once, with the applications that may be read."""
    current = ExceptionalAccess.objects.in_force(request.user, timezone.now()).select_related("student__user")
    accesses = {access.student_id: access for access in reversed(current)}
    theirs: dict[int, list[Application]] = {number: [] for number in accesses}
    readable = Application.objects.visible_to(request.user).filter(student__in=accesses).select_related("call")
    for application in readable:
        theirs[application.student_id].append(application)
    return [(access, theirs[number]) for number, access in accesses.items()]
