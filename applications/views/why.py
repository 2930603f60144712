"""Why this result: the outcome, the clauses applied with their figures, and what would have changed it."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from applications.models import Application, Run
from applications.permissions import owns
from applications.services import explanations
from applications.views.dots import dot_plot
from applications.views.requests import PersonRequest
from applications.views.sentences import outcome_sentence, path
from mobility.models import Reading
from mobility.services.readings import note_reading


@require_safe
def why(request: PersonRequest, public_id: str) -> HttpResponse:
    application = get_object_or_404(
        Application.objects.visible_to(request.user).select_related("call", "programme", "student__user"),
        public_id=public_id,
    )
    entry = explanations.readable_entry(application=application, user=request.user)
    if entry is None:
        raise Http404
    note_reading(student=application.student, page=Reading.Page.WHY, by=request.user)
    own = owns(request.user, application)
    names = explanations.destination_names(entry)
    explained = explanations.explanation(entry)
    average = entry.average
    context = {
        "application": application,
        "call": application.call,
        "own": own,
        "entry": entry,
        "run": entry.run,
        "published": entry.run.state == Run.State.PUBLISHED,
        "outcome": outcome_sentence(entry, own=own),
        "tone": "bad" if entry.tier == "rejected" else "good" if entry.placement else "wait",
        "steps": path(explained.steps, names),
        "changes": path(explained.change, names),
        "plot": dot_plot(explanations.averages(entry.run), average),
    }
    return render(request, "applications/why.html", context)
