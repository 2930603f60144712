"""Submitting and withdrawing: in time, whole, once, with a receipt."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from applications.models import Application, Submission
from applications.services import applications, drafts
from mobility.models import LogEntry, Message, Role
from mobility.regulation import case
from tests.factories import (
    CallFactory,
    DestinationFactory,
    MembershipFactory,
    ProgrammeFactory,
    RecordFactory,
    StudentFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def student():
    return RecordFactory().student


@pytest.fixture
def call():
    return CallFactory()


@pytest.fixture
def destinations(call):
    return DestinationFactory.create_batch(3, call=call)


@pytest.fixture
def application(student, call, destinations):
    """A draft with every answer given."""
    return written(student, call, destinations)


def written(student, call, destinations, **other):
    draft = drafts.start_draft(call=call, at=timezone.now(), by=student.user)
    content = {
        "term": "first",
        "wants_grant": True,
        "preferences": [destination.pk for destination in destinations],
    }
    return drafts.save_draft(
        application=draft, content=content | other, seen_version=draft.draft_version, by=student.user
    )


def submit(application, at=None, seen=None, by=None, conduct=applications.CONDUCT_VERSION):
    return applications.submit(
        application=application,
        conduct=conduct,
        seen_version=application.draft_version if seen is None else seen,
        at=at or timezone.now(),
        by=by or application.student.user,
    )


@pytest.mark.clause("6.3")
def test_what_was_written_becomes_the_application(application, destinations):
    submission = submit(application)
    application.refresh_from_db()
    assert (application.state, application.term, application.draft) == ("submitted", "first", {})
    assert [(p.order, p.destination) for p in application.preferences.all()] == list(enumerate(destinations, 1))
    assert submission.content["preferences"] == [destination.code for destination in destinations]
    assert submission.sha256 == case.sha256(submission.content)
    entry = LogEntry.objects.get(action="submit")
    assert (entry.actor, entry.clause, entry.data) == (application.student.user, "6.3", {"number": 1})


@pytest.mark.clause("16.1")
def test_the_code_of_conduct_is_kept_with_its_version(application):
    submit(application)
    application.refresh_from_db()
    assert application.conduct_version == applications.CONDUCT_VERSION


@pytest.mark.clause("5.1")
def test_the_facts_are_copied_as_they_stand(call, destinations):
    student = StudentFactory(earlier_grant=True, barred_until_year=call.academic_year)
    old = RecordFactory(student=student, as_of=timezone.now() - datetime.timedelta(days=400))
    new = RecordFactory(student=student)
    application = written(student, call, destinations)
    submit(application)
    application.refresh_from_db()
    assert old != new == application.record
    assert application.earlier_grant
    assert application.barred
    assert application.will_meet_requirements


@pytest.mark.clause("6.4")
@pytest.mark.parametrize(("until", "barred"), [(None, False), (2026, False), (2027, True), (2028, True)])
def test_a_late_withdrawal_bars_the_years_that_it_says(call, destinations, until, barred):
    student = RecordFactory(student__barred_until_year=until).student
    application = written(student, call, destinations)
    submit(application)
    application.refresh_from_db()
    assert (call.academic_year, application.barred) == (2027, barred)


@pytest.mark.clause("5.3")
@pytest.mark.parametrize(("done", "enrolled", "will"), [("90", "29.5", False), ("90", "30", True), ("120", "0", True)])
def test_credits_enrolled_in_count_towards_the_requirements(call, destinations, done, enrolled, will):
    record = RecordFactory(first_cycle_ects=Decimal(done), enrolled_first_cycle_ects=Decimal(enrolled))
    application = written(record.student, call, destinations)
    submit(application)
    application.refresh_from_db()
    assert application.will_meet_requirements is will


@pytest.mark.clause("4.2")
@pytest.mark.parametrize(
    ("facts", "eligible"),
    [
        ({"nationality": "PT"}, True),
        ({"nationality": "BR"}, False),
        ({"nationality": "BR", "residence_permit_until": datetime.date(2100, 1, 1)}, True),
        ({"nationality": "BR", "residence_permit_until": datetime.date(2020, 1, 1)}, False),
        ({"nationality": "SY", "refugee_or_stateless": True}, True),
    ],
)
def test_grant_eligibility_follows_from_the_student(call, destinations, facts, eligible):
    student = StudentFactory(**facts)
    RecordFactory(student=student)
    application = written(student, call, destinations)
    submit(application)
    application.refresh_from_db()
    assert application.grant_eligible is eligible


def test_the_receipt_goes_by_mail_in_the_students_language(call, destinations):
    student = RecordFactory(student__user__language="pt").student
    submission = submit(written(student, call, destinations))
    message = Message.objects.get(template="receipt")
    assert message.recipient == student.user
    assert message.subject == f"Candidatura submetida: {call.name}"
    assert submission.receipt in message.body
    assert [f"{n}. {d.institution.name}" in message.body for n, d in enumerate(destinations, 1)] == [True] * 3


@pytest.mark.parametrize(
    ("missing", "field"),
    [({"term": ""}, "term"), ({"preferences": []}, "preferences")],
)
def test_what_is_missing_is_said_beside_its_field(student, call, destinations, missing, field):
    application = written(student, call, destinations, **missing)
    with pytest.raises(ValidationError) as refused:
        submit(application)
    assert list(refused.value.message_dict) == [field]
    application.refresh_from_db()
    assert (application.state, Submission.objects.count()) == ("draft", 0)


@pytest.mark.clause("16.1")
@pytest.mark.parametrize("accepted", ["", "2010"])
def test_the_code_of_conduct_in_force_must_be_accepted(application, accepted):
    with pytest.raises(ValidationError) as refused:
        submit(application, conduct=accepted)
    assert list(refused.value.message_dict) == ["conduct"]


def test_without_a_record_the_office_must_be_asked(call, destinations):
    application = written(StudentFactory(), call, destinations)
    with pytest.raises(ValidationError, match="no academic record"):
        submit(application)


@pytest.mark.clause("1")
def test_a_student_moved_back_to_the_first_cycle_is_refused(application):
    type(application.student).objects.update(curricular_year=3)
    with pytest.raises(ValidationError, match=r"Art\. 1"):
        submit(application)


@pytest.mark.clause("6.3")
def test_a_place_that_vanished_since_is_named(application, destinations):
    destinations[1].places = 0
    destinations[1].save()
    with pytest.raises(ValidationError, match=destinations[1].institution.name):
        submit(application)


@pytest.mark.clause("6.1")
class TestDeadline:
    def test_the_last_instant_counts(self, application):
        last = application.call.closes_at - datetime.timedelta(microseconds=1)
        assert submit(application, at=last).at == last

    def test_the_deadline_itself_is_too_late_and_the_draft_is_kept(self, application):
        with pytest.raises(ValidationError, match=r"deadline was .*What you wrote is kept"):
            submit(application, at=application.call.closes_at)
        application.refresh_from_db()
        assert (application.state, application.draft["term"]) == ("draft", "first")

    def test_a_request_that_arrived_before_an_early_closing_but_came_second_is_refused(self, application):
        now = timezone.now()
        type(application.call).objects.update(state="closed", closed_at=now)
        with pytest.raises(ValidationError, match="deadline was"):
            submit(application, at=now - datetime.timedelta(seconds=1))


class TestAgain:
    def test_a_double_click_is_one_submission(self, application):
        first = submit(application)
        second = submit(application)
        assert first == second
        assert Message.objects.count() == 1

    def test_a_change_is_a_new_version_and_the_old_one_stays(self, application, destinations):
        first = submit(application)
        application.refresh_from_db()
        changed = drafts.save_draft(
            application=application,
            content={"preferences": [destinations[2].pk]},
            seen_version=application.draft_version,
            by=application.student.user,
        )
        second = submit(changed)
        assert (first.number, second.number) == (1, 2)
        assert first.receipt != second.receipt
        assert [p.destination for p in application.preferences.all()] == [destinations[2]]
        assert Submission.objects.get(number=1).content["preferences"] == [d.code for d in destinations]

    def test_changing_back_to_the_same_is_the_same_submission(self, application, destinations):
        first = submit(application)
        student = application.student.user
        application.refresh_from_db()
        for order in ([0], [0, 1, 2]):
            application = drafts.save_draft(
                application=application,
                content={"preferences": [destinations[index].pk for index in order]},
                seen_version=application.draft_version,
                by=student,
            )
        assert submit(application) == first
        application.refresh_from_db()
        assert application.draft == {}

    def test_what_was_not_on_the_screen_is_not_submitted(self, application):
        drafts.save_draft(
            application=application,
            content={"term": "year"},
            seen_version=application.draft_version,
            by=application.student.user,
        )
        with pytest.raises(drafts.DraftConflict):
            submit(application)
        assert not Submission.objects.exists()


def test_nobody_submits_for_another(application):
    with pytest.raises(PermissionDenied):
        submit(application, by=StudentFactory().user)


@pytest.mark.clause("6.4")
class TestWithdrawal:
    def withdraw(self, application, at=None, by=None, reason="I was offered a job."):
        applications.withdraw(
            application=application, reason=reason, at=at or timezone.now(), by=by or application.student.user
        )

    def test_coordinators_and_office_are_told(self, application):
        office = person(Role.NMCI)
        coordinator = person(Role.COORDINATOR, application.programme)
        person(Role.COORDINATOR, ProgrammeFactory())
        MembershipFactory(
            user=UserFactory(),
            role=Role.COORDINATOR,
            programme=application.programme,
            ends_on=datetime.date(2021, 1, 1),
        )
        submit(application)
        self.withdraw(application)
        told = Message.objects.filter(template="withdrawal")
        assert {message.recipient for message in told} == {office, coordinator, application.student.user}
        assert all("I was offered a job." in message.body for message in told)
        application.refresh_from_db()
        assert application.state == "withdrawn"
        assert LogEntry.objects.get(action="withdraw").reason == "I was offered a job."

    def test_a_change_of_mind_is_possible_until_the_deadline(self, application, destinations):
        submit(application)
        self.withdraw(application)
        application.refresh_from_db()
        assert submit(application).number == 2
        application.refresh_from_db()
        assert application.state == "submitted"
        assert application.preferences.count() == 3

    def test_after_the_close_it_is_not_done_here(self, application):
        submit(application)
        with pytest.raises(ValidationError, match="The call has closed"):
            self.withdraw(application, at=application.call.closes_at)
        application.refresh_from_db()
        assert application.state == "submitted"

    def test_nobody_withdraws_for_another(self, application):
        submit(application)
        with pytest.raises(PermissionDenied):
            self.withdraw(application, by=StudentFactory().user)
        assert Application.objects.get().state == "submitted"
