"""What is kept until when, what goes in the next month, and what went; holds; and the end of one's own account."""

import datetime

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mobility.forms import HoldForm
from mobility.models import Hold, RetentionRun
from mobility.permissions import is_nmci, sees_retention
from mobility.personal import erasure, holds
from mobility.personal import retention as task
from mobility.privacy.retention import KINDS
from mobility.workflow import TransitionRefused

AHEAD = datetime.timedelta(days=30)
ROUNDS = 20


@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    """Counts, never names; only a hold names whom it keeps, to the mobility office."""
    user = request.user
    if not sees_retention.test(user) or (request.method == "POST" and not is_nmci.test(user)):
        raise PermissionDenied("retention")
    form = HoldForm(request.POST) if request.method == "POST" else HoldForm()
    if request.method == "POST" and form.is_valid():
        try:
            holds.place_hold(user=form.cleaned_data["person"], reason=form.cleaned_data["reason"], by=user)
            messages.success(request, _("These data are kept until the hold is lifted."))
            return redirect("retention")
        except TransitionRefused as refused:
            form.add_error("person", str(refused))
    now = timezone.now()
    soon, today = task.counts(now + AHEAD), task.counts(now)
    office = is_nmci.test(user)
    context = {
        "rows": [(KINDS[step.code], today[step.code], soon[step.code]) for step in task.STEPS],
        "rounds": [_told(run) for run in RetentionRun.objects.all()[:ROUNDS]],
        "holds": Hold.objects.in_force().select_related("user", "by"),
        "is_office": office,
        "form": form if office else None,
    }
    return render(request, "privacy/retention.html", context, status=422 if form.errors else 200)


def _told(run: RetentionRun) -> tuple[RetentionRun, list[tuple[object, int]]]:
    return run, [(KINDS[code].what, count) for code, count in run.counts.items() if count and code in KINDS]


@require_POST
def lift_hold(request: HttpRequest, hold: int) -> HttpResponse:
    """The periods count again."""
    if not is_nmci.test(request.user):
        raise PermissionDenied("lift_hold")
    holds.lift_hold(hold=get_object_or_404(Hold, pk=hold), by=request.user)
    return redirect("retention")


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
def delete_account(request: HttpRequest) -> HttpResponse:
    """At once for an account that nothing keeps; otherwise what keeps it, and until when."""
    user = request.user
    if request.method == "POST":
        try:
            erasure.erase(user=user, by=user)
        except TransitionRefused as refused:
            messages.error(request, str(refused))
            return redirect("delete_account")
        logout(request)
        messages.success(request, _("Your account is deleted."))
        return redirect("home")
    return render(request, "privacy/delete_account.html", {"kept": erasure.what_keeps(user)})
