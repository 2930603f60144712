"""What an import would do, worked out before anything is written."""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from mobility.services.imports.columns import Table
from mobility.services.imports.problems import Problem

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the file that makes a new thing (``details`` empty) or changes one: name, before, after."""

    row: int
    name: str
    is_new: bool
    details: tuple[tuple[str, str, str], ...] = ()


@dataclass
class Plan:
    """Nothing is written while there are ``problems``; ``steps`` write, in order."""

    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    steps: list[Callable[[], object]] = field(default_factory=list)

    @classmethod
    def of(cls, table: Table) -> "Plan":
        return cls(problems=table.problems, notices=table.notices)

    @property
    def created(self) -> list[Change]:
        return [change for change in self.changes if change.is_new]

    @property
    def changed(self) -> list[Change]:
        return [change for change in self.changes if not change.is_new]

    @property
    def counts(self) -> dict[str, int]:
        return {"created": len(self.created), "changed": len(self.changed), "unchanged": self.unchanged}

    @property
    def digest(self) -> str:
        """Names this very plan, so that what is applied is what was shown."""
        return hashlib.sha256(repr((self.changes, self.unchanged)).encode()).hexdigest()

    def refuse(self, message: str, row: int, column: str = "") -> None:
        self.problems.append(Problem(message, row, column))

    def note(self, message: str, row: int | None = None, column: str = "") -> None:
        self.notices.append(Problem(message, row, column))


@dataclass(frozen=True, slots=True)
class Wanted(Generic[M]):
    """One row as a thing: what identifies it, what to call it, the values of its fields, the row that exists."""

    row: int
    key: Hashable
    name: str
    values: Mapping[str, Any]
    existing: M | None


def upsert(plan: Plan, model: type[M], wanted: Iterable[Wanted[M]]) -> list[M]:
    """Plan to create what isn't there and to change what differs; gives the instances, in order.

    The writing takes two statements a batch, however many rows differ.
    """
    first: dict[Hashable, int] = {}
    created: list[M] = []
    updated: list[M] = []
    instances = []
    fields: set[str] = set()
    for item in wanted:
        if item.key in first:
            plan.refuse(_("repeats row %(row)s.") % {"row": first[item.key]}, item.row)
            continue
        first[item.key] = item.row
        instance = item.existing
        if instance is None:
            instance = model(**item.values)
            created.append(instance)
            plan.changes.append(Change(item.row, item.name, True))
        elif details := _differences(instance, item.values):
            updated.append(instance)
            fields.update(item.values)
            plan.changes.append(Change(item.row, item.name, False, details))
        else:
            plan.unchanged += 1
        instances.append(instance)
    if created:
        plan.steps.append(lambda: model._default_manager.bulk_create(created))
    if updated:
        # An insert that updates on conflict: one statement a batch, where bulk_update needs a CASE per row.
        plan.steps.append(
            lambda: model._default_manager.bulk_create(
                updated, update_conflicts=True, unique_fields=["id"], update_fields=sorted(fields)
            )
        )
    return instances


def _differences(instance: models.Model, values: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Put the new values on the instance; says which differ."""
    details = []
    for name, new in values.items():
        old = getattr(instance, name)
        if old != new:
            setattr(instance, name, new)
            details.append((name, "" if old is None else str(old), "" if new is None else str(new)))
    return tuple(details)
