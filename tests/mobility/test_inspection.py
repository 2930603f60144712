"""The program that opens strangers' files: held to little memory, little time, no files and nothing of the portal's."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from mobility import inspection

HELD = """
import resource, runpy, sys
sys.argv = ["inspection", "PDF", "1", "1"]
module = runpy.run_path({path!r}, run_name="inspection")
module["restrict"]()
{attempt}
"""


def attempt(code: str) -> subprocess.CompletedProcess[str]:
    program = HELD.format(path=inspection.__file__, attempt=code)
    return subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("bytearray(2 * 1024**3)", "MemoryError"),
        ("open('/tmp/inspection-wrote-this', 'wb', 0).write(b'x')", "File too large"),
        ("[open('/dev/null') for _ in range(100)]", "Too many open files"),
    ],
)
def test_it_is_held(code, words):
    done = attempt(code)
    assert done.returncode != 0
    assert words in done.stderr or done.returncode == -25  # SIGXFSZ: more than a file may have
    Path("/tmp/inspection-wrote-this").unlink(missing_ok=True)


def test_it_is_stopped_when_it_computes_for_too_long():
    done = attempt("resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass")
    assert done.returncode < 0


def test_it_knows_nothing_of_the_portal():
    tree = ast.parse(Path(inspection.__file__).read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported == {"PIL", "collections", "io", "json", "pikepdf", "resource", "sys"}
