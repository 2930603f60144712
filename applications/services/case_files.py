"""The files of a run: the case and the decision as anyone can download them and run them again.

Both are stored compressed with zlib. The case is canonical JSON (sorted keys, no spaces, UTF-8), so
that its SHA-256 is the run's ``input_sha256``; credits and sums are written in their shortest exact
form: "180", "28.5", never "28.50" or "2.85E+1". The decision is, byte for byte, what
``python -m mobility.regulation CASE.json -o OUT.json`` writes, so that ``sha256sum OUT.json`` gives
the ``decision_sha256`` that the board homologates.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

from applications.models import Run, RunFiles
from mobility.regulation.case import EDITION, Case, Destination, canonical, parse

# Quick rather than small: candidates repeat each other so much that it hardly matters.
COMPRESSION = 1
AT_A_TIME = 1000
CHUNK = 1 << 20


def pack(parts: Iterable[str]) -> tuple[bytes, str]:
    """A text that comes in parts: compressed, and its SHA-256; never whole in memory."""
    digest, compressor = hashlib.sha256(), zlib.compressobj(COMPRESSION)
    packed: list[bytes] = []
    parts = iter(parts)
    while piece := "".join(islice(parts, AT_A_TIME)).encode():
        digest.update(piece)
        packed.append(compressor.compress(piece))
    packed.append(compressor.flush())
    return b"".join(packed), digest.hexdigest()


def unpack(packed: bytes | memoryview) -> bytes:
    """The file itself."""
    return zlib.decompress(packed)


def stored_case(files: RunFiles) -> Case:
    """The case of an earlier attempt, from its file."""
    return parse(json.loads(unpack(files.case)))


def case_bytes(run: Run) -> bytes:
    """The case, for download; raises RunFiles.DoesNotExist while there is none."""
    return unpack(RunFiles.objects.values_list("case", flat=True).get(run=run))


def decision_bytes(run: Run) -> bytes:
    """The decision, for download; raises RunFiles.DoesNotExist while there is none."""
    files = RunFiles.objects.defer("case").get(run=run, decision__isnull=False)
    return unpack(files.decision or b"")


def damaged(run: Run) -> bool:
    """Whether a stored file is gone, unreadable, or has another SHA-256 than the run says; never whole in memory."""
    files = RunFiles.objects.filter(run=run).first()
    if files is None or files.decision is None:
        return True
    return (_sha256(files.case), _sha256(files.decision)) != (run.input_sha256, run.decision_sha256)


def _sha256(packed: bytes | memoryview) -> str:
    """Of the file as it unpacks; empty when it doesn't unpack to its end."""
    digest, decompressor, waiting = hashlib.sha256(), zlib.decompressobj(), bytes(packed)
    try:
        while waiting and not decompressor.eof:
            digest.update(decompressor.decompress(waiting, CHUNK))
            waiting = decompressor.unconsumed_tail
        digest.update(decompressor.flush())
    except zlib.error:
        return ""
    return digest.hexdigest() if decompressor.eof else ""


def case_text(case: Case, candidates: Iterable[str]) -> Iterator[str]:
    """The case as canonical JSON; ``candidates`` are the texts of ``candidate_texts``."""
    yield f'{{"call":{_json({"code": case.code, "draw_seed": case.draw_seed, "kind": case.kind})},"candidates":['
    before = ""
    for text in candidates:
        yield before + text
        before = ","
    rest = {
        "destinations": [_destination(code, found) for code, found in case.destinations.items()],
        "edition": EDITION,
        "grants": {"erasmus": case.erasmus, "redistribute": case.redistribute, "santander": case.santander},
        "programmes": [{"code": code, "places": places} for code, places in case.programmes.items()],
    }
    yield f"],{_json(rest)[1:]}"


def candidate_texts(case: Case) -> Iterator[str]:
    """Every candidate as the case's file has it, in the case's order."""
    people = case.candidates
    text, amount = cache(_json), cache(lambda number: _amount(number, case.scale))
    for row in zip(*(getattr(people, name) for name in _WRITTEN), strict=True):
        (
            barred, ects, enrolments, first_cycle_ects, graded_ects, eligible, previous, santander_lost, wanted,
            reference, merit, opinion, preferences, programme, semesters, units, weighted_grades, will_meet,
        ) = row  # fmt: skip
        yield (
            f'{{"barred":{_WORD[barred]},"ects":"{amount(ects)}","enrolments":{enrolments},'
            f'"first_cycle_ects":"{amount(first_cycle_ects)}","graded_ects":"{amount(graded_ects)}",'
            f'"grant":{{"eligible":{_WORD[eligible]},"previous":{_WORD[previous]},'
            f'"santander_lost":{_WORD[santander_lost]},"wanted":{_WORD[wanted]}}},'
            f'"id":{_json(reference)},"merit":{text(merit)},"opinion":{text(opinion)},'
            f'"preferences":[{",".join(map(text, preferences))}],"programme":{text(programme)},'
            f'"semesters":{semesters},"units":{units},"weighted_grades":"{amount(weighted_grades)}",'
            f'"will_meet_requirements":{_WORD[will_meet]}}}'
        )


# The columns of a candidate, in the order of the file.
_WRITTEN = (
    *("barred", "ects", "enrolments", "first_cycle_ects", "graded_ects"),
    *("eligible", "previous", "santander_lost", "wanted"),
    *("id", "merit", "opinion", "preferences", "programme", "semesters", "units"),
    *("weighted_grades", "will_meet_requirements"),
)

_WORD = {True: "true", False: "false"}


def _json(value: object) -> str:
    return canonical(value).decode()


def _destination(code: str, found: Destination) -> dict[str, object]:
    open_to = {} if found.programmes is None else {"programmes": sorted(found.programmes)}
    return {"code": code, "places": found.places, "scheme": found.scheme, **open_to}


def _amount(number: int, scale: int) -> str:
    """An integer in units of 10 ** -scale as the shortest decimal text."""
    whole, fraction = divmod(number, 10**scale)
    digits = f"{fraction:0{scale}d}".rstrip("0") if scale else ""
    return f"{whole}.{digits}" if digits else f"{whole}"
