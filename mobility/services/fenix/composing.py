"""A record made of what Fénix answers: pure, and saying of everything that it left open or left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from mobility.models import RecordUnit, folded
from mobility.services.fenix.answers import Approved, Curriculum, Registration
from mobility.services.fenix.cycles import FIRST, Catalogue, Kind, kind_of
from mobility.services.records import UnitRow

# Approved without a grade: the words that Fénix has for it.
UNGRADED = frozenset({"AP", "APT", "CONV", "EQ"})
LOWEST_PASS, HIGHEST = Decimal(10), Decimal(20)
Note = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the record in use has that Fénix doesn't say: enrolments, and units still being taken."""

    enrolments: int
    taken: Sequence[UnitRow] = ()


@dataclass(slots=True)
class Composed:
    """Units and number of enrolments for a record, and notes on what must be checked."""

    units: list[UnitRow] = field(default_factory=list)
    enrolments: int = 0
    notes: list[Note] = field(default_factory=list)

    def note(self, code: str, about: str = "") -> None:
        self.notes.append({"code": code, "about": about})


def compose(
    curricula: Iterable[Curriculum],
    registrations: Iterable[Registration],
    *,
    catalogue: Catalogue,
    earlier: Earlier | None,
) -> Composed:
    """All of somebody's curricula of the 1st and 2nd cycle as one record (Art. 5(1), 7(1))."""
    made, wanted = Composed(), []
    for curriculum in curricula:
        if kind_of(name=curriculum.name, type_code=curriculum.kind) is Kind.OTHER:
            made.note("left_out", curriculum.name or curriculum.acronym)
        else:
            wanted.append(curriculum)
    codes = _codes([unit for curriculum in wanted for unit in curriculum.units], made)
    for curriculum in wanted:
        _add(made, curriculum, catalogue, codes)
    if wanted and not any(unit.cycle in {FIRST, None} for unit in made.units):
        made.note("no_first_cycle")
    _count_enrolments(made, wanted, registrations, earlier)
    _keep_taken(made, earlier)
    return made


def _add(made: Composed, curriculum: Curriculum, catalogue: Catalogue, codes: dict[str, str]) -> None:
    total = Decimal(0)
    for unit in curriculum.units:
        if unit.ects is None:
            made.note("credits", unit.name)
            continue
        total += unit.ects
        cycle = catalogue.cycle(unit, curriculum)
        if cycle is None:
            made.note("cycle", unit.name)
        grade = _grade(unit, made)
        made.units.append(
            UnitRow(code=codes[folded(unit.name)], name=unit.name, cycle=cycle, ects=unit.ects, grade=grade)
        )
    if curriculum.credits is not None and curriculum.credits != total:
        made.note("total", f"{curriculum.acronym}: {curriculum.credits} ≠ {total} ECTS")


def _codes(units: Iterable[Approved], made: Composed) -> dict[str, str]:
    """A code for each unit by its name. Fénix names a unit by its acronym of one term: two different units may have
    the same one in different terms, and then the second goes by its number. One that comes twice counts once."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for unit in units:
        name = folded(unit.name)
        if name in found:
            made.note("twice", unit.name)
            continue
        wishes = (unit.acronym, unit.course_id, *(f"{n}-{unit.acronym}"[:20] for n in range(2, len(taken) + 3)))
        found[name] = next(code for code in wishes if code and code not in taken)
        taken.add(found[name])
    return found


def _grade(unit: Approved, made: Composed) -> Decimal | None:
    """From 10 to 20, with at most two decimals; without one where Fénix says so. Anything else is to be checked."""
    text = unit.grade.upper().replace(",", ".")
    if text in UNGRADED:
        return None
    try:
        grade = Decimal(text)
    except ArithmeticError:
        grade = Decimal("NaN")
    if grade.is_finite() and LOWEST_PASS <= grade <= HIGHEST and grade == grade.quantize(Decimal("0.01")):
        return grade
    made.note("grade", f"{unit.name}: {unit.grade or '–'}")
    return None


def _count_enrolments(
    made: Composed, curricula: Iterable[Curriculum], registrations: Iterable[Registration], earlier: Earlier | None
) -> None:
    """Annual enrolments (Art. 7(1)(c)): the academic years in which Fénix has the person registered or approved."""
    said = {
        year
        for registration in registrations
        if kind_of(name=registration.name) is not Kind.OTHER
        for year in registration.years
    }
    approved = {year for curriculum in curricula for unit in curriculum.units for year in unit.years}
    made.enrolments = len(said | approved)
    if earlier is not None and earlier.enrolments > made.enrolments:
        made.note("enrolments_kept", f"{earlier.enrolments} > {made.enrolments}")
        made.enrolments = earlier.enrolments
    elif not said:
        made.note("enrolments", str(made.enrolments))


def _keep_taken(made: Composed, earlier: Earlier | None) -> None:
    """Units that were being taken (Art. 5(3)) stay as the office gave them until they are approved."""
    done = {folded(unit.name) for unit in made.units}
    codes = {unit.code for unit in made.units}
    taken = [unit for unit in earlier.taken if folded(unit.name) not in done] if earlier else []
    for unit in taken:
        if unit.code not in codes:
            made.units.append(unit)
    made.note("taken_kept" if taken else "taken", str(len(taken)))


def row_of(unit: RecordUnit) -> UnitRow:
    """A stored unit as the services take it."""
    return UnitRow(
        code=unit.code, name=unit.name, cycle=unit.cycle, ects=unit.ects, status=unit.status, grade=unit.grade
    )
