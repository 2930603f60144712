"""Signing in through Fénix, against a Fénix of our own in another process; and the record that it brings."""

import datetime
import html
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from mobility.models import AcademicRecord, FenixFetch, Job, LogEntry, NoticeAcceptance, Student, User
from mobility.privacy.notices import CURRENT
from mobility.sealing import unseal
from mobility.services.fenix import asking, fetches
from mobility.services.records import UnitRow, write
from mobility.tasks import forget_fenix_tokens, requeue_stalled_jobs, run_job
from tests.counterparts.through_fenix import query, without_host
from tests.factories import ApplicationFactory, CallFactory, ProgrammeFactory, StudentFactory, UserFactory

pytestmark = pytest.mark.django_db

INES, DOCUMENTED, INTEGRATED, TEACHER = "ist1100001", "ist112345", "ist1100002", "ist24001"
FIRST_CYCLE, TWO_DEGREES, DOWN = "ist1100003", "ist1100004", "ist1100005"


@pytest.fixture(autouse=True)
def _programmes():
    for code in ("MEIC-A", "MEGI", "MA"):
        ProgrammeFactory(code=code)


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"


def go(client, fenix, username, *, process="login", **more):
    """Press the button, agree in Fénix, come back: what the portal then answers."""
    start = client.post(f"{reverse('fenix_login')}?process={process}&next={reverse('record')}", **more)
    assert start.status_code == 302
    answer = client.get(without_host(fenix.agree(start["Location"], username)))
    # Who is new takes note of the privacy notice first.
    for user in User.objects.filter(notices__isnull=True):
        NoticeAcceptance.objects.create(user=user, version=CURRENT.version, language="en")
    return answer


def work():
    """What the worker finds to do."""
    for job in Job.objects.filter(state="queued", kind="fenix").order_by("pk"):
        run_job(job.pk)


def signed_in(client):
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def text(response):
    return html.unescape(" ".join(response.content.decode().split()))


def known(username, **more):
    """A student whom the office has put into the portal, with the university's username."""
    student = StudentFactory(user__institutional_id=username, number=username, **more)
    EmailAddress.objects.create(user=student.user, email=student.user.email, verified=True, primary=True)
    return student


def test_a_student_finds_name_programme_and_record(client, fenix):
    answer = go(client, fenix, INES)

    assert answer.status_code == 302
    assert answer["Location"] == reverse("record")
    user = signed_in(client)
    assert (user.name, user.email) == ("Inês Marques da Costa", "ines.marques@tecnico.ulisboa.pt")
    assert user.institutional_id == INES
    student = user.student
    assert (student.number, student.programme.code, student.curricular_year) == (INES, "MEIC-A", 4)
    assert student.nationality == ""
    assert "on its way" in text(client.get(reverse("record")))

    work()

    record = student.records.get()
    assert (record.source, record.enrolments) == ("Fénix", 4)
    assert (record.first_cycle_ects, record.ects, record.units_completed) == (180, 195, 32)
    assert (record.graded_ects, record.enrolled_first_cycle_ects) == (183, 0)
    page = text(client.get(reverse("record")))
    assert "Source: Fénix" in page
    assert "Aprendizagem" in page
    assert "on its way" not in page
    written = LogEntry.objects.get(object_type="mobility.academicrecord", object_id=record.pk)
    assert written.data == {"source": "Fénix", "units": 32}
    assert LogEntry.objects.filter(object_type="mobility.student", action="create").count() == 1


def test_nothing_private_and_no_token_stays(client, fenix):
    go(client, fenix, INES)
    waiting = FenixFetch.objects.get()
    assert unseal(waiting.token)
    assert unseal(waiting.token) not in waiting.token

    work()

    done = FenixFetch.objects.get()
    assert (done.outcome, done.token) == ("brought", "")
    assert not SocialToken.objects.exists()
    kept = str(SocialAccount.objects.get().extra_data) + str(done.person) + str(dict(client.session))
    assert all(private not in kept for private in ("iVBOR", "2003", "FEMALE", "access_token"))


def test_the_database_keeps_no_token_of_what_ended():
    with pytest.raises(IntegrityError), transaction.atomic():
        FenixFetch.objects.create(
            user=UserFactory(), username="ist1", token="x", outcome="failed", ended_at=timezone.now()
        )


