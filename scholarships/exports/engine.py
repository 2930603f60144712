"""The engine as a download: the regulation's own source in a zip that Python runs without unpacking."""

import io
import zipfile
from functools import cache
from pathlib import Path

from mobility import regulation

SOURCE = Path(regulation.__file__).parent

MAIN = '''"""python mobility-regulation.zip CASE.json --verify OUT.json"""

import sys

from mobility.regulation.__main__ import main

sys.exit(main())
'''

README = """The decision engine of the mobility portal: Art. 5, 6, 7, 8 and 9 of the regulation as a program.

It needs Python 3.11 or newer and nothing else. To check a published run, download its case and its decision, then

    python mobility-regulation.zip CASE.json --verify OUT.json

or, in the folder into which you have unpacked this archive,

    python -m mobility.regulation CASE.json --verify OUT.json

The answer is "equal", or the first place where the two differ.
"""

# The same source gives the same archive, whenever it is made.
EPOCH = (2018, 12, 1, 0, 0, 0)


@cache
def archive() -> bytes:
    """``__main__.py``, ``README.txt`` and ``mobility/regulation/`` as they run here."""
    files = {"__main__.py": MAIN, "README.txt": README, "mobility/__init__.py": ""}
    files |= {f"mobility/regulation/{path.name}": path.read_text("utf-8") for path in SOURCE.glob("*.py")}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in sorted(files):
            zipped.writestr(zipfile.ZipInfo(name, EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return target.getvalue()
