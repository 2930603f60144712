"""Conflicts of interest: declared on a candidate, listed with who acts instead, withdrawn by the office."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.forms.conflicts import ConflictForm
from applications.models import Application
from applications.views.requests import PersonRequest
from mobility.models import Conflict, Membership, Programme, Role, User
from mobility.permissions import coordinates_programme, is_coordinator, is_nmci, sees_operations
from mobility.services import conflicts as services
from mobility.workflow import TransitionRefused

LISTED = 200


@require_safe
def conflicts(request: PersonRequest) -> HttpResponse:
    """A coordinator's own, everybody's to office, board and auditor."""
    if not (is_coordinator.test(request.user) or sees_operations.test(request.user)):
        raise PermissionDenied("conflicts")
    found = Conflict.objects.visible_to(request.user).select_related(
        "coordinator", "student__user", "student__programme", "declared_by", "withdrawn_by"
    )
    context = {"rows": list(found[:LISTED]), "office": is_nmci.test(request.user)}
    return render(request, "coordination/conflicts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def declare_conflict(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The coordinator says so of a candidate; or the office of one of the programme's coordinators."""
    application = get_object_or_404(
        Application.objects.visible_to(request.user).select_related("programme", "student__user", "call"),
        public_id=public_id,
    )
    office = is_nmci.test(request.user)
    own = coordinates_programme.test(request.user, application)
    if not (own or sees_operations.test(request.user)):
        # One's own application: there is nothing to declare.
        raise Http404
    if not (own or office):
        raise PermissionDenied("declare")
    form = ConflictForm(request.POST or None, coordinators=_coordinators(application.programme) if office else None)
    if request.method == "POST" and form.is_valid():
        services.declare(
            coordinator=form.cleaned_data.get("coordinator") or request.user,
            student=application.student,
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        messages.success(
            request, _("The conflict of interest is recorded. Opinions on this candidate come from others.")
        )
        return redirect("candidate", public_id=public_id)
    context = {"form": form, "application": application}
    return render(request, "coordination/declare_conflict.html", context, status=422 if form.errors else 200)


def _coordinators(programme: Programme) -> QuerySet[User]:
    today = Membership.objects.in_force(timezone.localdate()).filter(role=Role.COORDINATOR, programme=programme)
    return User.objects.filter(pk__in=today.values("user"))


@require_POST
def withdraw_conflict(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The office finds that there is none."""
    if not is_nmci.test(request.user):
        raise PermissionDenied("withdraw")
    conflict = get_object_or_404(Conflict.objects.visible_to(request.user), public_id=public_id)
    try:
        services.withdraw(conflict=conflict, reason=request.POST.get("reason", "")[:2000], by=request.user)
    except (ValidationError, TransitionRefused) as refusal:
        messages.error(request, " ".join(getattr(refusal, "messages", [str(refusal)])))
    else:
        messages.success(request, _("The conflict of interest is withdrawn."))
    return redirect("conflicts")
