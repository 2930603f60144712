"""What can be taken away from a run, and checked by anyone."""

import hashlib
import io
import subprocess
import sys
import zipfile
import zlib

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from mobility.models import Role
from scholarships.exports import engine, spreadsheets
from tests.factories import person
from tests.scholarships.decided import Story, publish


def download(client, name, **args):
    response = client.get(reverse(name, kwargs=args))
    assert response.status_code == 200
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment; ")
    return response.getvalue()


@pytest.mark.django_db
def test_case_and_decision_are_the_stored_bytes_and_their_hashes_the_runs(client):
    run = publish(Story().decide())
    case = download(client, "run_case", public_id=run.public_id)
    decision = download(client, "run_decision", public_id=run.public_id)
    assert case == zlib.decompress(run.files.case)
    assert decision == zlib.decompress(run.files.decision)
    assert hashlib.sha256(case).hexdigest() == run.input_sha256
    assert hashlib.sha256(decision).hexdigest() == run.decision_sha256


def outside(folder, *arguments):
    """Python with neither site packages nor environment nor this folder on its path."""
    return subprocess.run(
        [sys.executable, "-S", "-I", *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.django_db
def test_a_published_run_is_verified_with_nothing_but_python(client, tmp_path):
    run = publish(Story().decide())
    (tmp_path / "case.json").write_bytes(download(client, "run_case", public_id=run.public_id))
    (tmp_path / "out.json").write_bytes(download(client, "run_decision", public_id=run.public_id))
    (tmp_path / "engine.zip").write_bytes(download(client, "engine_zip"))
    verified = outside(tmp_path, "engine.zip", "case.json", "--verify", "out.json")
    assert (verified.returncode, verified.stderr) == (0, "")
    assert run.input_sha256 in verified.stdout
    changed = (tmp_path / "out.json").read_text().replace('"rank": 1,', '"rank": 9,')
    (tmp_path / "out.json").write_text(changed)
    refused = outside(tmp_path, "engine.zip", "case.json", "--verify", "out.json")
    assert refused.returncode == 1
    assert "candidates[0].rank" in refused.stdout


@pytest.mark.django_db
def test_the_unpacked_program_runs_as_a_module(client, tmp_path):
    run = publish(Story().decide())
    (tmp_path / "case.json").write_bytes(download(client, "run_case", public_id=run.public_id))
    (tmp_path / "out.json").write_bytes(download(client, "run_decision", public_id=run.public_id))
    zipfile.ZipFile(io.BytesIO(engine.archive())).extractall(tmp_path)
    start = "import runpy, sys; sys.path.insert(0, '.'); runpy.run_module('mobility.regulation', run_name='__main__')"
    assert outside(tmp_path, "-c", start, "case.json", "--verify", "out.json").returncode == 0


def test_the_archive_is_the_same_every_time():
    once = engine.archive()
    engine.archive.cache_clear()
    assert engine.archive() == once


def cells(book):
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(book)).active.rows]


@pytest.mark.django_db
def test_the_spreadsheet_has_everybody_and_names_for_staff_alone(client):
    story = Story()
    story.apply("MEEC", "19.00", name="Beatriz Leal")
    run = publish(story.decide())
    public = cells(download(client, "run_xlsx", public_id=run.public_id))
    assert len(public) == 1 + run.entries.count()
    assert "Beatriz Leal" not in str(public)
    client.force_login(person(Role.NMCI))
    best = cells(download(client, "run_xlsx", public_id=run.public_id))[1]
    entry = run.entries.get(rank=1)
    assert best[:4] == [1, entry.application.reference, entry.application.student.number, "Beatriz Leal"]
    assert best[4] == "MEEC"
    assert best[7] == 19


@pytest.mark.django_db
def test_a_name_that_looks_like_a_formula_stays_text():
    story = Story()
    story.apply("MEEC", "19.00", name='=HYPERLINK("http://example.org","x")')
    with spreadsheets.ranking(story.decide(), names=True) as book:
        sheet = load_workbook(io.BytesIO(book.read())).active
    assert sheet["D2"].value == '=HYPERLINK("http://example.org","x")'
    assert sheet["D2"].data_type != "f"


@pytest.mark.django_db
@pytest.mark.parametrize("names", [True, False])
def test_the_spreadsheet_writes_the_names_of_universities_readably(names):
    story = Story()
    story.apply("MEEC", "19.00")
    run = story.decide()
    institution = run.entries.exclude(placement=None).first().placement.institution
    institution.name = "LUNDS UNIVERSITET (LU)"
    institution.save()
    with spreadsheets.ranking(run, names=names) as book:
        rows = load_workbook(io.BytesIO(book.read())).active.iter_rows(values_only=True)
        column = next(rows).index(_("Placed at"))
        placed = [row[column] for row in rows]
    assert "Lunds Universitet (LU)" in placed
