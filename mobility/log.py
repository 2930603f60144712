"""Writing the log and reading it back: rows are only ever put at its end, one transaction after the other.

The log's turn: PostgreSQL lets one transaction at a time read the last row and write the next ones; it keeps the
turn until it commits. Whoever locks rows and then waits for the turn can be what the one who has it waits for, so
the turn is taken first (docs/record.md). On SQLite every transaction has the whole database to itself.
"""

import datetime
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from mobility import bulk, chain
from mobility.models import LogEntry

# The name of the turn among PostgreSQL's advisory locks.
TURN = 7_236_410_018
COLUMNS = (
    *("id", "at", "actor_id", "role", "behalf_of_id", "action", "object_type", "object_id"),
    *("clause", "from_state", "to_state", "reason", "data", "previous", "hash"),
)
FIELDS = ("actor_id", "behalf_of_id", *(name for name in (*chain.FIELDS, "hash") if name not in ("actor", "behalf_of")))

_day: ContextVar[datetime.datetime | None] = ContextVar("day", default=None)


@contextmanager
def dated(at: datetime.datetime) -> Iterator[None]:
    """What is logged inside bears this instant: for the demo alone, whose story lies in the past."""
    token = _day.set(at)
    try:
        yield
    finally:
        _day.reset(token)


def take_turn() -> None:
    """Wait until nobody else is writing the log, and hold it until the transaction ends; again and again is free."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The log's turn is held by a transaction.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


@transaction.atomic
def append(entries: Sequence[LogEntry]) -> None:
    """Chain the entries to the last row and write them, in one statement however many."""
    if not entries:
        return
    take_turn()
    number, previous = head()
    for entry in entries:
        number += 1
        entry.pk, entry.previous, entry.at = number, previous, _day.get() or entry.at
        # As the database will give it back: keys are text, pairs are lists.
        entry.data = _plain(entry.data)
        previous = entry.hash = chain.digest(entry.as_row())
    bulk.insert(LogEntry, COLUMNS, (_values(entry) for entry in entries))


def head() -> tuple[int, str]:
    """Number and hash of the last row."""
    return LogEntry.objects.order_by("-pk").values_list("pk", "hash").first() or (0, chain.GENESIS)


def rows(*, after: int = 0) -> Iterator[chain.Row]:
    """The rows as the chain reads them, in order, a few thousand in memory."""
    # SQLite holds instants as text, and whatever somebody writes in their place: read as text, it can be compared.
    as_text = {"at_text": Cast("at", TextField())} if connection.vendor == "sqlite" else {}
    columns = ("at_text" if as_text and name == "at" else name for name in FIELDS)
    found = LogEntry.objects.filter(pk__gt=after).order_by("pk").annotate(**as_text).values_list(*columns)
    for values in found.iterator(chunk_size=2000):
        row = dict(zip(FIELDS, values, strict=True))
        row["actor"], row["behalf_of"] = row.pop("actor_id"), row.pop("behalf_of_id")
        yield row | {"at": _instant(row["at"])}


def verify(*, from_head: str = "", expect: tuple[int, str] | None = None) -> chain.Verdict:
    """Compute the chain again. ``from_head``: only after the row with this hash, which is trusted.

    Raises LookupError when no row has it.
    """
    start = chain.Verdict(0, 0, chain.GENESIS)
    if from_head:
        number = LogEntry.objects.filter(hash=from_head).values_list("pk", flat=True).first()
        if number is None:
            raise LookupError(from_head)
        start = chain.Verdict(LogEntry.objects.filter(pk__lte=number).count(), number, from_head)
    return chain.check(rows(after=start.number), known=_known, start=start, expect=expect)


def _instant(at: datetime.datetime | str) -> str:
    """An instant as the chain writes it; of a text that is none, the text, which no hash was made of."""
    if isinstance(at, datetime.datetime):
        return chain.instant(at)
    try:
        return chain.instant(datetime.datetime.fromisoformat(at).replace(tzinfo=datetime.UTC))
    except ValueError:
        return at


def _known(wanted: str) -> bool:
    return wanted == chain.GENESIS or LogEntry.objects.filter(hash=wanted).exists()


def _plain(data: object) -> object:
    """Raises TypeError for what isn't JSON and ValueError for a float: databases write those differently."""
    return json.loads(json.dumps(data), parse_float=_refuse_float)


def _refuse_float(text: str) -> object:
    raise ValueError(f"The log holds no floats: write {text} as text.")


def _values(entry: LogEntry) -> tuple[object, ...]:
    return (
        entry.pk,
        connection.ops.adapt_datetimefield_value(entry.at),
        entry.actor_id,
        entry.role,
        entry.behalf_of_id,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.clause,
        entry.from_state,
        entry.to_state,
        entry.reason,
        json.dumps(entry.data),
        entry.previous,
        entry.hash,
    )
