"""The input of a decision: one JSON document, checked whole before anything is decided.

`case.schema.json` describes it for other programs; this module is stricter where JSON Schema is
loose (duplicate codes, unknown references, repeated keys) and says which value is wrong.
Credits and sums come as decimal text and become integers in the case's own unit, the smallest
that writes all of them exactly: with `scale` 1, "28.5" credits are 285.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256 as _sha256
from pathlib import Path
from typing import Any, Literal, NoReturn, cast

from mobility.regulation import document
from mobility.regulation.document import CaseError as CaseError

EDITION = "2018-12"

MOST_DIGITS = 100
"""Longest decimal accepted: exact at any length, but nobody has a googol of credits."""

MOST_GRANTS = 1_000_000
"""Most Erasmus+ grants accepted: every single award is written out, one by one."""

Scheme = Literal["erasmus", "santander"]
Opinion = Literal["favourable", "unfavourable"]
Merit = Literal["granted", "refused"]


@dataclass(frozen=True, slots=True)
class Destination:
    """Places at a host university; `programmes` None: open to every master programme."""

    places: int
    scheme: Scheme | None
    programmes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates by column: position i of every column is the same person.

    The four columns of credits and sums are in units of 10 ** -`Case.scale`.
    """

    id: Sequence[str]
    programme: Sequence[str]
    semesters: Sequence[int]
    preferences: Sequence[Sequence[str]]
    first_cycle_ects: Sequence[int]
    weighted_grades: Sequence[int]
    graded_ects: Sequence[int]
    ects: Sequence[int]
    units: Sequence[int]
    enrolments: Sequence[int]
    will_meet_requirements: Sequence[bool]
    opinion: Sequence[Opinion | None]
    merit: Sequence[Merit | None]
    barred: Sequence[bool]
    eligible: Sequence[bool]
    wanted: Sequence[bool]
    previous: Sequence[bool]
    santander_lost: Sequence[bool]

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Case:
    """A checked case. `programmes` maps each code to its approved places (5.7), None: no cap."""

    input_sha256: str
    code: str
    kind: Literal["SMS", "SMP"]
    draw_seed: str
    programmes: Mapping[str, int | None]
    destinations: Mapping[str, Destination]
    scale: int
    candidates: Candidates
    erasmus: int | None
    santander: int | None
    redistribute: bool


def canonical(data: object) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8, no escapes for non-ASCII."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def sha256(data: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return _sha256(canonical(data)).hexdigest()


def load(path: str | Path) -> Case:
    """Read and parse a case file. Raises `CaseError`, or `OSError` when it can't be read."""
    return parse(document.read(path))


def parse(data: Mapping[str, Any], *, input_sha256: str | None = None) -> Case:
    """Check a case and give it a form to compute on. Raises `CaseError`.

    `input_sha256` spares the hashing to a caller who has just made it with `sha256`.
    """
    document.keys("$", data, _CASE)
    document.one_of("edition", data["edition"], (EDITION,))
    call = document.keys("call", data["call"], _CALL)
    grants = document.keys("grants", data["grants"], _GRANTS)
    programmes = _programmes(data["programmes"])
    destinations = _destinations(data["destinations"], programmes)
    scale, candidates = _candidates(data["candidates"], programmes, destinations)
    return Case(
        code=document.text("call.code", call["code"]),
        kind=document.one_of("call.kind", call["kind"], ("SMS", "SMP")),
        draw_seed=document.text("call.draw_seed", call["draw_seed"]),
        programmes=programmes,
        destinations=destinations,
        scale=scale,
        candidates=candidates,
        erasmus=_budget("grants.erasmus", grants["erasmus"]),
        santander=_budget("grants.santander", grants["santander"]),
        redistribute=document.one_of("grants.redistribute", grants["redistribute"], (False, True)),
        input_sha256=input_sha256 or _hashed(data),
    )


_CASE = frozenset({"edition", "call", "programmes", "destinations", "candidates", "grants"})
_CALL = frozenset({"code", "kind", "draw_seed"})
_GRANTS = frozenset({"erasmus", "santander", "redistribute"})
_PROGRAMME = frozenset({"code", "places"})
_DESTINATION = frozenset({"code", "places", "scheme"})
_CANDIDATE_GRANT = frozenset({"eligible", "wanted", "previous", "santander_lost"})
_DECIMALS = ("first_cycle_ects", "weighted_grades", "graded_ects", "ects")
_CANDIDATE = frozenset(
    {"id", "programme", "semesters", "preferences", *_DECIMALS, "units", "enrolments"}
    | {"will_meet_requirements", "opinion", "merit", "barred", "grant"}
)
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def _programmes(rows: object) -> dict[str, int | None]:
    listed = document.rows("programmes", rows, _PROGRAMME)
    codes = document.codes("programmes", listed, "code")
    places = document.column("programmes", listed, "places", {int, type(None)}, _cap, _COUNT_OR_NULL)
    return dict(zip(codes, places, strict=True))


def _destinations(rows: object, programmes: Mapping[str, Any]) -> dict[str, Destination]:
    listed = document.rows("destinations", rows, _DESTINATION, optional="programmes")
    codes = document.codes("destinations", listed, "code")
    places = document.column("destinations", listed, "places", {int}, _count, _COUNT)
    schemes = document.column("destinations", listed, "scheme", {str, type(None)}, *_SCHEME)
    found: dict[str, Destination] = {}
    for index, row in enumerate(listed):
        open_to = None
        if "programmes" in row:
            path = f"destinations[{index}].programmes"
            open_to = frozenset(_references(path, row["programmes"], programmes, "programme"))
        found[codes[index]] = Destination(places[index], schemes[index], open_to)
    return found


