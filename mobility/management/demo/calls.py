"""Calls with their places, records, applications and opinions, each made by the service that people use."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from applications.models import Application, Opinion
from applications.models.applications import CODE_ALPHABET
from applications.services.applications import CONDUCT_VERSION, submit
from applications.services.drafts import save_draft, start_draft
from applications.services.opinions import give_opinions
from applications.services.standing import average_of, will_meet_requirements
from mobility.log import dated
from mobility.management.demo.partners import places_file
from mobility.management.demo.people import People
from mobility.management.demo.transcripts import Profile, profile, second_cycle_by_programme, units
from mobility.models import AcademicRecord, Call, CourseUnit, Destination, Programme, ProgrammePlaces, Scheme, Student
from mobility.regulation import admission
from mobility.services.destinations import load_destinations
from mobility.services.imports.files import apply
from mobility.services.records import NewRecord, write_many
from mobility.workflow import CALL, advance, record
from scholarships.models import Budget

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Season:
    """One call: its names, its days, and how many grants there are."""

    code: str
    name: str
    name_en: str
    academic_year: int
    kind: str
    opens_at: datetime.datetime
    closes_at: datetime.datetime
    erasmus: int
    # How many of the partners offer places.
    share: float


def make_call(season: Season, people: People, dice: Random) -> Call:
    """A call with places from the agreements, grants with their source, and caps for two programmes."""
    office = people.staff["nmci"]
    file = places_file(academic_year=season.academic_year, kind=season.kind, share=season.share, dice=dice)
    with dated(season.opens_at - 2 * DAY):
        apply(kind="places", name=f"vagas-{season.code}.csv", content=file, by=office)
    call = Call.objects.create(
        code=season.code,
        name=season.name,
        name_en=season.name_en,
        academic_year=season.academic_year,
        kind=season.kind,
        opens_at=season.opens_at,
        closes_at=season.closes_at,
        distribution_on=(season.closes_at + 30 * DAY).date(),
        draw_seed=f"{dice.getrandbits(256):064x}",
    )
    with dated(season.opens_at - DAY):
        record(call, "create", by=office)
        load_destinations(call=call, by=office)
    for programme, places in zip(Programme.objects.filter(code__in=("MEEC21", "MEIC-A")), (14, 18), strict=True):
        ProgrammePlaces.objects.create(call=call, programme=programme, places=places)
    _budgets(season)
    with dated(season.opens_at):
        advance(CALL, call, "open", by=office)
    return call


def _budgets(season: Season) -> None:
    label = f"{season.academic_year}/{season.academic_year + 1}"
    Budget.objects.create(
        academic_year=season.academic_year,
        kind=season.kind,
        scheme=Scheme.ERASMUS,
        grants=season.erasmus,
        source=f"Demonstração: repartição das verbas Erasmus+ {label} pelos órgãos de gestão",
    )
    if season.kind == "SMS":
        Budget.objects.create(
            academic_year=season.academic_year,
            kind=season.kind,
            scheme=Scheme.SANTANDER,
            grants=15,
            source=f"Demonstração: protocolo Santander {label}, 15 bolsas ibero-americanas",
        )


def write_records(students: Sequence[Student], *, at: datetime.datetime, dice: Random) -> list[AcademicRecord]:
    """A record for each, as Fénix would have given it on a day."""
    curricula = second_cycle_by_programme()
    new = []
    for student in students:
        who = profile(dice)
        new.append(_new_record(student, who, curricula, at, dice))
    with dated(at):
        return write_many(records=new, by=None)


def write_good_record(student: Student, *, at: datetime.datetime, dice: Random) -> AcademicRecord:
    """A record that qualifies without more ado, for the accounts that visitors use."""
    who = Profile(average=15.4, first_cycle="whole", second_cycle_units=4, enrolments=3)
    with dated(at):
        return write_many(records=[_new_record(student, who, second_cycle_by_programme(), at, dice)], by=None)[0]


def _new_record(
    student: Student,
    who: Profile,
    curricula: Mapping[int, list[CourseUnit]],
    at: datetime.datetime,
    dice: Random,
) -> NewRecord:
    rows = units(who, second_cycle=curricula.get(student.programme_id, []), before=at.date(), dice=dice)
    return NewRecord(student=student, units=rows, source="Fénix", enrolments=who.enrolments, as_of=at)


def apply_all(
    call: Call, students: Iterable[Student], *, until: datetime.datetime, drafts: float, dice: Random
) -> list[Application]:
    """Everybody's application, at an instant between the opening and ``until``; some stay drafts."""
    popular = {pk: dice.paretovariate(1.1) for pk in call.destinations.order_by("code").values_list("pk", flat=True)}
    reachable: dict[int, list[int]] = {}
    made = []
    chosen = list(students)
    days = sorted(call.opens_at + dice.random() * (until - call.opens_at) for _ in chosen)
    for student, at in zip(chosen, days, strict=True):
        if student.programme_id not in reachable:
            found = Destination.objects.filter(call=call).open_to(student.programme_id).order_by("code")
            reachable[student.programme_id] = list(found.values_list("pk", flat=True))
        wanted = _preferences(reachable[student.programme_id], popular, call.max_preferences, dice)
        made.append(apply_one(call, student, wanted, at=at, finish=dice.random() >= drafts, dice=dice))
    return made


