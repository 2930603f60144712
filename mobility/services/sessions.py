"""The sessions of a person: on which devices they are signed in, and how such a session is ended."""

import datetime
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from mobility.devices import plain
from mobility.log import take_turn
from mobility.models import User
from mobility.workflow import record

# How exact "last seen" is: a write for every click would be a write for nothing.
SEEN_EVERY = datetime.timedelta(minutes=1)
SEEN = "seen_at"


@dataclass(frozen=True)
class Device:
    """One session as its owner reads it."""

    id: int
    name: str
    ip: str
    since: datetime.datetime
    seen: datetime.datetime
    is_this: bool


def devices(user: User, *, this: str | None) -> list[Device]:
    """Where the person is signed in now: this device first, then the one seen last; two queries."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    alive = Session.objects.filter(session_key__in=rows, expire_date__gt=timezone.now())
    keys = set(alive.values_list("session_key", flat=True))
    listed = sorted(
        (row for key, row in rows.items() if key in keys),
        key=lambda row: (row.session_key == this, row.last_seen_at),
        reverse=True,
    )
    return [
        Device(row.pk, plain(row.user_agent), row.ip, row.created_at, row.last_seen_at, row.session_key == this)
        for row in listed
    ]


@transaction.atomic
def end_sessions(*, user: User, except_key: str | None = "", by: User | None) -> int:
    """Sign the person out everywhere, but for the session with that key; how many that were.

    Called where what a session may do changes: a role is given or ends, a second factor is set up or reset.
    """
    return _end(UserSession.objects.filter(user=user).exclude(session_key=except_key or ""), user=user, by=by)


@transaction.atomic
def end_session(*, user: User, id: int, except_key: str | None, by: User) -> int:  # noqa: A002  # as the row calls it
    """Sign the person out on one device; 0 when it isn't theirs or has ended already."""
    rows = UserSession.objects.filter(user=user, pk=id).exclude(session_key=except_key or "")
    return _end(rows, user=user, by=by)


def _end(rows: "QuerySet[UserSession]", *, user: User, by: User | None) -> int:
    take_turn()
    keys = list(rows.values_list("session_key", flat=True))
    ended, _by_model = Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    if ended:
        record(user, "end_sessions", data={"sessions": ended}, by=by)
    return ended


def is_idle(request: HttpRequest) -> bool:
    """Whether someone who holds a role has not clicked for longer than the settings allow."""
    seen, who = request.session.get(SEEN), request.user
    if seen is None or not (isinstance(who, User) and who.roles_today):
        return False
    return timezone.now().timestamp() - seen > settings.STAFF_IDLE_MINUTES * 60


def see(request: HttpRequest) -> None:
    """Note that the session is in use, at most once a minute."""
    now = timezone.now()
    seen = request.session.get(SEEN)
    if seen is not None and now.timestamp() - seen < SEEN_EVERY.total_seconds():
        return
    request.session[SEEN] = now.timestamp()
    UserSession.objects.create_from_request(request)
