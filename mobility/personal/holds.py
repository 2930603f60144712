"""Keep a person's data past their period while a dispute or an audit is open (GDPR 17(3)(e))."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mobility.models import Hold, User
from mobility.permissions import is_nmci
from mobility.workflow import TransitionRefused, record


@transaction.atomic
def place_hold(*, user: User, reason: str, by: User) -> Hold:
    """From now on nothing of the person is taken away. The reason stays out of the log: it may name people.

    Raises PermissionDenied, and TransitionRefused when there is one already or nobody to keep.
    """
    if not is_nmci.test(by):
        raise PermissionDenied("hold")
    if user.anonymised_at is not None:
        raise TransitionRefused(_("These data were made anonymous already; nothing can bring them back."))
    try:
        with transaction.atomic():
            hold = Hold.objects.create(user=user, reason=reason, by=by)
    except IntegrityError as error:
        raise TransitionRefused(_("The data of this person are kept already.")) from error
    record(user, "hold", by=by)
    return hold


@transaction.atomic
def lift_hold(*, hold: Hold, by: User) -> None:
    """The periods count again; a second press changes nothing. Raises PermissionDenied."""
    if not is_nmci.test(by):
        raise PermissionDenied("lift_hold")
    if Hold.objects.in_force().filter(pk=hold.pk).update(lifted_at=timezone.now(), lifted_by=by):
        record(hold.user, "lift_hold", by=by)
