"""Records unit by unit: a plausible first cycle, and real units of the master programmes."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from mobility.models import CourseUnit
from mobility.services.records import UnitRow

# fmt: off
FIRST_CYCLE = (
    ("AL", "Álgebra Linear", 6), ("CDI-I", "Cálculo Diferencial e Integral I", 6),
    ("CDI-II", "Cálculo Diferencial e Integral II", 6), ("CDI-III", "Cálculo Diferencial e Integral III", 6),
    ("ACED", "Análise Complexa e Equações Diferenciais", 6), ("PE", "Probabilidades e Estatística", 6),
    ("MC", "Matemática Computacional", 6), ("MO", "Mecânica e Ondas", 6), ("EO", "Eletromagnetismo e Ótica", 6),
    ("TEM", "Termodinâmica e Estrutura da Matéria", 6), ("Q", "Química", 6), ("FP", "Fundamentos da Programação", 6),
    ("IEng", "Introdução à Engenharia", 3), ("Ges", "Gestão", 3), ("SOL", "Sinais e Sistemas", 6),
    ("DMG", "Desenho e Modelação Geométrica", 6), ("MA-I", "Mecânica Aplicada I", 6),
    ("MA-II", "Mecânica Aplicada II", 6), ("CM", "Ciência de Materiais", 6), ("MF-I", "Mecânica dos Fluidos I", 6),
    ("TC", "Transmissão de Calor", 6), ("TCE", "Teoria dos Circuitos e Eletrónica", 6),
    ("SE", "Sistemas de Energia", 6),
    ("AED", "Algoritmos e Estruturas de Dados", 6), ("AC", "Arquitetura de Computadores", 6), ("C", "Controlo", 6),
    ("IO", "Investigação Operacional", 6), ("EGI", "Economia e Gestão Industrial", 6),
    ("AMB", "Engenharia e Ambiente", 6), ("PRO-I", "Projeto Integrador", 12),
)
# fmt: on
# Approved without grade: they count as credits, not in the average.
UNGRADED = ("CTI", "Competências Transversais I", Decimal(3))
SEMESTERS = 6


@dataclass(frozen=True)
class Profile:
    """What kind of student: the average that grades scatter around, and how far along."""

    average: float
    first_cycle: str  # "whole", "most" (120 or a little more) or "nearly" (under 120, enrolled in the rest)
    second_cycle_units: int
    enrolments: int


def profile(dice: Random) -> Profile:
    """Drawn so that every tier appears, most of them admitted."""
    first_cycle = dice.choices(("whole", "most", "nearly"), (80, 13, 7))[0]
    return Profile(
        average=min(18.6, max(10.8, dice.gauss(14.0, 1.45))),
        first_cycle=first_cycle,
        second_cycle_units=dice.choice((0, 0, 0, 4, 5)) if first_cycle == "whole" else 0,
        enrolments=dice.choices((3, 4, 5), (70, 22, 8))[0],
    )


def units(who: Profile, *, second_cycle: Sequence[CourseUnit], before: datetime.date, dice: Random) -> list[UnitRow]:
    """The record of a student with this profile, everything in it done before a day."""
    total = sum(ects for _code, _name, ects in FIRST_CYCLE)
    wanted = {"whole": total, "most": dice.choice((120, 123, 126, 132)), "nearly": dice.choice((102, 108, 114))}
    sessions = _sessions(before)
    rows: list[UnitRow] = []
    done = 0
    for index, (code, name, ects) in enumerate(FIRST_CYCLE):
        day = sessions[index * SEMESTERS // len(FIRST_CYCLE)]
        if done + ects <= wanted[who.first_cycle]:
            done += ects
            rows += _approved(code, name, 1, Decimal(ects), day, who, dice)
        elif who.first_cycle == "nearly" and done + _enrolled(rows) < 120:
            rows.append(UnitRow(code=code, name=name, cycle=1, ects=Decimal(ects), status="enrolled"))
    if dice.random() < 0.15:
        code, name, points = UNGRADED
        rows.append(UnitRow(code=code, name=name, cycle=2, ects=points, approved_on=sessions[-2]))
    for unit in dice.sample(list(second_cycle), min(who.second_cycle_units, len(second_cycle))):
        rows += _approved(unit.acronym, unit.name, 2, unit.ects, dice.choice(sessions[-2:]), who, dice)
    return rows


def _sessions(before: datetime.date) -> list[datetime.date]:
    """The last exam sessions of each semester that ended three weeks or more before a day, oldest first."""
    ends = [datetime.date(before.year - back, month, day) for back in range(5) for month, day in ((7, 4), (2, 3))]
    latest = before - datetime.timedelta(days=25)
    return sorted(day for day in ends if day < latest)[-SEMESTERS:]


def _approved(
    code: str, name: str, cycle: int, ects: Decimal, day: datetime.date, who: Profile, dice: Random
) -> list[UnitRow]:
    """One result; now and then two, because a grade was improved."""
    grade = min(20, max(10, round(dice.gauss(who.average, 1.7))))
    first = UnitRow(code=code, name=name, cycle=cycle, ects=ects, grade=Decimal(grade), approved_on=day,
                    by_equivalence=dice.random() < 0.01)  # fmt: skip
    if dice.random() > 0.02 or grade == 20:
        return [first]
    better = Decimal(min(20, grade + dice.randint(1, 3)))
    return [first, UnitRow(code=code, name=name, cycle=cycle, ects=ects, grade=better,
                           approved_on=day + datetime.timedelta(days=21))]  # fmt: skip


def _enrolled(rows: Sequence[UnitRow]) -> Decimal:
    return sum((row.ects for row in rows if row.status == "enrolled"), Decimal(0))


def second_cycle_by_programme() -> Mapping[int, list[CourseUnit]]:
    """The real units of each programme, in one query; the dissertation is nobody's yet."""
    found: dict[int, list[CourseUnit]] = {}
    for unit in CourseUnit.objects.filter(ects__lt=30).order_by("programme", "fenix_id"):
        units_of = found.setdefault(unit.programme_id, [])
        if unit.acronym not in {other.acronym for other in units_of}:
            units_of.append(unit)
    return found
