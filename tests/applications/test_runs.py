"""From decided to published: confirmations, the board's verdict, publication and who is told."""

import hashlib
import threading
import zlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from applications.models import Confirmation, Homologation, Run
from applications.services.notices import tell_coordinators
from applications.services.runs import (
    confirm_ranking,
    confirm_rankings,
    homologate,
    programmes_to_confirm,
    publish,
    return_run,
)
from mobility.models import LogEntry, Message, Role
from mobility.workflow import TransitionRefused
from scholarships.models import Award
from tests.factories import (
    DECISION_SHA256,
    ApplicationFactory,
    CallFactory,
    DestinationFactory,
    EntryFactory,
    HomologationFactory,
    ProgrammeFactory,
    RunFactory,
    StudentFactory,
    person,
)

HASH = DECISION_SHA256


def run_with(*programmes, **fields):
    """A run with one candidate of each programme."""
    run = RunFactory(**fields)
    for programme in programmes:
        EntryFactory(
            run=run, application=ApplicationFactory(call=run.call, student=StudentFactory(programme=programme))
        )
    return run


def told(template):
    return sorted(Message.objects.filter(template=template).values_list("recipient__email", flat=True))


@pytest.mark.django_db
@pytest.mark.clause("3.3.a")
def test_the_last_confirmation_passes_the_run_on_to_the_board():
    meic, mec = ProgrammeFactory(code="MEIC"), ProgrammeFactory(code="MEC")
    run, board = run_with(meic, mec), person(Role.BOARD)
    first, second = person(Role.COORDINATOR, meic), person(Role.COORDINATOR, mec)

    confirm_ranking(run=run, programme=meic, by=first)
    run.refresh_from_db()
    assert run.state == "decided"
    assert list(programmes_to_confirm(run)) == [mec]
    assert told("run_confirmed") == []

    confirm_ranking(run=run, programme=mec, by=second)
    run.refresh_from_db()
    assert run.state == "confirmed"
    assert told("run_confirmed") == [board.email]
    assert f"/board/runs/{run.public_id}/" in Message.objects.get(template="run_confirmed").body
    logged = LogEntry.objects.filter(object_type="applications.run", object_id=run.pk)
    assert list(logged.values_list("action", "actor")) == [
        ("confirm", second.pk),
        ("confirm_programme", second.pk),
        ("confirm_programme", first.pk),
    ]


@pytest.mark.django_db
@pytest.mark.clause("3.3.a")
def test_several_rankings_at_once_are_confirmed_all_or_none():
    meic, mec, other = (ProgrammeFactory(code=code) for code in ("MEIC", "MEC", "MEQ"))
    run = run_with(meic, mec, other)
    coordinator = person(Role.COORDINATOR, meic, mec)
    with pytest.raises(PermissionDenied):
        confirm_rankings(run=run, programmes=[meic, other], by=coordinator)
    assert not run.confirmations.exists()

    confirm_ranking(run=run, programme=meic, by=coordinator)
    new = confirm_rankings(run=run, programmes=[meic, mec], by=coordinator)
    assert [confirmation.programme for confirmation in new] == [mec]
    assert list(programmes_to_confirm(run)) == [other]
    confirm_ranking(run=run, programme=other, by=person(Role.COORDINATOR, other))
    run.refresh_from_db()
    assert run.state == "confirmed"


@pytest.mark.django_db
def test_confirming_twice_changes_nothing():
    meic = ProgrammeFactory(code="MEIC")
    run, coordinator = run_with(meic), person(Role.COORDINATOR, meic)
    first = confirm_ranking(run=run, programme=meic, by=coordinator)
    assert confirm_ranking(run=run, programme=meic, by=coordinator) == first
    assert LogEntry.objects.filter(action="confirm_programme").count() == 1


