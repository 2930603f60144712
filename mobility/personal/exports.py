"""Everything about a person as one file: asked for by themselves, made by a worker, kept for a week (GDPR 15, 20)."""

import datetime
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mobility import mail
from mobility.log import take_turn
from mobility.models import DataExport, Job, User
from mobility.models.privacy import kept_at
from mobility.personal import archive
from mobility.privacy.retention import KINDS
from mobility.services import jobs
from mobility.workflow import record

logger = logging.getLogger(__name__)

KIND = "personal_data"
FOLDER = "exports"
# A file without a row is no longer being made after this long.
SETTLED = datetime.timedelta(days=1)
WAITING = (Job.State.QUEUED, Job.State.RUNNING)


def job_of(user: User) -> Job | None:
    """The newest work on the person's file, whatever became of it."""
    return Job.objects.filter(kind=KIND, subject_id=user.pk).order_by("-pk").first()


@transaction.atomic
def ask(*, user: User, by: User) -> bool:
    """Have the file made, in the place of an earlier one. False: it is being made already, a second press adds nothing.

    Raises PermissionDenied for somebody else's data.
    """
    if by != user:
        raise PermissionDenied("personal_data")
    take_turn()
    # Two presses at once wait here for each other.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Job.objects.filter(kind=KIND, subject_id=user.pk, state__in=WAITING).exists():
        return False
    jobs.start(kind=KIND, subject_id=user.pk, by=by)
    record(user, "ask_for_data", by=by)
    return True


def execute(job: Job) -> None:
    """Make the file of a claimed job; a failure is stored with the job and worded by ``jobs.explain``."""
    try:
        _make(job)
    except jobs.Lost:
        logger.warning("data of person %s: taken over by another worker", job.subject_id)
    except jobs.Cancelled:
        jobs.give_up(job)
    except Exception as error:
        logger.exception("data of person %s failed", job.subject_id)
        jobs.fail(job, jobs.failure(error))


def _make(job: Job) -> None:
    jobs.beat(job, "personal_data", 10)
    user = User.objects.get(pk=job.subject_id)
    with tempfile.TemporaryFile() as file:
        archive.write(user, file)
        jobs.beat(job, "personal_data", 80)
        file.seek(0)
        _keep(user, file, job)


def _keep(user: User, file: IO[bytes], job: Job) -> None:
    """Store the file in the place of the one before, and tell the person."""
    # The job's own name: a worker that takes over after a kill writes over what the first one left.
    export = DataExport(public_id=job.public_id, user=user, asked_at=job.created_at, made_at=timezone.now())
    with _undone_with_the_row(export), transaction.atomic():
        jobs.finish(job)
        discard(user)
        export.file.storage.delete(kept_at(export, ""))
        export.file.save("", File(file, name="data.zip"), save=False)
        export.size = export.file.size
        export.save()
        context = {"days": KINDS["export"].period, "address": reverse("my_data")}
        mail.queue("data_ready", to=user, key=str(export.public_id), context=context)


@contextmanager
def _undone_with_the_row(export: DataExport) -> Iterator[None]:
    """A transaction that is undone would leave the file that was written in it."""
    try:
        yield
    except BaseException:
        export.file.storage.delete(kept_at(export, ""))
        raise


def discard(user: User) -> None:
    """Take the person's file away, if there is one; the bytes go when the transaction is committed."""
    for export in DataExport.objects.filter(user=user):
        name, storage = str(export.file.name), export.file.storage
        export.delete()
        if name:
            transaction.on_commit(partial(storage.delete, name))


def sweep(now: datetime.datetime) -> int:
    """Delete files that no row names any more, of workers that died over and over; how many."""
    storage = DataExport._meta.get_field("file").storage
    if not storage.exists(FOLDER):
        return 0
    swept = 0
    for name in storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        old = storage.get_modified_time(path) < now - SETTLED
        if old and not DataExport.objects.filter(file=path).exists():
            storage.delete(path)
            swept += 1
    return swept
