"""Deciding a call: what the worker does, from the rows of the applications to those of the outcome.

Each step can be interrupted anywhere and done again. The case is read once, in one snapshot, and kept:
a second attempt decides on the same. The outcome, the run's state and the job's end are one
transaction, held to the job's claim.
"""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from applications.models import Run, RunFiles
from applications.services import case_files, notices
from applications.services.cases import read_case
from applications.workflow import RUN
from mobility.bulk import snapshot
from mobility.log import take_turn
from mobility.models import Job, User
from mobility.regulation.case import Case, CaseError
from mobility.regulation.decision import Decision, decide
from mobility.regulation.reason import surroundings
from mobility.services import jobs
from mobility.workflow import advance, record
from scholarships.services.availability import grants_available
from scholarships.services.outcomes import store_outcome, totals

logger = logging.getLogger(__name__)

# How far each phase begins, in per cent; the phases of the engine by their own names.
PROGRESS = {
    "reading": 5,
    "admission": 40,
    "ranking": 45,
    "placement": 50,
    "erasmus": 55,
    "santander": 60,
    "writing": 65,
}


class BudgetOverrunError(Exception):
    """Another call's run was stored meanwhile and took grants that this one counted on (Art. 8(1))."""


def execute(job: Job) -> None:
    """Decide the run of a claimed job; a failure is stored with the run and worded by ``jobs.explain``."""
    run = Run.objects.select_related("call").get(pk=job.subject_id)
    try:
        with _without_collecting():
            _decide(run, job)
    except jobs.Lost:
        logger.warning("run %s: taken over by another worker", run)
    except jobs.Cancelled:
        with transaction.atomic():
            jobs.give_up(job)
            advance(RUN, Run.objects.get(pk=run.pk), "cancel", by=None)
    except Exception as error:
        logger.exception("run %s failed", run)
        with transaction.atomic():
            jobs.fail(job, _reason(error))
            # As it is stored: the one in memory may have an outcome that was never written.
            advance(RUN, Run.objects.get(pk=run.pk), "fail", data={"error": _reason(error)}, by=None)


@transaction.atomic
def cancel(*, run: Run, by: User) -> Job:
    """Stop a run that waits or is being decided: at once, or at the worker's next heartbeat.

    The call stays closed; a new run can be requested. Raises PermissionDenied, TransitionRefused.
    """
    if not RUN["cancel"].who.test(by, run):
        raise PermissionDenied("cancel")
    job = jobs.request_cancel(job=job_of(run), by=by)
    if job.state == Job.State.CANCELLED:
        advance(RUN, run, "cancel", by=by)
    else:
        record(run, "request_cancel", clause="2.2", from_state=run.state, to_state=run.state, by=by)
    return job


def job_of(run: Run) -> Job:
    """The job that decides the run."""
    return Job.objects.get(kind="run", subject_id=run.pk)


def _decide(run: Run, job: Job) -> None:
    jobs.beat(job, "reading", PROGRESS["reading"])
    advance(RUN, run, "start", data={"attempt": job.attempts}, by=None)
    case, texts = _stored(run) or _frozen(run, job)
    decision = decide(case, progress=lambda phase: jobs.beat(job, phase, PROGRESS[phase]))
    jobs.beat(job, "writing", PROGRESS["writing"])
    packed, digest = case_files.pack(decision.lines())
    run.input_sha256, run.decision_sha256 = case.input_sha256, digest
    run.totals, run.surroundings = totals(case, decision), surroundings(case, decision)
    _store(run, job, decision, packed, case=case, texts=texts)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Hundreds of thousands of rows and not a cycle among them: looking for one takes half the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _stored(run: Run) -> tuple[Case, list[str]] | None:
    """What an earlier attempt has read: the case, and every candidate's text."""
    files = RunFiles.objects.filter(run=run).first()
    if files is None:
        return None
    case = case_files.stored_case(files)
    return case, list(case_files.candidate_texts(case))


def _frozen(run: Run, job: Job) -> tuple[Case, list[str]]:
    """Read the case, and keep it before anything is decided on it."""
    with snapshot():
        grants = grants_available(run.call)
        case = read_case(run.call, erasmus=grants["erasmus"], santander=grants["santander"])
    texts = list(case_files.candidate_texts(case))
    packed, digest = case_files.pack(case_files.case_text(case, texts))
    with transaction.atomic():
        jobs.beat(job, "reading", PROGRESS["admission"])
        RunFiles.objects.create(run=run, case=packed)
    return replace(case, input_sha256=digest), texts


@transaction.atomic
def _store(run: Run, job: Job, decision: Decision, packed: bytes, *, case: Case, texts: list[str]) -> None:
    """The outcome and everything that follows from it, or nothing."""
    jobs.finish(job)
    # The outcome's rows are of this run alone, so they are written before the log's turn: nobody waits for them.
    RunFiles.objects.filter(run=run).update(decision=packed)
    store_outcome(run, decision, case=case, texts=texts)
    # Runs of other calls draw on the same budget: with the turn, they are checked and stored one after the other.
    take_turn()
    _check_budget(run, case, decision)
    for earlier in run.call.runs.filter(state__in=_REPLACED):
        advance(RUN, earlier, "supersede", data={"by_run": run.number}, by=None)
    run.decided_at = timezone.now()
    advance(RUN, run, "decide", data={"decision_sha256": run.decision_sha256}, by=None)
    notices.tell_coordinators(run)


# A published run stays in force until the new one is published too.
_REPLACED = (Run.State.DECIDED, Run.State.CONFIRMED, Run.State.RETURNED, Run.State.HOMOLOGATED)


def _check_budget(run: Run, case: Case, decision: Decision) -> None:
    grants = grants_available(run.call)
    for scheme, counted, left in (
        ("erasmus", case.erasmus, decision.erasmus_left),
        ("santander", case.santander, decision.santander_left),
    ):
        given = (counted or 0) - (left or 0)
        if given > (grants[scheme] or 0):
            raise BudgetOverrunError(f"{scheme}, {given} > {grants[scheme]}")


def _reason(error: Exception) -> str:
    """What ``jobs.explain`` words; the rest is in the log."""
    if isinstance(error, CaseError):
        return f"case: {error}"
    if isinstance(error, BudgetOverrunError):
        return f"budget: {error}"
    if isinstance(error, jobs.TooManyAttemptsError):
        return "attempts"
    return jobs.failure(error)
