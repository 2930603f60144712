"""One's own academic record: what counts, where it came from, and what the portal still has to be told."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from applications.forms.student import NationalityForm, ProgrammeForm
from applications.services import standing
from applications.views.requests import PersonRequest
from applications.views.sentences.fenix import fetch_notice, remarks
from mobility.models import AcademicRecord, FenixFetch, RecordUnit, Student, student_of
from mobility.services.fenix import fetches, students


@require_safe
def record(request: PersonRequest) -> HttpResponse:
    """Units by cycle, the average and how it was reached; for who has no student file yet, what is missing."""
    return _page(request)


@require_POST
def declare_nationality(request: PersonRequest) -> HttpResponse:
    student = _student(request)
    if student is None:
        raise PermissionDenied("declare_nationality")
    form = NationalityForm(request.POST)
    if not form.is_valid():
        return _page(request, nationality=form, status=422)
    try:
        students.declare_nationality(student=student, nationality=form.cleaned_data["nationality"], by=request.user)
        messages.success(request, _("Thank you: your nationality is kept."))
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    return redirect("record")


@require_POST
def choose_programme(request: PersonRequest) -> HttpResponse:
    """Of two masters at once, the one with which the person applies."""
    fetch = fetches.status(request.user).fetch
    if fetch is None:
        raise PermissionDenied("choose_programme")
    form = ProgrammeForm(request.POST, choices=_choices(fetch))
    if not form.is_valid():
        return _page(request, programme=form, status=422)
    try:
        fetches.choose_programme(user=request.user, code=form.cleaned_data["programme"], by=request.user)
        messages.success(
            request, _("Your programme is kept. Now bring your record: press “Update my record from Fénix”.")
        )
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    return redirect("record")


def _student(request: PersonRequest) -> Student | None:
    """The file for which the person acts: none in another role."""
    return student_of(request.user)


def _choices(fetch: FenixFetch) -> list[tuple[str, str]]:
    return [(programme.code, f"{programme.code} – {programme.name}") for programme in fetches.programmes_of(fetch)]


def _page(
    request: PersonRequest,
    *,
    nationality: NationalityForm | None = None,
    programme: ProgrammeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    student, fenix = _student(request), fetches.status(request.user)
    if student is None and fenix.fetch is None:
        raise PermissionDenied("record")
    found = standing.latest_record(student) if student else None
    if programme is None and student is None and fenix.fetch and fenix.fetch.problem == "several_degrees":
        programme = ProgrammeForm(choices=_choices(fenix.fetch))
    if nationality is None and student is not None and not student.nationality:
        nationality = NationalityForm()
    context = {
        "student": student,
        "record": found,
        "cycles": _cycles(found) if found else [],
        "average": standing.average_of(found) if found else None,
        "fenix": fenix,
        "waiting": fenix.fetch is not None and fenix.fetch.outcome == FenixFetch.Outcome.WAITING,
        "notice": fetch_notice(fenix.fetch),
        "remarks": remarks(found.notes) if found else [],
        "nationality_form": nationality,
        "programme_form": programme,
    }
    return render(request, "applications/record.html", context, status=status)


def _cycles(found: AcademicRecord) -> list[dict[str, Any]]:
    """The units of each cycle, and of none where it isn't known, with what they add up to."""
    units = list(found.units.all())
    cycles = []
    for cycle, label in [*RecordUnit.Cycle.choices, (None, _("Cycle not known"))]:
        own = [unit for unit in units if unit.cycle == cycle]
        weighted = [None if unit.grade is None else unit.grade * unit.ects for unit in own]
        if own:
            cycles.append({"label": label, "units": list(zip(own, weighted, strict=True)), "sums": standing.sums(own)})
    return cycles
