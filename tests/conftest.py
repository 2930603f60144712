"""What every test shares."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext

from mobility import ways_in
from tests.counterparts.running import running
from tests.counterparts.through_fenix import ThroughFenix
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


@pytest.fixture
def workers(tmp_path):
    """Starts workers, each on its own queue; none outlives the test."""
    started = []

    def start(queue, pause_at=""):
        mark = tmp_path / f"mark-{len(started)}"
        database = connection.settings_dict
        server = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        url = (
            f"sqlite:///{database['NAME']}"
            if connection.vendor == "sqlite"
            else f"postgres://{server}/{database['NAME']}"
        )
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "tests.worker", "worker", "--pool", "solo", "-Q", queue,
                 "--without-gossip", "--without-mingle", "--without-heartbeat", "-n", f"w{len(started)}@test"],
                env=os.environ | {"DATABASE_URL": url, "PAUSE_AT": pause_at, "MARK": str(mark)},
                cwd=Path(__file__).parents[1], stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        started.append(process)
        return process, mark

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def _running_fenix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fenix")
    people = folder / "people.json"
    with running("fenix", folder, "--people", str(people)) as url:
        yield url, people


@pytest.fixture
def fenix(_running_fenix, settings):
    """A Fénix that knows the people of the samples, and the portal registered with it."""
    server = ThroughFenix(*_running_fenix)
    settings.FENIX_URL, settings.FENIX_CLIENT_ID = server.url, "mobility"
    apps = ways_in.fenix(server.url, "mobility", "segredo")
    settings.SOCIALACCOUNT_PROVIDERS = settings.SOCIALACCOUNT_PROVIDERS | {"fenix": {"APPS": apps}}
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    allowed = [*directives["form-action"], server.url]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives | {"form-action": allowed}}
    return server
