"""Chaining 10,000 rows of the log, beside the same rows inserted plainly by the ORM; SQLite in memory.

The floor is `bulk_create` of ready rows, hashes included: what a log without chain would cost at least. The portal's
own way copies values instead of building statements, so the chain is paid for.
"""

import os
from collections.abc import Iterator

from benchmarks.measure import Row, against, best

ROWS = 10_000


def run() -> Iterator[Row]:
    os.environ |= {"SECRET_KEY": "bench", "DATABASE_URL": "sqlite://:memory:", "LOG_LEVEL": "ERROR"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobility.settings")
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    from mobility import log
    from mobility.models import LogEntry

    def entries() -> list[LogEntry]:
        return [
            LogEntry(action="write", object_type="mobility.academicrecord", object_id=n, data={"units": n})
            for n in range(ROWS)
        ]

    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM mobility_logentry")

    def chained() -> None:
        empty()
        log.append(entries())

    chained()
    ready = list(LogEntry.objects.order_by("pk"))

    def plain() -> None:
        empty()
        entries()
        LogEntry.objects.bulk_create(ready)

    yield against("log: 10,000 rows chained (floor: bulk_create)", best(chained, 3), best(plain, 3), 1.5)
    yield against("log: 10,000 rows verified (floor: chaining them)", best(log.verify, 3), best(chained, 3), 1.5)
