"""Who can do what, today or on another day, and why; and one role, which is ended here."""

import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.views.requests import PersonRequest
from mobility.models import Department, LogEntry, Membership, Programme
from mobility.permissions import is_administrator, is_nmci, may_end, sees_people
from mobility.services import appointments, roles, who_can
from mobility.views.people.forms import DepartmentsForm, EndForm, GiveRoleForm, WhoFilters
from mobility.workflow import TransitionRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: PersonRequest) -> tuple[WhoFilters, datetime.date]:
    """The filters, and the day: today where none is said, or one that isn't a day."""
    if not sees_people.test(request.user):
        raise PermissionDenied("people")
    today = timezone.localdate()
    filters = WhoFilters({**{key: request.GET[key] for key in request.GET}, "on": request.GET.get("on") or today})
    filters.is_valid()
    return filters, filters.cleaned_data.get("on") or today


@require_safe
def people(request: PersonRequest) -> HttpResponse:
    """The list with its gaps on top; a department sees its own programmes."""
    filters, on = _asked(request)
    context = {
        "filters": filters,
        "on": on,
        "today": timezone.localdate(),
        "rows": who_can.holders(request.user, on, **filters.chosen()),
        "gaps": who_can.gaps(request.user, on),
        "may_give": is_administrator.test(request.user),
        "may_propose": is_nmci.test(request.user),
        "may_set_departments": is_nmci.test(request.user) or is_administrator.test(request.user),
        "may_delegate": request.user.holds_itself("board"),
    }
    return render(request, "people/people.html", context)


@require_safe
def people_xlsx(request: PersonRequest) -> FileResponse:
    """The same list as a spreadsheet."""
    filters, on = _asked(request)
    rows = who_can.holders(request.user, on, **filters.chosen())
    return FileResponse(
        who_can.sheet(rows, on), as_attachment=True, filename=f"people-{on.isoformat()}.xlsx", content_type=XLSX
    )


@require_http_methods(["GET", "HEAD", "POST"])
def membership(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One role of one person: why, until when, what happened to it; whoever may ends it here."""
    seen = Membership.objects.visible_to(request.user).select_related(
        "user", "programme", "department", "on_behalf_of", "given_by", "revoked_by", "appointment"
    )
    found = get_object_or_404(seen, public_id=public_id)
    may = may_end.test(request.user, found)
    form = EndForm(request.POST or None)
    if request.method == "POST":
        if not may:
            raise PermissionDenied("end_role")
        if form.is_valid() and _ended(request, found, form):
            return redirect("membership", public_id=public_id)
    entries = LogEntry.objects.filter(object_type="mobility.membership", object_id=found.pk).select_related("actor")
    over = found.is_over(timezone.localdate())
    context = {
        "held": found,
        "why": who_can.why(found),
        "over": over,
        "form": form if may and not over else None,
        "timeline": entries,
    }
    return render(request, "people/membership.html", context, status=422 if form.errors else 200)


def _ended(request: PersonRequest, found: Membership, form: EndForm) -> bool:
    data = form.cleaned_data
    try:
        roles.end_role(membership=found, last_day=data["last_day"], reason=data["reason"], by=request.user)
    except ValidationError as error:
        form.refused(error)
        return False
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is ended, and %(name)s has been told.") % {"name": found.user})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def give_role(request: PersonRequest) -> HttpResponse:
    """The administrator gives a role that isn't a coordinator's."""
    if not is_administrator.test(request.user):
        raise PermissionDenied("give_role")
    form = GiveRoleForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            given = roles.give_role(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.refused(error)
        else:
            messages.success(request, _("The role is given, and %(name)s has been told.") % {"name": given.user})
            return redirect("membership", public_id=given.public_id)
    return render(request, "people/give_role.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def programme_departments(request: PersonRequest, code: str) -> HttpResponse:
    """Which departments are responsible for a programme (Art. 2(3))."""
    if not (is_nmci.test(request.user) or is_administrator.test(request.user)):
        raise PermissionDenied("set_departments")
    programme = get_object_or_404(Programme, code=code)
    codes = [department.code for department in programme.departments]
    form = DepartmentsForm(request.POST if request.method == "POST" else None, initial={"departments": codes})
    if request.method == "POST" and form.is_valid():
        chosen: list[Department] = list(form.cleaned_data["departments"])
        appointments.set_departments(programme=programme, departments=chosen, by=request.user)
        messages.success(request, _("The departments of %(programme)s are set.") % {"programme": programme})
        return redirect("people")
    context = {"form": form, "programme": programme}
    return render(request, "people/departments.html", context, status=422 if form.errors else 200)
