"""Many rows at once, the same on both databases: read from one consistent snapshot, written by COPY."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is as it stood at one instant; nothing can be written.

    Inside somebody's transaction there is no instant of its own to choose: it is that transaction's.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            # Django would begin with the write lock, and everybody else would wait for a reader.
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values as the database stores them: JSON as text, exact decimals as integers.

    ``columns`` are names of columns; what is left out gets the database's own default, not Django's.
    To be called in a transaction: a row that is refused leaves the earlier ones. ``rows`` may not ask
    the database anything while it is iterated: the connection is busy copying.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["?"] * len(columns))
            # Straight to the driver: Django would translate the placeholders of every single row.
            cursor.connection.cursor().executemany(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",  # nosec B608  # names from the models, quoted
                rows,
            )