def test_the_documented_person_is_teacher_and_student(client, fenix):
    go(client, fenix, DOCUMENTED)
    work()

    assert signed_in(client).student.records.get().weighted_grades == 75
    page = text(client.get(reverse("record")))
    assert "Fénix lists no unit of the 1st cycle" in page


def test_a_second_time_it_is_the_same_person_and_nothing_is_written_twice(client, fenix):
    go(client, fenix, INES)
    work()
    client.logout()
    go(client, fenix, INES)
    work()

    assert User.objects.count() == Student.objects.count() == AcademicRecord.objects.count() == 1
    assert FenixFetch.objects.get().outcome == "unchanged"
    assert "nothing has changed" in text(client.get(reverse("record")))


def test_a_newer_record_is_added_and_a_submitted_application_keeps_its_own(client, fenix):
    go(client, fenix, INES)
    work()
    student = signed_in(client).student
    first = student.records.get()
    application = ApplicationFactory(student=student, record=first)

    master = fenix.people[INES]["curriculum"][1]
    master["approvedCourses"].append(
        {
            "course": {"id": "9", "acronym": "RV", "name": "Realidade Virtual", "academicTerm": "2ºSemestre 2026/2027"},
            "grade": "19",
            "ects": 6,
        }
    )
    master["credits"], master["currentYear"] = 21, 2
    fenix.save()
    go(client, fenix, INES, process="redirect")
    work()

    newest = student.records.first()
    assert (newest.ects, first.ects) == (201, 195)
    assert student.records.count() == 2
    assert Application.objects.get(pk=application.pk).record_id == first.pk
    student.refresh_from_db()
    assert student.curricular_year == 5


def test_a_correction_in_fenix_counts_even_when_it_takes_away(client, fenix):
    go(client, fenix, INES)
    work()
    fenix.people[INES]["curriculum"][0]["approvedCourses"].pop()
    fenix.save()
    go(client, fenix, INES, process="redirect")
    work()

    assert signed_in(client).student.records.first().first_cycle_ects == 174


def test_a_record_of_the_office_with_more_credits_stays(client, fenix):
    student = known(DOCUMENTED)
    units = [UnitRow(code="AL", name="Álgebra", cycle=1, ects=Decimal(180), grade=Decimal(15))]
    office = write(student=student, units=units, source="Secretaria", enrolments=3, by=None)
    go(client, fenix, DOCUMENTED)
    work()

    assert signed_in(client) == student.user
    assert list(student.records.all()) == [office]
    assert FenixFetch.objects.get().outcome == "kept"
    assert "fewer credits" in text(client.get(reverse("record")))


def test_what_the_office_decided_about_a_cycle_is_kept(client, fenix):
    student = known(INTEGRATED)
    units = [UnitRow(code="GD", name="Geometria Descritiva e Conceptual I", cycle=1, ects=Decimal(6))]
    write(student=student, units=units, source="Secretaria", enrolments=4, by=None)
    go(client, fenix, INTEGRATED)
    work()

    record = student.records.first()
    assert record.source == "Fénix"
    assert record.first_cycle_ects == 6
    assert record.enrolments == 4
    assert {note["code"] for note in record.notes} >= {"cycle", "grade", "enrolments_kept"}


def test_an_integrated_master_waits_for_its_year_and_says_what_is_open(client, fenix):
    go(client, fenix, INTEGRATED)
    assert not Student.objects.exists()
    assert client.get(reverse("record")).status_code == 200

    work()

    student = signed_in(client).student
    assert (student.programme.code, student.curricular_year) == ("MA", 4)
    record = student.records.get()
    assert (record.first_cycle_ects, record.ects) == (0, 18)
    assert {unit.cycle for unit in record.units.all()} == {None}
    page = text(client.get(reverse("record")))
    assert "Cycle not known" in page
    assert "To be checked" in page
    assert "Projecto de Arquitectura I: MB" in page


def test_a_teacher_signs_in_and_is_no_student(client, fenix):
    go(client, fenix, TEACHER)

    assert signed_in(client).name == "Ana Docente"
    assert not FenixFetch.objects.exists()
    assert not Job.objects.exists()
    assert client.get(reverse("record")).status_code == 403


def test_a_degree_that_is_not_ours_is_said_and_left(client, fenix):
    go(client, fenix, FIRST_CYCLE)
    work()

    assert not Student.objects.exists()
    assert FenixFetch.objects.get().problem == "unknown_degree"
    page = text(client.get(reverse("record")))
    assert "no degree of yours that is a master of this portal (LEIC-A)" in page
    assert "See what is missing for your student file" in text(client.get(reverse("home")))


