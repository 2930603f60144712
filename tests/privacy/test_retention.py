"""Retention: what is past its period goes, what was decided stays and can still be checked."""

import datetime
import hashlib
import io
import json
import zlib
from collections import Counter

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import Count
from django.db.models.signals import post_save
from django.utils import timezone

from applications.models import Application, Entry, Opinion, RunFiles
from mobility.models import (
    DataExport,
    Document,
    LogEntry,
    Membership,
    Message,
    NoticeAcceptance,
    RecordUnit,
    RetentionRun,
    Role,
    Student,
    User,
)
from mobility.personal import exports, retention
from mobility.personal.anonymise import ANONYMOUS, anonymise
from mobility.personal.holds import lift_hold, place_hold
from mobility.privacy.retention import KINDS
from mobility.regulation.__main__ import main as engine
from mobility.tasks import keep_only_what_is_due, run_job
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    MembershipFactory,
    RecordFactory,
    StudentFactory,
    UserFactory,
    person,
)
from tests.privacy.world import EMAIL, NAME, TRACES, Known, document_of, everything_stored

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
DAY = datetime.timedelta(days=1)


def in_(**parts) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(**parts)


def years(number: int) -> datetime.datetime:
    return in_(days=366 * number)


@pytest.fixture
def known():
    return Known()


# --- Nothing personal remains ---------------------------------------------------------------------

# Where the words of a person may still be found afterwards, and why.
MAY_REMAIN = {
    "mobility_logentry.reason": "the log is never altered; docs/privacy.md says what that means",
}


def places_of(words) -> dict[str, list[str]]:
    found = {}
    for column, text in everything_stored().items():
        if hits := [word for word in words if word in text.casefold()]:
            found[column] = hits
    return found


def test_the_search_finds_what_is_there(known):
    found = places_of(TRACES)
    assert {"mobility_user.name", "mobility_user.email", "mobility_student.number"} <= set(found)
    assert {"mobility_message.body", "applications_application.draft"} <= set(found)
    assert {"applications_opinion.reason", "mobility_document.name", "mobility_academicrecord.source"} <= set(found)


def test_no_table_knows_the_person_afterwards(known):
    exports.ask(user=known.user, by=known.user)
    run_job(exports.job_of(known.user).pk)
    assert anonymise(user=known.user, by=None)
    assert set(places_of(TRACES)) <= set(MAY_REMAIN)


def test_the_files_go_with_the_rows(known, django_capture_on_commit_callbacks):
    exports.ask(user=known.user, by=known.user)
    run_job(exports.job_of(known.user).pk)
    path, export = known.document.file.name, DataExport.objects.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        anonymise(user=known.user, by=None)
    assert not default_storage.exists(path)
    assert not default_storage.exists(export)


def test_the_student_file_says_nothing_any_more(known):
    anonymise(user=known.user, by=None)
    student = Student.objects.get(pk=known.student.pk)
    assert (student.nationality.code, student.residence_permit_until) == ("", None)
    assert student.programme == known.student.programme
    assert not RecordUnit.objects.filter(record__student=student).exists()
    assert not NoticeAcceptance.objects.filter(user=known.user).exists()


def test_the_person_cannot_sign_in_any_more(known, client):
    assert client.post("/account/login/", {"login": EMAIL, "password": PASSWORD}).status_code == 302
    client.get("/account/")
    key = client.session.session_key
    assert Session.objects.filter(session_key=key).exists()
    anonymise(user=known.user, by=None)
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/account/").status_code == 302
    assert client.post("/account/login/", {"login": EMAIL, "password": PASSWORD}).status_code == 200


def test_a_second_time_changes_nothing(known):
    assert anonymise(user=known.user, by=None)
    assert not anonymise(user=known.user, by=None)
    assert LogEntry.objects.filter(action="anonymise").count() == 1


# --- What was decided stays -----------------------------------------------------------------------


def statistics():
    """Counts by programme and destination, averages, demand, grants."""
    entries = Entry.objects.order_by()
    return {
        "placed": Counter(entries.values_list("programme__code", "placement__code")),
        "averages": Counter(entries.values_list("programme__code", "average")),
        "demand": Counter(Application.objects.order_by().values_list("preferences__destination__code", flat=True)),
        "opinions": Counter(Opinion.objects.values_list("value", flat=True)),
        "sums": sorted(
            Application.objects.filter(record__isnull=False).values_list(
                "reference", "record__weighted_grades", "record__ects"
            )
        ),
        "grants": sorted(entries.filter(award__isnull=False).values_list("award__scheme").annotate(Count("pk"))),
    }


def test_the_statistics_are_the_same_before_and_after(known):
    before = statistics()
    for student in Student.objects.all():
        anonymise(user=student.user, by=None)
    assert statistics() == before
    assert before["grants"]


