"""Start the whole portal on one machine: web, a Celery worker, and beat."""

import errno
import fcntl
import http.client
import os
import socket
import sys
from argparse import ArgumentParser
from ipaddress import ip_address
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from mobility.supervisor import Child, NotHealthyError, Supervisor


class Command(BaseCommand):
    help = "Start web server, worker and beat together; restart what dies; stop all on SIGTERM or Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
        parser.add_argument("--web-workers", type=int, default=2, help="web processes (2)")
        parser.add_argument("--job-workers", type=int, default=2, help="worker processes (2)")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        ensure_port_is_free(host, port)
        ensure_database_is_ready()
        with lock(settings.VAR_DIR / "serve.lock"):
            supervisor = Supervisor(
                children(host, port, web_workers=options["web_workers"], job_workers=options["job_workers"]),
                settings.VAR_DIR / "logs",
                self.say,
            )
            try:
                supervisor.run(lambda: self.announce(f"http://{shown(host)}:{port}/", supervisor.logs))
            except NotHealthyError as error:
                raise CommandError(str(error)) from error
        self.say("Everything has stopped.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def announce(self, address: str, logs: Path) -> None:
        self.say(f"The portal is at {address}  (Ctrl-C stops it; logs are in {logs})")


def shown(host: str) -> str:
    """The host as a browser on this machine reaches it."""
    return "127.0.0.1" if ip_address(socket.gethostbyname(host)).is_unspecified else host


def ensure_port_is_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError as error:
            raise CommandError(f"There is no port {port}: choose one from 1024 to 65535.") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is in use by another program: stop that one, or choose another port, "
                    f"for instance `make demo PORT={port + 1}` (or `manage.py serve --port {port + 1}`)."
                ) from error
            raise CommandError(f"{host}:{port} can't be listened on: {error.strerror}.") from error


def ensure_database_is_ready() -> None:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(f"The database can't be used: {str(error).strip()}. Check DATABASE_URL.") from error
    finally:
        connection.close()
    if pending:
        raise CommandError("The database isn't up to date: run `manage.py migrate` first.")


def lock(path: Path) -> IO[str]:
    """Hold the folder: two supervisors on one broker folder would be two beats. Released when the process ends."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CommandError(
            f"A portal is already running from {path.parent}: stop that one, or give this one its own VAR_DIR."
        ) from error
    return file


def children(host: str, port: int, *, web_workers: int, job_workers: int) -> list[Child]:
    # mobility.celery writes this file when the worker takes work.
    ready = settings.WORKER_READY_FILE
    ready.unlink(missing_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobility.settings")
    os.chdir(settings.BASE_DIR)
    web = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(web_workers)]
    web += ["--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "5", "--no-ws"]
    celery = ["celery", "--app", "mobility.celery"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--concurrency", str(job_workers)]
    worker += ["--without-gossip", "--without-mingle"]
    # No pid file: one that a kill left behind would keep the next beat from starting.
    beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""]
    module = [sys.executable, "-m"]
    return [
        Child("web", [*module, *web, "mobility.wsgi:application"], lambda: answers(shown(host), port)),
        Child("worker", [*module, *worker], ready.exists),
        Child("beat", [*module, *beat], lambda: True),
    ]


def answers(host: str, port: int) -> bool:
    """Whether the health page says that the process and its database are well."""
    visitor = http.client.HTTPConnection(host, port, timeout=2)
    try:
        visitor.request("GET", "/health/", headers={"Host": "localhost"})
        return visitor.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False  # not listening yet: it is asked again
    finally:
        visitor.close()
