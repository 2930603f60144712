"""The student's own file, from what Fénix says at sign-in and, of the year, in the curriculum (Art. 1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.models import Programme, Student, User
from mobility.services.fenix.answers import Curriculum, Registration
from mobility.services.fenix.cycles import Kind, kind_of
from mobility.workflow import record

# Years are counted from the first of the 1st cycle, as Art. 1 does: a master begins with the fourth.
YEARS_BEFORE = {Kind.SECOND_CYCLE: 3, Kind.INTEGRATED: 0}


@dataclass(frozen=True)
class Enrolment:
    """The student file after looking at it, or why there is none (a code that the pages word)."""

    student: Student | None
    problem: str = ""


def programmes_of(registrations: Iterable[Registration]) -> list[Programme]:
    """Our programmes among the degrees in which somebody is registered now, by acronym."""
    acronyms = {registration.acronym for registration in registrations if registration.active}
    return list(Programme.objects.filter(code__in=acronyms))


@transaction.atomic
def enrol(
    *,
    user: User,
    username: str,
    registrations: Sequence[Registration],
    curricula: Iterable[Curriculum] = (),
    by: User | None,
) -> Enrolment:
    """Make or bring up to date a person's student file; what isn't known is left as it is, never guessed.

    Without the curriculum, the year of an integrated master isn't known, and the file waits for it.
    """
    take_turn()
    student = Student.objects.select_for_update(no_key=True).filter(user=user).first()
    programme, problem = _choose(programmes_of(registrations), student)
    if programme is None:
        return Enrolment(student, problem)
    said = _year_said(programme, curricula)
    if student is not None:
        _update(student, programme, said, by)
        return Enrolment(student)
    year = said or _year_at_least(programme, registrations)
    if year is None:
        return Enrolment(None, "year")
    if Student.objects.filter(number=username).exists():
        return Enrolment(None, "number_taken")
    return Enrolment(_create(user, username, programme, year, by))


@transaction.atomic
def choose_programme(
    *, user: User, username: str, registrations: Sequence[Registration], code: str, by: User
) -> Student:
    """Whoever is in two of our programmes at once says with which of them to apply; asked once.

    Raises ValidationError when that can't be chosen, or when the year isn't known.
    """
    if Student.objects.filter(user=user).exists():
        raise ValidationError(_("Your student file has its programme already. If it is wrong, write to NMCI."))
    chosen = next((programme for programme in programmes_of(registrations) if programme.code == code), None)
    if chosen is None:
        raise ValidationError(_("Choose one of the programmes in the list."))
    year = _year_at_least(chosen, registrations)
    if year is None or Student.objects.filter(number=username).exists():
        raise ValidationError(_("The portal can't make your student file by itself. Write to NMCI."))
    return _create(user, username, chosen, year, by)


@transaction.atomic
def declare_nationality(*, student: Student, nationality: str, by: User) -> None:
    """What Fénix doesn't say and Art. 4(2) asks; said once by the student, corrected by the office."""
    take_turn()
    stored = Student.objects.select_for_update(no_key=True).get(pk=student.pk)
    if stored.nationality:
        raise ValidationError(_("Your nationality is known already. If it is wrong, write to NMCI."))
    stored.nationality = nationality
    stored.clean_fields(exclude=["user", "programme"])
    if not stored.nationality:
        raise ValidationError({"nationality": _("Choose a country.")})
    stored.save(update_fields=["nationality"])
    record(stored, "declare_nationality", clause="4.2", data={"nationality": nationality}, by=by)


def _choose(ours: Sequence[Programme], student: Student | None) -> tuple[Programme | None, str]:
    if not ours:
        return None, "unknown_degree"
    if len(ours) == 1:
        return ours[0], ""
    if student is not None and student.programme in ours:
        return student.programme, ""
    return None, "several_degrees"


def _year_said(programme: Programme, curricula: Iterable[Curriculum]) -> int | None:
    """The curricular year that Fénix gives, counted as in Art. 1; None: it doesn't say."""
    for curriculum in curricula:
        before = YEARS_BEFORE.get(kind_of(name=curriculum.name, type_code=curriculum.kind))
        current = curriculum.current_year if curriculum.acronym == programme.code and not curriculum.finished else None
        if before is not None and current is not None:
            return before + current
    return None


def _year_at_least(programme: Programme, registrations: Iterable[Registration]) -> int | None:
    """The first year of a master is the fourth at least; of an integrated master only the curriculum says the year."""
    kinds = {kind_of(name=r.name) for r in registrations if r.active and r.acronym == programme.code}
    return YEARS_BEFORE[Kind.SECOND_CYCLE] + 1 if kinds == {Kind.SECOND_CYCLE} else None


def _create(user: User, username: str, programme: Programme, year: int, by: User | None) -> Student:
    student = Student.objects.create(user=user, number=username, programme=programme, curricular_year=year)
    record(student, "create", data={"programme": programme.code, "year": year, "source": "Fénix"}, by=by)
    return student


def _update(student: Student, programme: Programme, year: int | None, by: User | None) -> None:
    before = {"programme": student.programme.code, "year": student.curricular_year}
    student.programme = programme
    student.curricular_year = student.curricular_year if year is None else year
    after = {"programme": programme.code, "year": student.curricular_year}
    if after != before:
        student.save(update_fields=["programme", "curricular_year"])
        record(student, "update", data={"before": before, "after": after, "source": "Fénix"}, by=by)