def test_two_degrees_at_once_are_a_question_to_the_student(client, fenix):
    go(client, fenix, TWO_DEGREES)
    work()
    assert not Student.objects.exists()
    assert "With which programme do you apply?" in text(client.get(reverse("record")))

    assert client.post(reverse("choose_programme"), {"programme": "MEQ"}).status_code == 422
    assert not Student.objects.exists()
    client.post(reverse("choose_programme"), {"programme": "MEGI"})
    student = Student.objects.get()
    assert student.programme.code == "MEGI"
    # Once: afterwards it is the office's.
    client.post(reverse("choose_programme"), {"programme": "MEIC-A"})
    student.refresh_from_db()
    assert student.programme.code == "MEGI"

    go(client, fenix, TWO_DEGREES, process="redirect")
    work()
    assert student.records.get().ects == Decimal("7.5")


def test_a_student_number_of_another_account_is_not_taken_over(client, fenix):
    theirs = StudentFactory(number=INES)
    go(client, fenix, INES)
    work()

    assert Student.objects.get() == theirs
    assert "Another account of the portal has your student number" in text(client.get(reverse("record")))


def test_a_change_of_programme_reaches_the_file_and_not_the_applications(client, fenix):
    student = known(INES, curricular_year=5)
    before = student.programme
    application = ApplicationFactory(student=student)
    go(client, fenix, INES)

    student.refresh_from_db()
    assert student.programme.code == "MEIC-A"
    assert student.curricular_year == 5
    assert Application.objects.get(pk=application.pk).programme == before
    change = LogEntry.objects.get(object_type="mobility.student", action="update")
    assert change.data["before"]["programme"] == before.code


@pytest.mark.parametrize("email", [None, "", "not an address"])
def test_without_an_address_fenix_asks_for_one_and_the_record_still_comes(client, fenix, email):
    fenix.people[INES]["person"]["email"] = email
    fenix.save()
    answer = go(client, fenix, INES)

    assert answer["Location"] == reverse("socialaccount_signup")
    client.post(answer["Location"], {"name": "Inês", "email": "ines@example.org"})
    user = User.objects.get()
    assert not EmailAddress.objects.get(user=user).verified
    assert not Student.objects.exists()

    EmailAddress.objects.update(verified=True)
    go(client, fenix, INES)
    work()
    assert signed_in(client) == user
    assert user.student.records.count() == 1


def test_an_address_outside_the_university_has_to_be_confirmed(client, fenix):
    fenix.people[INES]["person"]["email"] = "ines@example.org"
    fenix.save()
    go(client, fenix, INES)

    assert not EmailAddress.objects.get().verified
    assert signed_in(client) is None


def test_an_institutional_address_under_its_other_name(client, fenix):
    person = fenix.people[INES]["person"]
    del person["email"]
    person["institutionalEmail"] = "ines.marques@tecnico.ulisboa.pt"
    fenix.save()
    go(client, fenix, INES)

    assert signed_in(client).email == "ines.marques@tecnico.ulisboa.pt"


def test_a_name_of_300_characters_is_shortened_and_said(client, fenix):
    fenix.people[INES]["person"]["name"] = "Maria " * 50
    fenix.save()
    go(client, fenix, INES)
    work()

    assert signed_in(client).name == " ".join(["Maria"] * 33)
    assert "was shortened" in text(client.get(reverse("record")))


def test_the_name_follows_fenix(client, fenix):
    go(client, fenix, INES)
    fenix.people[INES]["person"]["name"] = "Inês Costa"
    fenix.save()
    client.logout()
    go(client, fenix, INES)

    assert signed_in(client).name == "Inês Costa"
    assert LogEntry.objects.get(action="rename").data["before"] == "Inês Marques da Costa"