def _candidates(rows: object, programmes: Mapping[str, Any], destinations: Mapping[str, Any]) -> tuple[int, Candidates]:
    listed = document.rows("candidates", rows, _CANDIDATE)

    def of(name: str, types: set[type], valid: Callable[[Any], bool], wanted: str) -> Any:
        return document.column("candidates", listed, name, types, valid, wanted)

    def right(name: str) -> list[bool]:
        return document.column("candidates", granting, name, {bool}, _any, _BOOLEAN, inside=".grant")

    granting = [row["grant"] for row in listed]
    for index, row in enumerate(granting):
        document.keys(f"candidates[{index}].grant", row, _CANDIDATE_GRANT)
    texts = {name: of(name, {str}, _decimal, "a decimal number") for name in _DECIMALS}
    scale, value = _figures(texts.values())
    return scale, Candidates(
        id=document.codes("candidates", listed, "id"),
        programme=of("programme", {str}, programmes.__contains__, "the code of a programme"),
        semesters=of("semesters", {int}, (1, 2).__contains__, "1 or 2"),
        preferences=_preferences(listed, destinations),
        first_cycle_ects=[value[text] for text in texts["first_cycle_ects"]],
        weighted_grades=[value[text] for text in texts["weighted_grades"]],
        graded_ects=[value[text] for text in texts["graded_ects"]],
        ects=[value[text] for text in texts["ects"]],
        units=of("units", {int}, _count, _COUNT),
        enrolments=of("enrolments", {int}, _count, _COUNT),
        will_meet_requirements=of("will_meet_requirements", {bool}, _any, _BOOLEAN),
        opinion=of("opinion", {str, type(None)}, *_OPINION),
        merit=of("merit", {str, type(None)}, *_MERIT),
        barred=of("barred", {bool}, _any, _BOOLEAN),
        eligible=right("eligible"),
        wanted=right("wanted"),
        previous=right("previous"),
        santander_lost=right("santander_lost"),
    )


def _figures(columns: Iterable[list[str]]) -> tuple[int, dict[str, int]]:
    """Decimal texts as integers in their common unit, 10 ** -scale."""
    texts = set().union(*columns)
    scale = max((len(text.partition(".")[2]) for text in texts), default=0)
    value = {}
    for text in texts:
        whole, _, fraction = text.partition(".")
        value[text] = int(whole + fraction.ljust(scale, "0"))
    return scale, value


def _preferences(rows: list[dict[str, Any]], destinations: Mapping[str, Any]) -> list[Sequence[str]]:
    """Each candidate's destinations, in order of preference (6.3), without repeats."""
    own = {code: code for code in destinations}
    column: list[Sequence[str]] = []
    for index, row in enumerate(rows):
        try:
            codes = tuple([own[code] for code in row["preferences"]])
        except (KeyError, TypeError):
            codes = ()
        if not codes or len(set(codes)) != len(codes) or type(row["preferences"]) is not list:
            _refuse_preferences(f"candidates[{index}].preferences", row["preferences"], destinations)
        column.append(codes)
    return column


def _refuse_preferences(path: str, codes: object, destinations: Mapping[str, Any]) -> NoReturn:
    known = _references(path, codes, destinations, "destination")
    for index, code in enumerate(known):
        if code in known[:index]:
            raise CaseError(f"{path}[{index}]", f"{document.shown(code)} is repeated")
    raise CaseError(path, "at least one preference is needed")


def _references(path: str, codes: object, known: Mapping[str, Any], what: str) -> list[str]:
    if type(codes) is not list:
        document.refuse(path, codes, f"a list of {what} codes")
    for index, code in enumerate(codes):
        if type(code) is not str or code not in known:
            document.refuse(f"{path}[{index}]", code, f"the code of a {what}")
    return cast(list[str], codes)


def _budget(path: str, value: Any) -> int | None:
    if type(value) not in (int, type(None)) or not _cap(value):
        document.refuse(path, value, _COUNT_OR_NULL)
    if value is not None and value > MOST_GRANTS:
        raise CaseError(path, f"{document.shown(value)} is more than {MOST_GRANTS} grants")
    return cast(int | None, value)


def _hashed(data: Mapping[str, Any]) -> str:
    try:
        return sha256(data)
    except UnicodeEncodeError:
        raise CaseError(document.lone_surrogate("$", data), "is not text (half a character)") from None


_COUNT = "an integer that is not negative"
_COUNT_OR_NULL = f"{_COUNT}, or null"
_BOOLEAN = "true or false"
_SCHEME = ((None, "erasmus", "santander").__contains__, "'erasmus', 'santander' or null")
_OPINION = (
    (None, "favourable", "unfavourable").__contains__,
    "'favourable', 'unfavourable' or null",
)
_MERIT = ((None, "granted", "refused").__contains__, "'granted', 'refused' or null")


def _any(_: object) -> bool:
    return True


def _count(value: int) -> bool:
    return value >= 0


def _cap(value: int | None) -> bool:
    return value is None or value >= 0


def _decimal(text: str) -> bool:
    return len(text) <= MOST_DIGITS and _DECIMAL.fullmatch(text) is not None
