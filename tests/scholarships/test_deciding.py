"""The worker decides a call: what it read is kept, what it found is stored whole or not at all."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from applications.models import Entry, Opinion, Run, RunFiles
from applications.services import case_files
from applications.services import runs as published
from applications.services.calls import request_run
from applications.services.cases import read_case
from mobility.models import Destination, Job, LogEntry, ProgrammePlaces, Role
from mobility.regulation.case import parse
from mobility.regulation.decision import decide as by_the_regulation
from mobility.services import jobs
from scholarships.models import Award, Budget, HondtAward, ProgrammeShare
from scholarships.services import runs
from scholarships.services.availability import SANTANDER_GRANTS, grants_available
from tests.factories import (
    DestinationFactory,
    HomologationFactory,
    MobilityProgrammeFactory,
    ProgrammeFactory,
    person,
)
from tests.full_disk import full_disk
from tests.scholarships.scene import call_with_candidates, candidate, close, closed_and_decided, decide, office

ROOT = Path(__file__).parents[2]
OUTCOME = (Entry, Award, ProgrammeShare, HondtAward)


def rows():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in (*OUTCOME, RunFiles)}


def decided_again(call):
    return decide(runs.job_of(request_run(call=call, by=office())))


@pytest.fixture
def call(db):
    """With everything that a case can hold: caps, restricted places, opinions, odd credits."""
    call = call_with_candidates(grants=4)
    hosts = list(call.destinations.all())
    hosts.append(DestinationFactory(call=call, places=1, programmes=[ProgrammeFactory(code="MEIC")]))
    candidate(call, hosts[::-1], average="12.20", opinion=Opinion.Value.FAVOURABLE, term="year", merit="granted")
    candidate(call, hosts, average="12.00", ects="28.5", opinion="favourable", will_meet_requirements=True)
    candidate(call, hosts, average="18.00", barred=True)
    ProgrammePlaces.objects.create(call=call, programme=ProgrammeFactory(code="MEEC"), places=2)
    return call


@pytest.mark.clause("3.3.a")
def test_the_outcome_is_what_the_regulation_decides(call):
    run = closed_and_decided(call)
    case = json.loads(case_files.case_bytes(run))
    decision = by_the_regulation(parse(case))
    assert json.loads(case_files.decision_bytes(run)) == decision.as_dict()
    figures = {one["id"]: one for one in case["candidates"]}
    for entry, outcome in zip(run.entries.select_related("application", "placement"), decision.outcomes, strict=True):
        assert entry.application.reference == outcome.id
        assert (entry.rank, entry.tier, entry.basis) == (outcome.rank, outcome.tier, outcome.basis)
        assert (entry.placement and entry.placement.code, entry.preference) == (outcome.placement, outcome.preference)
        assert (f"{entry.average:.2f}", entry.tied_with) == (outcome.average, outcome.tied_with)
        assert entry.figures == figures[outcome.id]
        award = Award.objects.filter(entry=entry).first()
        assert (award and (award.scheme, award.semesters, award.provisional, tuple(award.rounds))) == outcome.grant
    shares = {share.programme.code: share for share in run.shares.select_related("programme")}
    for share in decision.programmes:
        stored = shares[share.code]
        assert all(getattr(stored, name) == value for name, value in share._asdict().items() if name != "code")
    awards = [(a.seat, a.programme.code, f"{a.votes}/{a.divisor}", a.round) for a in run.hondt_awards.all()]
    assert awards == [tuple(award) for award in decision.hondt]


def test_reading_the_rows_gives_the_case_that_its_file_gives(call):
    run = closed_and_decided(call)
    read, again = read_case(call, erasmus=4, santander=None), case_files.stored_case(run.files)
    assert read.candidates.id == tuple(again.candidates.id)
    assert read.programmes == again.programmes
    assert read.destinations == again.destinations
    text = "".join(case_files.case_text(again, case_files.candidate_texts(again))).encode()
    assert text == case_files.case_bytes(run)
    assert by_the_regulation(read).outcomes == by_the_regulation(again).outcomes


def test_the_hashes_are_those_of_the_files(call):
    run = closed_and_decided(call)
    case, decision = case_files.case_bytes(run), case_files.decision_bytes(run)
    assert hashlib.sha256(case).hexdigest() == run.input_sha256 == parse(json.loads(case)).input_sha256
    assert hashlib.sha256(decision).hexdigest() == run.decision_sha256


@pytest.mark.clause("3.1.b")
def test_anyone_can_run_the_case_again_and_gets_the_same_bytes(call, tmp_path):
    run = closed_and_decided(call)
    case, decision, again = (tmp_path / name for name in ("case.json", "decision.json", "again.json"))
    case.write_bytes(case_files.case_bytes(run))
    decision.write_bytes(case_files.decision_bytes(run))

    def command(*arguments):
        line = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import runpy; "
                "runpy.run_module('mobility.regulation', run_name='__main__', alter_sys=True)"]  # fmt: skip
        return subprocess.run([*line, *map(str, arguments)], capture_output=True, text=True, check=False)

    verified = command(case, "--verify", decision)
    assert (verified.returncode, verified.stderr) == (0, "")
    assert command(case, "-o", again).returncode == 0
    assert again.read_bytes() == decision.read_bytes()


def test_the_totals_add_up(call):
    run = closed_and_decided(call)
    totals = run.totals
    assert totals["candidates"] == sum(totals["tiers"].values()) == run.entries.count() == 9
    assert totals["tiers"] == {"admitted": 7, "vacancy": 0, "conditional": 1, "rejected": 1}
    assert totals["placed"] == run.entries.filter(placement__isnull=False).count()
    assert totals["unplaced"] == run.entries.filter(rank__isnull=False, placement__isnull=True).count()
    assert totals["grants"]["erasmus"] + totals["left_over"]["erasmus"] == totals["budgets"]["erasmus"] == 4
    assert totals["holders"] == Award.objects.count()
    assert sum(one["candidates"] for one in totals["programmes"]) == totals["candidates"]
    assert run.surroundings["total"] == 8


@pytest.mark.clause("2.4")
def test_the_draw_seed_is_revealed_in_the_case_and_fits_its_commitment(call):
    committed = call.draw_commitment
    case = json.loads(case_files.case_bytes(closed_and_decided(call)))
    assert hashlib.sha256(case["call"]["draw_seed"].encode()).hexdigest() == committed


def test_the_input_is_what_was_read_even_when_the_places_change_meanwhile(call, monkeypatch):
    """The office edits places while the engine is at work: this run keeps the places that it read."""
    run, job = close(call)
    real = jobs.beat

    def beat(claimed, phase, progress):
        real(claimed, phase, progress)
        if phase == "ranking":
            Destination.objects.update(places=0)

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "beat", beat)
        run, job = decide(job)
    assert job.state == "done"
    assert {one["places"] for one in json.loads(case_files.case_bytes(run))["destinations"]} == {1, 2}
    assert run.totals["placed"] == 5


def test_a_second_attempt_decides_on_what_the_first_one_read(call, monkeypatch):
    run, job = close(call)

    def killed(*_arguments, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(runs, "decide", killed)
        with pytest.raises(KeyboardInterrupt):
            runs.execute(jobs.claim(job_id=job.pk))
    first = case_files.case_bytes(run)
    Destination.objects.update(places=0)
    Job.objects.update(state="queued")
    run, job = decide(job)
    assert (job.state, job.attempts) == ("done", 2)
    assert case_files.case_bytes(run) == first
    assert run.totals["placed"] == 5


@pytest.mark.clause("3.1.b")
def test_a_second_run_supersedes_the_first_and_overwrites_nothing(call):
    first = closed_and_decided(call)
    before = rows()
    Destination.objects.update(places=1)
    second_run = request_run(call=call, by=office())
    first.refresh_from_db()
    assert first.state == "decided"  # until the new one is decided
    second, _job = decide(runs.job_of(second_run))
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == ("superseded", "decided", 2)
    assert second.decision_sha256 != first.decision_sha256
    after = rows()
    for name, kept in before.items():
        assert after[name][: len(kept)] == kept
    assert hashlib.sha256(case_files.decision_bytes(first)).hexdigest() == first.decision_sha256


@pytest.mark.clause("6.2")
def test_a_published_run_stays_until_the_new_one_is_published(call):
    first = closed_and_decided(call)
    Run.objects.filter(pk=first.pk).update(state="homologated")
    HomologationFactory(run=first, decision_sha256=first.decision_sha256)
    first.refresh_from_db()
    published.publish(run=first, by=office())
    second, _job = decided_again(call)
    first.refresh_from_db()
    assert (first.state, second.state) == ("published", "decided")


def test_the_same_rows_give_the_same_bytes(call):
    first = closed_and_decided(call)
    second, _job = decided_again(call)
    assert case_files.case_bytes(first) == case_files.case_bytes(second)
    assert first.decision_sha256 == second.decision_sha256


def test_a_run_that_waits_is_cancelled_at_once_and_can_be_asked_for_again(call):
    run, _job = close(call)
    nmci = office()
    assert runs.cancel(run=run, by=nmci).state == "cancelled"
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert decided_again(call)[0].number == 2


def test_a_run_is_cancelled_while_it_is_running(call, monkeypatch):
    run, job = close(call)
    nmci, real = office(), runs.decide

    def cancelled_in_the_middle(case, *, progress):
        runs.cancel(run=Run.objects.get(pk=run.pk), by=nmci)
        return real(case, progress=progress)

    monkeypatch.setattr(runs, "decide", cancelled_in_the_middle)
    run, job = decide(job)
    assert (run.state, job.state) == ("cancelled", "cancelled")
    assert not any(model.objects.exists() for model in OUTCOME)
    assert LogEntry.objects.filter(action="request_cancel", actor=nmci).exists()


def test_only_the_office_cancels(call):
    run, _job = close(call)
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        runs.cancel(run=run, by=person(Role.BOARD))


def test_a_worker_that_was_taken_for_dead_writes_nothing(call):
    _run, job = close(call)
    zombie = jobs.claim(job_id=job.pk)
    Job.objects.update(state="queued")
    run, job = decide(job)
    before = rows()
    runs.execute(zombie)
    run.refresh_from_db()
    assert run.state == "decided"
    assert rows() == before


@pytest.mark.clause("6.3")
def test_a_candidate_on_whom_nothing_can_be_decided_fails_the_run_and_is_named(call):
    lost = candidate(call, [])
    run, job = decide(close(call)[1])
    assert (run.state, job.state) == ("failed", "failed")
    assert lost.reference in jobs.explain(job)
    assert not any(model.objects.exists() for model in (*OUTCOME, RunFiles))
    assert run.decision_sha256 == ""
    lost.preferences.create(order=1, destination=call.destinations.first())
    assert decided_again(call)[0].state == "decided"


@pytest.mark.clause("8.1")
def test_without_a_budget_nothing_is_distributed(db):
    run = closed_and_decided(call_with_candidates(grants=None))
    assert run.totals["budgets"] == {"erasmus": None, "santander": None}
    assert not Award.objects.exists()


@pytest.mark.clause("9.1")
def test_santander_grants_are_fifteen_unless_another_number_is_set(db):
    call = call_with_candidates()
    assert grants_available(call)["santander"] is None  # no such destination
    DestinationFactory(call=call, mobility_programme=MobilityProgrammeFactory(code="s", scheme="santander"))
    assert grants_available(call)["santander"] == SANTANDER_GRANTS == 15
    Budget.objects.create(academic_year=2027, kind="SMS", scheme="santander", grants=4, source="dispatch")
    assert grants_available(call)["santander"] == 4


@pytest.mark.clause("8.6")
def test_studies_and_traineeships_are_distributed_apart(db):
    studies = call_with_candidates(grants=3)
    traineeships = call_with_candidates(grants=None, kind="SMP")
    Budget.objects.create(academic_year=2027, kind="SMP", scheme="erasmus", grants=2, source="test")
    assert closed_and_decided(studies).totals["grants"]["erasmus"] == 3
    assert grants_available(traineeships)["erasmus"] == 2
    run = closed_and_decided(traineeships)
    assert run.totals["grants"]["erasmus"] == run.totals["budgets"]["erasmus"] == 2
    assert json.loads(case_files.case_bytes(run))["call"]["kind"] == "SMP"


@pytest.mark.clause("8.1")
def test_two_calls_of_a_year_share_its_budget(db):
    first = closed_and_decided(call_with_candidates(grants=3))
    assert first.totals["grants"]["erasmus"] == 3
    other = call_with_candidates(grants=3)
    assert grants_available(other)["erasmus"] == 0
    assert grants_available(first.call)["erasmus"] == 3  # a new run of the same call replaces the first
    assert closed_and_decided(other).totals["budgets"]["erasmus"] == 0


@pytest.mark.clause("8.1")
def test_grants_that_another_run_took_meanwhile_are_not_given_twice(db, monkeypatch):
    one, other = call_with_candidates(grants=3), call_with_candidates(grants=3)
    _run, job = close(one)
    real = runs.decide

    def overtaken(case, *, progress):
        monkeypatch.setattr(runs, "decide", real)
        closed_and_decided(other)
        return real(case, progress=progress)

    monkeypatch.setattr(runs, "decide", overtaken)
    run, job = decide(job)
    assert (run.state, job.error.split(":")[0]) == ("failed", "budget")
    assert not run.entries.exists()


@pytest.mark.clause("3.3.a")
def test_coordinators_are_told_once_the_call_is_decided(call):
    from mobility.models import Message

    coordinator = person(Role.COORDINATOR, ProgrammeFactory(code="MEIC"))
    closed_and_decided(call)
    assert coordinator in [letter.recipient for letter in Message.objects.filter(template="run_decided")]


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_fails_the_run_and_leaves_nothing_half_written():
    call = call_with_candidates(number=120)
    _run, job = close(call)
    with full_disk("applications_entry"):
        run, job = decide(job)
    assert (run.state, job.state) == ("failed", "failed")
    assert "space" in jobs.explain(job) or "espaço" in jobs.explain(job)
    assert (run.decision_sha256, run.totals) == ("", {})
    assert not any(model.objects.exists() for model in OUTCOME)
    again, job = decided_again(call)
    assert (again.state, job.state) == ("decided", "done")
