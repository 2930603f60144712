"""Starts a counterpart on a free port and waits until it answers."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(module: str, folder: Path, *arguments: str) -> Iterator[str]:
    """The address of a counterpart; it ends with the block."""
    port = free_port()
    log = folder / f"{module}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.counterparts.{module}", str(port), *arguments],
            cwd=ROOT, env=os.environ | {"COUNTERPART_FOLDER": str(folder)}, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"The counterpart didn't start:\n{log.read_text(errors='replace')}")
