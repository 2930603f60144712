"""`python -m mobility.regulation`: with nothing but Python, and clear when it can't."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[2]
CASE = CASES / "two-hundred.case.json"
DECISION = CASES / "two-hundred.decision.json"

ISOLATED = (
    "import runpy, sys; sys.path.append({root!r}); sys.argv[0] = 'regulation';"
    "runpy.run_module('mobility.regulation', run_name='__main__', alter_sys=True)"
)


def run(*arguments, **options):
    """The command in a Python without site packages, environment or user files."""
    program = ISOLATED.format(root=str(ROOT))
    command = [sys.executable, "-S", "-I", "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False, **options)


def refused(finished, *words):
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr.count("\n") == 1
    for word in words:
        assert word in finished.stderr
    return True


def test_the_decision_on_standard_output():
    finished = run(CASE)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert json.loads(finished.stdout) == json.loads(DECISION.read_text(encoding="utf-8"))


def test_the_decision_to_a_file_which_then_verifies(tmp_path):
    out = tmp_path / "out.json"
    out.write_text("what was there before", encoding="utf-8")
    assert run(CASE, "-o", out).stdout == ""
    assert json.loads(out.read_text(encoding="utf-8")) == json.loads(DECISION.read_text(encoding="utf-8"))
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
    assert run(CASE, "--verify", out).returncode == 0


@pytest.mark.parametrize("name", sorted(path.name.split(".")[0] for path in CASES.glob("*.case.json")))
def test_the_worked_cases_verify(name):
    finished = run(CASES / f"{name}.case.json", "--verify", CASES / f"{name}.decision.json")
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith("equal: ")


def moved_rank(decision):
    decision["candidates"][6]["rank"] = 8


def one_candidate_less(decision):
    decision["candidates"].pop()


def another_type(decision):
    decision["candidates"][6]["preference"] = True


def a_key_more(decision):
    decision["hondt"][0]["note"] = "x"


def a_key_less(decision):
    del decision["left_over"]["erasmus"]


def a_number_with_a_point(decision):
    decision["left_over"]["erasmus"] = 5.0


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (moved_rank, "candidates[6].rank: the file says 8, the case gives 7\n"),
        (one_candidate_less, "candidates: the file has 199 items, the case gives 200\n"),
        (another_type, "candidates[6].preference: the file says true, the case gives "),
        (a_key_more, "hondt[0].note: the file gives it, the case does not\n"),
        (a_key_less, "left_over.erasmus: the case gives it, the file does not\n"),
        (a_number_with_a_point, 'left_over.erasmus: the file says "5.0", the case gives 5\n'),
    ],
)
def test_a_different_decision_says_where(change, line, tmp_path):
    decision = json.loads(DECISION.read_text(encoding="utf-8"))
    change(decision)
    path = tmp_path / "other.json"
    path.write_text(json.dumps(decision), encoding="utf-8")
    finished = run(CASE, "--verify", path)
    assert finished.returncode == 1
    assert finished.stderr == ""
    assert finished.stdout.startswith(line)
    assert finished.stdout.count("\n") == 1


def turned(value):
    """The same JSON value with its keys the other way round."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [turned(item) for item in value] if isinstance(value, list) else value


