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
from decimal import Decimal
from hashlib import sha256 as _sha256
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal, NoReturn, cast

EDITION = "2018-12"

MOST_DIGITS = 100
"""Longest decimal accepted: exact at any length, but nobody has a googol of credits."""

MOST_GRANTS = 1_000_000
"""Most Erasmus+ grants accepted: every single award is written out, one by one."""

Scheme = Literal["erasmus", "santander"]
Opinion = Literal["favourable", "unfavourable"]
Merit = Literal["granted", "refused"]


class CaseError(ValueError):
    """The case breaks its contract at `path`, a JSON path such as `candidates[3].ects`."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


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
    return parse(read(path))


def read(path: str | Path) -> Any:
    """The JSON document in a file, with no floats: numbers with a point become `Decimal`.

    Raises `CaseError` for what is not UTF-8 or not JSON, and `OSError`.
    """
    try:
        return _decoder.decode(Path(path).read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CaseError("$", f"not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise CaseError("$", f"not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise CaseError("$", "nested too deeply") from None
    except ValueError:
        raise CaseError("$", "an integer has too many digits") from None


class _Repeated:
    """Stands for an object that gives a key twice, until the check knows its path."""

    def __init__(self, key: str) -> None:
        self.key = key


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Repeated:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _ in pairs]
    return _Repeated(next(key for key in keys if keys.count(key) > 1))


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=Decimal, parse_constant=Decimal)


def parse(data: Mapping[str, Any], *, input_sha256: str | None = None) -> Case:
    """Check a case and give it a form to compute on. Raises `CaseError`.

    `input_sha256` spares the hashing to a caller who has just made it with `sha256`.
    """
    _keys("$", data, _CASE)
    _one_of("edition", data["edition"], (EDITION,))
    call = _keys("call", data["call"], _CALL)
    grants = _keys("grants", data["grants"], _GRANTS)
    programmes = _programmes(data["programmes"])
    destinations = _destinations(data["destinations"], programmes)
    scale, candidates = _candidates(data["candidates"], programmes, destinations)
    return Case(
        code=_text("call.code", call["code"]),
        kind=_one_of("call.kind", call["kind"], ("SMS", "SMP")),
        draw_seed=_text("call.draw_seed", call["draw_seed"]),
        programmes=programmes,
        destinations=destinations,
        scale=scale,
        candidates=candidates,
        erasmus=_budget("grants.erasmus", grants["erasmus"]),
        santander=_budget("grants.santander", grants["santander"]),
        redistribute=_one_of("grants.redistribute", grants["redistribute"], (False, True)),
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
    listed = _rows("programmes", rows, _PROGRAMME)
    codes = _codes("programmes", listed, "code")
    places = _column("programmes", listed, "places", {int, type(None)}, _cap, _COUNT_OR_NULL)
    return dict(zip(codes, places, strict=True))


def _destinations(rows: object, programmes: Mapping[str, Any]) -> dict[str, Destination]:
    listed = _rows("destinations", rows, _DESTINATION, optional="programmes")
    codes = _codes("destinations", listed, "code")
    places = _column("destinations", listed, "places", {int}, _count, _COUNT)
    schemes = _column("destinations", listed, "scheme", {str, type(None)}, *_SCHEME)
    found: dict[str, Destination] = {}
    for index, row in enumerate(listed):
        open_to = None
        if "programmes" in row:
            path = f"destinations[{index}].programmes"
            open_to = frozenset(_references(path, row["programmes"], programmes, "programme"))
        found[codes[index]] = Destination(places[index], schemes[index], open_to)
    return found


def _candidates(rows: object, programmes: Mapping[str, Any], destinations: Mapping[str, Any]) -> tuple[int, Candidates]:
    listed = _rows("candidates", rows, _CANDIDATE)

    def column(name: str, types: set[type], valid: Callable[[Any], bool], wanted: str) -> Any:
        return _column("candidates", listed, name, types, valid, wanted)

    def right(name: str) -> list[bool]:
        return _column("candidates", granting, name, {bool}, _any, _BOOLEAN, inside=".grant")

    granting = [row["grant"] for row in listed]
    for index, row in enumerate(granting):
        _keys(f"candidates[{index}].grant", row, _CANDIDATE_GRANT)
    texts = {name: column(name, {str}, _decimal, "a decimal number") for name in _DECIMALS}
    scale, value = _figures(texts.values())
    return scale, Candidates(
        id=_codes("candidates", listed, "id"),
        programme=column("programme", {str}, programmes.__contains__, "the code of a programme"),
        semesters=column("semesters", {int}, (1, 2).__contains__, "1 or 2"),
        preferences=_preferences(listed, destinations),
        first_cycle_ects=[value[text] for text in texts["first_cycle_ects"]],
        weighted_grades=[value[text] for text in texts["weighted_grades"]],
        graded_ects=[value[text] for text in texts["graded_ects"]],
        ects=[value[text] for text in texts["ects"]],
        units=column("units", {int}, _count, _COUNT),
        enrolments=column("enrolments", {int}, _count, _COUNT),
        will_meet_requirements=column("will_meet_requirements", {bool}, _any, _BOOLEAN),
        opinion=column("opinion", {str, type(None)}, *_OPINION),
        merit=column("merit", {str, type(None)}, *_MERIT),
        barred=column("barred", {bool}, _any, _BOOLEAN),
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
    column: list[Sequence[str]] = []
    for index, row in enumerate(rows):
        path = f"candidates[{index}].preferences"
        codes = _references(path, row["preferences"], destinations, "destination")
        if not codes:
            raise CaseError(path, "at least one preference is needed")
        if len(set(codes)) != len(codes):
            twice = next(i for i, code in enumerate(codes) if code in codes[:i])
            raise CaseError(f"{path}[{twice}]", f"{_shown(codes[twice])} is repeated")
        column.append(codes)
    return column


def _references(path: str, codes: object, known: Mapping[str, Any], what: str) -> list[str]:
    if type(codes) is not list:
        _refuse(path, codes, f"a list of {what} codes")
    for index, code in enumerate(codes):
        if type(code) is not str or code not in known:
            _refuse(f"{path}[{index}]", code, f"the code of a {what}")
    return cast(list[str], codes)


def _rows(path: str, rows: object, required: frozenset[str], optional: str | None = None) -> list[dict[str, Any]]:
    if type(rows) is not list:
        _refuse(path, rows, "a list")
    for index, row in enumerate(rows):
        if type(row) is not dict or row.keys() != required:
            _keys(f"{path}[{index}]", row, required, optional)
    return cast(list[dict[str, Any]], rows)


def _keys(path: str, row: object, required: frozenset[str], optional: str | None = None) -> Mapping[str, Any]:
    if type(row) is dict and row.keys() == required:
        return row
    if type(row) is not dict:
        _refuse(path, row, "an object")
    for key in sorted(required - row.keys()):
        raise CaseError(_under(path, key), "is missing")
    for key in row:
        if key not in required and key != optional:
            raise CaseError(_under(path, _key(key)), "is not a property of a case")
    return row


def _codes(path: str, rows: list[dict[str, Any]], name: str) -> list[str]:
    """A column of identifiers: text, not empty, each given once."""
    codes: list[str] = _column(path, rows, name, {str}, bool, "a text that is not empty")
    if len(set(codes)) != len(codes):
        seen: dict[str, int] = {}
        for index, code in enumerate(codes):
            if code in seen:
                first = f"{path}[{seen[code]}]"
                raise CaseError(f"{path}[{index}].{name}", f"{_shown(code)} is already {first}")
            seen[code] = index
    return codes


def _column(
    path: str,
    rows: list[dict[str, Any]],
    name: str,
    types: set[type],
    valid: Callable[[Any], bool],
    wanted: str,
    inside: str = "",
) -> list[Any]:
    """One property of all rows; `valid` is asked once for each different value.

    Types are compared exactly, since `True` is an integer to Python and 1 is not a boolean.
    """
    values = list(map(itemgetter(name), rows))
    if set(map(type, values)) <= types and all(map(valid, set(values))):
        return values
    for index, value in enumerate(values):
        if type(value) not in types or not valid(value):
            _refuse(f"{path}[{index}]{inside}.{name}", value, wanted)
    raise AssertionError("a column is refused for one of its values")


def _text(path: str, value: object) -> str:
    if type(value) is not str or not value:
        _refuse(path, value, "a text that is not empty")
    return value


def _one_of(path: str, value: Any, allowed: Iterable[Any]) -> Any:
    if not any(type(value) is type(item) and value == item for item in allowed):
        _refuse(path, value, " or ".join(_shown(item) for item in allowed))
    return value


def _budget(path: str, value: Any) -> int | None:
    if type(value) not in (int, type(None)) or not _cap(value):
        _refuse(path, value, _COUNT_OR_NULL)
    if value is not None and value > MOST_GRANTS:
        raise CaseError(path, f"{_shown(value)} is more than {MOST_GRANTS} grants")
    return cast(int | None, value)


def _hashed(data: Mapping[str, Any]) -> str:
    try:
        return sha256(data)
    except UnicodeEncodeError:
        raise CaseError(_lone_surrogate("$", data), "is not text (half a character)") from None


def _lone_surrogate(path: str, value: Any) -> str:
    """The path of the first text that no UTF-8 file can hold, or ""."""
    items: Iterable[tuple[str, Any]] = ()
    if type(value) is dict:
        items = ((_under(path, key), item) for key, item in value.items())
    elif type(value) is list:
        items = ((f"{path}[{index}]", item) for index, item in enumerate(value))
    elif type(value) is str and not value.isascii():
        return path if any("\ud800" <= letter <= "\udfff" for letter in value) else ""
    return next(filter(None, (_lone_surrogate(*item) for item in items)), "")


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


def _under(path: str, key: str) -> str:
    return key if path == "$" else f"{path}.{key}"


def _key(key: object) -> str:
    return key if type(key) is str and key.isidentifier() else _shown(key)


def _refuse(path: str, value: object, wanted: str) -> NoReturn:
    if isinstance(value, _Repeated):
        raise CaseError(path, f"the key {_shown(value.key)} is given twice")
    raise CaseError(path, f"{_shown(value)} is not {wanted}")


def _shown(value: object) -> str:
    """A value as an error line can show it: short, and on one line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict | _Repeated):
        return "an object"
    if isinstance(value, int) and value.bit_length() > 128:
        return "an integer of more than 38 digits"
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