def test_the_decision_still_has_the_hash_that_was_signed(known, tmp_path):
    files = RunFiles.objects.get(run=known.run)
    before = (bytes(files.case), bytes(files.decision))
    anonymise(user=known.user, by=None)
    files.refresh_from_db()
    assert (bytes(files.case), bytes(files.decision)) == before
    case, decision = tmp_path / "case.json", tmp_path / "decision.json"
    case.write_bytes(zlib.decompress(files.case))
    decision.write_bytes(zlib.decompress(files.decision))
    assert hashlib.sha256(decision.read_bytes()).hexdigest() == known.run.decision_sha256
    assert engine([str(case), "--verify", str(decision)]) == 0
    case = json.loads(case.read_bytes())
    assert known.application.reference in {candidate["id"] for candidate in case["candidates"]}


def test_the_published_pages_still_work(known, client):
    anonymise(user=known.user, by=None)
    for name in ("ranking", "placements", "grants"):
        answer = client.get(f"/runs/{known.run.public_id}/{name}/")
        assert answer.status_code in (200, 301), name
    client.force_login(known.story.office)
    page = client.get(f"/applications/{known.application.public_id}/")
    assert page.status_code == 200
    assert NAME not in page.text


# --- When -----------------------------------------------------------------------------------------


def test_a_grant_is_kept_for_ten_years_after_the_academic_year(known):
    """2027/28 ends on 31 August 2028."""
    last = datetime.datetime(2038, 8, 31, 12, tzinfo=datetime.UTC)
    retention.apply(now=last)
    known.user.refresh_from_db()
    assert known.user.name == NAME
    retention.apply(now=last + DAY)
    known.user.refresh_from_db()
    assert known.user.name == ANONYMOUS


def test_an_application_without_a_grant_is_kept_for_five(known):
    loser = known.run.entries.filter(award=None).first().application.student.user
    last = datetime.datetime(2033, 8, 31, 12, tzinfo=datetime.UTC)
    assert retention.counts(last)["application"] == 0
    retention.apply(now=last + DAY)
    loser.refresh_from_db()
    known.user.refresh_from_db()
    assert (loser.name, known.user.name) == (ANONYMOUS, NAME)


def test_a_later_application_keeps_the_person():
    student = StudentFactory()
    for year in (2010, 2027):
        ApplicationFactory(student=student, call=CallFactory(academic_year=year))
    assert retention.apply(now=timezone.now()).counts["application"] == 0


def test_a_draft_goes_a_year_after_the_call_closed(django_capture_on_commit_callbacks):
    call = CallFactory(opens_at=in_(days=-400), closes_at=in_(days=-367))
    old = ApplicationFactory(call=call, state="draft", submitted_at=None)
    path = document_of(old).file.name
    fresh = ApplicationFactory(state="draft", submitted_at=None)
    sent = ApplicationFactory(call=call)
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.apply(now=timezone.now()).counts["draft"] == 1
    assert set(Application.objects.all()) == {fresh, sent}
    assert not Document.objects.exists()
    assert not default_storage.exists(path)


def test_an_account_that_nobody_used_goes_after_two_years():
    old = in_(days=-740)
    unused = UserFactory(joined_at=old)
    imported = StudentFactory(user__joined_at=old)
    RecordFactory(student=imported, as_of=old)
    kept = [
        UserFactory(joined_at=old, last_login=in_(days=-30)),
        UserFactory(joined_at=in_(days=-30)),
        RecordFactory(student__user__joined_at=old).student.user,
        ApplicationFactory(student__user__joined_at=old).student.user,
        person(Role.NMCI, joined_at=old),
    ]
    assert retention.apply(now=timezone.now()).counts["account"] == 2
    for user in (unused, imported.user):
        user.refresh_from_db()
        assert user.name == ANONYMOUS
    assert not Student.objects.filter(pk=imported.pk).exists()
    assert User.objects.filter(pk__in=[user.pk for user in kept], anonymised_at=None).count() == len(kept)


def test_staff_are_kept_for_ten_years_after_their_last_role():
    old = in_(days=-366 * 12)
    today = timezone.localdate()
    long_ago, lately = (
        MembershipFactory(user__joined_at=old, starts_on=old.date(), ends_on=today - days * DAY).user
        for days in (3660, 3600)
    )
    assert retention.apply(now=timezone.now()).counts["staff"] == 1
    assert set(User.objects.filter(anonymised_at=None)) == {lately}
    assert Membership.objects.filter(user=long_ago).exists()


