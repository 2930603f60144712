"""Which cycle a unit belongs to: Fénix doesn't say, so a rule does, and what it can't decide stays open (Art. 5(1)).

In this order: what the office decided earlier for the same unit of the same student; the kind of the degree whose
curriculum has the unit (licenciatura: 1st, master: 2nd); in an integrated master, or a degree of unknown kind, the
catalogue of the master that came of it (MEEC21 of MEEC). The catalogue of an integrated master itself has the units of
all five years and decides nothing. Nothing else is taken for an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from mobility.models import AcademicRecord, CourseUnit, RecordUnit, folded
from mobility.services.fenix.answers import Approved, Curriculum

SOURCE = "Fénix"
FIRST, SECOND = RecordUnit.Cycle.FIRST.value, RecordUnit.Cycle.SECOND.value


class Kind(Enum):
    """What a degree is, as its type or the first words of its name say."""

    FIRST_CYCLE = "first"
    SECOND_CYCLE = "second"
    INTEGRATED = "integrated"
    OTHER = "other"
    UNKNOWN = "unknown"


_BY_TYPE = {
    "BOLONHA_DEGREE": Kind.FIRST_CYCLE,
    "BOLONHA_MASTER_DEGREE": Kind.SECOND_CYCLE,
    "BOLONHA_INTEGRATED_MASTER_DEGREE": Kind.INTEGRATED,
}
# The longer ones first: an integrated master is not a master of the 2nd cycle.
_BY_NAME = (
    ("mestrado integrado", Kind.INTEGRATED),
    ("integrated master", Kind.INTEGRATED),
    ("mestrado", Kind.SECOND_CYCLE),
    ("master", Kind.SECOND_CYCLE),
    ("licenciatura", Kind.FIRST_CYCLE),
    ("bachelor", Kind.FIRST_CYCLE),
    ("diploma", Kind.OTHER),
    ("doutoramento", Kind.OTHER),
    ("programa doutoral", Kind.OTHER),
    ("doctor", Kind.OTHER),
    ("phd", Kind.OTHER),
)


def kind_of(*, name: str, type_code: str = "") -> Kind:
    """By the type where the answer has one that we know, otherwise by the first words of the degree's name."""
    if type_code in _BY_TYPE:
        return _BY_TYPE[type_code]
    plain = folded(name)
    return next((kind for start, kind in _BY_NAME if plain.startswith(start)), Kind.UNKNOWN)


@dataclass(frozen=True)
class Catalogue:
    """The units of our masters, by programme and name; and what the office decided, by name."""

    names: frozenset[tuple[str, str]] = frozenset()
    decided: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def for_record(cls, earlier: AcademicRecord | None) -> "Catalogue":
        rows = CourseUnit.objects.values_list("programme__code", "name")
        return cls(names=frozenset((code, folded(name)) for code, name in rows), decided=_decided(earlier))

    def cycle(self, unit: Approved, curriculum: Curriculum) -> int | None:
        """1, 2, or None: not decided."""
        name = folded(unit.name)
        kind = kind_of(name=curriculum.name, type_code=curriculum.kind)
        if name in self.decided:
            return self.decided[name]
        if kind is Kind.FIRST_CYCLE:
            return FIRST
        if kind is Kind.SECOND_CYCLE or self._in_master_that_came_of(curriculum.acronym, name):
            return SECOND
        return None

    def _in_master_that_came_of(self, acronym: str, name: str) -> bool:
        return any(known == name and code != acronym and _stem(code) == _stem(acronym) for code, known in self.names)


def _decided(earlier: AcademicRecord | None) -> dict[str, int]:
    """The cycles of a record that didn't come from Fénix: somebody put them there."""
    if earlier is None:
        return {}
    units = RecordUnit.objects.filter(record__student_id=earlier.student_id, cycle__isnull=False)
    rows = units.exclude(record__source=SOURCE).order_by("record__as_of").values_list("name", "cycle")
    return {folded(name): cycle for name, cycle in rows if cycle is not None}


def _stem(acronym: str) -> str:
    """A degree's acronym without the year of its reform."""
    return acronym.rstrip("0123456789")