def test_order_of_keys_and_white_space_are_no_difference(tmp_path):
    path = tmp_path / "other.json"
    path.write_text(json.dumps(turned(json.loads(DECISION.read_text(encoding="utf-8"))), indent=7), encoding="utf-8")
    finished = run(CASE, "--verify", path)
    assert finished.returncode == 0
    assert finished.stdout.startswith("equal: ")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("[]", "$: the file says [], the case gives {"),
        ("null", "$: the file says null, the case gives {"),
        ("{}", "call: the case gives it, the file does not\n"),
        ('{"call": 1, "call": 2}', '$: the file gives the key "call" twice\n'),
    ],
)
def test_what_is_no_decision_differs(content, line, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    finished = run(CASE, "--verify", path)
    assert finished.returncode == 1
    assert finished.stderr == ""
    assert finished.stdout.startswith(line)
    assert finished.stdout.count("\n") == 1


def test_what_should_be_verified_must_be_json(tmp_path):
    path = tmp_path / "out.json"
    path.write_text("{", encoding="utf-8")
    assert refused(run(CASE, "--verify", path), "$: not JSON")
    assert refused(run(CASE, "--verify", tmp_path / "none.json"), "cannot read", "none.json", "No such file")


def test_a_bad_case_writes_nothing(tmp_path):
    case = json.loads(CASE.read_text(encoding="utf-8"))
    case["candidates"][3]["ects"] = "12,5"
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    finished = run(path, "-o", tmp_path / "out.json")
    assert refused(finished)
    assert finished.stderr == "candidates[3].ects: '12,5' is not a decimal number\n"
    assert [path.name for path in tmp_path.iterdir()] == ["case.json"]


def test_deep_nesting_and_endless_digits_are_refused_by_the_command_too(tmp_path):
    path = tmp_path / "case.json"
    for content in (b"[" * 100_000, b"1" * 5_000_000, b"\0" * 5_000_000, b""):
        path.write_bytes(content)
        assert refused(run(path), "$: ")


def test_files_that_are_not(tmp_path):
    assert refused(run(tmp_path / "none.json"), "cannot read", "none.json", "No such file")
    assert refused(run(tmp_path), "cannot read", "Is a directory")
    assert refused(run(CASE, "-o", tmp_path), "cannot write", "Is a directory")
    assert refused(run(CASE, "-o", tmp_path / "no" / "out.json"), "cannot write", "No such file")
    assert refused(run(CASE, "-o", ""), "cannot write ''", "Is a directory")


def test_through_a_link_the_file_behind_it_is_written(tmp_path):
    link, out = tmp_path / "link.json", tmp_path / "out.json"
    link.symlink_to(out)
    assert run(CASE, "-o", link).returncode == 0
    assert link.is_symlink()
    assert run(CASE, "--verify", out).returncode == 0


def test_a_file_that_opens_and_cannot_be_read():
    """One that even the superuser, whom no permission stops, can't read."""
    assert refused(run("/proc/self/mem"), "cannot read", "Input/output error")


@pytest.mark.parametrize("arguments", [(), ("a", "b"), (CASE, "--what"), (CASE, "-o", "a", "--verify", "b")])
def test_wrong_usage_is_one_line(arguments):
    assert refused(run(*arguments), "python -m mobility.regulation: ")


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    out = tmp_path / "out.json"
    out.write_text("what was there before", encoding="utf-8")

    def almost_full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    assert refused(run(CASE, "-o", out, preexec_fn=almost_full), "cannot write", "File too large")
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
    assert out.read_text(encoding="utf-8") == "what was there before"


def test_a_full_device():
    program = ISOLATED.format(root=str(ROOT))
    with Path("/dev/full").open("wb") as full:
        finished = subprocess.run(
            [sys.executable, "-S", "-I", "-c", program, str(CASE)], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert finished.returncode == 2
    assert finished.stderr.decode() == "cannot write 'standard output': No space left on device\n"
    assert refused(run(CASE, "-o", "/dev/full"), "cannot write '/dev/full': No space left on device")
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("arguments", [[], ["--verify", str(DECISION)]])
@pytest.mark.parametrize("gone", ["closed by the reader", "closed from the start"])
def test_an_output_that_is_gone_is_said_in_one_line(arguments, gone):
    program = ISOLATED.format(root=str(ROOT))
    command = [sys.executable, "-S", "-I", "-c", program, str(CASE), *arguments]
    if gone == "closed from the start":
        words = "Bad file descriptor"
        finished = subprocess.run(
            ["sh", "-c", 'exec "$@" >&-', "sh", *command], stderr=subprocess.PIPE, timeout=60, check=False
        )
    else:
        words = "Broken pipe"
        reader, writer = os.pipe()
        os.close(reader)
        finished = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
        os.close(writer)
    assert finished.returncode == 2
    assert finished.stderr.decode() == f"cannot write 'standard output': {words}\n"
