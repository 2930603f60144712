"""What a bare machine lacks is installed where that is allowed, and otherwise said in one sentence."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def machine(tmp_path):
    """A PATH on which nothing of what we need is found, with an apt-get that notes what it was asked for."""

    def run(*needs: str, user: int) -> tuple[subprocess.CompletedProcess[str], str]:
        asked = tmp_path / "asked"
        asked.touch()
        for name, text in {"id": f"echo {user}", "apt-get": f'echo "$@" >> {asked}'}.items():
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\n{text}\n")
            program.chmod(0o755)
        for name in ("bash", "sh", "env"):
            if not (tmp_path / name).exists():
                (tmp_path / name).symlink_to(f"/bin/{name}" if name != "env" else "/usr/bin/env")
        result = subprocess.run(
            [ROOT / "tools/system-packages", *needs],
            env={"PATH": str(tmp_path), "PYTHON": "no-such-python"},
            capture_output=True,
            text=True,
            timeout=30,
        )
        return result, asked.read_text()

    return run


def test_what_is_there_is_left_alone():
    environment = {**os.environ, "PYTHON": "python3.11"}
    command = [ROOT / "tools/system-packages", "python", "pango"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_user_is_told_the_command_in_one_sentence(machine):
    result, asked = machine("python", "gettext", user=1000)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "sudo apt-get install python3.11 python3.11-venv gettext" in result.stderr
    assert asked == ""


def test_root_has_it_installed_and_is_told_when_that_was_not_enough(machine):
    result, asked = machine("pango", "browser", user=0)
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 chromium" in asked
    assert result.returncode == 1
    assert "still missing" in result.stderr


def test_an_unknown_need_is_refused(machine):
    result, _ = machine("python", "nonsense", user=0)
    assert result.returncode == 2
