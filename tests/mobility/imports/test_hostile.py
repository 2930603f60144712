"""Files that are made to hurt: refused with a sentence, and quickly."""

import io
import zipfile

import pytest
from openpyxl import DEFUSEDXML, Workbook

from mobility.services.imports.problems import ImportRefused
from mobility.services.imports.reading import read

ENTITIES = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{content}">{more}]>"""
LAUGHS = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def workbook(**replaced: str) -> bytes:
    """A workbook in which files were replaced; a dot in a file's name is written as two underscores."""
    source, target = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["code", "name"])
    book.active.append(["A", "B"])
    book.save(source)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            for part, prologue in replaced.items():
                if name.endswith(part.replace("__", ".")):
                    content = prologue + (content.partition("?>")[2] or content).replace("<v>", "<v>&a;", 1)
            new.writestr(name, content)
    return target.getvalue()


def test_xml_is_read_by_a_parser_that_knows_no_entities():
    assert DEFUSEDXML


@pytest.mark.parametrize("part", ["sheet1__xml", "sharedStrings__xml", "workbook__xml", "styles__xml"])
@pytest.mark.parametrize(
    "prologue",
    [
        ENTITIES.format(content="ha", more=LAUGHS),
        ENTITIES.format(content="x", more='<!ENTITY b SYSTEM "file:///etc/passwd">'),
    ],
    ids=["laughs", "a file of the machine"],
)
def test_entities_in_a_workbook_are_refused_or_left_alone(part, prologue):
    found = outcome(workbook(**{part: prologue}))
    assert isinstance(found, str) or all(len(cell) < 100 and "root:" not in cell for cell in found)


def outcome(content: bytes) -> str | list[str]:
    """The cells that were read, or why none were."""
    try:
        return [cell for _number, cells in read("a.xlsx", content).rows for cell in cells]
    except ImportRefused as refused:
        return str(refused)


def test_json_that_is_too_deep_is_refused():
    with pytest.raises(ImportRefused):
        read("a.json", b"[" * 200_000 + b"]" * 200_000)


def test_a_number_without_end_is_refused():
    with pytest.raises(ImportRefused):
        read("a.json", b'[{"a": ' + b"9" * 100_000 + b"}]")


def test_an_archive_that_lies_about_its_size_is_refused():
    """What it says it unpacks to is what bounds it: a lie ends the reading."""
    content = bytearray(workbook())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 20_000_000)
    bomb = bytearray(target.getvalue())
    bomb = bomb.replace((20_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(ImportRefused):
        read("a.xlsx", bytes(bomb))
    assert read("a.xlsx", bytes(content)).rows
