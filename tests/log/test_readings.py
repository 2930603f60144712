"""Who read a student's file, and an administrator's exceptional access: noted, shown, and over after an hour."""

import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from applications.services.opinions import give_opinions
from mobility.models import ExceptionalAccess, LogEntry, Reading, Role
from mobility.services.readings import open_file
from tests.factories import ApplicationFactory, ProgrammeFactory, StudentFactory, SubmissionFactory, person

pytestmark = pytest.mark.django_db

REASON = "The student can't sign in and asks what was submitted."


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def application():
    made = ApplicationFactory(
        student__user__name="Ana", student__number="ist123", programme=ProgrammeFactory(code="MEEC")
    )
    SubmissionFactory(application=made)
    return made


def signed_in(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def read(user, name, application):
    return signed_in(user).get(reverse(name, args=[application.public_id])).status_code


def test_each_page_of_the_file_is_noted_once_an_hour(application):
    coordinator = person(Role.COORDINATOR, application.programme)
    with time_machine.travel(datetime.datetime(2026, 11, 20, 10, 5, tzinfo=datetime.UTC), tick=False) as clock:
        for name in ("application", "application", "candidate", "receipt"):
            assert read(coordinator, name, application) == 200
        assert list(Reading.objects.order_by("id").values_list("page", "role")) == [
            ("application", "coordinator"), ("candidate", "coordinator"), ("receipt", "coordinator")
        ]  # fmt: skip
        cache.clear()
        read(coordinator, "application", application)
        assert Reading.objects.count() == 3
        clock.shift(datetime.timedelta(hours=1))
        read(coordinator, "application", application)
    assert Reading.objects.filter(page="application").count() == 2
    assert not LogEntry.objects.exists()


def test_within_the_hour_it_costs_no_statement(application):
    client, address = signed_in(person(Role.NMCI)), reverse("application", args=[application.public_id])
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    assert not [query for query in captured if "reading" in query["sql"].lower()]


def test_ones_own_reading_a_refused_one_and_lists_are_not_noted(application):
    coordinator = person(Role.COORDINATOR, application.programme)
    assert read(application.student.user, "application", application) == 200
    assert read(StudentFactory().user, "application", application) == 404
    assert read(person(Role.ADMINISTRATOR), "application", application) == 404
    page = signed_in(coordinator).get(reverse("candidates", args=[application.call.code, "MEEC"]))
    assert "Ana" in page.content.decode()
    assert not Reading.objects.exists()


def test_the_student_sees_who_read_and_nobody_elses(application):
    other = ApplicationFactory(student__user__name="Bento")
    read(person(Role.NMCI, name="Rui Office"), "application", application)
    read(person(Role.AUDITOR, name="Aurora Auditor"), "application", other)
    page = signed_in(application.student.user).get(reverse("readers")).content.decode()
    assert "Rui Office · Mobility office (NMCI)" in page
    assert "Aurora" not in page
    assert reverse("readers") in signed_in(application.student.user).get(reverse("account")).content.decode()
    assert reverse("readers") not in signed_in(person(Role.NMCI)).get(reverse("account")).content.decode()
    assert (
        "Nobody has opened your file yet" in signed_in(StudentFactory().user).get(reverse("readers")).content.decode()
    )


def test_the_list_takes_as_many_statements_for_many_readers(application, counted_queries):
    client = signed_in(application.student.user)

    def readers(number):
        for _ in range(number):
            read(person(Role.NMCI), "application", application)

    readers(2)
    few = counted_queries(client, reverse("readers"))
    readers(20)
    assert counted_queries(client, reverse("readers")) == few


def ask(client, wanted, reason=REASON):
    return client.post(reverse("open_file"), {"wanted": wanted, "reason": reason}, follow=True)


@pytest.mark.parametrize("wanted", ["ist123", " IST123 ", "ana@example.org"])
def test_an_administrator_reads_for_an_hour_and_everybody_concerned_sees_it(application, wanted):
    application.student.user.email = "ana@example.org"
    application.student.user.save()
    administrator = person(Role.ADMINISTRATOR, name="Nuno Admin")
    now = datetime.datetime(2026, 11, 20, 10, 5, tzinfo=datetime.UTC)
    with time_machine.travel(now, tick=False) as clock:
        client, address = signed_in(administrator), reverse("application", args=[application.public_id])
        assert client.get(address).status_code == 404
        assert address in ask(client, wanted).content.decode()
        assert client.get(address).status_code == 200
        assert client.get(reverse("candidate", args=[application.public_id])).status_code == 404
        clock.shift(datetime.timedelta(minutes=59))
        client = signed_in(administrator)
        assert client.get(address).status_code == 200
        auditor = signed_in(person(Role.AUDITOR))
        assert "Look at 1 student" in auditor.get("/").content.decode()
        listed = auditor.get(reverse("exceptional_accesses")).content.decode()
        for words in ("Nuno Admin", "Ana", "asks what was submitted", "still open", "Application"):
            assert words in listed
        clock.shift(datetime.timedelta(minutes=1))
        assert client.get(address).status_code == 404
        assert "Ana" not in client.get(reverse("open_file")).content.decode()
        theirs = signed_in(application.student.user).get(reverse("readers")).content.decode()
    assert "Nuno Admin · Administrator" in theirs
    assert "asks what was submitted" in theirs
    entry = LogEntry.objects.get(action="open_file")
    assert (entry.actor, entry.object_id, entry.reason) == (administrator, application.student.pk, REASON)
    assert Reading.objects.first().access == ExceptionalAccess.objects.get()


def test_it_opens_one_students_file_and_no_draft(application):
    other = ApplicationFactory()
    draft = ApplicationFactory(student=application.student, state="draft", submitted_at=None)
    administrator = person(Role.ADMINISTRATOR)
    open_file(wanted="ist123", reason=REASON, by=administrator)
    assert list(Application.objects.visible_to(administrator)) == [application]
    assert draft.pk != application.pk != other.pk
    assert not Application.objects.visible_to(person(Role.ADMINISTRATOR)).exists()


def test_reading_is_not_acting(application):
    administrator = person(Role.ADMINISTRATOR)
    open_file(wanted="ist123", reason=REASON, by=administrator)
    with pytest.raises(PermissionDenied):
        give_opinions(applications=[application.pk], value="favourable", by=administrator)
    client = signed_in(administrator)
    for name in ("withdraw", "edit_period", "review"):
        assert client.post(reverse(name, args=[application.public_id]), {"version": 0}).status_code == 403
    application.refresh_from_db()
    assert application.state == "submitted"


def test_who_loses_the_role_or_uses_another_reads_no_more(application):
    administrator = person(Role.ADMINISTRATOR)
    open_file(wanted="ist123", reason=REASON, by=administrator)
    administrator.memberships.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    assert read(administrator, "application", application) == 404


def test_a_number_that_nobody_has_is_answered_alike_and_logged(application):
    administrator = person(Role.ADMINISTRATOR)
    client = signed_in(administrator)
    unknown = ask(client, "ist999")
    assert unknown.redirect_chain == [(reverse("open_file"), 302)]
    told = [str(message) for message in unknown.context["messages"]]
    known = ask(client, "ist123")
    assert [str(message) for message in known.context["messages"]] == told
    entry = LogEntry.objects.get(action="ask_for_file")
    assert (entry.actor, entry.data, entry.reason) == (administrator, {"wanted": "ist999"}, REASON)


@pytest.mark.parametrize(("wanted", "reason"), [("", REASON), ("ist123", "Because."), ("ist123", " " * 40)])
def test_without_a_number_or_a_reason_nothing_opens(application, wanted, reason):
    administrator = person(Role.ADMINISTRATOR)
    answer = ask(signed_in(administrator), wanted, reason)
    assert answer.status_code == 422
    assert "There is something to correct" in answer.content.decode()
    with pytest.raises(ValidationError):
        open_file(wanted=wanted, reason=reason, by=administrator)
    assert not ExceptionalAccess.objects.exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("role", [Role.NMCI, Role.AUDITOR, Role.BOARD])
def test_only_administrators_open_files(application, role):
    with pytest.raises(PermissionDenied):
        open_file(wanted="ist123", reason=REASON, by=person(role))
