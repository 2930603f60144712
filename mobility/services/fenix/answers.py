"""The answers of the Fénix API (v1), read strictly and exactly: numbers are decimals, never floats.

What the portal doesn't need is not kept: no photograph, birthday, gender or private address.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

USERNAME = re.compile(r"ist[0-9]{1,12}")
ACADEMIC_YEAR = re.compile(r"\b((?:19|20)[0-9]{2})/((?:19|20)[0-9]{2})\b")
LONGEST_NAME = 200
LONGEST_LABEL = 200


class NonsenseError(Exception):
    """The answer isn't what the API documents; nothing of it is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A degree in which somebody is or was registered, and the academic years in which that was so."""

    acronym: str
    name: str
    years: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who signed in. ``username`` (istNNNNN) is who it is for the university; ``email`` may be missing."""

    username: str
    name: str
    name_was_cut: bool
    email: str
    is_student: bool
    registrations: tuple[Registration, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An approved unit as the answer has it: grade as text, credits None where they can't be read."""

    course_id: str
    acronym: str
    name: str
    years: tuple[str, ...]
    grade: str
    ects: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curriculum:
    """One registration's approved units, with what Fénix itself makes of them (None: not said)."""

    acronym: str
    name: str
    kind: str
    current_year: int | None
    finished: bool
    credits: Decimal | None
    units: tuple[Approved, ...]


def load(answer: bytes) -> Any:
    """JSON with exact numbers. Raises NonsenseError."""
    try:
        return json.loads(answer, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise NonsenseError from error


def read_person(answer: Any) -> Person:
    """What ``/person`` answers. Raises NonsenseError when it doesn't say who it is."""
    found = _object(answer)
    username = _text(found.get("username")).lower()
    name = " ".join(_text(found.get("name")).split())
    if not USERNAME.fullmatch(username) or not name:
        raise NonsenseError("person")
    roles = _objects(found.get("roles"))
    return Person(
        username=username,
        name=_shortened(name),
        name_was_cut=len(name) > LONGEST_NAME,
        email=_text(found.get("email")) or _text(found.get("institutionalEmail")),
        is_student=any(role.get("type") == "STUDENT" for role in roles),
        registrations=tuple(_registrations(roles)),
    )


def needed(answer: Any) -> dict[str, Any]:
    """Of ``/person``, what ``read_person`` reads, in the same shape: all that is kept of who signed in."""
    found = _object(answer)
    kept: dict[str, Any] = {
        name: _text(found.get(name)) for name in ("username", "name", "email", "institutionalEmail")
    }
    kept["roles"] = [
        {"type": _text(role.get("type"))}
        | {key: _degrees(role[key]) for key in ("registrations", "concludedRegistrations") if key in role}
        for role in _objects(found.get("roles"))
    ]
    return kept


def _degrees(items: Any) -> list[dict[str, Any]]:
    return [
        {"acronym": _text(item.get("acronym")), "name": _text(item.get("name"))}
        | {
            "academicTerms": [_text(term) for term in terms]
            if isinstance(terms := item.get("academicTerms"), list)
            else []
        }
        for item in _objects(items)
    ]


def read_curricula(answer: Any) -> tuple[Curriculum, ...]:
    """What ``/person/curriculum`` answers. Raises NonsenseError when that isn't a list of curricula."""
    if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
        raise NonsenseError("curriculum")
    return tuple(_curriculum(item) for item in answer)


def _refuse(constant: str) -> Any:
    raise NonsenseError(constant)


def _registrations(roles: Iterable[Mapping[str, Any]]) -> Iterable[Registration]:
    for role in roles:
        for key, active in (("registrations", True), ("concludedRegistrations", False)):
            for item in _objects(role.get(key)):
                terms = item.get("academicTerms")
                yield Registration(
                    acronym=_text(item.get("acronym"))[:LONGEST_LABEL],
                    name=_text(item.get("name"))[:LONGEST_LABEL],
                    years=_years(*(terms if isinstance(terms, list) else [])),
                    active=active,
                )


def _curriculum(item: Mapping[str, Any]) -> Curriculum:
    degree = _object(item.get("degree"))
    if not isinstance(item.get("approvedCourses"), list):
        raise NonsenseError("approvedCourses")
    year = _number(item.get("currentYear"))
    return Curriculum(
        acronym=_text(degree.get("acronym"))[:LONGEST_LABEL],
        name=_text(degree.get("name"))[:LONGEST_LABEL],
        kind=_text(degree.get("type")),
        current_year=int(year) if year is not None and 1 <= year <= 6 else None,
        finished=item.get("isFinished") is True,
        credits=_number(item.get("credits")),
        units=tuple(_approved(unit) for unit in _objects(item["approvedCourses"])),
    )


def _approved(unit: Mapping[str, Any]) -> Approved:
    course = _object(unit.get("course"))
    name = " ".join(_text(course.get("name")).split())[:LONGEST_LABEL]
    if not name:
        raise NonsenseError("course")
    return Approved(
        course_id=_text(course.get("id"))[:20],
        acronym=_text(course.get("acronym"))[:20],
        name=name,
        years=_years(course.get("academicTerm")),
        grade=_text(unit.get("grade"))[:20],
        ects=_credit_points(_number(unit.get("ects"))),
    )


def _credit_points(number: Decimal | None) -> Decimal | None:
    """Credits that the record can hold: positive, with at most two decimals."""
    if number is None or not 0 < number < 1000 or number != number.quantize(Decimal("0.01")):
        return None
    return number


def _number(value: Any) -> Decimal | None:
    """A number, given as one or as text, exact; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 9 else None


def _years(*terms: Any) -> tuple[str, ...]:
    """The academic years that terms such as “1ºSemestre 2013/2014” name, each once, in order."""
    found = (ACADEMIC_YEAR.search(term) for term in terms if isinstance(term, str))
    return tuple(sorted({match[0] for match in found if match and int(match[2]) == int(match[1]) + 1}))


def _shortened(name: str) -> str:
    """A name that fits: whole words of it, as many as there is room for."""
    if len(name) <= LONGEST_NAME:
        return name
    return name[: LONGEST_NAME + 1].rpartition(" ")[0] or name[:LONGEST_NAME]


def _text(value: Any) -> str:
    """Text, or a number as text; without what no database or page takes."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = str(value)
    return "".join(c if c.isprintable() else " " for c in value).strip() if isinstance(value, str) else ""


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NonsenseError("object")
    return value


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
