"""Files as people send them: each way of being wrong has its own sentence."""

import codecs
import datetime
import io
import zipfile

import pytest
from openpyxl import Workbook

from mobility.services.imports import sheets, workbook
from mobility.services.imports.problems import ImportRefused
from mobility.services.imports.reading import LARGEST, read

DEPARTMENTS = "acronym,name\nDEC,Departamento de Engenharia Civil, Arquitetura\n"


def xlsx(*rows, merge=None, **more_sheets):
    book = Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    if merge:
        page.merge_cells(merge)
    for title, content in more_sheets.items():
        other = book.create_sheet(title)
        for row in content:
            other.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(name, content):
    return [cells for _number, cells in read(name, content).rows]


def refused(name, content):
    with pytest.raises(ImportRefused) as error:
        read(name, content)
    (problem,) = error.value.problems
    return problem


def notices(name, content):
    return [str(notice) for notice in read(name, content).notices]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_of_three_separators(separator):
    content = f'acronym{separator}name\nDEI{separator}"Informática{separator} etc."\n'.encode()

    assert rows("d.csv", content) == [["acronym", "name"], ["DEI", f"Informática{separator} etc.".strip()]]


def test_a_byte_order_mark_is_no_part_of_the_first_column():
    assert rows("d.csv", codecs.BOM_UTF8 + b"acronym,name\nDEI,x\n")[0] == ["acronym", "name"]


def test_windows_encoding_is_read_rightly_and_said():
    content = "acronym;name\nDEQ;Departamento de Engenharia Química\nX;€ – “São”\n".encode("cp1252")

    assert rows("d.csv", content)[1:] == [["DEQ", "Departamento de Engenharia Química"], ["X", "€ – “São”"]]
    (notice,) = notices("d.csv", content)
    assert "row 2" in notice
    assert "Windows-1252" in notice


def test_utf_16_is_read_and_said():
    content = "acronym\tname\nDEQ\tQuímica\n".encode("utf-16")

    assert rows("d.csv", content)[1] == ["DEQ", "Química"]
    assert notices("d.csv", content) == ["The file was read as UTF-16."]


def test_a_truncated_utf_16_file_is_refused():
    assert "cut short" in str(refused("d.csv", "acronym\tname\n".encode("utf-16") + b"x"))


def test_bytes_of_no_encoding_are_refused_with_their_row():
    problem = refused("d.csv", b"acronym,name\nDEI,\x81\xff\n")

    assert problem.row == 2
    assert "neither UTF-8 nor Windows-1252" in problem.message


@pytest.mark.parametrize("text", ["Engenharia QuÃ\u00admica", "JoÃ£o", "â€œx", "Qu\ufffdmica"])
def test_text_that_was_garbled_before_is_refused_rather_than_stored(text):
    problem = refused("d.csv", f"acronym,name\nDEI,ok\nDEQ,{text}\n".encode())

    assert problem.row == 3
    assert "accents" in problem.message


def test_capital_a_with_tilde_is_no_sign_of_garbling():
    assert rows("d.csv", "name\nSÃO PAULO\nMARANHÃO\nÂNGELA\n".encode())[1:] == [
        ["SÃO PAULO"],
        ["MARANHÃO"],
        ["ÂNGELA"],
    ]


def test_non_breaking_spaces_become_spaces_and_are_counted():
    content = "erasmus_code,name\nP\u00a0\u00a0LISBOA109,x\u00a0\n".encode()

    assert rows("d.csv", content)[1] == ["P  LISBOA109", "x"]
    assert notices("d.csv", content) == ["Non-breaking spaces in 2 cells were read as ordinary spaces."]


def test_blank_lines_on_top_are_skipped_said_and_counted_in_the_row_numbers():
    sheet = read("d.csv", b"\n;;\nacronym;name\n\nDEI;x\n")

    assert sheet.rows == [(3, ["acronym", "name"]), (5, ["DEI", "x"])]
    assert [str(notice) for notice in sheet.notices] == ["Blank lines above the column names were skipped."]


def test_a_quotation_mark_never_closed_is_refused_where_it_begins():
    problem = refused("d.csv", b'acronym,name\nDEI,ok\nDEQ,"never closed\n' + b"x,y\n" * 20)

    assert problem.row == 3
    assert "quotation mark" in problem.message


@pytest.mark.parametrize("nothing", [b"", b"\n" * 100, b" " * 5_000_000, b"\x00" * 5_000_000])
def test_five_megabytes_of_nothing_are_nothing(nothing):
    assert str(refused("d.csv", nothing)) == "The file is empty."


def test_commas_alone_are_no_rows():
    assert str(refused("d.csv", b",,,\n" * 100_000)) == "The file has no rows."


def test_a_nul_byte_is_refused_with_its_row():
    problem = refused("d.csv", b"acronym,name\nDEI,x\nDEQ,\x00\n")

    assert (problem.row, "NUL" in problem.message) == (3, True)


