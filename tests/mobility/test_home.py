"""The home page: what must be done first, what is waited for, what is done."""

import datetime
from importlib import import_module

import pytest
from django.utils import timezone, translation

from applications.models import Run
from mobility.agenda import Section, Task
from mobility.models import Call
from mobility.templatetags.look import time_left
from tests.factories import CallFactory, RunFactory, UserFactory

pytestmark = pytest.mark.django_db


def in_(**delta) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(**delta)


@pytest.fixture
def signed_in(client):
    user = UserFactory(name="Rui")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_an_empty_list_is_good_news(signed_in):
    page = words(signed_in.get("/"))
    assert "Hello, Rui" in page
    assert "Nothing to do now" in page
    assert "Waiting for others" not in page


def test_the_most_urgent_comes_first_from_whatever_part_of_the_portal(signed_in, monkeypatch):
    rui = UserFactory(name="Somebody else")

    def one(user, now):
        yield Task("Undated")
        yield Task("In a month", due=in_(days=30))
        yield Task("Overdue", due=in_(hours=-1), url="/overdue/")
        yield Task("Waits", section=Section.WAITING)

    def other(user, now):
        yield Task("Tomorrow", due=in_(days=1), text="with its reason")
        yield Task("Long ago", due=in_(days=-30), section=Section.DONE)
        yield Task("Just now", due=in_(minutes=-5), section=Section.DONE)
        if user == rui:
            yield Task("Of somebody else")

    monkeypatch.setattr(import_module("mobility.views.home"), "PROVIDERS", (one, other))
    page = words(signed_in.get("/"))
    order = ["To do", "Overdue", "Tomorrow", "In a month", "Undated", "Waiting for others", "Waits", "Done", "Just now"]
    places = [page.index(f">{title}<") for title in [*order, "Long ago"]]
    assert places == sorted(places)
    assert '<a href="/overdue/">Overdue</a>' in page
    assert "with its reason" in page
    assert "Of somebody else" not in page
    assert page.count('<li class="overdue">') == page.count('<li class="urgent">') == 1


def test_what_is_done_or_waited_for_is_never_overdue():
    past = in_(days=-1)
    assert Task("x", due=past).urgency(timezone.now()) == "overdue"
    assert Task("x", due=past, section=Section.WAITING).urgency(timezone.now()) == ""
    assert Task("x", due=past, section=Section.DONE).urgency(timezone.now()) == ""


@pytest.mark.parametrize(
    ("delta", "english", "portuguese"),
    [
        ({"days": 30, "hours": 5}, "30 days left", "faltam 30 dias"),
        ({"days": 2, "hours": 1}, "2 days and 1 hour left", "faltam 2 dias e 1 hora"),
        ({"days": 1}, "1 day left", "falta 1 dia"),
        ({"hours": 1, "minutes": 2}, "1 hour and 2 minutes left", "falta 1 hora e 2 minutos"),
        ({"minutes": 1}, "1 minute left", "falta 1 minuto"),
        ({"seconds": 30}, "0 minutes left", "faltam 0 minutos"),
        ({"seconds": -1}, "the time is over", "o prazo terminou"),
    ],
)
def test_time_left_in_words(delta, english, portuguese):
    now = timezone.now()
    until = now + datetime.timedelta(**delta)
    with translation.override("en"):
        assert time_left(until, now) == english
    with translation.override("pt"):
        assert time_left(until, now) == portuguese


def test_visitors_see_the_calls_that_accept_applications(client):
    CallFactory(name="Está aberto")
    CallFactory(name="Ainda não abriu", opens_at=in_(days=1), closes_at=in_(days=2))
    CallFactory(name="Já passou", opens_at=in_(days=-2), closes_at=in_(days=-1))
    CallFactory(name="Rascunho", state=Call.State.DRAFT)
    page = words(client.get("/"))
    assert "Está aberto" in page
    assert "Ainda não abriu" not in page
    assert "Já passou" not in page
    assert "Rascunho" not in page


@pytest.mark.parametrize("calls", [1, 3])
def test_the_queries_do_not_grow_with_the_calls(client, django_assert_num_queries, calls):
    CallFactory.create_batch(calls)
    with django_assert_num_queries(2):
        client.get("/")


def test_visitors_find_the_published_results_and_no_others(client):
    RunFactory(call__name="Já tem resultados", state=Run.State.PUBLISHED)
    RunFactory(call__name="Por homologar", state=Run.State.CONFIRMED)
    page = words(client.get("/", headers={"accept-language": "pt"}))
    section = page[page.index("Resultados publicados") :]
    assert "Já tem resultados" in section
    assert "Por homologar" not in section
