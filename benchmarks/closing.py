"""Closes one large call in a database of its own; `bench_closing` runs it, one process a database.

`python -m benchmarks.closing CANDIDATES` with DATABASE_URL; the last line of the output is one JSON object.

The floor is what no way of closing a call can do without: reading the same rows (every column that
the case needs, preference by preference), and writing the same result rows, ready-made, with COPY
(PostgreSQL) or executemany (SQLite) into the same tables, with their indexes and foreign keys.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import django

ROUNDS = 3


def main(candidates: int) -> dict[str, float]:
    """Seconds of the closing and of its floor, each the best of some rounds; bytes of memory that a closing adds."""
    from django.core.management import call_command

    from benchmarks.closing_rows import fill, put_back, read_rows, reopen, take_out

    call_command("migrate", verbosity=0)
    call = fill(candidates)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory, closing, floor = 0, [], []
    for _ in range(ROUNDS):
        closing.append(timed(lambda: close(call)))
        memory = memory or (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        reading = timed(read_rows)
        ready = take_out()
        floor.append(reading + timed(lambda rows=ready: put_back(rows)))
        reopen(call)
    return {"closing": min(closing), "floor": min(floor), "memory": memory}


def timed(work: Callable[[], Any]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def close(call: Any) -> None:
    """From the click to the stored outcome; the worker's part is done in this process."""
    from applications.models import Run
    from applications.services.calls import close_call
    from mobility.models import User
    from mobility.tasks import run_job
    from scholarships.services.runs import job_of

    run = close_call(call=call, by=User.objects.get(email="office@example.org"))
    job = job_of(run)
    run_job(job.pk)
    if Run.objects.get(pk=run.pk).state != Run.State.DECIDED:
        job.refresh_from_db()
        raise SystemExit(f"the call was not decided: {job.error}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobility.settings")
    django.setup()
    print(json.dumps(main(int(sys.argv[1]))))