def test_a_sign_up_that_was_never_confirmed_is_deleted_after_a_month():
    def signed_up(days, verified):
        user = UserFactory(joined_at=in_(days=-days))
        EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
        return user

    signed_up(31, False)
    kept = {signed_up(29, False), signed_up(31, True), UserFactory(joined_at=in_(days=-31))}
    assert retention.apply(now=timezone.now()).counts["signup"] == 1
    assert set(User.objects.all()) == kept


def test_messages_exports_and_sessions_go_in_their_time(client, django_capture_on_commit_callbacks):
    student = StudentFactory()
    exports.ask(user=student.user, by=student.user)
    run_job(exports.job_of(student.user).pk)
    Message.objects.update(state="sent", sent_at=timezone.now())
    client.force_login(student.user)
    assert not any(retention.counts(timezone.now()).values())
    with django_capture_on_commit_callbacks(execute=True):
        run = retention.apply(now=in_(days=366))
    assert {code: n for code, n in run.counts.items() if n} == {"message": 1, "export": 1, "session": 1}
    assert default_storage.listdir("exports")[1] == []


def test_a_message_that_still_waits_stays():
    student = StudentFactory()
    exports.ask(user=student.user, by=student.user)
    run_job(exports.job_of(student.user).pk)
    assert retention.apply(now=in_(days=366)).counts["message"] == 0


def test_a_file_that_no_row_names_is_swept_after_a_day(settings):
    default_storage.save("exports/left-behind", io.BytesIO(b"all about somebody"))
    retention.apply(now=timezone.now())
    assert default_storage.exists("exports/left-behind")
    retention.apply(now=in_(days=2))
    assert not default_storage.exists("exports/left-behind")


# --- How ------------------------------------------------------------------------------------------


def test_every_kind_with_a_period_has_its_step():
    with_period = {code for code, kind in KINDS.items() if kind.period}
    # Fénix's keys have a task of their own, which runs all day.
    assert {step.code for step in retention.STEPS} == with_period - {"fenix"}


def test_the_rehearsal_counts_and_changes_nothing(capsys):
    UserFactory(joined_at=in_(days=-740))
    call_command("retention", "--dry-run")
    assert "      1  account: Account" in capsys.readouterr().out
    assert not RetentionRun.objects.exists()
    assert not User.objects.exclude(anonymised_at=None).exists()
    call_command("retention")
    assert "      1  account: Account" in capsys.readouterr().out
    assert User.objects.exclude(anonymised_at=None).count() == 1


def test_the_daily_task_does_it_and_a_second_time_finds_nothing():
    user = UserFactory(joined_at=timezone.now())
    with time_machine.travel(years(3)):
        keep_only_what_is_due()
        keep_only_what_is_due()
    user.refresh_from_db()
    assert user.name == ANONYMOUS
    assert [run.counts["account"] for run in RetentionRun.objects.all()] == [0, 1]
    assert all(run.finished_at for run in RetentionRun.objects.all())


def test_a_task_that_was_stopped_in_the_middle_is_taken_up_by_the_next():
    users = UserFactory.create_batch(5, joined_at=in_(days=-740))
    saved = []

    def killed(instance, **_):
        saved.append(instance)
        if len(saved) == 3:
            raise KeyboardInterrupt

    post_save.connect(killed, sender=User)
    try:
        with pytest.raises(KeyboardInterrupt):
            retention.apply(now=timezone.now())
    finally:
        post_save.disconnect(killed, sender=User)
    stopped = RetentionRun.objects.get()
    assert (stopped.counts["account"], stopped.finished_at) == (2, None)
    assert User.objects.exclude(anonymised_at=None).count() == 2
    assert retention.apply(now=timezone.now()).counts["account"] == len(users) - 2


def test_more_than_a_batch_is_taken_in_one_go():
    User.objects.bulk_create(
        User(email=f"old{n}@example.org", name="Old", joined_at=in_(days=-740)) for n in range(retention.AT_A_TIME + 1)
    )
    assert retention.apply(now=timezone.now()).counts["account"] == retention.AT_A_TIME + 1


# --- Holds ----------------------------------------------------------------------------------------


def test_a_hold_keeps_what_is_past_its_period_until_it_is_lifted(known):
    office = known.story.office
    hold = place_hold(user=known.user, reason="Recurso hierárquico em curso.", by=office)
    retention.apply(now=years(20))
    known.user.refresh_from_db()
    assert known.user.name == NAME
    lift_hold(hold=hold, by=office)
    retention.apply(now=years(20))
    known.user.refresh_from_db()
    assert known.user.name == ANONYMOUS
    actions = LogEntry.objects.filter(object_type="mobility.user", object_id=known.user.pk).values_list(
        "action", flat=True
    )
    assert list(actions)[:3] == ["anonymise", "lift_hold", "hold"]
