"""The whole demo: an open call, one that waits for the board, and last year's published one."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from django.db import transaction
from django.utils import timezone

from applications.models import Homologation, Opinion, Run
from applications.services.calls import close_call
from applications.services.runs import confirm_ranking, homologate, programmes_to_confirm, publish
from mobility import demonstration
from mobility.log import dated
from mobility.management.demo import people as cast
from mobility.management.demo.calls import (
    DAY,
    Season,
    apply_all,
    apply_one,
    exceptions_of_merit,
    make_call,
    opinions,
    write_good_record,
    write_records,
)
from mobility.management.demo.roles import tell_roles
from mobility.models import Call, Job, LogEntry, Student, User
from mobility.services import jobs, messages
from mobility.services.imports.files import apply_shipped
from mobility.workflow import record
from scholarships.services import runs

BUILT = "demo_built"
# When each step was taken.
Days = dict[str, datetime.datetime]


@dataclass(frozen=True)
class Size:
    """Candidates of the open call, of the one that waits, of last year's."""

    candidates: int

    @property
    def waiting(self) -> int:
        return max(8, self.candidates // 5)

    @property
    def last_year(self) -> int:
        return max(8, self.candidates * 2 // 3)


def is_built() -> bool:
    return LogEntry.objects.filter(action=BUILT).exists()


def is_begun() -> bool:
    """Whether there are people, all of them the demo's: a build that is there, or that stopped halfway."""
    return User.objects.exists() and not holds_other_people()


def holds_other_people() -> bool:
    return User.objects.exclude(email__endswith="@example.org").exists()


def build(*, seed: int, candidates: int, now: datetime.datetime, say: Callable[[str], None]) -> None:
    """Make everything, relative to ``now``. Each call is one transaction; the last row says that all is there."""
    dice = Random(seed)  # nosec B311  # invented data, nothing secret
    size = Size(candidates)
    say("Institutions, networks, programmes, course units")
    apply_shipped(by=None)
    with transaction.atomic():
        people = cast.make_staff(since=(now - 500 * DAY).date(), dice=dice)
    say("Last year's call: applied, decided, homologated, published")
    _last_year(people, size, now, dice)
    say("A call of traineeships that waits for the board")
    _waiting(people, size, now, dice)
    say(f"The open call: {size.candidates} candidates")
    with transaction.atomic():
        call = _open(people, size, now, dice)
        tell_roles(people, call, today=timezone.localdate(now))
        messages.file_away()
        record(call, BUILT, data={"seed": seed, "candidates": candidates}, by=None)


def _academic_year(now: datetime.datetime) -> int:
    """The one that applications are for: the next."""
    return now.year + 1 if now.month >= 9 else now.year


def _open(people: cast.People, size: Size, now: datetime.datetime, dice: Random) -> Call:
    year = _academic_year(now)
    season = Season(
        code=f"sms-{year}",
        name=f"Mobilidade de estudos {year}/{year + 1}",
        name_en=f"Study mobility {year}/{year + 1}",
        academic_year=year,
        kind="SMS",
        opens_at=now - 12 * DAY,
        closes_at=_end_of_day(now + 9 * DAY),
        erasmus=max(4, size.candidates * 2 // 5),
        share=0.95,
    )
    call = make_call(season, people, dice)
    students = cast.make_students(size.candidates, first_number=3000, year=4, on=now.date(), dice=dice)
    write_records(students, at=now - 13 * DAY, dice=dice)
    apply_all(call, students, until=now, drafts=0.08, dice=dice)
    opinions(call, people, share=0.5, dice=dice)
    exceptions_of_merit(call)
    visitor = cast.make_demo_student(*demonstration.STUDENT, number="ist102999", year=4)
    write_good_record(visitor, at=now - 13 * DAY, dice=dice)
    return call


def _waiting(people: cast.People, size: Size, now: datetime.datetime, dice: Random) -> None:
    year = _academic_year(now)
    season = Season(
        code=f"smp-{year}",
        name=f"Mobilidade de estágio {year}/{year + 1}",
        name_en=f"Traineeship mobility {year}/{year + 1}",
        academic_year=year,
        kind="SMP",
        opens_at=now - 45 * DAY,
        closes_at=_end_of_day(now - 6 * DAY),
        erasmus=max(3, size.waiting // 2),
        share=0.4,
    )
    with transaction.atomic():
        call = make_call(season, people, dice)
        students = cast.make_students(size.waiting, first_number=2000, year=5, on=now.date(), dice=dice)
        write_records(students, at=season.opens_at - DAY, dice=dice)
        apply_all(call, students, until=season.closes_at, drafts=0.03, dice=dice)
        with dated(season.closes_at):
            opinions(call, people, share=1, dice=dice)
    days = {"close": season.closes_at + DAY / 2, "confirm": season.closes_at + 3 * DAY}
    _confirmed(_decided(call, people, days), people, days)
    _moved_back(call, days)


def _last_year(people: cast.People, size: Size, now: datetime.datetime, dice: Random) -> None:
    year = _academic_year(now) - 1
    season = Season(
        code=f"sms-{year}",
        name=f"Mobilidade de estudos {year}/{year + 1}",
        name_en=f"Study mobility {year}/{year + 1}",
        academic_year=year,
        kind="SMS",
        opens_at=now - 377 * DAY,
        closes_at=_end_of_day(now - 356 * DAY),
        erasmus=max(3, size.last_year * 2 // 5),
        share=0.9,
    )
    with transaction.atomic():
        call = make_call(season, people, dice)
        students = cast.make_students(size.last_year, first_number=1000, year=5, on=season.opens_at.date(), dice=dice)
        write_records(students, at=season.opens_at - DAY, dice=dice)
        apply_all(call, students, until=season.closes_at, drafts=0.03, dice=dice)
        _apply_visitor(call, season, dice)
        with dated(season.closes_at):
            opinions(call, people, share=1, dice=dice)
        exceptions_of_merit(call)
    days = {
        "close": season.closes_at + DAY / 2,
        "confirm": season.closes_at + 4 * DAY,
        "homologate": season.closes_at + 6 * DAY,
        "publish": season.closes_at + 7 * DAY,
    }
    run = _decided(call, people, days)
    _confirmed(run, people, days)
    with dated(days["homologate"]):
        homologate(run=run, decision_sha256=run.decision_sha256, by=people.staff["board"])
    run.refresh_from_db()
    with dated(days["publish"]):
        publish(run=run, by=people.staff["nmci"])
    _moved_back(call, days)


def _apply_visitor(call: Call, season: Season, dice: Random) -> None:
    """The account whose result of last year a visitor can read, with the call's most wanted destinations."""
    student: Student = cast.make_demo_student(*demonstration.PLACED, number="ist100999", year=5)
    write_good_record(student, at=season.opens_at - DAY, dice=dice)
    found = call.destinations.open_to(student.programme_id).order_by("code")
    wanted = [destination.pk for destination in found if destination.code in ("S  STOCKHO04", "D  MUNCHEN02")]
    wanted += [destination.pk for destination in found if destination.pk not in wanted][:3]
    apply_one(call, student, wanted, at=season.opens_at + 5 * DAY, finish=True, dice=dice)


def _end_of_day(instant: datetime.datetime) -> datetime.datetime:
    """A minute before midnight in Lisbon, when calls close."""
    return timezone.localtime(instant).replace(hour=23, minute=59, second=0, microsecond=0)


def _decided(call: Call, people: cast.People, days: Days) -> Run:
    """Close, and do here what a worker does with the job."""
    with dated(days["close"]):
        run = close_call(call=call, by=people.staff["nmci"])
    if run is None:
        raise RuntimeError("a demo call had nothing to decide")
    job = jobs.claim(job_id=runs.job_of(run).pk)
    if job is None:
        raise RuntimeError("a worker is running: stop it while the demo is being made")
    with dated(days["close"]):
        runs.execute(job)
    run.refresh_from_db()
    if run.state != Run.State.DECIDED:
        raise RuntimeError(f"the run of {call.code} ended as {run.state}: {Job.objects.get(pk=job.pk).error}")
    return run


def _confirmed(run: Run, people: cast.People, days: Days) -> None:
    with dated(days["confirm"]):
        for programme in programmes_to_confirm(run):
            confirm_ranking(run=run, programme=programme, by=people.coordinators[programme.pk])
    run.refresh_from_db()


@transaction.atomic
def _moved_back(call: Call, days: Days) -> None:
    """Services know no other day than today; what the demo says to have happened earlier gets its day here.

    But for the log, which nobody changes afterwards: it was written with its day (``dated``).
    """
    closed = days["close"]
    Call.objects.filter(pk=call.pk).update(closed_at=closed)
    for run in Run.objects.filter(call=call):
        Run.objects.filter(pk=run.pk).update(
            created_at=closed, decided_at=closed, published_at=days["publish"] if run.published_at else None
        )
        Job.objects.filter(kind="run", subject_id=run.pk).update(created_at=closed, finished_at=closed)
        run.confirmations.update(at=days["confirm"])
        Homologation.objects.filter(run=run).update(at=days.get("homologate"))
    Opinion.objects.filter(application__call=call).update(at=call.closes_at)
