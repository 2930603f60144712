"""People and what they were told about their data."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from mobility.models import NoticeAcceptance, User
from mobility.privacy.notices import CURRENT
from mobility.workflow import record


def has_taken_note(user: User) -> bool:
    """Of the version in force."""
    return NoticeAcceptance.objects.filter(user=user, version=CURRENT.version).exists()


@transaction.atomic
def take_note(*, user: User, version: str, language: str, by: User) -> None:
    """Keep that a person took note of the notice (GDPR 13); a second press changes nothing.

    Raises PermissionDenied for somebody else's, and ValueError when a newer version is out: that one is to be read.
    """
    if by != user:
        raise PermissionDenied("take_note")
    if version != CURRENT.version:
        raise ValueError(version)
    _row, new = NoticeAcceptance.objects.get_or_create(user=user, version=version, defaults={"language": language})
    if new:
        record(user, "take_note", data={"version": version}, by=by)
