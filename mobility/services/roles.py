"""Roles of people: given and ended, with dates (Art. 2)."""

import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.mail import queue
from mobility.models import Appointment, Department, Membership, MembershipQuerySet, Programme, Role, User
from mobility.permissions import is_administrator, may_end
from mobility.services.sessions import end_sessions
from mobility.workflow import APPOINTMENT, TransitionRefused, advance, record


@transaction.atomic
def give_role(
    *,
    email: str,
    name: str,
    role: str,
    programme: Programme | None = None,
    department: Department | None = None,
    starts_on: datetime.date | None = None,
    ends_on: datetime.date | None = None,
    reason: str = "",
    by: User | None,
) -> Membership:
    """Give a person a role, from today on unless a later day is said.

    A new account has no password: its owner sets one by "forgotten password". ``by`` None is whoever runs the portal,
    who may give any role (a coordinator's is of a master programme) and for whom a role that is held stays as it is.
    Raises PermissionDenied (not an administrator), ValidationError (an address or dates that can't be, no reason, one's
    own role, a coordinator's, one that the person has already).
    """
    starts_on = starts_on or timezone.localdate()
    if by is not None:
        _refuse_given(by, email, role, department, reason)
    check_dates(starts_on, ends_on)
    user = account(email=email, name=name)
    held = overlapping(user, role, starts_on, ends_on).filter(programme=programme, department=department).first()
    if held is not None:
        if by is None:
            return held
        raise ValidationError({"email": _("%(name)s has this role already.") % {"name": user}})
    membership = Membership(
        user=user,
        role=role,
        programme=programme,
        department=department,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip(),
        given_by=by,
    )
    give(membership, "give", clause="2.3" if role == Role.COORDINATOR else "", by=by)
    return membership


def _refuse_given(by: User, email: str, role: str, department: Department | None, reason: str) -> None:
    if not is_administrator.test(by):
        raise PermissionDenied("give_role")
    if email.strip().lower() == by.email:
        raise ValidationError({"email": _("Nobody gives a role to themselves. Ask another administrator.")})
    if role == Role.COORDINATOR:
        raise ValidationError(
            {
                "role": _(
                    "A mobility coordinator is proposed by the office and homologated by the department (Art. 2(3))."
                )
            }
        )
    if (role == Role.DEPARTMENT) != (department is not None):
        raise ValidationError({"department": _("Choose the department for this role, and for no other.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, or name the document.")})


def account(*, email: str, name: str) -> User:
    """The person with that address; an account is made where there is none, with the address taken as confirmed."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(email=email.strip(), name=name.strip())
        # Whoever gives the role vouches for the address.
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def check_dates(starts_on: datetime.date, ends_on: datetime.date | None) -> None:
    """Nothing is given for the past, and it ends after it starts."""
    if starts_on < timezone.localdate():
        raise ValidationError({"starts_on": _("Choose today or a later day: a role isn't given for the past.")})
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day comes before the first.")})


def overlapping(user: User, role: str, starts_on: datetime.date, ends_on: datetime.date | None) -> MembershipQuerySet:
    """The person's own memberships of that role that share a day with these."""
    found = user.memberships.own().filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), revoked_at__isnull=True)
    return found.filter(role=role, **({"starts_on__lte": ends_on} if ends_on else {}))


def give(membership: Membership, action: str, *, clause: str, by: User | None) -> None:
    """Store it, log it, tell the person, and have them sign in anew, so that no session goes on with the old roles."""
    membership.full_clean()
    membership.save()
    record(membership, action, clause=clause, reason=membership.reason, data=_facts(membership), by=by)
    queue("role_given", to=membership.user, key=str(membership.pk), context={"membership": membership})
    changed(membership.user, by=by)


def _facts(membership: Membership) -> dict[str, object]:
    """What the record keeps of it, in plain values."""
    return {
        "user": membership.user_id,
        "role": str(membership.role),
        "scope": membership.scope,
        "on_behalf_of": membership.on_behalf_of_id,
        "powers": [str(power) for power in membership.powers],
        "starts_on": membership.starts_on.isoformat(),
        "ends_on": membership.ends_on.isoformat() if membership.ends_on else None,
    }


def changed(user: User, *, by: User | None) -> None:
    """The person's roles are others now: they sign in again wherever they were, unless it was their own doing."""
    user.forget_roles()
    if by is None or by.pk != user.pk:
        end_sessions(user=user, by=by)


@transaction.atomic
def end_role(*, membership: Membership, last_day: datetime.date | None = None, reason: str, by: User) -> None:
    """End a role before its day: at once, or after the last day that is named.

    An appointment ends with the membership that it gave (Art. 2(3)). Raises PermissionDenied, ValidationError (no
    reason, a day that isn't between today and the end, the last administrator), TransitionRefused (it is over).
    """
    take_turn()
    stored = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.pk)
    if not may_end.test(by, stored):
        raise PermissionDenied("end_role")
    today = timezone.localdate()
    if stored.is_over(today):
        raise TransitionRefused(_("This has ended already. Reload the page to see when."))
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why it ends: the person is told.")})
    if last_day is not None and not max(today, stored.starts_on) <= last_day <= (stored.ends_on or last_day):
        raise ValidationError({"last_day": _("Choose a day from today on, within the dates of the role.")})
    _keep_an_administrator(stored, last_day or today)
    if last_day is None:
        stored.revoked_at, stored.revoked_by = timezone.now(), by
    else:
        stored.ends_on = last_day
    stored.save()
    data = _facts(stored) | {"at_once": last_day is None}
    record(stored, "end", clause=_clause(stored), reason=reason, data=data, by=by)
    _end_appointment(stored, reason, by)
    queue(
        "role_ended",
        to=stored.user,
        key=f"{stored.pk}:{last_day or 'now'}",
        context={"membership": stored, "reason": reason, "last_day": last_day},
    )
    changed(stored.user, by=by)


def _clause(membership: Membership) -> str:
    if membership.is_delegation:
        return "2.1"
    return "2.3" if membership.role == Role.COORDINATOR else ""


def _end_appointment(membership: Membership, reason: str, by: User) -> None:
    found = Appointment.objects.filter(membership=membership, state=Appointment.State.HOMOLOGATED).first()
    if found is not None:
        advance(APPOINTMENT, found, "end", reason=reason, by=by)


def _keep_an_administrator(membership: Membership, last_day: datetime.date) -> None:
    if membership.role != Role.ADMINISTRATOR:
        return
    others = Membership.objects.in_force(timezone.localdate()).filter(role=Role.ADMINISTRATOR, user__is_active=True)
    staying = others.exclude(pk=membership.pk).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last_day))
    if not staying.exists():
        raise ValidationError(
            _("This is the last administrator: give the role to somebody else first, or nobody could give any.")
        )
