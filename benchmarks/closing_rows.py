"""The rows of the closing benchmark: made from the same case as the engine's, read and written bare."""

import datetime
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from applications.models import Application, Entry, Opinion, Preference, Run, RunFiles
from benchmarks import inputs
from mobility import bulk
from mobility.models import (
    AcademicRecord,
    Call,
    Destination,
    Institution,
    Job,
    Membership,
    MobilityProgramme,
    Programme,
    ProgrammePlaces,
    Role,
    Student,
    User,
)
from scholarships.models import Award, Budget, HondtAward, ProgrammeShare

YEAR = 2027


def fill(candidates: int) -> Call:
    """One call that has just ended, with everything that a closing reads."""
    made = inputs.case(candidates)
    now = timezone.now()
    call = Call.objects.create(
        code="bench", name="Bench", name_en="Bench", academic_year=YEAR, state=Call.State.OPEN,
        opens_at=now - datetime.timedelta(days=30), closes_at=now - datetime.timedelta(seconds=1), draw_seed="bench",
    )  # fmt: skip
    office = User.objects.create_user("office@example.org", "correct horse battery", name="Office")
    Membership.objects.create(user=office, role=Role.NMCI, starts_on=datetime.date(2020, 1, 1))
    for scheme in ("erasmus", "santander"):
        Budget.objects.create(
            academic_year=YEAR, kind="SMS", scheme=scheme, grants=made["grants"][scheme], source="bench"
        )
    programmes = {
        row["code"]: Programme.objects.create(code=row["code"], name=row["code"]) for row in made["programmes"]
    }
    ProgrammePlaces.objects.bulk_create(
        ProgrammePlaces(call=call, programme=programmes[row["code"]], places=row["places"])
        for row in made["programmes"]
        if row["places"] is not None
    )
    hosts = _destinations(call, made["destinations"], programmes)
    with transaction.atomic():
        _candidates(call, made["candidates"], {code: found.pk for code, found in programmes.items()}, hosts, office)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return call


def _destinations(call: Call, rows: list[dict[str, Any]], programmes: dict[str, Programme]) -> dict[str, int]:
    schemes = {
        scheme: MobilityProgramme.objects.create(
            code=f"p-{scheme}", name=f"{scheme}", name_en=f"{scheme}", clause="A.1", scheme=scheme
        )
        for scheme in ("erasmus", "santander", None)
    }
    found = {}
    for row in rows:
        host = Institution.objects.create(name=row["code"], country="SE", erasmus_code=row["code"])
        made = Destination.objects.create(
            call=call,
            institution=host,
            mobility_programme=schemes[row["scheme"]],
            code=row["code"],
            places=row["places"],
        )
        made.programmes.set(programmes[code] for code in row.get("programmes", ()))
        found[row["code"]] = made.pk
    return found


