"""What every test shares."""

import pytest
from django.conf import settings as django_settings


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """Sign-in is not what the tests wait for."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """No test sees the files or the mail of another."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