def test_a_control_character_is_refused_with_its_row():
    assert refused("d.csv", b"acronym,name\nDEI,\x07\n").row == 2


def test_a_file_that_is_too_large_is_refused():
    assert "larger than 10 MB" in str(refused("d.csv", b"x" * (LARGEST + 1)))
    assert rows("d.csv", b"x" * 1000)


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)

    assert len(rows("d.csv", b"name\n1\n2\n3\n")) == 4
    assert refused("d.csv", b"name\n1\n2\n3\n4\n").row == 5


@pytest.mark.parametrize("name", ["d.pdf", "d.docx", "d.xls"])
def test_other_files_are_refused_by_name(name):
    assert "neither CSV, XLSX nor JSON" in str(refused(name, b"%PDF-1.4 something"))


def test_old_excel_is_refused_with_what_to_do():
    assert "Save it as .xlsx" in str(refused("d.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600))


def test_a_workbook_is_read_as_text():
    content = xlsx(["a", "b", "c"], ["DEI", 2, 7.5], [datetime.date(2026, 3, 25), True, 6.0])

    assert rows("d.xlsx", content) == [["a", "b", "c"], ["DEI", "2", "7.5"], ["2026-03-25", "true", "6"]]


def test_a_workbook_named_csv_is_still_read_as_a_workbook():
    assert rows("d.csv", xlsx(["a"], ["x"])) == [["a"], ["x"]]


def test_blank_rows_of_a_workbook_keep_the_row_numbers():
    sheet = read("d.xlsx", xlsx([], ["a"], [], ["x"]))

    assert sheet.rows == [(2, ["a"]), (4, ["x"])]
    assert "Blank lines" in str(sheet.notices[0])


def test_merged_cells_are_refused_by_name():
    problem = refused("d.xlsx", xlsx(["acronym", "name"], ["DEI", "x"], ["DEQ", "y"], merge="A2:A3"))

    assert "A2:A3" in problem.message


def test_merged_cells_of_a_sheet_that_is_not_read_do_not_matter():
    book = Workbook()
    book.active.append(["a"])
    book.active.append(["x"])
    other = book.create_sheet("notes")
    other["A1"] = "note"
    other.merge_cells("A1:B1")
    out = io.BytesIO()
    book.save(out)

    assert rows("d.xlsx", out.getvalue()) == [["a"], ["x"]]
    assert "Only the sheet" in notices("d.xlsx", out.getvalue())[0]


def test_formulas_are_refused_by_cell():
    problem = refused("d.xlsx", xlsx(["a", "places"], ["x", "=1+1"]))

    assert (problem.row, problem.column) == (2, "B")
    assert "formulas" in problem.message


def test_cells_that_hold_an_error_are_refused():
    problem = refused("d.xlsx", xlsx(["a"], ["#REF!"]))

    assert (problem.row, problem.column) == (2, "A")


def test_empty_sheets_are_refused():
    assert str(refused("d.xlsx", xlsx())) == "Every sheet of the workbook is empty."


def test_an_empty_first_sheet_is_passed_over():
    assert rows("d.xlsx", xlsx(second=[["a"], ["x"]])) == [["a"], ["x"]]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(share):
    content = xlsx(["a", "b"], *[["x", n] for n in range(500)])

    assert "damaged or cut short" in str(refused("d.xlsx", content[: int(len(content) * share)]))


def test_an_archive_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")

    assert "damaged" in str(refused("d.xlsx", out.getvalue()))


def test_an_archive_that_unpacks_to_far_too_much_is_refused_unopened():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (workbook.LARGEST_UNPACKED + 1))

    assert len(out.getvalue()) < 200_000
    assert "unpacks to more than 60 MB" in str(refused("d.xlsx", out.getvalue()))


def test_a_sheet_that_claims_a_million_rows_is_read_by_its_cells():
    content = xlsx(["a"], ["x"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name).replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
            new.writestr(name, data)

    assert rows("d.xlsx", out.getvalue()) == [["a"], ["x"]]


def test_json_is_read_with_its_keys_as_columns():
    content = b'[{"name": "Keio", "web_pages": ["https://keio"], "x": null}, {"name": "USP", "n": 6.50}]'

    assert rows("u.json", content) == [
        ["name", "web_pages", "x", "n"],
        ["Keio", "https://keio", "", ""],
        ["USP", "", "", "6.5"],
    ]


@pytest.mark.parametrize("content", [b"{}", b"[1]", b"3", b"[" * 100_000])
def test_json_that_is_no_list_of_objects_is_refused(content):
    assert "JSON" in str(refused("u.json", content)) or "list of objects" in str(refused("u.json", content))


def test_truncated_json_is_refused_with_its_line():
    assert refused("u.json", b'[{"name": "x"},\n{"name": ').row == 2
