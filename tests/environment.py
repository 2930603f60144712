"""The environment that the tests run in, set before Django reads its settings.

Loaded by pytest itself (``-p tests.environment`` in pyproject.toml). DATABASE_URL and REDIS_URL come from
outside: that is how the same suite runs on PostgreSQL and Redis.
"""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ["DJANGO_SETTINGS_MODULE"] = "mobility.settings"
os.environ["STATIC_MANIFEST"] = "false"
os.environ["DEBUG"] = "false"
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="portal-tests-")
