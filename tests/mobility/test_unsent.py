"""A form that is sent when the session has ended: nothing is done, nothing is lost, and nobody else reads it."""

import datetime

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from applications.models import Application
from mobility.models import Call, Role
from mobility.refill import refill
from mobility.services.sessions import end_sessions
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    DestinationFactory,
    StudentFactory,
    UserFactory,
    code_for,
    person,
)

PASSWORD = "correct horse battery"


def confirmed(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def staff(db):
    return confirmed(person(Role.NMCI))


@pytest.fixture
def closing(staff):
    call = CallFactory(code="sms-2027")
    DestinationFactory(call=call)
    return "/office/calls/sms-2027/close/"


@pytest.fixture
def client(staff):
    """Somebody of the office at work."""
    found = Client(headers={"accept-language": "en", "referer": "http://testserver/office/calls/sms-2027/close/"})
    found.force_login(staff)
    assert found.get("/account/").status_code == 200
    return found


def sign_in(client, user, answer):
    """From the page to which the portal led, as the person; where they land."""
    address = answer.url if hasattr(answer, "url") else answer.headers["HX-Redirect"]
    then = address.partition("next=")[2]
    landed = client.post("/account/login/", {"login": user.email, "password": PASSWORD, "next": then})
    if user.roles_today:
        landed = client.post("/account/2fa/authenticate/", {"code": code_for(user)})
    return landed.url


def test_what_was_typed_is_back_in_the_form_and_was_not_sent(client, staff, closing):
    end_sessions(user=staff, by=None)

    answer = client.post(closing, {"reason": "The partners asked for <it> & “more”."})

    assert answer.url == f"/account/login/?next={closing}"
    assert "what you typed is back" in client.get(answer.url).content.decode()
    assert sign_in(client, staff, answer) == closing
    page = client.get(closing).content.decode()
    assert "is back in the form" in page
    assert "The partners asked for &lt;it&gt; &amp; “more”." in page
    assert Call.objects.get().state == Call.State.OPEN

    client.post(closing, {"reason": "The partners asked.", "without_run": "1"})
    assert Call.objects.get().state == Call.State.CLOSED
    assert "unsent" not in client.session


def test_after_idle_time_too(client, staff, closing, settings):
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=settings.STAFF_IDLE_MINUTES + 1), tick=False):
        answer = client.post(closing, {"reason": "The partners asked."})
        page = client.get(answer.url).content.decode()
        assert "because nothing happened here for a while" in page
        sign_in(client, staff, answer)
        assert "The partners asked." in client.get(closing).content.decode()


def test_somebody_else_gets_nothing_and_it_is_gone(client, staff, closing):
    other = confirmed(person(Role.NMCI))
    end_sessions(user=staff, by=None)
    answer = client.post(closing, {"reason": "For my eyes."})
    sign_in(client, other, answer)
    assert "For my eyes." not in client.get(closing).content.decode()
    assert "unsent" not in client.session
    client.logout()
    sign_in(client, staff, answer)
    assert "For my eyes." not in client.get(closing).content.decode()


def test_it_waits_for_an_hour(client, staff, closing):
    end_sessions(user=staff, by=None)
    answer = client.post(closing, {"reason": "The partners asked."})
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1, minutes=1), tick=False):
        sign_in(client, staff, answer)
        assert "The partners asked." not in client.get(closing).content.decode()


def test_passwords_and_the_account_are_not_kept(client, staff):
    end_sessions(user=staff, by=None)
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "new phrase", "x": "1"})
    assert "unsent" not in client.session


@pytest.mark.parametrize("cookie", [None, "1:forged", "999999"])
def test_without_knowing_whose_form_it_was_nothing_is_kept(client, staff, closing, cookie):
    end_sessions(user=staff, by=None)
    if cookie is None:
        del client.cookies["last_person"]
    else:
        client.cookies["last_person"] = cookie
    answer = client.post(closing, {"reason": "The partners asked."})
    assert answer.status_code == 302
    assert "unsent" not in client.session


def test_more_than_any_form_holds_is_not_kept(client, staff, closing):
    end_sessions(user=staff, by=None)
    client.post(closing, {"reason": "x" * 300_000})
    assert "unsent" not in client.session


