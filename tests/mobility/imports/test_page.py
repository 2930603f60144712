"""The office imports a file: looks first, then imports."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mobility.models import Department, LogEntry
from mobility.services.imports.reading import LARGEST
from tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    someone = person("nmci", name="Ana da Mobilidade")
    client.force_login(someone)
    return someone


def upload(client, content, name="departments.csv", kind="departments"):
    if isinstance(content, str):
        content = content.encode()
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("imports"), {"kind": kind, "file": file}, headers={"accept-language": "en"})


def confirm(client, looked, **changed):
    data = {name: looked.context[name] for name in ("sha256",)} | {"digest": looked.context["plan"].digest} | changed
    return client.post(reverse("apply_import"), data, headers={"accept-language": "en"}, follow=True)


@pytest.mark.usefixtures("office")
def test_looking_at_a_file_writes_nothing(client):
    page = upload(client, "acronym,name\nDEI,Informática\n")

    assert page.status_code == 200
    assert "Import 1 row" in page.content.decode()
    assert not Department.objects.exists()
    assert not LogEntry.objects.exists()


def test_the_file_that_was_looked_at_is_imported_once(client, office):
    looked = upload(client, "acronym,name\nDEI,Informática\n")

    page = confirm(client, looked).content.decode()

    assert Department.objects.get().name == "Informática"
    assert "Imported “departments.csv”: 1 new, 0 changed, 0 unchanged." in page
    assert "Ana da Mobilidade" in page
    assert LogEntry.objects.get(action="import").actor == office

    assert "no longer kept" in confirm(client, looked).content.decode()
    assert LogEntry.objects.count() == 1
    again = upload(client, "acronym,name\nDEI,Informática\n").content.decode()
    assert "nothing to import" in again
    assert "apply" not in again


@pytest.mark.usefixtures("office")
def test_problems_are_shown_by_row_and_column_and_cannot_be_imported(client):
    page = upload(client, "acronym,name\nDEI,\nDEQ,x\n")

    text = page.content.decode()
    assert page.status_code == 422
    assert "1 thing to correct; nothing was written" in text
    assert "Row 2" in text
    assert "the cell is empty" in text
    assert "no longer kept" in confirm(client, page).content.decode()
    assert not Department.objects.exists()


@pytest.mark.usefixtures("office")
def test_a_windows_file_is_shown_with_its_accents_and_a_notice(client):
    text = upload(client, "acronym;name\nDEQ;Química\n".encode("cp1252")).content.decode()

    assert "Windows-1252" in text
    assert "Import 1 row" in text


@pytest.mark.usefixtures("office")
def test_data_that_changed_in_between_is_looked_at_again(client):
    looked = upload(client, "acronym,name\nDEI,Informática\n")
    Department.objects.create(code="DEI", name="Outro")

    page = confirm(client, looked).content.decode()

    assert "changed since you looked" in page
    assert Department.objects.get().name == "Outro"
    assert "Outro → <strong>Informática</strong>" in page


@pytest.mark.usefixtures("office")
def test_a_file_that_one_person_looked_at_is_not_imported_by_another(client):
    looked = upload(client, "acronym,name\nDEI,Informática\n")
    client.force_login(person("nmci"))

    assert "no longer kept" in confirm(client, looked).content.decode()
    assert not Department.objects.exists()


@pytest.mark.usefixtures("office")
def test_a_file_that_is_too_large_or_missing_or_empty_is_said_beside_the_field(client):
    page = upload(client, b"x" * (LARGEST + 1))
    assert page.status_code == 422
    assert "larger than 10 MB" in page.content.decode()

    empty = upload(client, b"")
    assert empty.status_code == 422
    assert "The file is empty." in empty.content.decode()

    neither = client.post(reverse("imports"), {"kind": "nonsense"}, headers={"accept-language": "en"})
    assert neither.status_code == 422
    assert "Choose what the file has." in neither.content.decode()
    assert "Choose a file." in neither.content.decode()


@pytest.mark.usefixtures("office")
def test_templates_open_in_a_spreadsheet_with_their_accents(client):
    answer = client.get(reverse("import_template", args=["institutions"]))

    assert answer.content.startswith(b"\xef\xbb\xbferasmus_code,pic,")
    assert answer["Content-Disposition"] == 'attachment; filename="institutions.csv"'
    assert client.get(reverse("import_template", args=["nonsense"])).status_code == 404


@pytest.mark.usefixtures("office")
def test_the_page_takes_as_many_queries_for_one_import_as_for_ten(client):
    counts = []
    for imports in (1, 9):
        for n in range(imports):
            confirm(client, upload(client, f"acronym,name\nD{imports}{n},x\n"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("imports"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("office")
def test_the_answer_to_a_file_takes_as_many_queries_for_three_rows_as_for_three_hundred(client):
    # The first page of a session notes the session too.
    client.get("/office/imports/")
    counts = []
    for rows in (3, 300):
        with CaptureQueriesContext(connection) as queries:
            page = upload(client, "acronym,name\n" + "".join(f"D{n},x\n" for n in range(rows)))
        assert page.context["plan"].counts["created"] == rows
        counts.append(len(queries))
    assert counts[0] == counts[1]
