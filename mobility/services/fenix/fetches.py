"""From a sign-in through Fénix to the academic record: begun with the sign-in, done by the worker.

The worker can be killed at any point and run again: the record is written in the transaction that ends the asking.
The token is kept sealed until then, and no longer than the list of kinds of data says.
"""

import logging
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from mobility import sealing
from mobility.log import take_turn
from mobility.models import AcademicRecord, FenixFetch, Job, Programme, RecordUnit, Student, User
from mobility.privacy.retention import limit
from mobility.services import jobs
from mobility.services.fenix import answers, asking, students
from mobility.services.fenix.composing import Composed, Earlier, compose, row_of
from mobility.services.fenix.cycles import SOURCE, Catalogue
from mobility.services.records import add_up, write
from mobility.workflow import record

logger = logging.getLogger(__name__)

# Within one attempt of the worker: how often Fénix is asked before it is taken for down.
TRIES = 3


@dataclass(frozen=True)
class Status:
    """How things stand between a person and Fénix."""

    offered: bool
    fetch: FenixFetch | None


def status(user: User) -> Status:
    return Status(asking.offered(), user.fenix_fetches.select_related("record").first())


def is_same_person(*, user: User, username: str) -> bool:
    """Whether a Fénix username is this account's: by the university's identifier, or the student's number."""
    student = getattr(user, "student", None)
    return username in {user.institutional_id, student.number if student else None}


@transaction.atomic
def begin(*, user: User, person: dict[str, Any], token: str, by: User) -> FenixFetch | None:
    """Somebody signed in through Fénix: name and programme at once, the record by the worker.

    ``person`` is what ``answers.needed`` kept of the answer. Who isn't a student is only named: None.
    """
    take_turn()
    read = answers.read_person(person)
    _rename(user, read.name, by)
    if not read.is_student:
        return None
    enrolment = students.enrol(user=user, username=read.username, registrations=read.registrations, by=by)
    fetch = FenixFetch.objects.create(
        user=user, username=read.username, person=person, token=sealing.seal(token), problem=enrolment.problem
    )
    jobs.start(kind="fenix", subject_id=fetch.pk, by=by)
    return fetch


def programmes_of(fetch: FenixFetch) -> list[Programme]:
    """Our programmes in which the person is registered now, as Fénix said at sign-in."""
    return students.programmes_of(answers.read_person(fetch.person).registrations)


def choose_programme(*, user: User, code: str, by: User) -> Student:
    """Make the student file with one of several programmes, by what Fénix said last. Raises ValidationError."""
    fetch = user.fenix_fetches.first()
    if fetch is None:
        raise PermissionDenied("choose_programme")
    registrations = answers.read_person(fetch.person).registrations
    return students.choose_programme(user=user, username=fetch.username, registrations=registrations, code=code, by=by)


def execute(job: Job) -> None:
    """What the worker does: ask for the curriculum, and write the record."""
    fetch = FenixFetch.objects.select_related("user").get(pk=job.subject_id)
    try:
        curricula = _curricula(job, fetch) if fetch.outcome == FenixFetch.Outcome.WAITING else None
        with transaction.atomic():
            jobs.finish(job)
            if curricula is not None:
                _bring(fetch, curricula)
    except jobs.Lost:
        logger.warning("asking Fénix %s: taken over by another worker", fetch.pk)
    except jobs.Cancelled:
        _fail(job, fetch, "cancelled")
    except answers.NonsenseError:
        _fail(job, fetch, "nonsense")
    except asking.AskingError as error:
        _fail(job, fetch, error.code)
    except jobs.TooManyAttemptsError:
        _fail(job, fetch, "attempts")
    except Exception:
        logger.exception("asking Fénix %s failed", fetch.pk)
        _fail(job, fetch, "unexpected")


@transaction.atomic
def forget_tokens() -> int:
    """End what no worker came to in a day: its token has expired in Fénix too. How many."""
    take_turn()
    late = FenixFetch.objects.filter(
        outcome=FenixFetch.Outcome.WAITING, asked_at__lt=limit("fenix", timezone.now())
    ).select_for_update(skip_locked=True, no_key=True)
    found = list(late)
    for fetch in found:
        _end(fetch, FenixFetch.Outcome.FAILED, problem="refused")
    return len(found)