# --- When something goes wrong ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("curriculum", "problem"),
    [
        ({"status": 503}, "unreachable"),
        ({"status": 500}, "unreachable"),
        ({"status": 429}, "unreachable"),
        ({"status": 401}, "refused"),
        ({"status": 404}, "nonsense"),
        ({"raw": "<html>manutenção</html>"}, "nonsense"),
        ({"raw": '[{"degree": 1}]'}, "nonsense"),
        ({"raw": "[" * 100_000}, "nonsense"),
        ({"raw": f'["{"x" * 2_100_000}"]'}, "nonsense"),
    ],
)
def test_signed_in_all_the_same_when_the_record_does_not_come(client, fenix, curriculum, problem):
    fenix.people[INES]["curriculum"] = curriculum
    fenix.save()
    go(client, fenix, INES)
    work()

    assert signed_in(client).student.programme.code == "MEIC-A"
    assert not AcademicRecord.objects.exists()
    fetch = FenixFetch.objects.get()
    assert (fetch.outcome, fetch.problem, fetch.token) == ("failed", problem, "")
    assert Job.objects.get().state == "failed"
    page = text(client.get(reverse("record")))
    assert "could not be brought from Fénix" in page
    assert "Update my record from Fénix" in page
    assert "Bring your academic record from Fénix" in text(client.get(reverse("home")))


def test_fenix_that_is_slow_is_not_waited_for(client, fenix, monkeypatch):
    monkeypatch.setattr(asking, "PATIENCE", (0.5, 0.3))
    fenix.people[INES]["curriculum"] = {"wait": 1, "answer": []}
    fenix.save()
    go(client, fenix, INES)
    started = timezone.now()
    work()

    assert timezone.now() - started < datetime.timedelta(seconds=5)
    assert FenixFetch.objects.get().problem == "unreachable"


@pytest.mark.parametrize(
    ("person", "status", "says"),
    [
        ({"status": 503}, 503, "the service doesn't answer"),
        ({"status": 401}, 401, "can't be accepted"),
        ({"raw": "nonsense"}, 400, "can't be accepted"),
        ({"raw": "{}"}, 400, "can't be accepted"),
    ],
)
def test_without_an_answer_about_the_person_nobody_is_signed_in(client, fenix, person, status, says):
    fenix.people[INES]["person"] = person
    fenix.save()
    answer = go(client, fenix, INES)

    assert signed_in(client) is None
    assert not User.objects.exists()
    assert answer.status_code in {status, 400}
    page = text(answer)
    assert says in page
    assert reverse("account_login") in page
    assert "access_token" not in page


def test_fenix_down_leaves_the_other_ways_in(client, fenix, settings):
    settings.FENIX_URL = "http://127.0.0.1:9"
    start = client.post(reverse("fenix_login"))
    state = query(start["Location"])["state"]
    answer = client.get(reverse("fenix_callback"), {"code": "x", "state": state})

    assert answer.status_code == 503
    assert "the service doesn't answer" in text(answer)
    page = text(client.get(reverse("account_login")))
    assert 'name="password"' in page


def test_a_code_that_expired_or_was_used_says_to_begin_again(client, fenix):
    start = client.post(reverse("fenix_login"))
    back = fenix.agree(start["Location"], INES)
    state = query(back)["state"]
    answer = client.get(reverse("fenix_callback"), {"code": "used-before", "state": state})

    assert answer.status_code == 400
    assert "expired or was used already" in text(answer)
    assert signed_in(client) is None


def test_refusing_in_fenix_changes_nothing(client, fenix):
    start = client.post(reverse("fenix_login"))
    answer = client.get(without_host(fenix.refuse(start["Location"])))

    assert answer.status_code == 302
    assert answer["Location"] == reverse("socialaccount_login_cancelled")
    assert not User.objects.exists()


@pytest.mark.parametrize("state", ["", "&state=", "&state=another"])
def test_a_way_back_that_this_browser_did_not_begin_signs_nobody_in(client, fenix, state):
    """Login CSRF: a link with somebody else's code. Also in a browser that has begun a flow of its own."""
    mine = client.post(reverse("fenix_login"))
    code = query(fenix.agree(mine["Location"], INES))["code"]
    answer = client.get(f"{reverse('fenix_callback')}?code={code}{state}")

    assert answer.status_code == 400
    assert signed_in(client) is None
    assert not User.objects.exists()


def test_the_flow_asks_for_what_is_documented(client, fenix):
    asked = query(client.post(f"{reverse('fenix_login')}?scope=everything&auth_params=a%3Db")["Location"])

    assert asked["client_id"] == "mobility"
    assert asked["redirect_uri"].endswith(reverse("fenix_callback"))
    assert len(asked["state"]) >= 16
    assert "scope" not in asked or asked["scope"] == ""
    assert "a" not in asked


def test_where_fenix_is_not_set_it_is_not_offered(client):
    assert client.post(reverse("fenix_login")).status_code == 404
    assert client.get(reverse("fenix_callback"), {"code": "x"}).status_code == 404
    assert "Fénix" not in text(client.get(reverse("account_login")))
    client.force_login(StudentFactory().user)
    assert "Update my record" not in text(client.get(reverse("record")))


