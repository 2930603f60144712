"""The result of a run as people see it."""

import hashlib
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Run
from applications.services.calls import request_run
from mobility.models import Job, Role
from mobility.services import jobs
from scholarships import overviews
from scholarships.services import runs
from tests.factories import CallFactory, person
from tests.scholarships.decided import Story, publish

pytestmark = pytest.mark.django_db
PAGES = ("run", "run_ranking", "run_placements", "run_grants", "run_ties")


def read(client, name, run, **query):
    response = client.get(reverse(name, args=[run.public_id]), query, headers={"accept-language": "en"})
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.text)


@pytest.mark.clause("7.1.a")
def test_staff_read_names_and_everybody_else_references(client):
    story = Story()
    story.apply("MEEC", "19.00", name="Beatriz Leal")
    run = publish(story.decide())
    best = run.entries.get(rank=1)
    assert best.application.student.user.name == "Beatriz Leal"
    for name in PAGES:
        assert "Beatriz Leal" not in read(client, name, run)
    public = read(client, "run_ranking", run)
    assert best.application.reference in public
    client.force_login(story.office)
    assert "Beatriz Leal" in read(client, "run_ranking", run)
    assert best.application.reference in read(client, "run_ranking", run, q="leal")


def test_a_name_cannot_be_searched_for_by_the_public(client):
    story = Story()
    story.apply("MEEC", "19.00", name="Beatriz Leal")
    run = publish(story.decide())
    assert run.entries.get(rank=1).application.reference not in read(client, "run_ranking", run, q="Leal")


def test_filters_keep_what_they_say(client):
    story = Story()
    run = story.decide()
    client.force_login(story.office)

    def shown(**query):
        text = read(client, "run_ranking", run, **query)
        return {e.position for e in run.entries.select_related("application") if e.application.reference in text}

    entries = run.entries.all()
    assert shown(programme="MEFT") == {e.position for e in entries if e.programme.code == "MEFT"}
    assert shown(tier="rejected") == {e.position for e in entries if e.tier == "rejected"} != set()
    assert shown(outcome="placed") == {e.position for e in entries if e.placement_id}
    assert shown(outcome="unplaced") == {e.position for e in entries if e.rank and not e.placement_id} != set()
    assert shown(outcome="tied") == {e.position for e in entries if e.tied_with} != set()
    assert shown(outcome="santander") == {e.position for e in entries if e.placement_id == story.iberian.pk} != set()
    assert "No candidate fits these filters" in read(client, "run_ranking", run, q="nobody")


@pytest.mark.clause("8.6.d")
def test_the_picture_numbers_the_stored_awards(client):
    story = Story()
    run = story.decide()
    client.force_login(story.office)
    text = read(client, "run_grants", run)
    drawn = re.findall(r'class="seat[^"]*"[^>]*>(\d+)</text>', text)
    stored = [str(award.seat) for award in run.hondt_awards.all()]
    assert sorted(drawn, key=int) == stored != []
    for award in run.hondt_awards.select_related("programme"):
        assert f'<strong>{award.programme.code}</strong> <span class="figure">{award.votes}/{award.divisor}' in text


@pytest.mark.clause("9.3.b")
def test_santander_grants_say_under_which_clause(client):
    story = Story()
    run = story.decide()
    client.force_login(story.office)
    text = read(client, "run_grants", run)
    assert "best of the programme" in text
    assert "Art. 9(3)(b)" in text


@pytest.mark.clause("7.1.a", "7.1.b", "7.1.c")
def test_anybody_can_draw_the_lots_again(client):
    story = Story()
    run = publish(story.decide())
    text = read(client, "run_ties", run)
    (tie,) = overviews.ties(run)
    assert len(tie) == 2
    lots = [hashlib.sha256(f"{story.call.draw_seed}:{lot.reference}".encode()).hexdigest() for lot in tie]
    assert lots == sorted(lots)
    positions = [run.entries.get(application__reference=lot.reference).rank for lot in tie]
    assert positions == sorted(positions)
    assert all(lot in text for lot in [*lots, story.call.draw_seed, story.call.draw_commitment])


def test_the_overview_counts_and_says_what_to_look_at(client):
    story = Story()
    run = story.decide()
    client.force_login(story.office)
    text = read(client, "run", run)
    assert overviews.totals(run).candidates == 7
    assert overviews.opinions_never_given(run) == 1
    assert "candidate was not admitted because the coordinator's opinion was missing" in text
    assert "0 of 2 programmes are confirmed." in text
    assert "Rui Matos" in text
    assert "Nobody coordinates:</strong> MEFT" in text
    assert run.decision_sha256 in text


def test_a_second_run_is_compared_with_the_first(client):
    story = Story()
    first = story.decide()
    story.erasmus.places = 0
    story.erasmus.save()
    second = request_run(call=story.call, by=story.office)
    runs.execute(jobs.claim(job_id=Job.objects.get(kind="run", subject_id=second.pk).pk))
    second.refresh_from_db()
    found = overviews.changes(second)
    assert (found.previous, found.tier, found.rank, found.joined, found.gone) == (first, 0, 0, 0, 0)
    # The best moves from Stockholm to the one place left, whose holder loses it like three others.
    assert found.placement == 5
    assert overviews.changes(first) is None
    client.force_login(story.office)
    assert "Compared with run 1" in read(client, "run", second)
    first.refresh_from_db()
    assert first.state == Run.State.SUPERSEDED
    assert "A later run has taken the place of this one." in read(client, "run", first)


@pytest.mark.parametrize("name", PAGES)
def test_the_number_of_queries_does_not_grow_with_the_candidates(client, name):
    def queries(run):
        with CaptureQueriesContext(connection) as captured:
            read(client, name, run)
        return len(captured)

    small = Story().decide()
    large = Story(each=12, call=_another_call(), office=person(Role.NMCI)).decide()
    client.force_login(person(Role.NMCI))
    assert large.entries.count() == 84
    queries(small)
    assert queries(large) == queries(small)


def _another_call():
    return CallFactory(code="sms-2028", academic_year=2028)
