"""Those who act in somebody's place: the board member's delegates (Art. 2(1)), a coordinator's substitutes."""

import datetime
from collections.abc import Collection, Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mobility.models import Membership, Power, Programme, Role, User
from mobility.permissions import is_nmci
from mobility.services.roles import check_dates, give


@transaction.atomic
def delegate(
    *, email: str, powers: Collection[str], starts_on: datetime.date, ends_on: datetime.date, reason: str, by: User
) -> Membership:
    """The board member lets somebody with an account act in certain matters until a day (Art. 2(1)).

    Who acts by delegation delegates nothing. The same delegation twice is one. Raises PermissionDenied,
    ValidationError.
    """
    if not by.holds_itself(Role.BOARD):
        raise PermissionDenied("delegate")
    if not powers or not set(powers) <= set(Power.values):
        raise ValidationError({"powers": _("Choose what you delegate.")})
    check_dates(starts_on, ends_on)
    membership = Membership(
        user=_somebody_else(email, by),
        role=Role.BOARD,
        on_behalf_of=by,
        powers=[power for power in Power.values if power in powers],
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip(),
        given_by=by,
    )
    return _same(membership) or _given(membership, "delegate", "2.1", by)


@transaction.atomic
def name_substitute(
    *,
    principal: User,
    email: str,
    programmes: Iterable[Programme],
    starts_on: datetime.date,
    ends_on: datetime.date,
    reason: str,
    by: User,
) -> list[Membership]:
    """Somebody with an account coordinates these programmes in the coordinator's place until a day (Art. 2(3)).

    Named by the coordinator, who isn't a substitute there, or by the mobility office. Raises PermissionDenied,
    ValidationError.
    """
    if not (is_nmci.test(by) or (by.pk == principal.pk and by.holds_itself(Role.COORDINATOR))):
        raise PermissionDenied("substitute")
    chosen = {programme.pk: programme for programme in programmes}
    if not chosen:
        raise ValidationError({"programmes": _("Choose at least one programme.")})
    check_dates(starts_on, ends_on)
    own = principal.memberships.own().filter(
        role=Role.COORDINATOR, programme__in=chosen, starts_on__lte=ends_on, revoked_at__isnull=True
    )
    within = {m.programme_id for m in own if m.ends_on is None or m.ends_on >= starts_on}
    if within != set(chosen):
        raise ValidationError({"programmes": _("%(name)s doesn't coordinate them then.") % {"name": principal}})
    substitute = _somebody_else(email, principal)
    if hasattr(substitute, "student"):
        raise ValidationError({"email": _("A student can't stand in for a coordinator.")})
    given = []
    for programme in chosen.values():
        membership = Membership(
            user=substitute,
            role=Role.COORDINATOR,
            programme=programme,
            on_behalf_of=principal,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason.strip(),
            given_by=by,
        )
        given.append(_same(membership) or _given(membership, "substitute", "2.3", by))
    return given


def _somebody_else(email: str, principal: User) -> User:
    """Who has an account with that address, and isn't the one in whose place they will act."""
    found = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise ValidationError(
            {"email": _("Nobody has an account with this address. Ask the person to sign in once, then try again.")}
        )
    if found.pk == principal.pk:
        raise ValidationError({"email": _("Nobody stands in for themselves. Name another person.")})
    return found


def _same(membership: Membership) -> Membership | None:
    """What a second press finds."""
    fields = ("user", "role", "programme", "on_behalf_of", "starts_on", "ends_on")
    alike = Membership.objects.filter(revoked_at__isnull=True, **{name: getattr(membership, name) for name in fields})
    return next((found for found in alike if found.powers == membership.powers), None)


def _given(membership: Membership, action: str, clause: str, by: User) -> Membership:
    give(membership, action, clause=clause, by=by)
    return membership
