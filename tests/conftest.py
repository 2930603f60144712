"""What every test shares."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext

from tests.undefined import Undefined


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """Sign-in is not what the tests wait for."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request):
    """SQLite in a file, as in the embedded default: in memory, threads refuse each other's locks instead of waiting."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(Path(django_settings.VAR_DIR) / "tests.sqlite3")
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(scope="session", autouse=True)
def _undefined_variables_fail():
    engines["django"].engine.string_if_invalid = Undefined()


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """No test sees the files or the mail of another."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


@pytest.fixture
def counted_queries():
    """How many statements a page takes, whoever reads it: the same with 3 rows and with 300."""

    def count(client, address):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count