def test_a_page_that_has_no_such_form_any_more_shows_the_text_once(client, staff, closing):
    end_sessions(user=staff, by=None)
    answer = client.post(closing, {"reason": "The partners asked <us>."})
    Call.objects.update(state=Call.State.CLOSED, closed_at=timezone.now(), closed_by=staff)
    sign_in(client, staff, answer)
    page = client.get(closing, follow=True).content.decode()
    assert "The partners asked &lt;us&gt;." in page
    assert "Not sent" in page
    assert "unsent" not in client.session


@pytest.mark.django_db
def test_a_draft_that_saves_itself_comes_back_too():
    student = StudentFactory(user=confirmed(UserFactory()))
    application = ApplicationFactory(student=student, state=Application.State.DRAFT, submitted_at=None, term="")
    address = f"/applications/{application.public_id}/edit/period/"
    client = Client(headers={"accept-language": "en"})
    client.force_login(student.user)
    shown = client.get(address)
    assert shown.status_code == 200
    end_sessions(user=student.user, by=None)

    headers = {"hx-request": "true", "hx-current-url": f"http://testserver{address}"}
    version = application.draft_version
    answer = client.post(address, {"term": "second", "wants_grant": "no", "version": version}, headers=headers)

    assert answer.headers["HX-Redirect"] == f"/account/login/?next={address}"
    assert sign_in(client, student.user, answer) == address
    page = client.get(address).content.decode()
    assert "back in the form" in page
    (second,) = [tag for tag in page.split("<input") if 'value="second"' in tag]
    assert "checked" in second.partition(">")[0]


@pytest.mark.django_db
def test_a_part_of_a_page_takes_the_whole_page_to_the_sign_in():
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/office/?page=2"}
    answer = Client().get("/office/", headers=headers)
    assert answer.headers["HX-Redirect"] == "/account/login/?next=/office/%3Fpage%3D2"
    elsewhere = headers | {"hx-current-url": "https://evil.example/"}
    assert Client().get("/office/", headers=elsewhere).headers["HX-Redirect"] == "/account/login/?next=/"


# --- The page itself -----------------------------------------------------------------------------


FORM = """<form method="get" action="/x/"><input name="a" value="keep"></form>
<form method="post" action="/x/">
  <input type="hidden" name="csrfmiddlewaretoken" value="new"><input type="hidden" name="version" value="7">
  <input name="a" value="old" required>
  <input type="password" name="p"><input type="file" name="f">
  <input type="text" name="row" value="1"><input type="text" name="row" value="2"/>
  <input type="radio" name="r" value="1" checked><input type="radio" name="r" value="2">
  <input type="checkbox" name="c" value="1" checked><input type="checkbox" name="c" value="2">
  <select name="s"><option value="">-</option><option value="é" selected>É</option><option value="z">Z</option></select>
  <textarea name="t">old
lines</textarea>
</form>"""

FILLED = """<form method="get" action="/x/"><input name="a" value="keep"></form>
<form method="post" action="/x/">
  <input type="hidden" name="csrfmiddlewaretoken" value="new"><input type="hidden" name="version" value="7">
  <input name="a" value="&quot;quoted&quot; &amp; &lt;b&gt;" required>
  <input type="password" name="p"><input type="file" name="f">
  <input type="text" name="row" value="um"><input type="text" name="row" value="dois">
  <input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
  <input type="checkbox" name="c" value="1"><input type="checkbox" name="c" value="2" checked>
  <select name="s"><option value="">-</option><option value="é">É</option><option value="z" selected>Z</option></select>
  <textarea name="t">

new &lt;/textarea&gt;&lt;script&gt;</textarea>
</form>"""


def test_every_kind_of_field_is_filled_in_the_form_that_was_sent_and_in_no_other():
    fields = {
        "a": ['"quoted" & <b>'], "p": ["secret"], "row": ["um", "dois"], "r": ["2"], "c": ["2"], "s": ["z"],
        "t": ["\nnew </textarea><script>"], "version": ["3"], "gone": ["x"],
    }  # fmt: skip
    done = refill(FORM, page="/x/", action="/x/", fields=fields)
    assert done.found == {"a", "row", "r", "c", "s", "t"}
    assert done.html == FILLED


@pytest.mark.parametrize(("action", "found"), [("", True), ("?q=1", True), ("../x/", True), ("/y/", False)])
def test_the_form_is_known_by_where_it_is_sent(action, found):
    html = f'<form method="POST" action="{action}"><textarea name="t"></textarea></form>'
    assert bool(refill(html, page="/x/", action="/x/", fields={"t": ["typed"]}).found) is found
