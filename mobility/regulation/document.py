"""A JSON document from outside: read without surprises, and refused with the path of the fault.

The checks here are of form: objects with their keys, lists, columns of values. What the values
mean is `mobility.regulation.case`'s.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any, NoReturn, cast


class CaseError(ValueError):
    """The case breaks its contract at `path`, a JSON path such as `candidates[3].ects`."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


def read(path: str | Path) -> Any:
    """The JSON document in a file, with no floats: numbers with a point become `Decimal`.

    Raises `CaseError` for what is not UTF-8 or not JSON, and `OSError`.
    """
    content = Path(path).read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CaseError("$", f"not UTF-8 (byte {error.start})") from None
    if text.startswith("\ufeff"):
        raise CaseError("$", "starts with a byte order mark, which JSON has not")
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise CaseError("$", f"not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise CaseError("$", "nested too deeply") from None
    except ValueError:
        raise CaseError("$", "an integer has too many digits") from None


class Repeated:
    """Stands for an object that gives a key twice, until the check knows its path."""

    def __init__(self, key: str) -> None:
        self.key = key


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Repeated:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _ in pairs]
    return Repeated(next(key for key in keys if keys.count(key) > 1))


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=Decimal, parse_constant=Decimal)


def rows(path: str, value: object, required: frozenset[str], optional: str | None = None) -> list[dict[str, Any]]:
    """A list of objects, each with the `required` keys and no others but `optional`."""
    if type(value) is not list:
        refuse(path, value, "a list")
    for index, row in enumerate(value):
        if type(row) is not dict or row.keys() != required:
            keys(f"{path}[{index}]", row, required, optional)
    return cast(list[dict[str, Any]], value)


def keys(path: str, row: object, required: frozenset[str], optional: str | None = None) -> Mapping[str, Any]:
    """An object with the `required` keys and no others but `optional`."""
    if type(row) is not dict:
        refuse(path, row, "an object")
    for key in sorted(required - row.keys()):
        raise CaseError(under(path, key), "is missing")
    for key in row:
        if key not in required and key != optional:
            raise CaseError(under(path, _key(key)), "is not a property of a case")
    return row


def codes(path: str, rows: list[dict[str, Any]], name: str) -> list[str]:
    """A column of identifiers: text, not empty, each given once."""
    found: list[str] = column(path, rows, name, {str}, bool, "a text that is not empty")
    if len(set(found)) != len(found):
        seen: dict[str, int] = {}
        for index, code in enumerate(found):
            if code in seen:
                first = f"{path}[{seen[code]}]"
                raise CaseError(f"{path}[{index}].{name}", f"{shown(code)} is already {first}")
            seen[code] = index
    return found


def column(
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
            refuse(f"{path}[{index}]{inside}.{name}", value, wanted)
    raise AssertionError("a column is refused for one of its values")


def text(path: str, value: object) -> str:
    """A text that is not empty."""
    if type(value) is not str or not value:
        refuse(path, value, "a text that is not empty")
    return value


def one_of(path: str, value: Any, allowed: Iterable[Any]) -> Any:
    """One of the `allowed` values, and of its type."""
    if not any(type(value) is type(item) and value == item for item in allowed):
        refuse(path, value, " or ".join(shown(item) for item in allowed))
    return value


def lone_surrogate(path: str, value: Any) -> str:
    """The path of the first text that no UTF-8 file can hold, or ""."""
    items: Iterable[tuple[str, Any]] = ()
    if type(value) is dict:
        items = ((under(path, key), item) for key, item in value.items())
    elif type(value) is list:
        items = ((f"{path}[{index}]", item) for index, item in enumerate(value))
    elif type(value) is str and not value.isascii():
        return path if any("\ud800" <= letter <= "\udfff" for letter in value) else ""
    return next(filter(None, (lone_surrogate(*item) for item in items)), "")


def under(path: str, key: str) -> str:
    """The path of a property."""
    return key if path == "$" else f"{path}.{key}"


def _key(key: object) -> str:
    return key if type(key) is str and key.isidentifier() else shown(key)


def refuse(path: str, value: object, wanted: str) -> NoReturn:
    """Say what a value should have been."""
    if isinstance(value, Repeated):
        raise CaseError(path, f"the key {shown(value.key)} is given twice")
    raise CaseError(path, f"{shown(value)} is not {wanted}")


def shown(value: object) -> str:
    """A value as an error line can show it: short, and on one line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict | Repeated):
        return "an object"
    if isinstance(value, int) and value.bit_length() > 128:
        return "an integer of more than 38 digits"
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
