"""Languages of teaching and countries, in the reader's language."""

import importlib
import re
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import translation
from django_countries import countries

from mobility.languages import LANGUAGES, language_code, language_name
from mobility.models import Destination
from tests.factories import DestinationFactory


@pytest.mark.parametrize("written", ["de", "DE", "German", "german ", "alemão", "Alemao"])
def test_a_language_is_known_by_its_code_and_by_its_name(written):
    assert language_code(written) == "de"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("reader", ["pt", "en"])
def test_every_language_is_read_back_from_its_name(code, reader):
    with translation.override(reader):
        assert language_code(language_name(code)) == code


@pytest.mark.parametrize("written", ["?", "Klingon", "en-GB", "English/German"])
def test_what_is_no_language_is_refused(written):
    with pytest.raises(ValueError, match=re.escape(written)):
        language_code(written)


@pytest.mark.parametrize(
    ("reader", "level", "told"), [("pt", "B1", "alemão B1"), ("en", "B1", "German B1"), ("pt", "", "alemão")]
)
def test_a_destination_says_its_language_in_the_readers(reader, level, told):
    with translation.override(reader):
        assert Destination(language="de", language_level=level).teaching == told


def test_a_destination_without_language_says_none():
    assert Destination().teaching == ""


@pytest.mark.django_db
def test_words_imported_before_become_codes():
    german, other = DestinationFactory(language="German"), DestinationFactory(language="Ladin")
    migration = importlib.import_module("mobility.migrations.0003_language_codes")
    migration.to_codes(apps, SimpleNamespace(connection=connection))
    for destination in (german, other):
        destination.refresh_from_db()
    assert (german.language, other.language, other.teaching) == ("de", "Ladin", "Ladin")


@pytest.mark.parametrize(
    ("code", "portuguese", "english"),
    [
        ("CZ", "Chéquia", "Czechia"),
        ("PL", "Polónia", "Poland"),
        ("RO", "Roménia", "Romania"),
        ("SI", "Eslovénia", "Slovenia"),
        ("EE", "Estónia", "Estonia"),
        ("LV", "Letónia", "Latvia"),
        ("IR", "Irão", "Iran"),
        ("VN", "Vietname", "Vietnam"),
        ("KE", "Quénia", "Kenya"),
        ("MG", "Madagáscar", "Madagascar"),
        ("KR", "Coreia do Sul", "South Korea"),
        ("KP", "Coreia do Norte", "North Korea"),
        ("EG", "Egito", "Egypt"),
        ("QA", "Catar", "Qatar"),
        ("SY", "Síria", "Syria"),
    ],
)
def test_countries_are_named_as_in_portugal(code, portuguese, english):
    for reader, name in (("pt", portuguese), ("en", english)):
        with translation.override(reader):
            assert countries.name(code) == name
