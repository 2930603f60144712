"""Long work is claimed by one worker at a time, and a worker that was taken for dead can do no harm."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from mobility.models import Job
from mobility.services import jobs
from mobility.workflow import TransitionRefused
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    return jobs.start(kind="run", subject_id=1, by=UserFactory())


def stop_beating(job):
    """The worker is gone for longer than anybody waits for it."""
    long_ago = timezone.now() - datetime.timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=long_ago, created_at=long_ago)


def stored(job):
    return Job.objects.get(pk=job.pk)


def test_one_worker_gets_the_job(job):
    mine = jobs.claim(job_id=job.pk)
    assert (mine.state, mine.attempts) == ("running", 1)
    assert jobs.claim(job_id=job.pk) is None


def test_the_same_work_is_not_started_twice(job):
    with pytest.raises(IntegrityError), transaction.atomic():
        jobs.start(kind="run", subject_id=1, by=None)


def test_progress_can_be_seen(job):
    mine = jobs.claim(job_id=job.pk)
    jobs.beat(mine, "ranking", 45)
    assert (stored(job).phase, stored(job).progress) == ("ranking", 45)


def test_a_stopped_worker_loses_its_job_to_the_next(job):
    zombie = jobs.claim(job_id=job.pk)
    stop_beating(job)
    assert jobs.requeue_stalled() == 1
    assert stored(job).state == "queued"
    mine = jobs.claim(job_id=job.pk)
    assert mine.attempts == 2
    for late in (lambda: jobs.beat(zombie, "writing", 90), lambda: jobs.finish(zombie), lambda: jobs.fail(zombie, "x")):
        with pytest.raises(jobs.Lost):
            late()
    jobs.finish(mine)
    assert (stored(job).state, stored(job).error) == ("done", "")


def test_a_worker_that_beats_keeps_its_job(job):
    mine = jobs.claim(job_id=job.pk)
    stop_beating(job)
    jobs.beat(mine, "reading", 5)
    assert jobs.requeue_stalled() == 0
    assert stored(job).state == "running"


def test_a_message_that_got_lost_is_sent_again(job, django_capture_on_commit_callbacks):
    stop_beating(job)
    with django_capture_on_commit_callbacks() as handed_over:
        assert jobs.requeue_stalled() == 1
    assert len(handed_over) == 1
    assert jobs.requeue_stalled() == 0  # not again before it had its time


def test_a_waiting_job_is_cancelled_at_once(job):
    assert jobs.request_cancel(job=job, by=None).state == "cancelled"
    assert jobs.claim(job_id=job.pk) is None


def test_a_running_job_is_cancelled_at_its_next_heartbeat(job):
    mine = jobs.claim(job_id=job.pk)
    jobs.request_cancel(job=job, by=None)
    with pytest.raises(jobs.Cancelled):
        jobs.beat(mine, "ranking", 45)
    with pytest.raises(jobs.Cancelled):
        jobs.finish(mine)
    jobs.give_up(mine)
    assert stored(job).state == "cancelled"


def test_what_is_over_cannot_be_cancelled(job):
    jobs.finish(jobs.claim(job_id=job.pk))
    with pytest.raises(TransitionRefused):
        jobs.request_cancel(job=job, by=None)


def test_work_that_kills_every_worker_is_given_up(job):
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.beat(jobs.claim(job_id=job.pk), "reading", 5)
        stop_beating(job)
    with pytest.raises(jobs.TooManyAttemptsError):
        jobs.beat(jobs.claim(job_id=job.pk), "reading", 5)


@pytest.mark.parametrize(
    ("error", "words"),
    [("", ""), ("disk: full", "space"), ("case: X: has no preferences", "X: has no preferences"),
     ("budget: erasmus, 5 > 3", "erasmus, 5 > 3"), ("attempts", "5 times"), ("unexpected: KeyError: 1", "KeyError: 1")],
)  # fmt: skip
def test_a_failure_says_what_to_do(error, words):
    with translation.override("en"):
        said = jobs.explain(Job(error=error))
    assert words in said
    assert bool(said) == bool(error)
