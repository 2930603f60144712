"""Submitting an application, and withdrawing it (Art. 6(3), 6(4))."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Preference, Submission
from applications.services.drafts import (
    DraftConflict,
    check_parts,
    locked,
    refuse_first_cycle,
    refuse_outside_period,
    written,
)
from applications.services.standing import grant_eligibility, latest_record, will_meet_requirements
from applications.workflow import APPLICATION
from mobility.log import take_turn
from mobility.mail import queue
from mobility.models import AcademicRecord, Call, Destination, Membership, Role, Student, User
from mobility.regulation import case
from mobility.workflow import advance

# Art. 16(1); the version of the regulation that names the code, kept with every acceptance.
CONDUCT_VERSION = "2018-12"


@transaction.atomic
def submit(*, application: Application, conduct: str, seen_version: int, at: datetime, by: User) -> Submission:
    """Submit what is written, as it was on the screen; ``at`` is when the request arrived.

    ``conduct`` is the version of the code of conduct that was accepted; not accepted: empty (Art. 16(1)).

    Raises DraftConflict when the draft has changed since, ValidationError tied to what is wrong otherwise.
    Submitting the same again gives the receipt that there is: a second click does nothing twice.
    """
    take_turn()
    # The call's row is held so that a closing waits for us, or we see that it is closed.
    call = Call.objects.select_for_update(no_key=True).get(pk=application.call_id)
    stored = locked(application, by=by)
    latest = stored.submissions.first()
    if latest is not None and not stored.draft and stored.state == Application.State.SUBMITTED:
        return latest
    refuse_outside_period(call, at)
    if seen_version != stored.draft_version:
        raise DraftConflict(stored)
    wanted = written(stored)
    refuse_first_cycle(stored.student)
    check_parts(stored, wanted)
    _check_complete(wanted, conduct)
    academic_record = latest_record(stored.student)
    if academic_record is None:
        raise ValidationError(
            _(
                "There is no academic record of yours in the portal yet. "
                "Write to the mobility office (NMCI) before the deadline."
            ),
            code="no_record",
        )
    _check_nationality(stored.student)
    stored.conduct_version = conduct
    _copy_facts(stored, wanted, academic_record, at)
    content = _content(stored, wanted["preferences"], academic_record)
    if latest is not None and latest.content == content and stored.state == Application.State.SUBMITTED:
        stored.save()
        return latest
    return _write(stored, wanted["preferences"], content, latest, at, by)


def _check_complete(wanted: Mapping[str, Any], conduct: str) -> None:
    errors = {}
    if not wanted["term"]:
        errors["term"] = _("Choose the period in which you want to go.")
    if not wanted["preferences"]:
        errors["preferences"] = _("Choose at least one destination.")
    if conduct != CONDUCT_VERSION:
        errors["conduct"] = _("Accept the code of conduct before submitting (Art. 16(1)).")
    if errors:
        raise ValidationError(errors)


def _check_nationality(student: Student) -> None:
    """Whether a grant is possible follows from it, and is kept at submission (Art. 4(2))."""
    if not student.nationality:
        raise ValidationError(
            {"nationality": _("Say your nationality in “My record” first: whether you can have a grant depends on it.")}
        )


def _copy_facts(
    application: Application, wanted: Mapping[str, Any], academic_record: AcademicRecord, at: datetime
) -> None:
    """The answers, and the facts that the engine asks for as they stand at submission."""
    student = application.student
    application.programme = student.programme
    application.record = academic_record
    application.term = wanted["term"]
    application.wants_grant = wanted["wants_grant"]
    application.grant_eligible = grant_eligibility(student, on=timezone.localdate(at)).eligible
    application.earlier_grant = student.earlier_grant
    application.barred = student.barred_in(application.call.academic_year)
    application.will_meet_requirements = will_meet_requirements(academic_record)
    application.submitted_at = at
    application.draft = {}
    application.draft_version += 1


def _content(application: Application, preferences: list[int], academic_record: AcademicRecord) -> dict[str, Any]:
    """What the receipt's SHA-256 is taken of: the answers, the facts, and the record's sums, as JSON."""
    codes = dict(Destination.objects.filter(pk__in=preferences).values_list("pk", "code"))
    return {
        "call": application.call.code,
        "reference": application.reference,
        "programme": application.programme.code,
        "term": application.term,
        "wants_grant": application.wants_grant,
        "preferences": [codes[pk] for pk in preferences],
        "conduct_version": application.conduct_version,
        "grant_eligible": application.grant_eligible,
        "earlier_grant": application.earlier_grant,
        "barred": application.barred,
        "will_meet_requirements": application.will_meet_requirements,
        "record": {
            "as_of": academic_record.as_of.isoformat(),
            **{
                name: f"{getattr(academic_record, name):f}"
                for name in ("first_cycle_ects", "weighted_grades", "graded_ects", "ects")
            },
            "units": academic_record.units_completed,
            "enrolments": academic_record.enrolments,
        },
    }


def _write(
    application: Application,
    preferences: list[int],
    content: dict[str, Any],
    latest: Submission | None,
    at: datetime,
    by: User,
) -> Submission:
    number = latest.number + 1 if latest else 1
    advance(APPLICATION, application, "submit", data={"number": number}, by=by)
    application.preferences.all().delete()
    Preference.objects.bulk_create(
        Preference(application=application, order=order, destination_id=pk)
        for order, pk in enumerate(preferences, start=1)
    )
    submission = Submission.objects.create(
        application=application, number=number, at=at, content=content, sha256=case.sha256(content)
    )
    queue(
        "receipt",
        to=by,
        key=submission.receipt,
        context={
            "application": application,
            "call": application.call,
            "submission": submission,
            "preferences": application.preferences.select_related("destination__institution"),
        },
    )
    return submission


@transaction.atomic
def withdraw(*, application: Application, reason: str, at: datetime, by: User) -> None:
    """Withdraw before the call closes: no consequence, and applying again stays possible until then (Art. 6(4)).

    The coordinators of the programme and the office are told. Raises ValidationError after the close.
    """
    take_turn()
    call = Call.objects.select_for_update(no_key=True).get(pk=application.call_id)
    stored = locked(application, by=by)
    if not call.accepts_at(at):
        raise ValidationError(
            _("The call has closed. To withdraw now, write to your coordinator and to the mobility office (NMCI)."),
            code="closed",
        )
    # Kept as a draft, so that a change of mind doesn't start from nothing.
    stored.draft = written(stored)
    stored.draft_version += 1
    advance(APPLICATION, stored, "withdraw", reason=reason.strip(), by=by)
    times = stored.submissions.count()
    for person in _told_of_withdrawal(stored):
        queue(
            "withdrawal",
            to=person,
            key=f"{stored.pk}:{times}",
            context={"application": stored, "call": call, "reason": reason.strip(), "own": person == by},
        )


def _told_of_withdrawal(application: Application) -> list[User]:
    """Art. 6(4): the coordinators and the office; and the student, as a confirmation."""
    today = Membership.objects.in_force(timezone.localdate())
    staff = today.filter(Q(role=Role.COORDINATOR, programme=application.programme_id) | Q(role=Role.NMCI))
    return list(User.objects.filter(Q(pk__in=staff.values("user")) | Q(pk=application.student.user_id)))
