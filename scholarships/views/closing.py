"""Decisions on a call: close it, decide it again; and the documents of what was decided."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications import overviews as figures
from applications.models import Run
from applications.services import calls
from applications.services.documents import request_documents
from mobility.models import Call, Job
from mobility.workflow import CALL, TransitionRefused
from scholarships.forms import CloseForm
from scholarships.services.availability import grants_available
from scholarships.views.office import seen_call
from scholarships.views.runs import decided_run


def to_progress(run: Run | None, code: str) -> HttpResponse:
    """Where one watches the run; the call where nothing runs."""
    job = run and Job.objects.filter(kind="run", subject_id=run.pk).first()
    return redirect("job", job.public_id) if job else redirect("office_call", code)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Decide: close the call, which starts the run (Art. 3(1)(b), 6(1))."""
    call = seen_call(request, code, office_only=True)
    if not CALL.allows(request.user, "close", call):
        return _not_open(request, call)
    early = timezone.now() < call.closes_at
    form = CloseForm(request.POST if request.method == "POST" else None) if early else None
    problem = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            run = calls.close_call(
                call=call,
                reason=form.cleaned_data["reason"] if form else "",
                without_run="without_run" in request.POST,
                by=request.user,
            )
        except calls.AlreadyClosed as already:
            messages.info(request, str(already))
            return to_progress(already.run, code)
        except (calls.ClosingRefused, TransitionRefused) as refusal:
            problem = str(refusal)
        else:
            messages.success(request, _("The call is closed."))
            return to_progress(run, code)
    context = _facts(call) | {"form": form, "early": early, "problem": problem}
    return render(request, "scholarships/close_call.html", context, status=422 if request.method == "POST" else 200)


def _not_open(request: HttpRequest, call: Call) -> HttpResponse:
    if call.state == Call.State.CLOSED:
        who = call.closed_by.name if call.closed_by else _("the portal")
        messages.info(request, _("%(name)s has already closed this call; nothing was done twice.") % {"name": who})
        return to_progress(call.runs.first(), call.code)
    messages.info(request, _("This call is not open yet, so there is nothing to close."))
    return redirect("office_call", call.code)


def _facts(call: Call) -> dict[str, Any]:
    """What the person should know before deciding: figures, and what is missing."""
    programmes = figures.programmes(call)
    destinations = list(figures.destinations(call))
    return {
        "call": call,
        "numbers": figures.numbers([call])[call.pk],
        "programmes": programmes,
        "late_opinions": [row for row in programmes if row.opinions_missing],
        "shut_programmes": [row for row in programmes if row.places == 0 and row.submitted],
        "places": sum(destination.places for destination in destinations),
        "unwanted": sum(bool(destination.places and not destination.wanted) for destination in destinations),
        "available": grants_available(call),
        "can_run": any(d.places for d in destinations) and any(row.submitted for row in programmes),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def run_again(request: HttpRequest, code: str) -> HttpResponse:
    """Decide: run a closed call again, with its data as they are now (Art. 3(1)(b))."""
    call = seen_call(request, code, office_only=True)
    problem = ""
    if request.method == "POST":
        try:
            run = calls.request_run(call=call, by=request.user)
        except calls.AlreadyClosed as already:
            messages.info(request, str(already))
            return to_progress(already.run, code)
        except calls.ClosingRefused as refusal:
            problem = str(refusal)
        else:
            return to_progress(run, code)
    current = calls.in_progress(call)
    if current is not None:
        return to_progress(current, code)
    context = _facts(call) | {"last": call.runs.first(), "problem": problem}
    return render(request, "scholarships/run_call.html", context, status=422 if problem else 200)


@require_POST
def make_documents(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for the lists and the minutes of a run to be made, or made again."""
    run = decided_run(request, public_id)
    job = request_documents(run=run, by=request.user)
    return redirect("job", job.public_id)
