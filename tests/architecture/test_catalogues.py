"""The catalogues: every string that a person sees is there, in Portuguese and in English."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
SOURCES = ("mobility", "applications", "scholarships", "recognition", "templates")


def identify(catalogue: Path) -> str:
    return catalogue.parts[-3]


def entries(catalogue: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete]


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_there_are_two_languages():
    assert [identify(path) for path in CATALOGUES] == ["en", "pt"]


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=identify)
def test_everything_is_translated(catalogue):
    assert [entry.msgid for entry in entries(catalogue) if entry.fuzzy or not all(translations(entry))] == []


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=identify)
def test_translations_keep_the_placeholders(catalogue):
    wrong = []
    for entry in entries(catalogue):
        wanted = {frozenset(PLACEHOLDER.findall(text)) for text in (entry.msgid, entry.msgid_plural) if text}
        wrong += [text for text in translations(entry) if frozenset(PLACEHOLDER.findall(text)) not in wanted]
    assert wrong == []


def test_no_exclamation_marks():
    shouting = [text for path in CATALOGUES for entry in entries(path) for text in translations(entry) if "!" in text]
    assert shouting == []


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> polib.POFile:
    """The catalogue that ``make messages`` would write from nothing."""
    if not shutil.which("xgettext"):
        pytest.skip("gettext isn't installed, so the source's strings can't be extracted (apt-get install gettext)")
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    (folder / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "pt", "--no-location", "-v0"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, env=without_settings())
    return polib.pofile(str(folder / "locale/pt/LC_MESSAGES/django.po"))


def without_settings() -> dict[str, str]:
    """makemessages then works on the folder in which it stands, not on the project's LOCALE_PATHS."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=identify)
def test_every_string_of_the_source_is_in_the_catalogue(extracted, catalogue):
    assert len(extracted) > 20
    known = {(entry.msgctxt, entry.msgid) for entry in entries(catalogue)}
    assert [entry.msgid for entry in extracted if (entry.msgctxt, entry.msgid) not in known] == []


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=identify)
def test_the_catalogue_has_no_string_that_the_source_lost(extracted, catalogue):
    used = {(entry.msgctxt, entry.msgid) for entry in extracted}
    assert [entry.msgid for entry in entries(catalogue) if (entry.msgctxt, entry.msgid) not in used] == []


def test_compiling_writes_what_the_source_says(tmp_path, settings):
    folder = tmp_path / "pt/LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(f'{header}msgid "a"\nmsgstr "ã"\n', encoding="utf-8")
    settings.LOCALE_PATHS = [tmp_path]
    call_command("compile_catalogues")
    assert polib.mofile(str(folder / "django.mo"))[0].msgstr == "ã"
    (folder / "broken.po").write_text("no catalogue at all", encoding="utf-8")
    with pytest.raises(CommandError, match=r"broken\.po"):
        call_command("compile_catalogues")
