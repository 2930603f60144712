"""The command from case file to decision file, beside reading and writing the same JSON.

Ours is the whole process, from start to exit, Python's own start included. The floor is timed
inside another process, around `json.load` of the case and `json.dump` of the decision alone.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks import inputs
from benchmarks.measure import Row, against

FLOOR = """
import json, sys, time
decision = json.load(open(sys.argv[2], encoding="utf-8"))
start = time.perf_counter()
with open(sys.argv[1], encoding="utf-8") as source:
    case = json.load(source)
with open(sys.argv[3], "w", encoding="utf-8") as target:
    json.dump(decision, target)
print(time.perf_counter() - start)
"""


def run() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        case, decision, copy = (Path(folder) / name for name in ("case.json", "decision.json", "copy.json"))
        case.write_text(json.dumps(inputs.case(100_000)), encoding="utf-8")
        ours = floor = float("inf")
        for _ in range(4):
            start = perf_counter()
            subprocess.run([sys.executable, "-m", "mobility.regulation", case, "-o", decision], check=True)
            ours = min(ours, perf_counter() - start)
            command = [sys.executable, "-c", FLOOR, case, decision, copy]
            floor = min(floor, float(subprocess.run(command, check=True, capture_output=True).stdout))
    yield against("command line: 100,000 (floor: json.load, json.dump)", ours, floor, 3)
