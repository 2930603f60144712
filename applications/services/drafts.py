"""What a student is writing: started, saved as it is typed, never lost (Art. 6(3))."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from applications.models import Application
from applications.permissions import owns
from mobility.log import take_turn
from mobility.models import Call, Destination, Student, User, student_of
from mobility.templatetags.portal import lisbon
from mobility.workflow import record

# Art. 1: years 4 and 5 of an integrated master, or the master's units: both are the second cycle.
FIRST_YEAR_OF_SECOND_CYCLE = 4

EMPTY = {"term": "", "wants_grant": True, "preferences": []}


class DraftConflict(Exception):  # noqa: N818  # two windows are no error
    """The draft was saved elsewhere after it was read here; ``application`` has what is stored now."""

    def __init__(self, application: Application) -> None:
        super().__init__(_("This application was changed in another window after you opened it here."))
        self.application = application


def written(application: Application) -> dict[str, Any]:
    """What is being written; where nothing is, what was submitted."""
    if application.draft:
        return EMPTY | application.draft
    if application.submitted_at is None:
        return dict(EMPTY)
    return submitted(application)


def submitted(application: Application) -> dict[str, Any]:
    """The rows in the shape of a draft."""
    return {
        "term": application.term,
        "wants_grant": application.wants_grant,
        "preferences": [preference.destination_id for preference in application.preferences.all()],
    }


def may_apply(student: Student) -> bool:
    """Art. 1: not to students of the first cycle."""
    return student.curricular_year >= FIRST_YEAR_OF_SECOND_CYCLE


def refuse_first_cycle(student: Student) -> None:
    if not may_apply(student):
        raise ValidationError(
            _(
                "Art. 1: mobility is for students of the 2nd cycle, or of years 4 and 5 of an integrated master. "
                "You are enrolled in year %(year)s. If that is not so, tell the academic office."
            )
            % {"year": student.curricular_year},
            code="clause_1",
        )


def refuse_outside_period(call: Call, at: datetime) -> None:
    """Whether a request that arrived at that instant is in time (Art. 6(1))."""
    if call.accepts_at(at):
        return
    if at < call.opens_at or call.state == Call.State.DRAFT:
        raise ValidationError(
            _("This call opens on %(when)s. You can apply from then on.") % {"when": lisbon(call.opens_at)},
            code="not_open_yet",
        )
    ended = min(call.closed_at, call.closes_at) if call.closed_at else call.closes_at
    raise ValidationError(
        _("The deadline was %(when)s, so this was not submitted. What you wrote is kept.") % {"when": lisbon(ended)},
        code="closed",
    )


@transaction.atomic
def start_draft(*, call: Call, at: datetime, by: User) -> Application:
    """The person's application to the call, made now if there is none yet.

    Raises PermissionDenied for who is not a student, ValidationError outside the period or under Art. 1.
    """
    student = student_of(by)
    if student is None:
        raise PermissionDenied("start_draft")
    existing = Application.objects.filter(call=call, student=student).first()
    if existing is not None:
        return existing
    refuse_outside_period(call, at)
    refuse_first_cycle(student)
    take_turn()
    application, made = Application.objects.get_or_create(
        call=call, student=student, defaults={"programme": student.programme, "draft": EMPTY}
    )
    if made:
        record(application, "start", clause="6.1", by=by)
    return application


@transaction.atomic
def save_draft(*, application: Application, content: Mapping[str, Any], seen_version: int, by: User) -> Application:
    """Keep what was typed; ``content`` has some or all of a draft's keys.

    A later save wins only if it saw the earlier one: otherwise DraftConflict, unless both say the same.
    Raises ValidationError, tied to the key, for what can never be submitted. Saving is possible after the
    deadline too: it harms nothing, and nothing typed is lost.
    """
    stored = locked(application, by=by)
    before = written(stored)
    after = before | {key: content[key] for key in EMPTY if key in content}
    if after == before:
        return stored
    if seen_version != stored.draft_version:
        raise DraftConflict(stored)
    check_parts(stored, after)
    stored.draft = after
    stored.draft_version += 1
    stored.save(update_fields=["draft", "draft_version", "updated_at"])
    return stored


@transaction.atomic
def discard_changes(*, application: Application, by: User) -> Application:
    """Forget what was changed since the last submission."""
    stored = locked(application, by=by)
    if stored.state != Application.State.SUBMITTED:
        raise ValidationError(_("There is no submitted version to go back to."))
    stored.draft = {}
    stored.draft_version += 1
    stored.save(update_fields=["draft", "draft_version", "updated_at"])
    return stored


def locked(application: Application, *, by: User) -> Application:
    """The row as it is stored, held until the transaction ends; for its owner alone.

    Whoever logs afterwards has taken the log's turn before; saving a draft writes no log and waits for nobody's.
    """
    stored = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("call", "student")
        .get(pk=application.pk)
    )
    if not owns(by, stored):
        raise PermissionDenied("draft")
    return stored


def check_parts(application: Application, content: Mapping[str, Any]) -> None:
    """Refuse what can never be submitted, whatever is still missing. Raises ValidationError by key."""
    errors: dict[str, str] = {}
    if content["term"] not in ("", *Application.Term.values):
        errors["term"] = _("Choose one of the periods in the list.")
    if not isinstance(content["wants_grant"], bool):
        errors["wants_grant"] = _("Answer yes or no.")
    wrong = _wrong_preferences(application, content["preferences"])
    if wrong:
        errors["preferences"] = wrong
    if errors:
        raise ValidationError(errors)


def _wrong_preferences(application: Application, chosen: Any) -> str:
    """What is wrong with the ordered destinations, in one sentence; nothing: empty (Art. 6(3))."""
    if not isinstance(chosen, list) or not all(type(item) is int for item in chosen):
        return _("The list of destinations could not be read. Reload the page and try again.")
    if len(set(chosen)) != len(chosen):
        return _("A destination appears twice in your list. Keep it once, in the place that you prefer.")
    most = application.call.max_preferences
    if len(chosen) > most:
        return _("You can choose at most %(most)s destinations. Remove one before adding another.") % {"most": most}
    open_to = Destination.objects.filter(call=application.call, pk__in=chosen).open_to(application.programme_id)
    closed = set(chosen) - set(open_to.values_list("pk", flat=True))
    if not closed:
        return ""
    names = Destination.objects.filter(call=application.call, pk__in=closed).select_related("institution")
    return _("Not open to your programme in this call: %(names)s. Remove it from your list and choose another.") % {
        "names": ", ".join(str(name) for name in names) or _("an unknown destination")
    }
