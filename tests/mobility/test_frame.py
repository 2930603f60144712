"""The frame of every page: navigation by role, headers, error pages, components."""

import datetime
import re

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from django.views.defaults import bad_request, server_error

from applications.models import Application, Run
from applications.workflow import APPLICATION, RUN
from mobility.models import Call, Job, LogEntry, Message, Role
from mobility.templatetags.states import ACTIONS, TIERS, TONES
from mobility.workflow import CALL
from tests.factories import CallFactory, MembershipFactory, StudentFactory, UserFactory, person


@pytest.mark.parametrize("model", [Application, Run, Call, Job, Message], ids=lambda model: model.__name__)
def test_every_state_has_a_tone_and_an_icon(model):
    template = engines["django"].from_string("{% state_badge thing %}")
    for state in model.State:
        badge = template.render({"thing": model(state=state)})
        assert str(state.label) in badge
        assert "<svg" in badge
    assert set(model.State.values) <= set(TONES)


def test_every_tier_of_admission_has_its_word():
    assert set(TIERS) == {"admitted", "vacancy", "conditional", "rejected"}
    with translation.override("en"):
        assert "Admitted conditionally" in engines["django"].from_string("{% tier_badge 'conditional' %}").render()


@pytest.mark.parametrize("table", [CALL, APPLICATION, RUN], ids=lambda table: table.model.__name__)
def test_every_transition_has_plain_words_for_the_timeline(table):
    model = table.model._meta.model_name
    assert [t.action for t in table.transitions if (model, t.action) not in ACTIONS] == []


@pytest.mark.django_db
def test_the_timeline_says_who_did_what_under_which_clause():
    rui, now = UserFactory(name="Rui"), timezone.now()
    entries = [
        LogEntry(action="close", object_type="mobility.call", object_id=1, clause="6.1", reason="Late", at=now),
        LogEntry(action="submit", object_type="applications.application", object_id=1, actor=rui, at=now),
    ]
    with translation.override("en"):
        text = re.sub(r"<[^>]+>|\s+", " ", render_to_string("components/timeline.html", {"entries": entries}))
        empty = render_to_string("components/timeline.html", {"entries": []})
    assert re.search(r"Call closed .*Art\. 6\(1\).*the portal.*Late.*Application submitted.*Rui", text)
    assert "Nothing has happened yet" in empty


@pytest.mark.django_db
@pytest.mark.clause("3.3.a")
def test_what_was_done_many_times_running_is_one_line_with_a_list():
    rui, eva, now = UserFactory(name="Rui"), UserFactory(name="Eva"), timezone.now()

    def entry(action, **fields):
        return LogEntry(action=action, object_type="applications.run", object_id=1, at=now, **fields)

    who = {"MEIC": rui, "MEC": eva, "MEFT": rui}
    confirmed = [entry("confirm_programme", actor=who[code], data={"programme": code}) for code in who]
    entries = [entry("homologate"), *confirmed, entry("start"), entry("start"), entry("confirm_programme", data={})]
    with translation.override("en"):
        html = render_to_string("components/timeline.html", {"entries": entries})
        one = render_to_string("components/timeline.html", {"entries": confirmed[:1]})
    text = re.sub(r"<[^>]+>|\s+", " ", html)
    assert len(re.findall(r'class="what"', html)) == 4
    assert re.search(r"Rankings of 3 programmes confirmed .*MEIC · Rui.*MEC · Eva.*MEFT · Rui", re.sub(" +", " ", text))
    assert "Run started (2 times)" in text
    assert "Ranking of one programme confirmed: MEIC" in one
    assert "<details>" not in one


@pytest.mark.django_db
def test_the_path_shows_clause_and_figures():
    step = {"title": "Average", "text": "You meet it.", "clause": "5.1", "figures": [("average", "14.53")]}
    html = render_to_string("components/path.html", {"steps": [step, {"title": "Rank", "text": "12th"}]})
    assert "Art. 5(1)" in html
    assert "14.53" in html
    assert html.count("<li") == 2


def entries(client) -> list[str]:
    """The words of the main navigation."""
    page = client.get("/", headers={"accept-language": "en"}).content.decode()
    navigation = re.search(r'<nav class="site-nav".*?</nav>', page, re.DOTALL)
    return re.findall(r"<a [^>]*>([^<]+)</a>", navigation.group()) if navigation else []


@pytest.mark.django_db
def test_navigation_follows_the_roles_of_today(client):
    assert entries(client) == ["Calls"]
    student = StudentFactory(user__language="en").user
    client.force_login(student)
    assert entries(client) == ["Calls", "My record"]
    MembershipFactory(user=student, role=Role.NMCI)
    client.post("/role/", {"put_on": "nmci"})
    assert entries(client) == ["Calls", "Mobility office", "People"]
    client.post("/role/", {"put_on": "student"})
    assert entries(client) == ["Calls", "My record"]
    client.force_login(person(Role.NMCI, language="en"))
    assert entries(client) == ["Calls", "Mobility office", "People"]
    past = MembershipFactory(role=Role.NMCI, user__language="en", ends_on=datetime.date(2021, 1, 1))
    client.force_login(past.user)
    assert entries(client) == ["Calls"]


@pytest.mark.django_db
def test_the_entry_of_the_open_page_is_marked(client):
    assert 'href="/calls/" aria-current="page"' in client.get("/calls/").content.decode()
    call = CallFactory()
    assert 'href="/calls/" aria-current="true"' in client.get(f"/calls/{call.code}/").content.decode()
    assert 'href="/calls/" aria-current' not in client.get("/").content.decode()


@pytest.mark.django_db
def test_no_page_may_run_script_or_style_of_others(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert 'name="htmx-config"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("pt", "Algo falhou do nosso lado"), ("en", "Something failed on our side")]
)
def test_the_page_of_a_failure_needs_no_database(language, words):
    """Not marked django_db: any query would fail the test."""
    with translation.override(language):
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert words in response.content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("pt", "Não foi possível ler este pedido"), ("en", "This request could not be read")]
)
def test_a_request_that_can_not_be_read(language, words):
    with translation.override(language):
        response = bad_request(RequestFactory().get("/"), ValueError())
    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.django_db
def test_what_is_not_there_and_what_is_not_yours(client):
    client.force_login(StudentFactory(user__language="en").user)
    client.cookies["django_language"] = "en"
    missing = client.get("/nothing-here/")
    assert missing.status_code == 404
    assert "There is nothing at this address" in missing.content.decode()
    forbidden = render_to_string("403.html", request=missing.wsgi_request)
    assert "roles have dates" in forbidden


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_words():
    response = Client(enforce_csrf_checks=True).post("/account/login/", headers={"accept-language": "en"})
    assert response.status_code == 403
    assert "The form had grown old" in response.content.decode()
