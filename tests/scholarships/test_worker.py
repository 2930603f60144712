"""A real Celery worker, killed in every phase of a run: the job is taken up again and finished, once."""

import datetime
import os
import signal
import time

import pytest
from django.conf import settings
from django.utils import timezone

from applications.models import Run, RunFiles
from mobility.celery import app
from mobility.models import Call, Job, LogEntry
from mobility.services import jobs
from tests.scholarships.scene import call_with_candidates, close

# Where the worker is when it is killed. The last one holds the database's write lock on SQLite.
OUTSIDE_TRANSACTIONS = ("reading 5", "admission 40", "santander 60", "writing 65")
ALL = (*OUTSIDE_TRANSACTIONS, "stored")
PATIENCE_SECONDS = 60


def wait_until(condition, what, log):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(log.glob("worker-*.log")))
            pytest.fail(f"waited in vain for {what}\n{logs}")
        time.sleep(0.1)


@pytest.mark.enable_socket
@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("3.3.a")
def test_a_worker_killed_in_any_phase_is_replaced_and_the_run_decided_once(workers, tmp_path):
    waiting = {}
    for phase in ALL:
        # A year of its own: no run waits for the budget of another.
        call = call_with_candidates(number=4)
        Call.objects.filter(pk=call.pk).update(academic_year=2030 + len(waiting))
        waiting[phase] = close(call)[1]

    def stop_at(phase):
        queue = f"{settings.CELERY_TASK_DEFAULT_QUEUE}-{len(phase)}-{phase.split()[0]}"
        app.send_task("mobility.tasks.run_job", args=[waiting[phase].pk], queue=queue)
        return workers(queue, phase)

    stopped = [stop_at(phase) for phase in OUTSIDE_TRANSACTIONS]
    wait_until(lambda: all(mark.exists() for _process, mark in stopped), "the first workers", tmp_path)
    stopped.append(stop_at("stored"))
    wait_until(stopped[-1][1].exists, "the last worker", tmp_path)
    assert not Run.objects.filter(state="decided").exists()
    assert {job.state for job in Job.objects.all()} == {"running"}
    for process, _mark in stopped:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    Job.objects.update(heartbeat_at=timezone.now() - datetime.timedelta(hours=1))
    assert jobs.requeue_stalled() == len(ALL)
    workers(settings.CELERY_TASK_DEFAULT_QUEUE)
    wait_until(lambda: not Job.objects.exclude(state="done").exists(), "the jobs to be done", tmp_path)

    for phase, job in waiting.items():
        run = Run.objects.get(pk=job.subject_id)
        job.refresh_from_db()
        assert (phase, run.state, job.attempts, job.progress) == (phase, "decided", 2, 100)
        assert run.entries.count() == 4
        assert RunFiles.objects.filter(run=run, decision__isnull=False).count() == 1
        decided = LogEntry.objects.filter(object_type="applications.run", object_id=run.pk, action="decide")
        assert decided.count() == 1
