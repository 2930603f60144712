"""A small call that is worth deciding, and how tests close it."""

import datetime

from django.utils import timezone

from applications.models import Run
from applications.services.calls import close_call
from mobility.models import Call, Job, Role
from mobility.tasks import run_job
from scholarships.models import Budget
from scholarships.services.runs import job_of
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    DestinationFactory,
    OpinionFactory,
    ProgrammeFactory,
    RecordFactory,
    StudentFactory,
    person,
)

YEAR = 2027


def call_with_candidates(number=6, grants=3, **fields) -> Call:
    """Two programmes, two destinations with two places each, averages from 16.00 down; it ended a minute ago."""
    ended = timezone.now() - datetime.timedelta(minutes=1)
    call = CallFactory(academic_year=YEAR, closes_at=ended, **fields)
    hosts = [DestinationFactory(call=call) for _ in range(2)]
    for index in range(number):
        candidate(call, hosts, average=f"{16 - index % 4}.{index:02d}", programme=("MEIC", "MEEC")[index % 2])
    if grants is not None:
        Budget.objects.get_or_create(
            academic_year=YEAR, kind="SMS", scheme="erasmus", defaults={"grants": grants, "source": "test"}
        )
    return call


def candidate(call, hosts, average="15.00", programme="MEIC", opinion=None, ects="180", **fields):
    student = StudentFactory(programme=ProgrammeFactory(code=programme))
    record = RecordFactory(student=student, average=average, first_cycle_ects=ects)
    made = ApplicationFactory(call=call, student=student, record=record, preferences=hosts, **fields)
    if opinion:
        OpinionFactory(application=made, value=opinion)
    return made


def office():
    return person(Role.NMCI)


def close(call: Call, **how) -> tuple[Run, Job]:
    """One click, nothing decided yet."""
    run = close_call(call=call, by=office(), **how)
    return run, job_of(run)


def decide(job: Job) -> tuple[Run, Job]:
    """What the worker does; the rows as they are afterwards."""
    run_job(job.pk)
    job.refresh_from_db()
    return Run.objects.get(pk=job.subject_id), job


def closed_and_decided(call: Call) -> Run:
    run, job = decide(close(call)[1])
    assert job.state == "done", job.error
    return run
