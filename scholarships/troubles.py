"""What went wrong and waits for the office: jobs that failed, e-mails that did not leave (Art. 2(2))."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from mobility.models import Job, Message


def failed_jobs() -> list[Job]:
    """Jobs whose newest attempt at the subject failed, newest first."""
    newest = Job.objects.filter(kind=OuterRef("kind"), subject_id=OuterRef("subject_id")).order_by("-created_at", "-pk")
    return list(Job.objects.filter(pk=Subquery(newest.values("pk")[:1]), state=Job.State.FAILED))


@dataclass(frozen=True)
class MailTroubles:
    """Messages given up, with the mail server's reasons and how many have each; messages late; all that wait."""

    failed: int
    late: int
    queued: int
    examples: Sequence[Message]
    reasons: Sequence[tuple[str, int]]

    @property
    def any(self) -> bool:
        return bool(self.failed or self.late)


# Beat sends every half a minute: what is due for this long is stuck.
LATE = datetime.timedelta(minutes=15)
# How many messages and reasons the dashboard writes out.
NAMED = 5


def mail_troubles() -> MailTroubles:
    late = Q(state=Message.State.QUEUED, not_before__lt=timezone.now() - LATE)
    failed = Q(state=Message.State.FAILED)
    queued = Q(state__in=[Message.State.QUEUED, Message.State.SENDING])
    counted = Message.objects.aggregate(
        failed=Count("pk", filter=failed), late=Count("pk", filter=late), queued=Count("pk", filter=queued)
    )
    given_up = Message.objects.filter(failed)
    return MailTroubles(
        **counted,
        examples=list(given_up.select_related("recipient")[:NAMED]),
        reasons=list(given_up.order_by().values_list("error").annotate(n=Count("pk")).order_by("-n", "error")[:NAMED]),
    )
