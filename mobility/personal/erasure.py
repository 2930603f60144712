"""A person deletes their own account: at once where nothing has to be kept (GDPR 17)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application, Run
from mobility.log import take_turn
from mobility.models import Membership, User
from mobility.personal.anonymise import anonymise
from mobility.personal.due import delete_draft
from mobility.privacy.retention import KINDS, YEAR_ENDS
from mobility.workflow import TransitionRefused
from scholarships.models import Award


@dataclass(frozen=True)
class Reason:
    """What keeps an account, and until which day; None: that isn't known yet."""

    what: Any
    until: date | None


def what_keeps(user: User) -> list[Reason]:
    """Nothing: the account can go at once."""
    reasons = [_application_of(user, code) for code in ("application", "grant")]
    if Membership.objects.filter(user=user).exists():
        reasons.append(Reason(KINDS["staff"].what, None))
    if user.holds.in_force().exists():
        reasons.append(Reason(gettext_lazy("A dispute or an audit that is open"), None))
    return [reason for reason in reasons if reason is not None]


def _application_of(user: User, code: str) -> Reason | None:
    """The application, or the grant, of the latest year."""
    theirs = Application.objects.filter(student__user=user).exclude(state=Application.State.DRAFT)
    if code == "grant":
        granted = Award.objects.filter(entry__application__student__user=user, entry__run__state=Run.State.PUBLISHED)
        theirs = theirs.filter(entries__award__in=granted)
    year = theirs.order_by("-call__academic_year").values_list("call__academic_year", flat=True).first()
    period = KINDS[code].period
    if year is None or period is None:
        return None
    return Reason(KINDS[code].what, date(year + 1 + period.years, *YEAR_ENDS))


@transaction.atomic
def erase(*, user: User, by: User) -> None:
    """Take the account away, with the drafts that were never submitted.

    Raises PermissionDenied for somebody else's, TransitionRefused when something has to be kept.
    """
    if by != user:
        raise PermissionDenied("erase")
    take_turn()
    stored = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if what_keeps(stored):
        raise TransitionRefused(_("This account has to be kept; the page says why and until when."))
    for draft in Application.objects.filter(student__user=stored):
        delete_draft(draft)
    anonymise(user=stored, action="erase", by=by)