def _rename(user: User, name: str, by: User) -> None:
    """The name is the university's to say."""
    if user.name != name:
        before, user.name = user.name, name
        user.save(update_fields=["name"])
        if before:
            record(user, "rename", data={"before": before, "after": name, "source": SOURCE}, by=by)


def _curricula(job: Job, fetch: FenixFetch) -> tuple[answers.Curriculum, ...]:
    try:
        token = sealing.unseal(fetch.token)
    except sealing.Unreadable:
        raise asking.AskingError("refused") from None
    for attempt in range(1, TRIES + 1):
        jobs.beat(job, "asking", 100 * (attempt - 1) // TRIES)
        try:
            return answers.read_curricula(asking.ask("person/curriculum", token=token))
        except asking.UnreachableError:
            if attempt == TRIES:
                raise
    raise asking.UnreachableError


def _bring(fetch: FenixFetch, curricula: tuple[answers.Curriculum, ...]) -> None:
    """The student file with its year, and the record, if there is something new in it."""
    person = answers.read_person(fetch.person)
    enrolment = students.enrol(
        user=fetch.user,
        username=fetch.username,
        registrations=person.registrations,
        curricula=curricula,
        by=None,
    )
    if enrolment.student is None:
        _end(fetch, FenixFetch.Outcome.NO_STUDENT, problem=enrolment.problem)
        return
    take_turn()
    student = Student.objects.select_for_update(no_key=True).get(pk=enrolment.student.pk)
    latest = student.records.first()
    made = compose(curricula, person.registrations, catalogue=Catalogue.for_record(latest), earlier=_earlier(latest))
    if person.name_was_cut:
        made.note("name", person.name)
    outcome, kept = _decide(student, made, latest, curricula)
    _end(fetch, outcome, problem=enrolment.problem, kept=kept)


def _decide(
    student: Student, made: Composed, latest: AcademicRecord | None, curricula: tuple[answers.Curriculum, ...]
) -> tuple[str, AcademicRecord | None]:
    """Write the record, unless it says nothing new, or would take away credits that somebody else vouched for."""
    if latest is not None and latest.source == SOURCE and _same(made, latest, student):
        return FenixFetch.Outcome.UNCHANGED, latest
    if not curricula or (latest is not None and latest.source != SOURCE and _has_less(made, latest)):
        return FenixFetch.Outcome.KEPT, latest
    written = write(
        student=student, units=made.units, source=SOURCE, enrolments=made.enrolments, notes=made.notes, by=None
    )
    return FenixFetch.Outcome.BROUGHT, written


def _same(made: Composed, latest: AcademicRecord, student: Student) -> bool:
    return (
        (latest.programme_id, latest.enrolments, latest.notes) == (student.programme_id, made.enrolments, made.notes)
    ) and {row_of(unit) for unit in latest.units.all()} == set(made.units)


def _has_less(made: Composed, latest: AcademicRecord) -> bool:
    found = add_up(made.units)
    return found.ects < latest.ects or found.first_cycle_ects < latest.first_cycle_ects


def _earlier(latest: AcademicRecord | None) -> Earlier | None:
    if latest is None:
        return None
    taken = latest.units.filter(status=RecordUnit.Status.ENROLLED)
    return Earlier(enrolments=latest.enrolments, taken=[row_of(unit) for unit in taken])


def _fail(job: Job, fetch: FenixFetch, code: str) -> None:
    """Ended without a record; whoever signed in is told why, and asks again by the button."""
    try:
        with transaction.atomic():
            if code == "cancelled":
                jobs.give_up(job)
            else:
                jobs.fail(job, f"fenix: {code}")
            _end(fetch, FenixFetch.Outcome.FAILED, problem=code)
    except jobs.Lost:
        logger.warning("asking Fénix %s: taken over by another worker", fetch.pk)


def _end(fetch: FenixFetch, outcome: str, *, problem: str, kept: AcademicRecord | None = None) -> None:
    """What came of it; the token goes, and so do the person's earlier askings."""
    fetch.outcome, fetch.problem, fetch.record = outcome, problem, kept
    fetch.token, fetch.ended_at = "", timezone.now()
    if not problem:
        # Only to word or solve a problem is it needed any longer.
        fetch.person = {}
    fetch.save(update_fields=["outcome", "problem", "record", "person", "token", "ended_at"])
    FenixFetch.objects.filter(user=fetch.user, pk__lt=fetch.pk, ended_at__isnull=False).delete()