@pytest.mark.django_db
@pytest.mark.clause("2.3")
def test_only_the_programmes_own_coordinator_confirms():
    meic, mec = ProgrammeFactory(code="MEIC"), ProgrammeFactory(code="MEC")
    run = run_with(meic, mec)
    for someone in person(Role.COORDINATOR, mec), person(Role.NMCI), person(Role.BOARD):
        with pytest.raises(PermissionDenied):
            confirm_ranking(run=run, programme=meic, by=someone)
    assert not Confirmation.objects.exists()


@pytest.mark.django_db
def test_a_programme_without_candidates_has_nothing_to_confirm():
    meic, mec = ProgrammeFactory(code="MEIC"), ProgrammeFactory(code="MEC")
    run = run_with(meic)
    with pytest.raises(PermissionDenied):
        confirm_ranking(run=run, programme=mec, by=person(Role.COORDINATOR, mec))


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["returned", "superseded", "homologated"])
def test_a_run_that_is_past_it_takes_no_confirmation(state):
    meic = ProgrammeFactory(code="MEIC")
    run = run_with(meic, state=state)
    with pytest.raises(TransitionRefused):
        confirm_ranking(run=run, programme=meic, by=person(Role.COORDINATOR, meic))


@pytest.mark.django_db(transaction=True)
def test_two_last_confirmations_at_once_pass_the_run_on_once():
    programmes = [ProgrammeFactory(code=f"P{n}") for n in range(4)]
    run, board = run_with(*programmes), person(Role.BOARD)
    coordinators = [person(Role.COORDINATOR, programme) for programme in programmes]
    together, failures = threading.Barrier(4), []

    def confirm(programme, coordinator):
        try:
            together.wait(timeout=10)
            confirm_ranking(run=Run.objects.get(pk=run.pk), programme=programme, by=coordinator)
        except Exception as error:  # asserted on in the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=pair) for pair in zip(programmes, coordinators, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    run.refresh_from_db()
    assert failures == []
    assert run.state == "confirmed"
    assert run.confirmations.count() == 4
    assert LogEntry.objects.filter(action="confirm").count() == 1
    assert told("run_confirmed") == [board.email]


@pytest.mark.django_db
@pytest.mark.clause("3.1.b")
def test_the_board_homologates_the_hash_that_it_read():
    run, board, office = RunFactory(state="confirmed"), person(Role.BOARD), person(Role.NMCI)
    homologate(run=run, decision_sha256=HASH, by=board)
    run.refresh_from_db()
    assert run.state == "homologated"
    assert (run.homologation.by, run.homologation.decision_sha256) == (board, HASH)
    assert LogEntry.objects.get(action="homologate").data == {"decision_sha256": HASH}
    assert told("run_homologated") == [office.email]


@pytest.mark.django_db
def test_another_hash_is_not_homologated():
    run = RunFactory(state="confirmed")
    with pytest.raises(TransitionRefused, match=r"not the one that was on the screen|não é a que estava no ecrã"):
        homologate(run=run, decision_sha256="e" * 64, by=person(Role.BOARD))
    run.refresh_from_db()
    assert run.state == "confirmed"
    assert not Homologation.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_second_press_homologates_once():
    run, board = RunFactory(state="confirmed"), person(Role.BOARD)
    first = homologate(run=run, decision_sha256=HASH, by=board)
    assert homologate(run=run, decision_sha256=HASH, by=board) == first
    assert LogEntry.objects.filter(action="homologate").count() == 1
    with pytest.raises(TransitionRefused):
        return_run(run=run, reasons="Second thoughts", by=board)


@pytest.mark.django_db
@pytest.mark.clause("2.2")
def test_nobody_but_the_board_judges():
    run = RunFactory(state="confirmed")
    for role in Role.NMCI, Role.AUDITOR, Role.ADMINISTRATOR:
        with pytest.raises(PermissionDenied):
            homologate(run=run, decision_sha256=HASH, by=person(role))
        with pytest.raises(PermissionDenied):
            return_run(run=run, reasons="No", by=person(role))


