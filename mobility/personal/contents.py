"""The content of ``data.json``: every part of the inventory, row by row, as plain values.

Keys are the names of the columns, which stay the same whatever the language; what a column names in another table
(a programme, a call, a person) is given in words. Decimals are text, instants are ISO 8601 with their zone.
"""

from typing import Any

from django.db import models
from django.utils import timezone

from applications.models import Entry
from applications.services.explanations import destination_names, explanation
from applications.views.sentences import sentence
from mobility.models import Destination, User
from mobility.personal import trail
from mobility.personal.inventory import PARTS, Part

FORMAT = 1
OWN = {part.model for part in PARTS} - {User}


def contents(user: User) -> dict[str, Any]:
    """Everything about the person."""
    found: dict[str, Any] = {"format": FORMAT, "made_at": timezone.now()}
    for part in PARTS:
        found[part.name] = [row_of(part, thing) for thing in _with_names(part, user)]
    for row, entry in zip(found["results"], _entries(user), strict=True):
        row["explanation"] = _explained(entry)
    found["log"] = list(trail.log(user))
    found["files"] = [
        {"name": document.name, "kind": document.kind, "at": document.created_at, "sha256": document.sha256}
        for document in trail.files(user)
    ]
    return found


def _with_names(part: Part, user: User) -> "models.QuerySet[Any]":
    """The rows with what they name in other tables: a fixed number of statements, however many rows."""
    keys = [field for field in part.model._meta.concrete_fields if field.is_relation]
    names = [field.name for field in keys if field.related_model is not Destination]
    names += [f"{field.name}__institution" for field in keys if field.related_model is Destination]
    return part.rows(user).select_related(*names)


def _entries(user: User) -> "models.QuerySet[Entry]":
    (results,) = (part for part in PARTS if part.name == "results")
    return results.rows(user).select_related("run__call", "application", "placement__institution", "award")


def _explained(entry: Entry) -> list[dict[str, Any]]:
    """Why the result is what it is: each clause with its figures, and in words of the language in use."""
    names = destination_names(entry)
    steps = explanation(entry).steps
    return [step._asdict() | {"sentence": sentence(step, names).text} for step in steps]


def row_of(part: Part, thing: models.Model) -> dict[str, Any]:
    """One row: every column but those that the part holds back."""
    columns = (field for field in thing._meta.concrete_fields if field.name not in part.without)
    return {field.name: _value(field, thing) for field in columns}


def _value(field: "models.Field[Any, Any]", thing: models.Model) -> Any:
    value = getattr(thing, field.name)
    if isinstance(value, models.Model):
        # Rows that are in the file themselves are found by their number, applications by their reference.
        return getattr(value, "reference", value.pk) if type(value) in OWN else str(value)
    return value if not hasattr(value, "alpha3") else str(value)
