"""The decision from a command line: see `--help`, and `mobility.regulation` for the rest."""

import argparse
import gc
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from mobility.regulation.case import CaseError, load
from mobility.regulation.decision import Decision, decide
from mobility.regulation.document import Repeated, read

_STDOUT = 1


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """0: done, or equal; 1: different from the file to verify; 2: bad input or no output."""
    parser = _Parser(
        prog="python -m mobility.regulation",
        description="Decide a case of the mobility regulation (Art. 5 to 9), or verify a decision.",
    )
    parser.add_argument("case", metavar="CASE.json")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("-o", metavar="OUT.json", help="write here, whole or not at all")
    either.add_argument("--verify", metavar="OUT.json", help="recompute and compare")
    options = parser.parse_args(arguments)
    gc.disable()  # one decision and out: nothing made here could be collected before the end
    reading = options.case
    try:
        decision = decide(load(options.case))
        if options.verify is None:
            reading = None
            _write(decision, options.o)
            return 0
        reading = options.verify
        published = read(options.verify)
        reading = None
        return _verify(decision, published)
    except CaseError as error:
        parser.exit(2, f"{error}\n")
    except OSError as error:
        written = "standard output" if options.o is None else options.o
        what = f"read {reading!r}" if reading is not None else f"write {written!r}"
        parser.exit(2, f"cannot {what}: {error.strerror or error}\n")


def _verify(decision: Decision, published: Any) -> int:
    computed = decision.as_dict()
    where = _difference("$", published, computed)
    line = where or f"equal: the decision of the case {decision.input_sha256}"
    _send(_STDOUT, f"{line}\n".encode(errors="backslashreplace"))
    return 1 if where else 0


def _difference(path: str, published: Any, computed: Any) -> str:
    """The first place where two JSON values differ, in words; "" when they are equal."""
    inside: Iterator[tuple[str, Any, Any]]
    if isinstance(published, Repeated):
        return f"{path}: the file gives the key {_short(published.key)} twice"
    if type(published) is type(computed) is dict:
        for key in sorted(published.keys() ^ computed.keys()):
            there, here = ("the file", "the case") if key in published else ("the case", "the file")
            return f"{_join(path, key)}: {there} gives it, {here} does not"
        inside = ((_join(path, key), published[key], computed[key]) for key in computed)
    elif type(published) is type(computed) is list:
        if len(published) != len(computed):
            return f"{path}: the file has {len(published)} items, the case gives {len(computed)}"
        inside = ((f"{path}[{index}]", *pair) for index, pair in enumerate(zip(published, computed, strict=True)))
    elif type(published) is type(computed) and published == computed:
        return ""
    else:
        return f"{path}: the file says {_short(published)}, the case gives {_short(computed)}"
    return next(filter(None, (_difference(*item) for item in inside)), "")


def _join(path: str, key: str) -> str:
    return key if path == "$" else f"{path}.{key}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _write(decision: Decision, name: str | None) -> None:
    """Write the decision to standard output, or to a file: whole or not at all."""
    data = "".join(decision.lines()).encode()
    if name is None:
        _send(_STDOUT, data)
        return
    target = Path(os.path.realpath(name))
    if target.exists() and not target.is_file():
        with target.open("wb") as device:
            _send(device.fileno(), data)
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        try:
            _send(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _send(descriptor: int, data: bytes) -> None:
    """Write past Python's buffers, so that a full disk is an error here and not at exit."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


if __name__ == "__main__":
    sys.exit(main())
