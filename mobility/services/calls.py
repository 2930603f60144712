"""What the office does with a call before it closes (Art. 3(1)(a))."""

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.models import Call, User
from mobility.permissions import is_nmci
from mobility.workflow import CALL, TransitionRefused, advance, record


@transaction.atomic
def open_call(*, call: Call, by: User) -> Call:
    """Make the call public and, from its opening instant, let students apply (Art. 3(1)(a), 6(2)).

    Raises PermissionDenied, TransitionRefused (not a draft any more), ValidationError (nowhere to go, or the
    deadline has passed).
    """
    if not call.destinations.exists():
        raise ValidationError(_("The call has no destinations. Load them from the agreements first."))
    if call.closes_at <= timezone.now():
        raise ValidationError(_("The deadline has passed. Give the call a later one first."))
    advance(CALL, call, "open", by=by)
    return call


@transaction.atomic
def set_dates(
    *,
    call: Call,
    opens_at: datetime.datetime,
    closes_at: datetime.datetime,
    distribution_on: datetime.date | None,
    redistribute: bool,
    by: User,
) -> Call:
    """Change when a call opens and closes, and when its grants are distributed (Art. 6(1), 8(6)(e)).

    Once the call is open, its opening stays and the deadline can only move later: students count on it.
    Raises PermissionDenied, TransitionRefused (closed), ValidationError (by field).
    """
    if not is_nmci.test(by):
        raise PermissionDenied("set_dates")
    take_turn()
    stored = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    if stored.state == Call.State.CLOSED:
        raise TransitionRefused(_("The call is closed: its dates can no longer be changed."))
    if stored.state == Call.State.OPEN:
        _refuse_changes_that_hurt(stored, opens_at, closes_at)
    before = _dates(stored)
    stored.opens_at, stored.closes_at = opens_at, closes_at
    stored.distribution_on, stored.redistribute = distribution_on, redistribute
    if closes_at <= opens_at:
        raise ValidationError({"closes_at": _("The deadline must be later than the opening.")})
    stored.full_clean()
    stored.save()
    record(stored, "set_dates", clause="6.1", data={"before": before, "after": _dates(stored)}, by=by)
    return stored


def _refuse_changes_that_hurt(call: Call, opens_at: datetime.datetime, closes_at: datetime.datetime) -> None:
    if opens_at != call.opens_at:
        raise ValidationError({"opens_at": _("The call is already open: its opening can no longer be changed.")})
    if closes_at < call.closes_at:
        raise ValidationError(
            {
                "closes_at": _(
                    "Students count on the announced deadline, so it can only move later. "
                    "To end earlier, close the call and give the reason."
                )
            }
        )


def _dates(call: Call) -> dict[str, str | bool | None]:
    return {
        "opens_at": call.opens_at.isoformat(),
        "closes_at": call.closes_at.isoformat(),
        "distribution_on": call.distribution_on.isoformat() if call.distribution_on else None,
        "redistribute": call.redistribute,
    }
