"""The embedded default really runs: web, worker and beat, watched, restarted, and stopped to the last process."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def wait_for(condition: Callable[[], object], what: str) -> object:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE_SECONDS} s for {what}")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def offspring(pid: int) -> set[int]:
    """The process's children, their children, and so on."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended while we looked
    found, size = {pid}, 0
    while size != len(found):
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found - {pid}


def running(pid: int, program: str) -> set[int]:
    """The supervisor's own children whose command line names the program."""
    found = set()
    for child in offspring(pid):
        words = Path(f"/proc/{child}/cmdline")
        if alive(child) and program in words.read_text().split("\0"):
            found.add(child)
    return found


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """A migrated embedded database in a folder of its own."""
    folder = tmp_path_factory.mktemp("serve")
    environment = {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": "", "CACHE_PREFIX": folder.name}
    environment |= {"CELERY_QUEUE": f"{folder.name}-{os.getpid()}", "PYTHONWARNINGS": "default"}
    (folder / "static").mkdir()
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    return environment


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def portal(environment, port) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port), "--web-workers", "1", "--job-workers", "1"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    family = {process.pid}
    try:
        first = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in first, first + process.stdout.read()
        family |= offspring(process.pid)
        yield process
    finally:
        family |= offspring(process.pid)
        for pid in family:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def healthy(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5) as response:
        # No program is named, neither ours nor the server's.
        assert response.headers.get_all("Server") == ["portal"]
        return response.read() == b"ok"


def test_sigterm_stops_every_process_within_seconds(portal, port):
    assert healthy(port)
    family = offspring(portal.pid)
    assert all(running(portal.pid, name) for name in ("granian", "worker", "beat"))
    began = time.monotonic()
    portal.terminate()
    assert portal.wait(PATIENCE_SECONDS) == 0
    assert time.monotonic() - began < 20
    assert not [pid for pid in family if alive(pid)]


@pytest.mark.parametrize("program", ["granian", "worker"])
def test_a_killed_child_is_started_again(portal, port, program):
    old = running(portal.pid, program)
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: running(portal.pid, program) - old, f"a new {program}")
    assert f"{'web' if program == 'granian' else program} stopped" in portal.stdout.readline()
    if program == "granian":
        wait_for(lambda: not refused(port), "the web server")
        assert healthy(port)


def refused(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_killed_supervisor_leaves_no_orphan(portal):
    family = offspring(portal.pid)
    portal.kill()
    portal.wait()
    wait_for(lambda: not [pid for pid in family if alive(pid)], "the children to end")


def refusal(environment: dict[str, str], *arguments: str) -> str:
    """What the command says when it doesn't start: one sentence, no traceback."""
    result = subprocess.run(
        [sys.executable, "manage.py", "serve", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_taken_port_is_said_in_a_sentence(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} is in use" in refusal(environment, "--port", str(port))


def test_a_second_portal_on_the_same_folder_is_refused(portal, environment):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other = probe.getsockname()[1]
    assert "already running" in refusal(environment, "--port", str(other))


def test_an_empty_database_is_told_to_migrate(environment, port, tmp_path):
    assert "manage.py migrate" in refusal({**environment, "VAR_DIR": str(tmp_path)}, "--port", str(port))


def test_an_unreachable_database_is_said_in_a_sentence(environment, port):
    nowhere = {**environment, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    assert "Check DATABASE_URL" in refusal(nowhere, "--port", str(port))


def test_a_web_server_that_cannot_start_stops_everything_and_shows_why(environment, port):
    broken = {**environment, "GRANIAN_LOG_LEVEL": "nonsense"}
    assert "web stopped while starting" in refusal(broken, "--port", str(port))
