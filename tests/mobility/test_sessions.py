"""Devices and sessions: what is listed, what ends, and what happens to a session that nobody uses."""

import datetime

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone, translation

from mobility.devices import plain
from mobility.models import LogEntry, Role
from mobility.services.sessions import end_sessions
from tests.factories import StudentFactory, UserFactory, person

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
EDGE = f"{CHROME} Edg/126.0.0.0".replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64")
ANDROID = CHROME.replace("X11; Linux x86_64", "Linux; Android 10; K")


def on(user, user_agent, ip="203.0.113.9"):
    """A browser in which the person is signed in and has opened a page."""
    client = Client(headers={"user-agent": user_agent}, REMOTE_ADDR=ip)
    client.force_login(user)
    assert client.get("/account/").status_code == 200
    return client


def is_signed_in(client):
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (PHONE, "Safari on iPhone"),
        (CHROME, "Chrome on Linux"),
        (EDGE, "Edge on Windows"),
        (ANDROID, "Chrome on Android"),
        ("curl/8.5.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_browser_is_named_in_plain_words(user_agent, words):
    with translation.override("en"):
        assert plain(user_agent) == words


def test_the_page_lists_the_devices_of_the_person_and_of_nobody_else():
    user = StudentFactory().user
    here = on(user, FIREFOX)
    on(user, PHONE, ip="198.51.100.7")
    on(UserFactory(), EDGE, ip="192.0.2.55")

    page = here.get("/account/sessions/", headers={"accept-language": "en"}).content.decode()

    assert page.index("Firefox on Windows") < page.index("Safari on iPhone")
    assert page.count("This device, now") == 1
    assert "198.51.100.7" in page
    assert "192.0.2.55" not in page


def test_one_device_is_signed_out_and_the_others_stay():
    user = StudentFactory().user
    here, phone, other = on(user, FIREFOX), on(user, PHONE), on(user, EDGE)
    row = UserSession.objects.get(user_agent=PHONE)

    page = here.post("/account/sessions/", {"session": row.pk}, follow=True, headers={"accept-language": "en"})

    assert "Signed out on one device." in page.content.decode()
    assert phone.get("/account/").url == "/account/login/?next=/account/"
    assert is_signed_in(here)
    assert is_signed_in(other)
    assert LogEntry.objects.get(action="end_sessions").actor == user


def test_everything_else_is_signed_out_at_once():
    user = StudentFactory().user
    here, phone, other = on(user, FIREFOX), on(user, PHONE), on(user, EDGE)

    here.post("/account/sessions/", {"session": "others"})

    assert [is_signed_in(client) for client in (here, phone, other)] == [True, False, False]
    assert LogEntry.objects.get(action="end_sessions").data == {"sessions": 2}


@pytest.mark.parametrize("given", ["", "0", "9" * 30, "-1", "x", "²"])
def test_what_is_no_session_ends_none(given):
    user = StudentFactory().user
    here, phone = on(user, FIREFOX), on(user, PHONE)

    page = here.post("/account/sessions/", {"session": given}, follow=True, headers={"accept-language": "en"})

    assert "had ended already" in page.content.decode()
    assert is_signed_in(phone)


def test_nobody_ends_the_session_of_another_or_the_one_in_use():
    user, stranger = StudentFactory().user, UserFactory()
    here, there = on(user, FIREFOX), on(stranger, PHONE)
    for row in UserSession.objects.all():
        here.post("/account/sessions/", {"session": row.pk})
    assert is_signed_in(here)
    assert is_signed_in(there)


def test_a_service_ends_every_session_but_the_one_it_is_told():
    user = StudentFactory().user
    here, phone = on(user, FIREFOX), on(user, PHONE)

    assert end_sessions(user=user, except_key=here.session.session_key, by=None) == 1
    assert [is_signed_in(here), is_signed_in(phone)] == [True, False]
    assert end_sessions(user=user, by=None) == 1
    assert not is_signed_in(here)
    assert end_sessions(user=user, by=None) == 0


def test_a_session_that_ran_out_is_not_listed():
    user = StudentFactory().user
    with time_machine.travel(timezone.now() - datetime.timedelta(days=30), tick=False):
        on(user, PHONE)
    page = on(user, FIREFOX).get("/account/sessions/").content.decode()
    assert "iPhone" not in page


def test_the_list_asks_the_database_as_often_for_many_devices(counted_queries):
    user = StudentFactory().user
    here = on(user, FIREFOX)
    few = counted_queries(here, "/account/sessions/")
    for _device in range(6):
        on(user, PHONE)
    assert counted_queries(here, "/account/sessions/") == few


def test_who_holds_a_role_is_signed_out_when_nothing_happens(settings):
    staff, student = person(Role.NMCI), StudentFactory().user
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        desk, laptop = on(staff, FIREFOX), on(student, FIREFOX)
    with time_machine.travel(now + datetime.timedelta(minutes=settings.STAFF_IDLE_MINUTES - 1), tick=False):
        assert is_signed_in(desk)
    with time_machine.travel(now + datetime.timedelta(minutes=2 * settings.STAFF_IDLE_MINUTES - 2), tick=False):
        assert is_signed_in(desk)
    with time_machine.travel(now + datetime.timedelta(minutes=4 * settings.STAFF_IDLE_MINUTES), tick=False):
        answer = desk.get("/office/", follow=True, headers={"accept-language": "en"})
        assert answer.redirect_chain == [("/account/login/?next=/office/", 302)]
        assert "because nothing happened here for a while" in answer.content.decode()
        assert not is_signed_in(desk)
        assert is_signed_in(laptop)
