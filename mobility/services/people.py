"""People's roles, given with the day from which they hold (Art. 2), and the ways by which they sign in."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from mobility.models import Membership, Programme, User
from mobility.workflow import record


@transaction.atomic
def give_role(*, email: str, name: str, role: str, programme: Programme | None = None, by: User | None) -> Membership:
    """Give a person a role from today on; who has it already keeps it as it is.

    A new account has no password: its owner sets one by "forgotten password". A coordinator's role is of a master
    programme. Raises ValidationError for an address or a membership that can't be.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(email=email.strip(), name=name.strip())
        # Whoever gives the role vouches for the address.
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    today = timezone.localdate()
    held = user.memberships.in_force(today).filter(role=role, programme=programme).first()
    if held is not None:
        return held
    membership = Membership(user=user, role=role, programme=programme, starts_on=today, given_by=by)
    membership.full_clean()
    membership.save()
    user.forget_roles()
    record(user, "give_role", clause="2.3", data={"role": role, "programme": programme and programme.code}, by=by)
    return membership


def note_connection(*, user: User, provider: str, by: User) -> None:
    """From now on the person signs in through this provider too."""
    record(user, "connect", data={"provider": provider}, by=by)


def note_disconnection(*, user: User, provider: str, by: User) -> None:
    """The person doesn't sign in through this provider any more."""
    record(user, "disconnect", data={"provider": provider}, by=by)
