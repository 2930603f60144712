"""How a job is getting on: a bar that moves, and what to do when it fails."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from applications.models import Run
from mobility.models import Job
from mobility.permissions import is_nmci, sees_operations
from mobility.services import jobs
from mobility.workflow import TransitionRefused
from scholarships.services import runs

# What a job says that it is doing, as a sentence about now.
PHASES = {
    "": gettext_lazy("Waiting for a worker"),
    "reading": gettext_lazy("Reading the applications"),
    "admission": gettext_lazy("Admitting candidates (Art. 5)"),
    "ranking": gettext_lazy("Ranking (Art. 7)"),
    "placement": gettext_lazy("Placing candidates (Art. 6)"),
    "erasmus": gettext_lazy("Distributing the Erasmus+ grants (Art. 8)"),
    "santander": gettext_lazy("Distributing the Santander grants (Art. 9)"),
    "writing": gettext_lazy("Writing the outcome"),
    "documents": gettext_lazy("Making the documents"),
}


def seen_job(request: HttpRequest, public_id: str) -> Job:
    if not sees_operations.test(request.user):
        raise PermissionDenied
    return get_object_or_404(Job.objects.select_related("created_by"), public_id=public_id)


@require_safe
def job(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page, or only the part of it that moves when the page itself asks every second."""
    found = seen_job(request, public_id)
    template = "scholarships/job.html"
    if request.htmx:
        template += "#moving"
    return render(request, template, _context(request, found))


def _context(request: HttpRequest, job: Job) -> dict[str, Any]:
    run = Run.objects.select_related("call").filter(pk=job.subject_id).first()
    over = job.state not in (Job.State.QUEUED, Job.State.RUNNING)
    return {
        "job": job,
        "run": run,
        "call": run and run.call,
        "over": over,
        "phase": PHASES.get(job.phase, job.phase),
        "explanation": jobs.explain(job),
        "is_office": is_nmci.test(request.user),
    }


@require_POST
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop a job before it writes anything; the office alone."""
    found = seen_job(request, public_id)
    if not is_nmci.test(request.user):
        raise PermissionDenied
    try:
        if found.kind == "run":
            runs.cancel(run=Run.objects.get(pk=found.subject_id), by=request.user)
        else:
            jobs.request_cancel(job=found, by=request.user)
    except TransitionRefused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("It will stop at its next step. Nothing is written."))
    return redirect("job", found.public_id)
