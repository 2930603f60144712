"""Send the messages of the outbox.

Each message is claimed (``SENDING``) before it is handed to the mail server, so that two senders never
send the same one. When a sender dies in between, nobody can know whether the server had taken the
message; it is sent again after the lease, because a person who isn't told is worse off than one who
is told twice. Its Message-ID is made from the row and stays the same, so that mail programs can see
that it is one message.
"""

import datetime
import hashlib
import logging
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mobility.log import take_turn
from mobility.models import Message, User
from mobility.permissions import is_nmci
from mobility.workflow import record_many

logger = logging.getLogger(__name__)

# About a day and a half of trying, with the waits below.
MAX_ATTEMPTS = 8
FIRST_WAIT = datetime.timedelta(minutes=1)
LONGEST_WAIT = datetime.timedelta(hours=12)
# When the mail server itself can't be reached, no message is to blame.
SERVER_WAIT = datetime.timedelta(minutes=1)
# Far longer than a mail server is waited for (EMAIL_TIMEOUT).
LEASE = datetime.timedelta(minutes=10)


def send_due(*, at_most: int = 500) -> int:
    """Send what is due, oldest first; how many were sent. What can't be sent is kept and tried later."""
    sent = 0
    server = get_connection()
    try:
        for pk in list(_due().order_by("pk").values_list("pk", flat=True)[:at_most]):
            message = _claim(pk)
            if message is None:
                continue
            try:
                server.open()
            except OSError as error:
                _server_is_down(message, error)
                break
            sent += _send(message, server)
    finally:
        server.close()
    return sent


@transaction.atomic
def requeue_failed(*, by: User) -> int:
    """Put every message that was given up back in the queue, with all its attempts before it; how many (Art. 2(2)).

    For when the cause is mended. A second press finds nothing more to do. Raises PermissionDenied.
    """
    if not is_nmci.test(by):
        raise PermissionDenied("requeue_failed")
    take_turn()
    failed = list(Message.objects.select_for_update(no_key=True).filter(state=Message.State.FAILED).order_by("pk"))
    record_many(failed, "requeue", clause="2.2", by=by)
    return Message.objects.filter(pk__in=[message.pk for message in failed], state=Message.State.FAILED).update(
        state=Message.State.QUEUED, attempts=0, not_before=timezone.now(), error=""
    )


@transaction.atomic
def file_away() -> int:
    """Count what waits as sent on the day it was written, and send none of it; how many.

    For the demo alone: its people are invented, and what they were told lies in the past.
    """
    waiting = Message.objects.filter(state=Message.State.QUEUED)
    return waiting.update(state=Message.State.SENT, sent_at=F("created_at"))


def _due():  # type: ignore[no-untyped-def]  # a QuerySet[Message], for django-stubs only
    """Waiting messages whose time has come, and those whose sender is gone since the end of its lease."""
    return Message.objects.filter(
        state__in=[Message.State.QUEUED, Message.State.SENDING], not_before__lte=timezone.now()
    )


@transaction.atomic
def _claim(pk: int) -> Message | None:
    """Compare-and-set; the end of the lease (``not_before``) names the claim."""
    claimed = (
        _due()
        .filter(pk=pk)
        .update(state=Message.State.SENDING, attempts=F("attempts") + 1, not_before=timezone.now() + LEASE)
    )
    return Message.objects.select_related("recipient").get(pk=pk) if claimed else None


def _send(message: Message, server: BaseEmailBackend) -> int:
    try:
        _letter(message, server).send()
    except (OSError, ValueError) as error:
        # The connection may be what broke (the next message opens a new one); a ValueError is an
        # address or a subject that no mail can have.
        server.close()
        _refused(message, error)
        return 0
    _release(message, state=Message.State.SENT, sent_at=timezone.now(), error="")
    return 1


def _letter(message: Message, server: BaseEmailBackend) -> EmailMessage:
    mark = hashlib.sha256(message.key.encode()).hexdigest()[:16]
    host = urlsplit(settings.SITE_URL).hostname
    return EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[formataddr((message.recipient.name, message.recipient.email))],
        headers={"Message-ID": f"<{message.pk}.{mark}@{host}>", "Auto-Submitted": "auto-generated"},
        connection=server,
    )


def _refused(message: Message, error: Exception) -> None:
    logger.warning("message %s, attempt %s: %s", message.pk, message.attempts, error)
    if message.attempts >= MAX_ATTEMPTS:
        _release(message, state=Message.State.FAILED, error=str(error))
    else:
        wait = min(FIRST_WAIT * 5 ** (message.attempts - 1), LONGEST_WAIT)
        _release(message, state=Message.State.QUEUED, not_before=timezone.now() + wait, error=str(error))


def _server_is_down(message: Message, error: OSError) -> None:
    logger.warning("the mail server can't be reached: %s", error)
    _release(
        message,
        state=Message.State.QUEUED,
        attempts=F("attempts") - 1,
        not_before=timezone.now() + SERVER_WAIT,
        error=str(error),
    )


def _release(message: Message, **fields: object) -> None:
    """Write what became of it, while the claim stands."""
    Message.objects.filter(pk=message.pk, state=Message.State.SENDING, not_before=message.not_before).update(**fields)
