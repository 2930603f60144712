"""Appointments of mobility coordinators: the office proposes, the departments homologate (Art. 2(2), 2(3))."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from applications.views.requests import PersonRequest
from mobility.models import Appointment, LogEntry
from mobility.permissions import is_nmci, sees_people
from mobility.services import appointments as services
from mobility.views.people.forms import NewProposalForm, ProposalForm, ReasonForm, ReturnProposalForm, ServiceForm
from mobility.workflow import APPOINTMENT, TransitionRefused

PER_PAGE = 50
PROPOSAL = ("email", "name", "starts_on", "ends_on", "proposed_by", "proposed_on", "document")


def _seen(request: PersonRequest) -> Any:
    """With everything that a row shows, whatever their number."""
    found = Appointment.objects.visible_to(request.user).select_related("programme__department", "membership")
    return found.prefetch_related("programme__other_departments", "homologations__department", "homologations__by")


@require_safe
def appointments(request: PersonRequest) -> HttpResponse:
    """All that the person may see: what waits first, then the newest."""
    if not sees_people.test(request.user):
        raise PermissionDenied("appointments")
    waiting = [(each, services.waiting_for(each)) for each in _seen(request).filter(state=Appointment.State.PROPOSED)]
    others = _seen(request).exclude(state=Appointment.State.PROPOSED)
    context = {
        "waiting": waiting,
        "page": Paginator(others, PER_PAGE).get_page(request.GET.get("page")),
        "may_propose": is_nmci.test(request.user),
    }
    return render(request, "people/appointments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: PersonRequest) -> HttpResponse:
    """The office enters a course coordinator's proposal."""
    if not is_nmci.test(request.user):
        raise PermissionDenied("propose")
    initial = {"starts_on": timezone.localdate(), "programmes": request.GET.getlist("programme")}
    form = NewProposalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.propose(
                proposal=_proposal(form), programmes=form.cleaned_data["programmes"], by=request.user
            )
        except ValidationError as error:
            form.refused(error)
        else:
            text = ngettext(
                "%(n)d appointment is proposed. Its department has been told.",
                "%(n)d appointments are proposed. Their departments have been told.",
                len(made),
            )
            messages.success(request, text % {"n": len(made)})
            return redirect("appointments")
    return render(request, "people/propose.html", {"form": form}, status=422 if form.errors else 200)


def _proposal(form: ServiceForm) -> services.Proposal:
    return services.Proposal(**{name: form.cleaned_data[name] for name in PROPOSAL})


@require_http_methods(["GET", "HEAD", "POST"])
def appointment(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One appointment, and what the reader may do with it."""
    found = get_object_or_404(_seen(request), public_id=public_id)
    returning, withdrawing = ReturnProposalForm(), ReasonForm()
    if request.method == "POST":
        if "return" in request.POST:
            returning = ReturnProposalForm(request.POST)
        elif "withdraw" in request.POST:
            withdrawing = ReasonForm(request.POST)
        answer = _act(request, found, returning, withdrawing)
        if answer is not None:
            return answer
    invalid = returning.errors or withdrawing.errors
    context = {
        "appointment": found,
        "waiting_for": services.waiting_for(found),
        "may_homologate": APPOINTMENT.allows(request.user, "homologate", found) and _still_to_sign(request, found),
        "may_withdraw": APPOINTMENT.allows(request.user, "withdraw", found),
        "may_correct": APPOINTMENT.allows(request.user, "propose_again", found),
        "returning": returning,
        "withdrawing": withdrawing,
        "timeline": _timeline(found),
    }
    return render(request, "people/appointment.html", context, status=422 if invalid else 200)


def _still_to_sign(request: PersonRequest, found: Appointment) -> bool:
    return any(department.pk in request.user.department_ids for department in services.waiting_for(found))


def _timeline(found: Appointment) -> Any:
    entries = LogEntry.objects.filter(object_type="mobility.appointment", object_id=found.pk)
    return entries.select_related("actor")


def _act(
    request: PersonRequest, found: Appointment, returning: ReturnProposalForm, withdrawing: ReasonForm
) -> HttpResponse | None:
    """Do what was pressed; None: something was not filled in."""
    form: ServiceForm = returning if returning.is_bound else withdrawing
    if form.is_bound and not form.is_valid():
        # Whoever may not do it at all is told that, not what to fill in.
        action = "return" if returning.is_bound else "withdraw"
        if not APPOINTMENT[action].who.test(request.user, found):
            raise PermissionDenied(action)
        return None
    try:
        if returning.is_bound:
            services.return_proposal(appointment=found, reasons=returning.cleaned_data["reasons"], by=request.user)
            messages.success(request, _("The proposal is returned. The mobility office (NMCI) has your reasons."))
        elif withdrawing.is_bound:
            services.withdraw(appointment=found, reason=withdrawing.cleaned_data["reason"], by=request.user)
            messages.success(request, _("The proposal is withdrawn."))
        else:
            _homologate(request, found)
    except (TransitionRefused, ValidationError) as refusal:
        messages.error(request, " ".join(getattr(refusal, "messages", [str(refusal)])))
    return redirect("appointment", public_id=found.public_id)


def _homologate(request: PersonRequest, found: Appointment) -> None:
    revision = request.POST.get("revision", "")
    done = services.homologate(
        appointment=found, revision=int(revision) if revision.isdecimal() and len(revision) < 6 else 0, by=request.user
    )
    if done.state == Appointment.State.PROPOSED:
        messages.success(request, _("Homologated for your department. The others have still to homologate."))
    else:
        messages.success(request, _("Homologated. %(name)s has been told.") % {"name": found.name})


@require_http_methods(["GET", "HEAD", "POST"])
def correct_appointment(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The office corrects what a department returned, and proposes it again."""
    found = get_object_or_404(_seen(request), public_id=public_id)
    if not APPOINTMENT["propose_again"].who.test(request.user, found):
        raise PermissionDenied("propose_again")
    form = ProposalForm(request.POST or None, initial={name: getattr(found, name) for name in PROPOSAL})
    if request.method == "POST" and form.is_valid():
        try:
            services.propose_again(appointment=found, proposal=_proposal(form), by=request.user)
        except ValidationError as error:
            form.refused(error)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("appointment", public_id=public_id)
        else:
            messages.success(request, _("Proposed again. The department has been told."))
            return redirect("appointment", public_id=public_id)
    context = {"form": form, "appointment": found}
    return render(request, "people/propose.html", context, status=422 if form.errors else 200)
