"""States and how they change: transition tables read top to bottom, and the one function that applies them.

A table is also the permission table of its document and the source of ``docs/workflows.md``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _
from rules import Predicate

from mobility.log import append, take_turn
from mobility.models import Acting, Appointment, Call, Correction, LogEntry, User
from mobility.permissions import homologates_for, is_about, is_nmci


class TransitionRefused(Exception):  # noqa: N818  # a refusal is an answer, not an error
    """The action isn't possible from the state in which the document is now; says so in the reader's language."""


@dataclass(frozen=True)
class Transition:
    """One line of a table: what is done, from which states, to which, by whom, under which clause."""

    action: str
    sources: tuple[str, ...]
    target: str
    who: Predicate
    clause: str


class Table:
    """The transitions of one kind of document."""

    def __init__(self, model: type[models.Model], transitions: Iterable[Transition]) -> None:
        self.model = model
        self.transitions = tuple(transitions)
        self._by_action = {t.action: t for t in self.transitions}

    def __getitem__(self, action: str) -> Transition:
        return self._by_action[action]

    def state_name(self, state: str) -> str:
        """The state as people read it."""
        field = cast("models.Field[str, str]", self.model._meta.get_field("state"))
        return str(dict(field.flatchoices).get(state, state))

    def allows(self, user: object, action: str, thing: Any) -> bool:
        """Whether the person may do it now: for buttons; advance() asks again."""
        transition = self[action]
        return thing.state in transition.sources and bool(transition.who.test(user, thing))


@transaction.atomic
def advance(
    table: Table, thing: Any, action: str, *, reason: str = "", data: dict[str, Any] | None = None, by: User | None
) -> None:
    """Move a document to its next state and log it; the only code that assigns a state.

    Takes the log's turn, locks the row and looks at the state that is stored, not at the one in memory. Other
    fields that the caller has set on ``thing`` are saved with it. Raises PermissionDenied when the person may not,
    TransitionRefused when the state doesn't allow it (someone was quicker).
    """
    transition = table[action]
    take_turn()
    rows = table.model._default_manager.select_for_update(no_key=True)
    stored = rows.filter(pk=thing.pk).values_list("state", flat=True).get()
    if not transition.who.test(by, thing):
        raise PermissionDenied(action)
    if stored not in transition.sources:
        raise TransitionRefused(
            _("This is no longer possible: the state is now “%(state)s”. Reload the page to see what happened.")
            % {"state": table.state_name(stored)}
        )
    thing.state = transition.target
    thing.save()
    record(
        thing,
        action,
        clause=transition.clause,
        from_state=stored,
        to_state=transition.target,
        reason=reason,
        data=data,
        by=by,
    )


def record(
    thing: models.Model,
    action: str,
    *,
    clause: str = "",
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    by: User | None,
) -> LogEntry:
    """Write one row of the log about a thing."""
    row = entry(thing, action, clause=clause, reason=reason, data=data, by=by)
    row.from_state, row.to_state = from_state, to_state
    append([row])
    return row


def entry(
    thing: models.Model,
    action: str,
    *,
    clause: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    by: User | None,
    acting: Acting | None = None,
) -> LogEntry:
    """A row of the log, not written yet, with the role in which the person acts (``acting``, where that is known)."""
    acting = acting or (by.acting if by else Acting())
    return LogEntry(
        actor=by,
        role=acting.role,
        behalf_of=acting.behalf_of,
        action=action,
        object_type=thing._meta.label_lower,
        object_id=thing.pk,
        clause=clause,
        reason=reason,
        data=data or {},
    )


def record_many(
    things: Iterable[models.Model],
    action: str,
    *,
    clause: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    by: User | None,
) -> None:
    """record(), for the same action on many things: one row each, in one statement."""
    acting = by.acting if by else Acting()
    append([entry(t, action, clause=clause, reason=reason, data=data, by=by, acting=acting) for t in things])


CALL = Table(
    Call,
    [
        Transition("open", ("draft",), "open", is_nmci, "3.1.a"),
        Transition("close", ("open",), "closed", is_nmci, "6.1"),
    ],
)

APPOINTMENT = Table(
    Appointment,
    [
        Transition("propose_again", ("returned",), "proposed", is_nmci, "2.2"),
        Transition("homologate", ("proposed",), "homologated", homologates_for, "2.3"),
        Transition("return", ("proposed",), "returned", homologates_for, "2.3"),
        Transition("withdraw", ("proposed", "returned"), "withdrawn", is_nmci, "2.2"),
        Transition("end", ("homologated",), "ended", is_nmci | homologates_for, "2.3"),
    ],
)

# GDPR 16; the mobility office answers for the data of mobility (Art. 2(2)).
CORRECTION = Table(
    Correction,
    [
        Transition("correct", ("asked",), "corrected", is_nmci, "2.2"),
        Transition("refuse", ("asked",), "refused", is_nmci, "2.2"),
        Transition("drop", ("asked",), "dropped", is_about, "2.2"),
    ],
)