def apply_one(
    call: Call, student: Student, wanted: list[int], *, at: datetime.datetime, finish: bool, dice: Random
) -> Application:
    """Start, fill in and (``finish``) submit."""
    user = student.user
    with dated(at):
        application = start_draft(call=call, at=at, by=user)
    # The lots of a tie are drawn by reference: one that is made from the seed gives the same result every time.
    application.reference = "-".join("".join(dice.choices(CODE_ALPHABET, k=4)) for _ in range(2))
    application.created_at = at
    application.save(update_fields=["reference", "created_at"])
    content = {
        "term": dice.choices(("first", "second", "year"), (45, 35, 20))[0],
        "wants_grant": dice.random() < 0.93,
        "preferences": wanted,
    }
    application = save_draft(application=application, content=content, seen_version=application.draft_version, by=user)
    if finish:
        seen = application.draft_version
        with dated(at):
            submit(application=application, conduct=CONDUCT_VERSION, seen_version=seen, at=at, by=user)
        application.refresh_from_db()
    return application


def _preferences(reachable: list[int], popular: dict[int, float], most: int, dice: Random) -> list[int]:
    """Some destinations are wanted by many: a draw without replacement, weighted."""
    keyed = sorted(reachable, key=lambda pk: dice.random() ** (1 / popular[pk]), reverse=True)
    return keyed[: dice.randint(min(2, most), most)]


def opinions(call: Call, people: People, *, share: float, dice: Random) -> None:
    """The coordinators' opinions where one is asked for; ``share`` of them are given already."""
    asked = [a for a in _submitted(call) if a.record is not None and _needs_opinion(a.record)]
    groups: dict[tuple[int, str], list[int]] = {}
    for application in asked:
        if dice.random() < share:
            value: str = Opinion.Value.FAVOURABLE if dice.random() < 0.85 else Opinion.Value.UNFAVOURABLE
            groups.setdefault((application.programme_id, value), []).append(application.pk)
    for (programme, value), applications in sorted(groups.items()):
        reason = "" if value == Opinion.Value.FAVOURABLE else "Percurso académico ainda por consolidar no 1.º ciclo."
        give_opinions(applications=applications, value=value, reason=reason, by=people.coordinators[programme])


def _submitted(call: Call) -> Iterable[Application]:
    found = call.applications.filter(state=Application.State.SUBMITTED)
    return found.select_related("record", "student").order_by("reference")


def _needs_opinion(academic_record: AcademicRecord) -> bool:
    return admission.standing(
        first_cycle_ects=academic_record.first_cycle_ects,
        average=average_of(academic_record),
        will_meet_requirements=will_meet_requirements(academic_record),
        opinion=None,
        merit=None,
        barred=False,
    ).needs_opinion


def exceptions_of_merit(call: Call) -> None:
    """One exception of merit granted and one refused, to the first two whom they help."""
    cases = [
        a
        for a in _submitted(call)
        if a.record and a.record.first_cycle_ects >= admission.CREDITS
        and Decimal("12.00") < (average_of(a.record) or Decimal(0)) < Decimal("12.50")
    ]  # fmt: skip
    for application, merit in zip(cases, (Application.Merit.GRANTED, Application.Merit.REFUSED), strict=False):
        application.merit = merit
        application.save(update_fields=["merit"])
