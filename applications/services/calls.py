"""Closing a call, and deciding it again: one click each, whoever comes first (Art. 3(1)(b), 6(1))."""

from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, Run
from applications.permissions import is_nmci
from mobility.log import take_turn
from mobility.mail import Letter, queue_many
from mobility.models import Call, User
from mobility.services import jobs
from mobility.workflow import CALL, advance, record


class ClosingRefused(Exception):  # noqa: N818  # an answer to a person, not an error
    """Nothing was changed; says why and what to do, in the reader's language.

    ``code``: reason_needed, nothing_to_rank, no_places, something_to_rank, not_closed, in_progress.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class AlreadyClosed(ClosingRefused):
    """Somebody was quicker (or the same person in another tab). ``run``: what that started, if anything."""

    def __init__(self, message: str, run: Run | None) -> None:
        super().__init__("already_closed", message)
        self.run = run


@transaction.atomic
def close_call(*, call: Call, reason: str = "", without_run: bool = False, by: User) -> Run | None:
    """Close a call: from here on nobody can submit, and a worker decides on what was submitted.

    Before ``closes_at`` it needs a reason, and whoever is applying is told. With nothing to rank or
    no place to give, ``without_run`` closes it without a decision (None).

    Raises PermissionDenied, AlreadyClosed, ClosingRefused, TransitionRefused (the call isn't open).
    """
    if not is_nmci.test(by):
        raise PermissionDenied("close")
    take_turn()
    # Submissions hold this row while they write: none is half in when the reading starts.
    stored = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    if stored.state == Call.State.CLOSED:
        _refuse_second_click(stored)
    now, reason = timezone.now(), reason.strip()
    early = now < stored.closes_at
    if early and stored.state == Call.State.OPEN and not reason:
        raise ClosingRefused("reason_needed", _("The call is open until later. To close it now, say why."))
    if stored.state == Call.State.OPEN:
        _check_there_is_work(stored, without_run)
    stored.closed_at, stored.closed_by = now, by
    stored.early_closing_reason = reason if early else ""
    advance(CALL, stored, "close", reason=reason, data={"early": early, "without_run": without_run}, by=by)
    if early:
        _tell_applicants(stored)
    return None if without_run else _start(stored, by)


@transaction.atomic
def request_run(*, call: Call, by: User) -> Run:
    """Decide a closed call again: a new run, with its own input and outcome (Art. 3(1)(b)).

    The earlier runs stay as they are until the new one is decided, and what is published stays
    published until another is. Raises PermissionDenied, ClosingRefused.
    """
    if not is_nmci.test(by):
        raise PermissionDenied("request_run")
    take_turn()
    stored = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    if stored.state != Call.State.CLOSED:
        raise ClosingRefused("not_closed", _("Only a closed call can be decided. Close it first."))
    current = in_progress(stored)
    if current is not None:
        raise AlreadyClosed(_("Run %(number)s is already under way.") % {"number": current.number}, current)
    _check_there_is_work(stored, without_run=False)
    return _start(stored, by)


def in_progress(call: Call) -> Run | None:
    """The run that waits or is being decided."""
    return Run.objects.filter(call=call, state__in=Run.IN_PROGRESS).first()


def _refuse_second_click(call: Call) -> NoReturn:
    who = call.closed_by.name if call.closed_by else _("the portal")
    raise AlreadyClosed(
        _("%(name)s has already closed this call; nothing was done twice.") % {"name": who},
        Run.objects.filter(call=call).first(),
    )


def _check_there_is_work(call: Call, without_run: bool) -> None:
    candidates = call.applications.filter(state=Application.State.SUBMITTED).exists()
    places = call.destinations.filter(places__gt=0).exists()
    if without_run and candidates and places:
        raise ClosingRefused(
            "something_to_rank", _("There are applications and places. Close the call with its ranking.")
        )
    if without_run:
        return
    if not candidates:
        raise ClosingRefused(
            "nothing_to_rank",
            _(
                "Nobody has submitted an application, so there is nothing to rank. "
                "You can close the call without a run."
            ),
        )
    if not places:
        raise ClosingRefused(
            "no_places", _("No destination of this call has places. Enter the places, or close the call without a run.")
        )


def _start(call: Call, by: User) -> Run:
    last = call.runs.aggregate(last=Max("number"))["last"] or 0
    run = Run.objects.create(call=call, number=last + 1, created_by=by)
    jobs.start(kind="run", subject_id=run.pk, by=by)
    record(run, "request", clause="3.1.b", to_state=run.state, by=by)
    return run


def _tell_applicants(call: Call) -> None:
    """Whoever counted on the announced deadline: those who are writing, and those who have submitted."""
    counting = (Application.State.DRAFT, Application.State.SUBMITTED)
    applying = call.applications.filter(state__in=counting, student__user__is_active=True)
    letters = (
        Letter(a.student.user, str(call.pk), {"call": call, "submitted": a.state == Application.State.SUBMITTED})
        for a in applying.select_related("student__user").iterator()
    )
    queue_many("call_closed_early", letters)
