"""What can't be done is answered in words, and leaves a line in the log that names nobody."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from mobility.models import Role
from scholarships.models import Budget
from tests.factories import CallFactory, RecordFactory, UserFactory, person
from tests.full_disk import full_disk
from tests.uploaded import uploaded

pytestmark = pytest.mark.django_db


def events(caplog, name: str) -> list[str]:
    return [line for line in caplog.messages if line.startswith(f"event='{name}'")]


@pytest.mark.parametrize(("language", "words"), [("en", "This is too large"), ("pt", "Isto é grande demais")])
def test_a_body_that_is_too_large_is_not_read(language, words, caplog):
    client = Client(headers={"accept-language": language})
    client.force_login(RecordFactory().student.user)
    address = reverse("documents")
    response = client.generic("POST", address, b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(12 * 1024**2))
    assert response.status_code == 413
    assert words in response.text
    assert "10 MB" in response.text
    assert len(events(caplog, "body_too_large")) == 1


def test_a_form_without_a_file_that_is_too_large_is_refused_in_the_same_words():
    client = Client(headers={"accept-language": "en"})
    response = client.post("/account/login/", {"login": "x" * 3 * 1024**2})
    assert response.status_code == 413
    assert "This is too large" in response.text


def test_a_length_that_is_none_is_no_length():
    response = Client().generic("POST", "/account/login/", b"", CONTENT_LENGTH="-5")
    assert response.status_code in (200, 400)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "There was no room to save this"), ("pt", "Não houve espaço para guardar isto")],
)
def test_a_full_disk_is_said_and_changes_nothing(language, words):
    call = CallFactory()
    client = Client(raise_request_exception=False, headers={"accept-language": language})
    client.force_login(person(Role.NMCI, language=language))
    saved = 0
    with full_disk("mobility_logentry", pages_left=0, rows_left=3):
        # Each change of the budget is a row of the log, until there is no room for one.
        for grants in range(1, 400):
            answers = {"erasmus-grants": str(grants), "erasmus-source": "Contract 1"}
            response = client.post(reverse("set_budget", args=[call.code, "erasmus"]), answers)
            if response.status_code != 302:
                break
            saved = grants
    assert response.status_code == 507
    assert words in response.text
    assert [budget.grants for budget in Budget.objects.all()] == ([saved] if saved else [])


def test_what_is_refused_leaves_a_line_that_names_nobody(caplog, client):
    user = UserFactory(email="eva@example.org", name="Eva Lima")
    client.force_login(user)
    client.get(reverse("imports"))
    client.logout()
    client.post("/account/login/", {"login": "eva@example.org", "password": "wrong"})
    client.post("/account/login/", {"login": "nobody@example.org", "password": "wrong"})
    Client(enforce_csrf_checks=True).post("/account/login/", {"login": "eva@example.org"})
    (denied,) = events(caplog, "permission_denied")
    assert denied == f"event='permission_denied' user={user.pk} page='imports' method='GET'"
    known, unknown = events(caplog, "sign_in_failed")
    assert f"user={user.pk} source=" in known
    assert "user=None source=" in unknown
    assert re.search(r"source='[0-9a-f]{12}'", known)
    (forged,) = events(caplog, "csrf_failure")
    assert "page='account_login'" in forged
    for line in (denied, known, unknown, forged):
        for secret in ("eva", "Eva", "nobody", "127.0.0.1", "wrong"):
            assert secret not in line


def test_what_comes_from_outside_can_not_begin_a_line_of_its_own(caplog, client):
    student = RecordFactory().student
    client.force_login(student.user)
    client.post(reverse("documents"), {"kind": "other", "file": uploaded("a\nevent='signed_in'.exe", b"x")})
    (line,) = events(caplog, "upload_refused")
    assert "\n" not in line
    assert "signed_in" not in line
