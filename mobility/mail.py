"""Queue an e-mail: a row in the caller's transaction, which a task sends later."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

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
    return message