def _candidates(
    call: Call, people: list[dict[str, Any]], programmes: dict[str, int], hosts: dict[str, int], office: User
) -> None:
    now = timezone.now()
    numbered = list(enumerate(people, 1_000_000))

    def put(model: Any, rows: Iterator[dict[str, Any]]) -> None:
        first = next(rows)
        bulk.insert(model, list(first), (tuple(row.values()) for row in _again(first, rows)))

    put(User, (
        {"id": n, "password": "!", "email": f"{n}@example.org", "name": f"Person {n}", "language": "pt",
         "is_active": True, "is_superuser": False, "joined_at": now}
        for n, _ in numbered
    ))  # fmt: skip
    put(Student, (
        {"id": n, "user_id": n, "number": p["id"], "programme_id": programmes[p["programme"]], "curricular_year": 4,
         "nationality": "PT", "refugee_or_stateless": False, "earlier_grant": False}
        for n, p in numbered
    ))  # fmt: skip
    put(AcademicRecord, (
        {"id": n, "student_id": n, "programme_id": programmes[p["programme"]], "source": "bench", "as_of": now,
         "enrolments": p["enrolments"], "first_cycle_ects": _stored(p["first_cycle_ects"], 2),
         "weighted_grades": _stored(p["weighted_grades"], 4), "graded_ects": _stored(p["graded_ects"], 2),
         "ects": _stored(p["ects"], 2), "units_completed": p["units"], "enrolled_first_cycle_ects": 0}
        for n, p in numbered
    ))  # fmt: skip
    put(Application, (
        {"id": n, "public_id": uuid.UUID(int=n).hex, "reference": f"{n:09d}", "call_id": call.pk, "student_id": n,
         "programme_id": programmes[p["programme"]], "record_id": n, "state": "submitted", "draft": "{}",
         "draft_version": 1, "term": "year" if p["semesters"] == 2 else "first", "wants_grant": p["grant"]["wanted"],
         "grant_eligible": p["grant"]["eligible"], "earlier_grant": p["grant"]["previous"],
         "santander_lost": p["grant"]["santander_lost"], "barred": p["barred"],
         "will_meet_requirements": p["will_meet_requirements"], "merit": p["merit"], "conduct_version": "1",
         "submitted_at": now, "created_at": now, "updated_at": now}
        for n, p in numbered
    ))  # fmt: skip
    put(Preference, (
        {"application_id": n, "order": order, "destination_id": hosts[code]}
        for n, p in numbered
        for order, code in enumerate(p["preferences"], 1)
    ))  # fmt: skip
    put(Opinion, (
        {"application_id": n, "value": p["opinion"], "reason": "", "coordinator_id": office.pk, "at": now,
         "in_force": True}
        for n, p in numbered
        if p["opinion"]
    ))  # fmt: skip


def _again(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _stored(text: str, places: int) -> int:
    return int(Decimal(text).scaleb(places))


def read_rows() -> None:
    """The floor's reading: the same columns of the same rows, as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, a.reference, a.programme_id, a.term, r.first_cycle_ects, r.weighted_grades, r.graded_ects, "
            "r.ects, r.units_completed, r.enrolments, a.will_meet_requirements, o.value, a.merit, a.barred, "
            "a.grant_eligible, a.wants_grant, a.earlier_grant, a.santander_lost "
            "FROM applications_application a JOIN mobility_academicrecord r ON r.id = a.record_id "
            "LEFT JOIN applications_opinion o ON o.application_id = a.id AND o.in_force "
            "WHERE a.state = 'submitted'"
        )
        cursor.fetchall()
        cursor.execute(
            "SELECT p.application_id, p.destination_id FROM applications_preference p "
            "JOIN applications_application a ON a.id = p.application_id WHERE a.state = 'submitted'"
        )
        cursor.fetchall()


RESULT = (RunFiles, Entry, Award, ProgrammeShare, HondtAward)

Ready = list[tuple[Any, list[str], list[tuple[Any, ...]]]]


def take_out() -> Ready:
    """The stored outcome as ready-made rows (JSON as text), and its tables emptied."""
    ready = [_rows_of(model) for model in RESULT]
    with connection.cursor() as cursor:
        for model in reversed(RESULT):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        if connection.vendor == "postgresql":
            cursor.execute(f"VACUUM {', '.join(model._meta.db_table for model in RESULT)}")
    return ready


def put_back(ready: Ready) -> None:
    """The floor's writing."""
    with transaction.atomic():
        for model, columns, rows in ready:
            bulk.insert(model, columns, rows)


def reopen(call: Call) -> None:
    """As it was before the click, for the next round."""
    take_out()
    Run.objects.all().delete()
    Job.objects.all().delete()
    Call.objects.filter(pk=call.pk).update(state=Call.State.OPEN, closed_at=None, closed_by=None)


def _rows_of(model: Any) -> tuple[Any, list[str], list[tuple[Any, ...]]]:
    columns = [field.column for field in model._meta.concrete_fields]
    json = {"tied_with", "figures", "rounds"}
    wanted = [f'CAST("{name}" AS text)' if name in json else f'"{name}"' for name in columns]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(wanted)} FROM {model._meta.db_table} ORDER BY 1")
        return model, columns, cursor.fetchall()