@pytest.mark.django_db
@pytest.mark.clause("3.1.b")
def test_returning_needs_reasons_and_the_office_reads_them():
    run, board, office = RunFactory(state="confirmed"), person(Role.BOARD), person(Role.NMCI)
    with pytest.raises(ValidationError):
        return_run(run=run, reasons="  ", by=board)
    return_run(run=run, reasons="MEIC's cap is last year's", by=board)
    run.refresh_from_db()
    assert run.state == "returned"
    assert LogEntry.objects.get(action="return").reason == "MEIC's cap is last year's"
    assert told("run_returned") == [office.email]
    assert "MEIC's cap is last year's" in Message.objects.get(template="run_returned").body


@pytest.mark.django_db
def test_only_a_confirmed_run_reaches_the_board():
    with pytest.raises(TransitionRefused):
        homologate(run=RunFactory(), decision_sha256=HASH, by=person(Role.BOARD))


DAMAGES = {
    "another decision": {"decision": zlib.compress(b'{"outcomes":["me first"]}')},
    "another case": {"case": zlib.compress(b'{"candidates":["me too"]}')},
    "no longer a file": {"decision": b"rubbish"},
    "cut short": {"case": zlib.compress(b'{"candidates":[]}')[:-3]},
    "gone": {"decision": None},
}


def damage(run, fields):
    """As somebody with the database's password would."""
    ((column, value),) = fields.items()
    with connection.cursor() as cursor:
        named = connection.ops.quote_name(column)
        change = f"UPDATE applications_runfiles SET {named} = %s WHERE run_id = %s"  # a column of DAMAGES
        cursor.execute(change, [value, run.pk])
        assert cursor.rowcount == 1


@pytest.mark.django_db
@pytest.mark.clause("3.1.b")
@pytest.mark.parametrize("fields", DAMAGES.values(), ids=DAMAGES)
def test_files_that_lost_their_hash_are_not_homologated(fields):
    run, board = RunFactory(state="confirmed"), person(Role.BOARD)
    damage(run, fields)
    with pytest.raises(TransitionRefused, match=r"SHA-256"):
        homologate(run=run, decision_sha256=HASH, by=board)
    run.refresh_from_db()
    assert run.state == "confirmed"
    assert not Homologation.objects.exists()


@pytest.mark.django_db
@pytest.mark.clause("6.2")
@pytest.mark.parametrize("fields", DAMAGES.values(), ids=DAMAGES)
def test_files_that_lost_their_hash_are_not_published(fields):
    run, office = HomologationFactory().run, person(Role.NMCI)
    damage(run, fields)
    with pytest.raises(TransitionRefused, match=r"SHA-256"):
        publish(run=run, by=office)
    run.refresh_from_db()
    assert run.state == "homologated"
    assert not Message.objects.exists()


@pytest.mark.django_db
@pytest.mark.clause("3.1.b")
def test_a_decision_exchanged_with_its_hash_after_the_board_signed_is_not_published():
    run, office, other = HomologationFactory().run, person(Role.NMCI), b'{"outcomes":["me first"]}'
    damage(run, {"decision": zlib.compress(other)})
    Run.objects.filter(pk=run.pk).update(decision_sha256=hashlib.sha256(other).hexdigest())
    with pytest.raises(TransitionRefused, match=r"not the decision that the board|não é a decisão que"):
        publish(run=run, by=office)
    assert Run.objects.get(pk=run.pk).state == "homologated"


def homologated_run(call=None):
    """Four candidates: placed with a grant, placed conditionally, unplaced, rejected."""
    run = HomologationFactory(run__call=call or CallFactory()).run
    place = DestinationFactory(call=run.call)
    first = EntryFactory(run=run, placement=place)
    Award.objects.create(entry=first, scheme="erasmus", semesters=1)
    return run, [
        first,
        EntryFactory(run=run, tier="conditional", basis="5.3", placement=place),
        EntryFactory(run=run),
        EntryFactory(run=run, tier="rejected", basis="5.4"),
    ]