def test_the_login_page_offers_it(client, fenix):
    page = text(client.get(reverse("account_login")))

    assert "Sign in with Fénix" in page
    assert f"form-action 'self' {fenix.url}" in client.get(reverse("account_login"))["Content-Security-Policy"]


def test_another_person_in_fenix_changes_nothing_here(client, fenix):
    student = StudentFactory(number=INES)
    client.force_login(student.user)
    go(client, fenix, DOCUMENTED, process="redirect")

    assert signed_in(client) == student.user
    assert not FenixFetch.objects.exists()
    page = text(client.get(reverse("record")))
    assert f"In Fénix you are signed in as {DOCUMENTED}" in page


def test_a_student_with_a_password_brings_the_record_too(client, fenix):
    student = StudentFactory(number=INES, programme__code="MEIC-A")
    client.force_login(student.user)
    go(client, fenix, INES, process="redirect")
    work()

    assert student.records.get().ects == 195


# --- The worker -------------------------------------------------------------------------------------


def test_a_job_that_is_done_again_does_nothing(client, fenix):
    go(client, fenix, INES)
    work()
    job = Job.objects.get()
    run_job(job.pk)
    Job.objects.update(state="queued")
    run_job(job.pk)

    assert AcademicRecord.objects.count() == 1
    assert Job.objects.get().state == "done"


def test_a_worker_that_was_taken_for_dead_writes_nothing(client, fenix, settings):
    """It stopped after asking and before writing; another did the work; it wakes up."""
    go(client, fenix, INES)
    job = Job.objects.get()
    settings.JOB_STALLED_AFTER_SECONDS = 0
    asleep = fetches.jobs.claim(job_id=job.pk)
    requeue_stalled_jobs()
    run_job(job.pk)
    fetches.execute(asleep)

    assert AcademicRecord.objects.count() == 1
    assert FenixFetch.objects.get().outcome == "brought"


def test_a_job_that_kills_every_worker_is_given_up(client, fenix):
    go(client, fenix, INES)
    Job.objects.update(attempts=fetches.jobs.MAX_ATTEMPTS)
    work()

    fetch = FenixFetch.objects.get()
    assert (fetch.outcome, fetch.problem, fetch.token) == ("failed", "attempts", "")


def test_tokens_are_forgotten_after_a_day(client, fenix):
    go(client, fenix, INES)
    forget_fenix_tokens()
    assert FenixFetch.objects.get().outcome == "waiting"

    FenixFetch.objects.update(asked_at=timezone.now() - datetime.timedelta(hours=25))
    forget_fenix_tokens()
    work()

    fetch = FenixFetch.objects.get()
    assert (fetch.outcome, fetch.problem, fetch.token) == ("failed", "refused", "")
    assert not AcademicRecord.objects.exists()
    assert Job.objects.get().state == "done"


def test_a_token_sealed_with_another_secret_is_as_good_as_none(client, fenix, settings):
    go(client, fenix, INES)
    settings.SECOND_FACTOR_KEYS = ["another"]
    work()

    assert FenixFetch.objects.get().problem == "refused"


# --- What Fénix doesn't say -------------------------------------------------------------------------


@pytest.mark.clause("4.2.a")
def test_the_nationality_is_asked_once_before_anything_is_submitted(client, fenix):
    go(client, fenix, INES)
    work()
    student = signed_in(client).student
    assert "Say your nationality" in text(client.get(reverse("home")))
    assert "Nationality" in text(client.get(reverse("record")))
    call = CallFactory()
    assert "doesn't know the nationality yet" in text(client.get(reverse("call", args=[call.code])))

    assert client.post(reverse("declare_nationality"), {"nationality": "XX"}).status_code == 422
    assert client.post(reverse("declare_nationality"), {}).status_code == 422
    client.post(reverse("declare_nationality"), {"nationality": "CV"})
    student.refresh_from_db()
    assert student.nationality == "CV"
    assert LogEntry.objects.get(action="declare_nationality").data == {"nationality": "CV"}
    # Once: afterwards it is the office's.
    client.post(reverse("declare_nationality"), {"nationality": "PT"})
    student.refresh_from_db()
    assert student.nationality == "CV"
    assert "Say your nationality" not in text(client.get(reverse("home")))
