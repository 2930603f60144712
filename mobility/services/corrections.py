"""Corrections of personal data: asked for by the person, answered by the office within a month (GDPR 16, 12(3)).

What the portal itself is the source of is corrected here, in the answer's own transaction. The academic record is
corrected where it comes from, and brought in again. Values never go into the log, which is kept for ever: it says
which field.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.mail import queue
from mobility.models import Correction, Membership, Role, Student, User
from mobility.workflow import CORRECTION, TransitionRefused, advance, record

MOST_OPEN = 5


@transaction.atomic
def ask(*, user: User, subject: str, detail: str, should_be: str, why: str, by: User) -> Correction:
    """Say what is wrong. Raises PermissionDenied for somebody else's data, TransitionRefused for too many at once."""
    if by != user:
        raise PermissionDenied("ask")
    take_turn()
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    waiting = Correction.objects.filter(user=user, state=Correction.State.ASKED)
    if same := waiting.filter(subject=subject, detail=detail, should_be=should_be, why=why).first():
        return same
    if waiting.count() >= MOST_OPEN:
        raise TransitionRefused(
            _("You have %(most)s requests that wait for an answer. You can ask again once one is answered.")
            % {"most": MOST_OPEN}
        )
    correction = Correction(user=user, subject=subject, detail=detail, should_be=should_be, why=why)
    correction.full_clean()
    correction.save()
    record(correction, "ask", data={"subject": subject}, by=by)
    _tell("correction_asked", correction, [user])
    today = Membership.objects.in_force(timezone.localdate()).filter(role=Role.NMCI)
    _tell("correction_waits", correction, User.objects.filter(is_active=True, memberships__in=today).distinct())
    return correction


@transaction.atomic
def correct(*, correction: Correction, answer: str, value: Any = None, by: User) -> None:
    """It was wrong: written right here where the portal is the source, with ``value``; else where the data come from.

    Raises ValidationError for a value that can't be, PermissionDenied and TransitionRefused.
    """
    take_turn()
    _answer(correction, "correct", answer, by)
    change = CHANGES.get(correction.subject)
    if change is not None and value is not None:
        thing = change(correction.user, value)
        record(thing, "correct_data", data={"field": correction.subject}, by=by)


@transaction.atomic
def refuse(*, correction: Correction, answer: str, by: User) -> None:
    """It stays as it is, and why. Raises PermissionDenied and TransitionRefused."""
    _answer(correction, "refuse", answer, by)


@transaction.atomic
def drop(*, correction: Correction, by: User) -> None:
    """The person doesn't ask for it any more. Raises PermissionDenied and TransitionRefused."""
    correction.answered_at = timezone.now()
    advance(CORRECTION, correction, "drop", by=by)


def _answer(correction: Correction, action: str, answer: str, by: User) -> None:
    if not answer.strip():
        raise ValidationError(_("Say what was done, or why not."))
    correction.answer, correction.answered_by, correction.answered_at = answer.strip(), by, timezone.now()
    advance(CORRECTION, correction, action, by=by)
    _tell("correction_answered", correction, [correction.user])


def _set_name(user: User, value: str) -> User:
    user.name = value.strip()
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name"])
    return user


def _set_on_file(field: str) -> Callable[[User, Any], Student]:
    def change(user: User, value: Any) -> Student:
        student = Student.objects.get(user=user)
        setattr(student, field, value)
        student.full_clean()
        student.save(update_fields=[field])
        return student

    return change


CHANGES: dict[str, Callable[[User, Any], User | Student]] = {
    Correction.Subject.NAME: _set_name,
    Correction.Subject.NATIONALITY: _set_on_file("nationality"),
    Correction.Subject.CURRICULAR_YEAR: _set_on_file("curricular_year"),
}


def changes_here(correction: Correction) -> bool:
    """Whether the portal is the source of what is wrong, so that the answer can write it right."""
    on_file = correction.subject != Correction.Subject.NAME
    return correction.subject in CHANGES and (not on_file or hasattr(correction.user, "student"))


def _tell(template: str, correction: Correction, people: Any) -> None:
    context = {"correction": correction, "address": reverse("correction", args=[correction.public_id])}
    for person in people:
        queue(template, to=person, key=str(correction.public_id), context=context)
