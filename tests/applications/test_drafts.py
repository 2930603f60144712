"""What a student writes is saved as it is typed, and never lost."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from applications.models import Application
from applications.services import drafts
from mobility.models import LogEntry
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    DestinationFactory,
    ProgrammeFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def student():
    return StudentFactory()


@pytest.fixture
def call():
    return CallFactory()


@pytest.fixture
def draft(student, call):
    return drafts.start_draft(call=call, at=timezone.now(), by=student.user)


def save(application, by=None, seen=None, **content):
    version = application.draft_version if seen is None else seen
    by = by or application.student.user
    return drafts.save_draft(application=application, content=content, seen_version=version, by=by)


@pytest.mark.clause("6.1")
def test_starting_makes_one_application_whoever_clicks_twice(student, call):
    first = drafts.start_draft(call=call, at=timezone.now(), by=student.user)
    second = drafts.start_draft(call=call, at=timezone.now(), by=student.user)
    assert first == second
    assert (first.state, first.programme) == ("draft", student.programme)
    assert [entry.action for entry in LogEntry.objects.filter(object_type="applications.application")] == ["start"]


@pytest.mark.clause("1")
@pytest.mark.parametrize(("year", "allowed"), [(3, False), (4, True), (5, True)])
def test_a_first_cycle_student_is_refused_with_the_clause(call, year, allowed):
    student = StudentFactory(curricular_year=year)
    if allowed:
        assert drafts.start_draft(call=call, at=timezone.now(), by=student.user).pk
        return
    with pytest.raises(ValidationError, match=r"Art\. 1"):
        drafts.start_draft(call=call, at=timezone.now(), by=student.user)
    assert not Application.objects.exists()


@pytest.mark.clause("6.1")
def test_nothing_starts_before_the_opening_or_after_the_deadline(student, call):
    day = datetime.timedelta(days=1)
    with pytest.raises(ValidationError, match="opens on"):
        drafts.start_draft(call=call, at=call.opens_at - day, by=student.user)
    with pytest.raises(ValidationError, match="deadline was"):
        drafts.start_draft(call=call, at=call.closes_at, by=student.user)
    assert not Application.objects.exists()


def test_who_is_not_a_student_can_not_apply(call):
    with pytest.raises(PermissionDenied):
        drafts.start_draft(call=call, at=timezone.now(), by=UserFactory())


def test_a_part_is_saved_and_the_rest_stays(draft):
    save(draft, term="first")
    draft.refresh_from_db()
    save(draft, wants_grant=False)
    draft.refresh_from_db()
    assert (draft.draft["term"], draft.draft["wants_grant"], draft.draft_version) == ("first", False, 2)


def test_a_later_save_wins_only_if_it_saw_the_earlier_one(draft):
    save(draft, term="first")
    with pytest.raises(drafts.DraftConflict) as conflict:
        save(draft, seen=0, term="second")
    assert conflict.value.application.draft["term"] == "first"
    draft.refresh_from_db()
    assert draft.draft["term"] == "first"


def test_saying_the_same_again_is_no_conflict(draft):
    save(draft, term="first")
    again = save(draft, seen=0, term="first")
    assert again.draft_version == 1


def test_nobody_else_writes_in_it(draft):
    with pytest.raises(PermissionDenied):
        save(draft, by=StudentFactory().user, term="first")


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"term": "summer"}, "term"),
        ({"wants_grant": "perhaps"}, "wants_grant"),
        ({"preferences": "1,2"}, "preferences"),
        ({"preferences": [True]}, "preferences"),
        ({"preferences": [987654]}, "preferences"),
    ],
)
def test_what_can_never_be_submitted_is_refused_beside_its_field(draft, content, field):
    with pytest.raises(ValidationError) as refused:
        save(draft, **content)
    assert list(refused.value.message_dict) == [field]
    draft.refresh_from_db()
    assert draft.draft_version == 0


@pytest.mark.clause("6.3")
class TestPreferences:
    def refused(self, draft, *destinations):
        with pytest.raises(ValidationError) as refused:
            save(draft, preferences=[destination.pk for destination in destinations])
        return refused.value.message_dict["preferences"][0]

    def test_the_order_is_kept(self, draft):
        one, two, three = DestinationFactory.create_batch(3, call=draft.call)
        save(draft, preferences=[three.pk, one.pk, two.pk])
        draft.refresh_from_db()
        assert draft.draft["preferences"] == [three.pk, one.pk, two.pk]

    def test_no_repeats(self, draft):
        one = DestinationFactory(call=draft.call)
        assert "twice" in self.refused(draft, one, one)

    def test_not_more_than_the_call_allows(self, draft):
        assert draft.call.max_preferences == 5
        enough = DestinationFactory.create_batch(5, call=draft.call)
        save(draft, preferences=[destination.pk for destination in enough])
        draft.refresh_from_db()
        assert "at most 5" in self.refused(draft, *enough, DestinationFactory(call=draft.call))

    def test_open_to_the_programme_in_this_call_with_places(self, draft):
        others = DestinationFactory(call=draft.call, programmes=[ProgrammeFactory()], institution__name="Lund")
        assert "Lund" in self.refused(draft, others)
        full = DestinationFactory(call=draft.call, places=0, institution__name="Delft")
        assert "Delft" in self.refused(draft, full)
        assert "unknown destination" in self.refused(draft, DestinationFactory(institution__name="Elsewhere"))
        mine = DestinationFactory(call=draft.call, programmes=[draft.programme, ProgrammeFactory()])
        save(draft, preferences=[mine.pk])
        draft.refresh_from_db()
        assert draft.draft["preferences"] == [mine.pk]


def test_editing_starts_from_what_was_submitted_and_can_be_discarded():
    call = CallFactory()
    one, two = DestinationFactory.create_batch(2, call=call)
    application = ApplicationFactory(call=call, preferences=[one, two], term="first")
    assert drafts.written(application)["preferences"] == [one.pk, two.pk]
    save(application, preferences=[two.pk])
    application.refresh_from_db()
    assert drafts.written(application)["preferences"] == [two.pk]
    assert [preference.destination for preference in application.preferences.all()] == [one, two]
    drafts.discard_changes(application=application, by=application.student.user)
    application.refresh_from_db()
    assert drafts.written(application)["preferences"] == [one.pk, two.pk]


def test_a_draft_never_submitted_has_nothing_to_go_back_to(draft):
    save(draft, term="first")
    with pytest.raises(ValidationError, match="no submitted version"):
        drafts.discard_changes(application=draft, by=draft.student.user)