def letter_to(entry):
    message = Message.objects.get(recipient=entry.application.student.user, template="result_published")
    assert f"/applications/{entry.application.public_id}/why/" in message.body
    return message


@pytest.mark.django_db
@pytest.mark.clause("6.2")
def test_publishing_tells_each_candidate_the_own_result():
    run, (granted, conditional, waiting, rejected) = homologated_run()
    publish(run=run, by=person(Role.NMCI))
    run.refresh_from_db()
    assert run.state == "published"
    assert run.published_at is not None
    assert Message.objects.filter(template="result_published").count() == 4
    assert "Erasmus+ grant is proposed for you" in letter_to(granted).body
    assert "place is conditional" in letter_to(conditional).body
    assert "no place was left" in letter_to(waiting).body
    assert "not admitted" in letter_to(rejected).body
    assert letter_to(granted).subject == "Your result: Study mobility"


@pytest.mark.django_db
def test_the_news_come_in_the_candidates_language():
    run, (granted, *_) = homologated_run()
    user = granted.application.student.user
    user.language = "pt"
    user.save()
    publish(run=run, by=person(Role.NMCI))
    assert letter_to(granted).subject == "O teu resultado: Mobilidade de estudos"


@pytest.mark.django_db
def test_a_new_publication_supersedes_the_earlier_one():
    office = person(Role.NMCI)
    earlier, _ = homologated_run()
    publish(run=earlier, by=office)
    later, _ = homologated_run(call=earlier.call)
    publish(run=later, by=office)
    earlier.refresh_from_db()
    later.refresh_from_db()
    assert (earlier.state, later.state) == ("superseded", "published")


@pytest.mark.django_db
def test_publishing_twice_tells_once():
    run, _ = homologated_run()
    office = person(Role.NMCI)
    publish(run=run, by=office)
    published_at = Run.objects.get(pk=run.pk).published_at
    publish(run=run, by=office)
    assert Run.objects.get(pk=run.pk).published_at == published_at
    assert Message.objects.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["decided", "confirmed", "returned", "superseded"])
def test_what_is_not_homologated_is_not_published_and_nothing_is_superseded(state):
    published = RunFactory(state="published")
    run = RunFactory(call=published.call, state=state)
    with pytest.raises(TransitionRefused):
        publish(run=run, by=person(Role.NMCI))
    published.refresh_from_db()
    assert published.state == "published"


@pytest.mark.django_db
def test_only_the_office_publishes():
    run, _ = homologated_run()
    for role in Role.BOARD, Role.AUDITOR:
        with pytest.raises(PermissionDenied):
            publish(run=run, by=person(role))
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow_with_the_candidates(django_assert_max_num_queries):
    office = person(Role.NMCI)
    assert office.acting.role == Role.NMCI
    run = HomologationFactory().run
    for _ in range(60):
        EntryFactory(run=run)
    # Five of them on PostgreSQL alone: each time that the log's turn is asked for.
    with django_assert_max_num_queries(34):
        publish(run=run, by=office)
    assert Message.objects.count() == 60


@pytest.mark.django_db
def test_each_coordinator_is_told_of_the_own_programmes_once():
    meic, mec, mea = (ProgrammeFactory(code=code) for code in ("MEIC", "MEC", "MEA"))
    run = run_with(meic, mec)
    both, neither = person(Role.COORDINATOR, meic, mec), person(Role.COORDINATOR, mea)
    tell_coordinators(run)
    tell_coordinators(run)
    message = Message.objects.get(template="run_decided")
    assert message.recipient == both
    assert message.recipient != neither
    assert f"/coordination/runs/{run.public_id}/MEIC/" in message.body
    assert f"/coordination/runs/{run.public_id}/MEC/" in message.body
