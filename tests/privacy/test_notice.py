"""The privacy notice: anybody reads it, whoever signs in takes note of it once a version."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from mobility.models import LogEntry, NoticeAcceptance, Role
from mobility.privacy.notices import CURRENT, NOTICES
from mobility.privacy.retention import KINDS
from mobility.services.privacy import take_note
from tests.factories import ApplicationFactory, StudentFactory, UserFactory, person

pytestmark = pytest.mark.django_db

NOTE = "/account/privacy/note/"


@pytest.fixture
def newcomer():
    """A student who signs in for the first time."""
    user = UserFactory(notice=False)
    StudentFactory(user=user)
    return user


@pytest.mark.parametrize(("language", "title"), [("pt", "Aviso de privacidade"), ("en", "Privacy notice")])
def test_anybody_reads_the_notice_with_what_the_task_does(client, settings, language, title):
    settings.DATA_PROTECTION_CONTACT = "dpo@test.example"
    page = client.get("/privacy/", headers={"accept-language": language}).text
    assert f"<h1>{title}</h1>" in page
    assert "dpo@test.example" in page
    for row, words in (
        ("application", {"pt": "5 anos", "en": "5 years"}),
        ("export", {"pt": "7 dias", "en": "7 days"}),
    ):
        line = page[page.index("<tbody>") :].split("<tr>")[list(KINDS).index(row) + 1]
        assert words[language] in line


def test_every_kind_is_on_the_page_once_with_its_limit(client):
    page = client.get("/privacy/", headers={"accept-language": "en"}).text
    assert page[page.index("<tbody>") :].count("<tr>") == len(KINDS)


def test_it_is_linked_from_every_page_and_from_the_sign_up(client):
    assert client.get("/").text.count('href="/privacy/"') == 1
    assert client.get("/account/signup/").text.count('href="/privacy/"') == 2


def test_each_version_keeps_its_address(client):
    for notice in NOTICES:
        assert client.get(f"/privacy/{notice.version}/").status_code == 200
    assert client.get("/privacy/1999-01-01/").status_code == 404


def test_whoever_has_not_been_told_reads_it_first_and_then_gets_the_page_asked_for(client, newcomer):
    client.force_login(newcomer)
    answer = client.get("/record/?sort=grade")
    assert answer["Location"] == f"{NOTE}?next=%2Frecord%2F%3Fsort%3Dgrade"
    page = client.get(answer["Location"]).text
    assert all(str(change) in page for change in CURRENT.changes)
    answer = client.post(NOTE, {"version": CURRENT.version, "next": "/record/?sort=grade"})
    assert answer["Location"] == "/record/?sort=grade"
    assert client.get("/record/").status_code == 200
    (kept,) = NoticeAcceptance.objects.filter(user=newcomer)
    assert (kept.version, kept.language) == (CURRENT.version, "pt")
    assert LogEntry.objects.get(action="take_note").actor == newcomer


def test_staff_are_asked_too(client):
    client.force_login(person(Role.NMCI, notice=False))
    assert client.get("/office/")["Location"].startswith(NOTE)


def test_the_first_page_waits_too_and_public_ones_do_not(client, newcomer):
    client.force_login(newcomer)
    assert client.get("/")["Location"] == f"{NOTE}?next=%2F"
    for address in ("/calls/", "/verify/", "/privacy/", "/health/", "/account/", "/account/email/", "/account/logout/"):
        assert client.get(address).status_code == 200, address
    assert client.get("/no-such-page/").status_code == 404


def test_visitors_are_never_asked(client):
    assert client.get("/").status_code == 200
    assert client.get("/record/")["Location"].startswith(reverse("account_login"))


def test_a_form_that_is_sent_goes_through(client, newcomer):
    application = ApplicationFactory(student=newcomer.student, state="draft", submitted_at=None)
    client.force_login(newcomer)
    address = reverse("edit_period", args=[application.public_id])
    client.post(address, {"term": "year", "wants_grant": "yes", "version": 0, "action": "next"})
    application.refresh_from_db()
    assert application.draft["term"] == "year"


def test_a_part_of_a_page_that_refreshes_itself_goes_through(client, newcomer):
    client.force_login(newcomer)
    assert client.get("/record/", headers={"hx-request": "true"}).status_code == 200


def test_a_second_press_keeps_one(client, newcomer):
    client.force_login(newcomer)
    for _press in range(2):
        assert client.post(NOTE, {"version": CURRENT.version}).status_code == 302
    assert NoticeAcceptance.objects.filter(user=newcomer).count() == 1
    assert LogEntry.objects.filter(action="take_note").count() == 1


@pytest.mark.parametrize("version", ["2020-01-01", "", "x" * 300])
def test_a_version_that_is_no_longer_in_force_is_shown_anew(client, newcomer, version):
    client.force_login(newcomer)
    assert client.post(NOTE, {"version": version})["Location"] == NOTE
    assert not NoticeAcceptance.objects.filter(user=newcomer).exists()


def test_who_knows_an_earlier_version_is_told_what_is_new(client, newcomer):
    NoticeAcceptance.objects.create(user=newcomer, version="2020-01-01", language="pt")
    client.force_login(newcomer)
    assert client.get("/")["Location"].startswith(NOTE)
    assert "O aviso de privacidade mudou" in client.get(NOTE, headers={"accept-language": "pt"}).text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(client, newcomer, elsewhere):
    client.force_login(newcomer)
    assert client.post(NOTE, {"version": CURRENT.version, "next": elsewhere})["Location"] == "/"


def test_nobody_takes_note_for_somebody_else(newcomer):
    with pytest.raises(PermissionDenied):
        take_note(user=newcomer, version=CURRENT.version, language="pt", by=UserFactory())


def test_the_demo_has_one_person_who_was_not_told_yet():
    from mobility import demonstration

    assert demonstration.NOT_YET_TOLD in {email for _role, email, _name in demonstration.STAFF}
