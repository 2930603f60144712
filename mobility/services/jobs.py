"""Long work as rows: started in the caller's transaction, claimed by one worker at a time, ended once.

Messages to the broker may be lost or come twice; the row is the truth. A claim is a compare-and-set,
and its number (``Job.attempts``) is the fence: whatever a worker writes afterwards is written only
while that claim stands, so one that was taken for dead and wakes up can do no harm.

    job = claim(job_id=...)        # None: somebody else has it, or it is over
    beat(job, "reading", 10)       # alive; raises Cancelled or Lost
    with transaction.atomic():
        finish(job)                # the same two; holds the claim until the commit
        ...                        # the outcome

These rows move by compare-and-set rather than by ``advance()``: that no worker waits for another is
what they are for.
"""

import datetime
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from mobility.celery import app
from mobility.disk import is_disk_full
from mobility.models import Job, User
from mobility.workflow import TransitionRefused

logger = logging.getLogger(__name__)

# A worker that dies this often over the same job will die over it again.
MAX_ATTEMPTS = 5


class Cancelled(Exception):  # noqa: N818  # not an error: what somebody wanted
    """Somebody asked for the job to be cancelled."""


class Lost(Exception):  # noqa: N818  # not an error: another worker has the job
    """The claim doesn't stand any more: the job was taken over, or is over."""


class TooManyAttemptsError(Exception):
    """Every worker that took the job so far stopped in the middle of it."""


@transaction.atomic
def start(*, kind: str, subject_id: int, by: User | None) -> Job:
    """Write a job, and hand it to a worker once the caller's transaction is committed.

    Raises IntegrityError when the same work on the same subject is already waiting or running.
    """
    job = Job.objects.create(kind=kind, subject_id=subject_id, created_by=by)
    _hand_over(job.pk)
    return job


@transaction.atomic
def claim(*, job_id: int) -> Job | None:
    """Take a job that waits, or whose worker has stopped beating. None: there is nothing to take."""
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, heartbeat_at__lt=_last_sign_of_life())
    claimed = Job.objects.filter(free, pk=job_id).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        heartbeat_at=timezone.now(),
        phase="",
        progress=0,
    )
    return Job.objects.get(pk=job_id) if claimed else None


def beat(job: Job, phase: str, progress: int) -> None:
    """Show that the worker is alive and how far it is (0 to 100). Raises Cancelled or Lost."""
    if job.attempts > MAX_ATTEMPTS:
        raise TooManyAttemptsError
    if not _claimed(job).update(phase=phase, progress=progress, heartbeat_at=timezone.now()):
        raise Lost
    if _claimed(job).filter(cancel_requested=True).exists():
        raise Cancelled


def finish(job: Job) -> None:
    """Done. Call it first in the transaction that writes the outcome. Raises Cancelled or Lost.

    It holds the row until the commit: nobody can take the job over while its outcome is written,
    and without the claim there is no outcome.
    """
    done = _claimed(job).filter(cancel_requested=False)
    if not done.update(state=Job.State.DONE, progress=100, finished_at=timezone.now(), error=""):
        raise Cancelled if _claimed(job).exists() else Lost


def fail(job: Job, error: str) -> None:
    """Failed, for a reason that ``explain`` can word. Raises Lost."""
    _end(job, Job.State.FAILED, error)


def give_up(job: Job) -> None:
    """Cancelled, as somebody asked. Raises Lost."""
    _end(job, Job.State.CANCELLED, "")


def failure(error: Exception) -> str:
    """What ``fail`` stores of an error that the work itself doesn't foresee, for ``explain`` to word."""
    if is_disk_full(error):
        return f"disk: {error}"
    return f"unexpected: {type(error).__name__}: {error}"


def explain(job: Job) -> str:
    """Why a job failed, in the reader's language, and what to do. "" when it didn't."""
    code, _separator, detail = job.error.partition(": ")
    sentences = {
        "": "",
        "disk": _("There was no space left to store the outcome. Nothing was changed. Free some space and try again."),
        "case": _("The data cannot be decided on: %(detail)s. Nothing was changed. Correct them and try again."),
        "budget": _(
            "While this was running, another run used grants of the same budget: %(detail)s. "
            "Nothing was changed. Try again."
        ),
        "attempts": _(
            "The work was started %(times)s times and stopped in the middle each time. Nothing was changed. "
            "Tell whoever looks after the server, then try again."
        ),
    }
    unexpected = _(
        "Something unexpected happened. Nothing was changed. Tell whoever looks after the server: %(detail)s"
    )
    return sentences.get(code, unexpected) % {"detail": detail or code, "times": MAX_ATTEMPTS}


@transaction.atomic
def request_cancel(*, job: Job, by: User | None) -> Job:
    """Cancel a job that waits at once, and one that runs at its next heartbeat; the row as it is then.

    Raises TransitionRefused when it is over. Whoever calls has asked whether the person may, and
    writes the log: only they know what the job is about.
    """
    stored = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if stored.state == Job.State.QUEUED:
        stored.state, stored.finished_at = Job.State.CANCELLED, timezone.now()
    elif stored.state != Job.State.RUNNING:
        raise TransitionRefused(_("It is too late to cancel: the work is already over."))
    stored.cancel_requested = True
    stored.save(update_fields=["state", "finished_at", "cancel_requested"])
    return stored


@transaction.atomic
def requeue_stalled() -> int:
    """Hand over again what stopped beating, or waits longer than a message can take; how many."""
    waiting = Q(state=Job.State.QUEUED) & Q(seen__lt=_last_sign_of_life())
    stalled = Q(state=Job.State.RUNNING, heartbeat_at__lt=_last_sign_of_life())
    # A worker that is writing its outcome holds its row: that one is alive.
    found = list(
        Job.objects.annotate(seen=Coalesce("heartbeat_at", "created_at"))
        .filter(waiting | stalled)
        .select_for_update(skip_locked=True, no_key=True)
        .values_list("pk", flat=True)
    )
    Job.objects.filter(pk__in=found).update(state=Job.State.QUEUED, heartbeat_at=timezone.now())
    for job_id in found:
        logger.warning("job %s: no sign of life, handed over again", job_id)
        _hand_over(job_id)
    return len(found)


def _last_sign_of_life() -> datetime.datetime:
    """Whoever has not beaten since is taken for dead."""
    return timezone.now() - datetime.timedelta(seconds=settings.JOB_STALLED_AFTER_SECONDS)


def _claimed(job: Job):  # type: ignore[no-untyped-def]  # a QuerySet[Job], for django-stubs only
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


def _end(job: Job, state: str, error: str) -> None:
    if not _claimed(job).update(state=state, error=error, finished_at=timezone.now()):
        raise Lost


def _hand_over(job_id: int) -> None:
    """Robust: when the broker is down the row still waits, and ``requeue_stalled`` finds it."""
    transaction.on_commit(lambda: app.send_task("mobility.tasks.run_job", args=[job_id], retry=False), robust=True)
