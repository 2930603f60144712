"""The demo: a realistic year, the same from the same seed, and harmless to a database in use."""

import datetime
import html
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from applications.models import Application, Opinion, Run
from mobility import demonstration
from mobility.management.demo import story
from mobility.management.demo.names import full_name, mailbox
from mobility.management.demo.transcripts import FIRST_CYCLE, Profile, units
from mobility.models import Call, LogEntry, Message, Role, User
from mobility.regulation.record import Unit, sums
from mobility.services.imports.kinds import KINDS
from tests.factories import UserFactory


def demo(*options):
    call_command("demo", "--candidates", "24", *options)


START = ("/", "/calls/", "/record/", "/coordination/", "/board/", "/office/", "/office/imports/")
MOST_PAGES = 40


def walk(client, email):
    """Follow the links from the first pages as this person; the test's client raises what a page raises."""
    client.force_login(User.objects.get(email=email))
    waiting, seen, shapes = list(START), {}, Counter()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        # Three pages of a kind are enough.
        shape = re.sub(r"[0-9a-f-]{36}|[A-Z0-9]{4}-[A-Z0-9]{4}|[A-Z]\w+-?[AT]?(?=/)", "#", address.partition("?")[0])
        if address in seen or address.startswith("/account/") or shapes[shape] == 3:
            continue
        answer = client.get(address)
        shapes[shape] += 1
        seen[address] = answer.status_code
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            links = re.findall(r'href="(/[^"#]*)"', answer.content.decode())
            waiting += [html.unescape(link) for link in links if not link.startswith("/static/")]
        answer.close()
    assert set(seen.values()) <= {200, 302, 403, 404}
    return {address for address, status in seen.items() if status == 200}


@pytest.mark.django_db(transaction=True)
def test_the_demo_tells_the_whole_story_once(client, capsys):
    demo()
    said = capsys.readouterr().out

    now = timezone.now()
    opened = Call.objects.accepting(now).get()
    assert opened.applications.filter(state=Application.State.SUBMITTED).count() >= 15
    visitor = User.objects.get(email=demonstration.STUDENT[0])
    assert not visitor.student.applications.exists()
    assert visitor.student.records.get().first_cycle_ects >= 120

    waiting = Run.objects.get(call__kind="SMP")
    assert (waiting.state, waiting.call.state) == (Run.State.CONFIRMED, Call.State.CLOSED)
    assert waiting.confirmations.exists()

    published = Run.objects.get(state=Run.State.PUBLISHED)
    assert published.call.academic_year == opened.academic_year - 1
    assert published.homologation.decision_sha256 == published.decision_sha256
    assert now - published.published_at > datetime.timedelta(days=300)
    placed = published.entries.get(application__student__user__email=demonstration.PLACED[0])
    assert placed.placement is not None
    assert not Opinion.objects.filter(application__call=published.call, at__gt=now - datetime.timedelta(days=300))

    assert {m.role for user in User.objects.all() for m in user.memberships.all()} == set(Role.values)
    assert not Message.objects.exclude(state=Message.State.SENT).exists()
    assert LogEntry.objects.filter(action="submit").count() >= 15
    assert not User.objects.exclude(email__endswith="@example.org").exists()
    for email, _title in demonstration.visitors():
        assert email in said
        assert client.login(email=email, password=demonstration.PASSWORD)
    assert demonstration.PASSWORD in said
    assert "/record/" in walk(client, demonstration.STUDENT[0])
    assert any(address.endswith("/why/") for address in walk(client, demonstration.PLACED[0]))
    assert any(address.startswith("/coordination/") for address in walk(client, demonstration.COORDINATOR[0]))
    staff = {role: walk(client, email) for role, email, _name in demonstration.STAFF}
    assert f"/board/runs/{waiting.public_id}/" in staff[Role.BOARD]
    assert f"/office/calls/{opened.code}/" in staff[Role.NMCI]

    decided = [run.decision_sha256 for run in Run.objects.order_by("call__code")]
    rows = LogEntry.objects.count()
    demo()
    assert "already" in capsys.readouterr().out
    assert LogEntry.objects.count() == rows

    demo("--fresh")
    assert [run.decision_sha256 for run in Run.objects.order_by("call__code")] == decided


@pytest.mark.django_db
def test_a_database_with_other_people_is_left_alone():
    UserFactory(email="somebody@tecnico.example")

    for options in ([], ["--fresh"]):
        with pytest.raises(CommandError, match="Use an empty one"):
            demo(*options)
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("candidates", ["9", "3001"])
def test_a_number_of_candidates_out_of_range_is_refused(candidates):
    with pytest.raises(CommandError) as refused:
        call_command("demo", "--candidates", candidates)
    assert refused.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_a_build_that_stopped_halfway_is_begun_again(monkeypatch, capsys):
    def stop(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(story, "_last_year", stop)
    with pytest.raises(KeyboardInterrupt):
        demo()
    assert User.objects.exists()
    monkeypatch.undo()

    demo()

    assert "Emptying" in capsys.readouterr().out
    assert Call.objects.count() == 3


def test_names_are_of_two_family_names_and_mailboxes_reach_nobody():
    random = Random(1)
    names = [full_name(random) for _ in range(50)]

    assert len(set(names)) > 45
    assert all(len(name.split()) >= 3 for name in names)
    assert mailbox("João Gonçalves", "ist103001") == "joao.goncalves.ist103001@example.org"


@pytest.mark.clause("5.1")
@pytest.mark.clause("5.3")
@pytest.mark.parametrize("seed", range(20))
def test_records_are_whole_past_120_or_short_of_it_by_what_is_enrolled(seed):
    def added_up(first_cycle):
        who = Profile(average=14, first_cycle=first_cycle, second_cycle_units=0, enrolments=3)
        rows = units(who, second_cycle=[], before=datetime.date(2026, 11, 1), dice=Random(seed))
        assert all(row.approved_on < datetime.date(2026, 11, 1) for row in rows if row.approved_on)
        return sums(Unit(row.code, row.cycle, row.ects, row.status, row.grade) for row in rows)

    assert added_up("whole").first_cycle_ects == sum(ects for _code, _name, ects in FIRST_CYCLE) == 180
    assert 120 <= added_up("most").first_cycle_ects <= 132
    nearly = added_up("nearly")
    assert nearly.first_cycle_ects < 120 <= nearly.first_cycle_ects + nearly.enrolled_first_cycle_ects


def test_the_accounts_are_as_documented():
    text = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z.]+@example\.org)`", text, re.MULTILINE))

    assert documented == {email for email, _title in demonstration.visitors()}
    assert f"`{demonstration.PASSWORD}`" in text
    assert set(re.findall(r"^\| `([a-z-]+)` \| a ", text, re.MULTILINE)) == set(KINDS)
