"""Queue an e-mail: a row in the caller's transaction; a task is asked to send it once that is committed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import get_template, render_to_string
from django.utils import translation

from mobility.celery import app
from mobility.models import Message, User


def queue(template: str, *, to: User, key: str, context: dict[str, Any] | None = None) -> Message:
    """Write the message to the outbox, in the recipient's language; the same key is queued once only.

    ``templates/emails/<template>.txt``: the first line is the subject, the rest the text.
    """
    with translation.override(to.language):
        text = render_to_string(
            f"emails/{template}.txt", {"recipient": to, "site_url": settings.SITE_URL, **(context or {})}
        ).strip()
    subject, _, body = text.partition("\n")
    message, _created = Message.objects.get_or_create(
        key=f"{template}:{key}:{to.pk}",
        defaults={"recipient": to, "template": template, "subject": subject.strip(), "body": body.strip() + "\n"},
    )
    _send_soon()
    return message


@dataclass(frozen=True)
class Letter:
    """One of many messages of the same template: to whom, about what, with which words to fill in."""

    to: User
    key: str
    context: dict[str, Any] = field(default_factory=dict)


# Keeps one statement within what SQLite takes, and memory flat for a long list of letters.
LETTERS_AT_A_TIME = 500


def queue_many(template: str, letters: Iterable[Letter]) -> None:
    """queue(), for a crowd: the same messages, written a few hundred at a time."""
    page = get_template(f"emails/{template}.txt")
    rows: list[Message] = []
    for letter in letters:
        with translation.override(letter.to.language):
            text = page.render({"recipient": letter.to, "site_url": settings.SITE_URL, **letter.context}).strip()
        rows.append(_row(template, letter, text))
        if len(rows) == LETTERS_AT_A_TIME:
            Message.objects.bulk_create(rows, ignore_conflicts=True)
            rows = []
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    _send_soon()


def _send_soon() -> None:
    """Ask for the outbox to be sent, once a transaction.

    Robust: without a broker the messages still wait, and the scheduled task finds them.
    """
    asked = any(call[1] is _ask_to_send for call in connection.run_on_commit)
    if not asked:
        transaction.on_commit(_ask_to_send, robust=True)


def _ask_to_send() -> None:
    app.send_task("mobility.tasks.send_messages", retry=False)


def _row(template: str, letter: Letter, text: str) -> Message:
    subject, _, body = text.partition("\n")
    return Message(
        key=f"{template}:{letter.key}:{letter.to.pk}",
        recipient=letter.to,
        template=template,
        subject=subject.strip(),
        body=body.strip() + "\n",
    )
