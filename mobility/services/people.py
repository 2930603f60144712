"""The ways by which people sign in, as the record keeps them."""

from mobility.models import User
from mobility.workflow import record


def note_connection(*, user: User, provider: str, by: User) -> None:
    """From now on the person signs in through this provider too."""
    record(user, "connect", data={"provider": provider}, by=by)


def note_disconnection(*, user: User, provider: str, by: User) -> None:
    """The person doesn't sign in through this provider any more."""
    record(user, "disconnect", data={"provider": provider}, by=by)
