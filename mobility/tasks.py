"""What the worker does. Every task can be killed at any point and run again: the rows are the truth."""

from collections.abc import Callable

from django.utils import timezone

from mobility.celery import app
from mobility.models import Job
from mobility.personal import exports, retention
from mobility.services import jobs, log_checks, messages
from mobility.services.fenix import fetches
from scholarships.services import documents, runs

# Which work a job's kind stands for. Each ends its job itself, in the transaction of its outcome.
WORK: dict[str, Callable[[Job], None]] = {
    "run": runs.execute,
    "documents": documents.execute,
    "fenix": fetches.execute,
    exports.KIND: exports.execute,
}


@app.task
def run_job(job_id: int) -> None:
    """Do a job, unless another worker has it or it is over."""
    job = jobs.claim(job_id=job_id)
    if job is not None:
        WORK[job.kind](job)


@app.task
def requeue_stalled_jobs() -> None:
    """Hand over again the jobs of workers that stopped."""
    jobs.requeue_stalled()


@app.task
def keep_only_what_is_due() -> None:
    """Take away what is past the period that the privacy notice gives."""
    retention.apply(now=timezone.now())


@app.task
def forget_fenix_tokens() -> None:
    """End the askings that no worker came to, and forget their tokens."""
    fetches.forget_tokens()


@app.task
def send_messages() -> None:
    """Send the e-mails that are due."""
    messages.send_due()


@app.task
def check_log() -> None:
    """Compute the log's chain again."""
    log_checks.check_log()
