"""Keep a few programs running as children: start, watch, start again, stop together, leave none behind."""

import ctypes
import signal
import subprocess  # nosec B404  # starting programs is what this module is for
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from os import killpg
from pathlib import Path
from types import FrameType
from typing import IO

# A child that has lived this long is taken for well: the next start waits for the shortest time again.
WELL_AFTER_SECONDS = 30.0
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
# What a child has to finish after SIGTERM; long work is a job row that is taken up again.
GRACE_SECONDS = 10.0
LOG_KEPT_BYTES = 5_000_000
_PR_SET_PDEATHSIG = 1


class NotHealthyError(Exception):
    """A child died, or stayed silent, before everything had answered once; says which and what it wrote last."""


@dataclass
class Child:
    """One program: its name, its command line, and how to tell that it answers."""

    name: str
    command: Sequence[str]
    is_healthy: Callable[[], bool]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    deaths: int = 0


def _die_with_parent() -> None:
    """Runs in the child before its program: when the supervisor is killed, the kernel ends the child too (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Supervisor:
    """Runs the children until SIGTERM, SIGINT or SIGHUP; their output goes to ``<logs>/<name>.log``."""

    children: Sequence[Child]
    logs: Path
    say: Callable[[str], None]
    stopping: bool = field(default=False, init=False)

    def run(self, on_healthy: Callable[[], None], *, timeout_seconds: float = 120.0) -> None:
        """Start all, call ``on_healthy`` once all answer, then watch until told to stop. Raises NotHealthyError."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        self.logs.mkdir(parents=True, exist_ok=True)
        try:
            for child in self.children:
                self._start(child)
            self._wait_until_healthy(time.monotonic() + timeout_seconds)
            if not self.stopping:
                on_healthy()
            while not self.stopping:
                for child in self.children:
                    self._watch(child)
                time.sleep(0.2)
        finally:
            self._stop_all()

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self, child: Child) -> None:
        with self._log(child) as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, and the child's own children go with it.
            child.process = subprocess.Popen(  # nosec B603  # our own command lines, no shell
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # the supervisor has no threads
            )
        child.started_at = time.monotonic()

    def _log(self, child: Child) -> IO[bytes]:
        path = self.logs / f"{child.name}.log"
        if path.exists() and path.stat().st_size > LOG_KEPT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")

    def _wait_until_healthy(self, deadline: float) -> None:
        waiting = list(self.children)
        while waiting and not self.stopping:
            for child in self.children:
                if child.process is not None and child.process.poll() is not None:
                    raise NotHealthyError(f"{child.name} stopped while starting. It wrote:\n{self._last_words(child)}")
            waiting = [child for child in waiting if not child.is_healthy()]
            if waiting and time.monotonic() > deadline:
                child = waiting[0]
                raise NotHealthyError(f"{child.name} doesn't answer. It wrote:\n{self._last_words(child)}")
            time.sleep(0.1)

    def _last_words(self, child: Child) -> str:
        path = self.logs / f"{child.name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-15:]) + f"\n(all of it is in {path})"

    def _watch(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_again_at:
                self._start(child)
            return
        status = child.process.poll()
        if status is None:
            return
        # What it had started itself may still hold its port or its queue.
        self._kill_group(child.process)
        child.deaths = 0 if now - child.started_at > WELL_AFTER_SECONDS else child.deaths + 1
        wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** max(0, child.deaths - 1))
        child.process, child.start_again_at = None, now + wait
        self.say(f"{child.name} stopped (status {status}); starting it again in {wait:g} s")

    def _stop_all(self) -> None:
        running = {child.name: child.process for child in self.children if child.process is not None}
        for process in running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for name, process in running.items():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{name} didn't stop in {GRACE_SECONDS:g} s and is killed")
            self._kill_group(process)
            process.wait()

    def _kill_group(self, process: subprocess.Popen[bytes]) -> None:
        try:
            killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # the whole group is gone, as it should be
