"""The environment that the tests run in, set before Django reads its settings.

Loaded by pytest itself (``-p tests.environment`` in pyproject.toml). DATABASE_URL and REDIS_URL come from
outside: that is how the same suite runs on PostgreSQL and Redis. An operator's ``.env`` is out of reach: what is
set here counts, even when empty. The processes of a parallel run share no file, no queue and no key.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from mobility.management.commands.compile_catalogues import compile_catalogue

os.environ["SECRET_KEY"] = "only-for-tests"
os.environ["DJANGO_SETTINGS_MODULE"] = "mobility.settings"
os.environ["STATIC_MANIFEST"] = "false"
os.environ["DEBUG"] = "false"
os.environ["DEMO"] = "false"
os.environ["SITE_URL"] = "http://127.0.0.1:8000"
os.environ["ALLOWED_HOSTS"] = "127.0.0.1,localhost,testserver"
os.environ["BEHIND_PROXY"] = "false"
os.environ["EMAIL_URL"] = ""
os.environ["OIDC_PROVIDERS"] = os.environ["SAML_PROVIDERS"] = ""
os.environ["FENIX_CLIENT_ID"] = os.environ["FENIX_CLIENT_SECRET"] = os.environ["FENIX_URL"] = ""
os.environ["LOG_LEVEL"] = "WARNING"
# Playwright's own event loop runs in the thread that uses the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
for name in ("DATABASE_URL", "REDIS_URL"):
    os.environ.setdefault(name, "")

folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
atexit.register(shutil.rmtree, folder, ignore_errors=True)
(folder / "static").mkdir()
os.environ["VAR_DIR"] = str(folder)
os.environ["CACHE_PREFIX"] = os.environ["CELERY_QUEUE"] = folder.name

# Once, before the parallel processes start: tests read Portuguese.
if "PYTEST_XDIST_WORKER" not in os.environ:
    for catalogue in sorted(Path(__file__).parents[1].glob("locale/*/LC_MESSAGES/*.po")):
        compile_catalogue(catalogue)
