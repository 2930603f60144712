"""Closing a call of 100,000 applications, from the click to the stored outcome; see `closing` for the floor.

On SQLite in a file of its own, and on PostgreSQL in a database of its own on the server of
DATABASE_URL (or the local one), made and dropped here.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from benchmarks.measure import Row, against

CANDIDATES = 100_000
BAR = 3
LOCAL = "postgres://root@127.0.0.1:5432/postgres"
SCRATCH = "bench_closing"


def run() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="bench-closing-") as folder:
        yield from _rows("SQLite", f"sqlite:///{folder}/bench.sqlite3", folder)
        with _scratch_database() as url:
            yield from _rows("PostgreSQL", url, folder)


def _rows(name: str, url: str, folder: str) -> Iterator[Row]:
    found = _measured(url, folder)
    yield against(f"closing 100,000 on {name} (floor: bare read, bare write)", found["closing"], found["floor"], BAR)
    size = found["memory"] / CANDIDATES
    yield Row(f"closing on {name}: memory a candidate", f"{size:,.0f} B", "1,024 B", size / 1024, None)


def _measured(url: str, folder: str) -> dict[str, float]:
    environment = os.environ | {
        "DATABASE_URL": url, "REDIS_URL": "", "SECRET_KEY": "bench", "VAR_DIR": folder, "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.closing", str(CANDIDATES)]
    done = subprocess.run(command, env=environment, cwd=Path(__file__).parents[1], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def _scratch_database() -> Iterator[str]:
    given = os.environ.get("DATABASE_URL", "")
    server = urlsplit(given if given.startswith("postgres") else LOCAL)
    with psycopg.connect(urlunsplit(server._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
        connection.execute(f"CREATE DATABASE {SCRATCH}")
        try:
            yield urlunsplit(server._replace(path=f"/{SCRATCH}"))
        finally:
            connection.execute(f"DROP DATABASE {SCRATCH} WITH (FORCE)")
