"""Opinions: who may give them, until when, and what happens when two people give them at once."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from applications.models import Opinion
from applications.services.opinions import give_opinions
from mobility.models import LogEntry, Role
from mobility.workflow import TransitionRefused
from tests.factories import ApplicationFactory, CallFactory, ProgrammeFactory, RunFactory, StudentFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return ProgrammeFactory(code="MEIC")


def candidates(programme, count, call=None):
    call = call or CallFactory()
    return [ApplicationFactory(call=call, student=StudentFactory(programme=programme)) for _ in range(count)]


def in_force(application):
    return application.opinions.get(in_force=True).value


@pytest.mark.clause("5.2")
def test_many_get_the_same_opinion_in_one_press(programme):
    coordinator, chosen = person(Role.COORDINATOR, programme), candidates(programme, 3)
    given = give_opinions(applications=[a.pk for a in chosen], value="favourable", by=coordinator)
    assert len(given.written) == 3
    assert [in_force(a) for a in chosen] == ["favourable"] * 3
    assert LogEntry.objects.filter(action="opinion", actor=coordinator, clause="5.2").count() == 3


@pytest.mark.clause("2.3")
def test_one_candidate_of_another_programme_stops_all(programme):
    coordinator = person(Role.COORDINATOR, programme)
    mine, other = candidates(programme, 1) + candidates(ProgrammeFactory(code="MEC"), 1)
    with pytest.raises(PermissionDenied):
        give_opinions(applications=[mine.pk, other.pk], value="favourable", by=coordinator)
    assert not Opinion.objects.exists()


@pytest.mark.clause("2.3")
def test_an_appointment_that_has_ended_gives_no_say(programme):
    coordinator = person(Role.COORDINATOR, programme)
    coordinator.memberships.update(ends_on="2020-12-31")
    (application,) = candidates(programme, 1)
    with pytest.raises(PermissionDenied):
        give_opinions(applications=[application.pk], value="favourable", by=coordinator)


def test_the_office_gives_no_opinions(programme):
    (application,) = candidates(programme, 1)
    with pytest.raises(PermissionDenied):
        give_opinions(applications=[application.pk], value="favourable", by=person(Role.NMCI))


def test_the_newest_counts_and_the_earlier_stays(programme):
    coordinator, (application,) = person(Role.COORDINATOR, programme), candidates(programme, 1)
    give_opinions(applications=[application.pk], value="favourable", by=coordinator)
    give_opinions(applications=[application.pk], value="unfavourable", reason="Missing interview", by=coordinator)
    assert in_force(application) == "unfavourable"
    assert list(application.opinions.values_list("value", "in_force")) == [
        ("unfavourable", True),
        ("favourable", False),
    ]


def test_a_second_press_writes_nothing(programme):
    coordinator, (application,) = person(Role.COORDINATOR, programme), candidates(programme, 1)
    for _ in range(2):
        given = give_opinions(applications=[application.pk], value="favourable", by=coordinator)
    assert given.written == []
    assert application.opinions.count() == 1


def test_who_replaces_an_opinion_unseen_is_told(programme):
    first, second = person(Role.COORDINATOR, programme), person(Role.COORDINATOR, programme)
    (application,) = candidates(programme, 1)
    give_opinions(applications=[application.pk], value="favourable", seen={application.pk: None}, by=first)
    given = give_opinions(applications=[application.pk], value="unfavourable", seen={application.pk: None}, by=second)
    assert [(o.coordinator, o.value) for o in given.unseen] == [(first, "favourable")]
    assert in_force(application) == "unfavourable"
    assert application.opinions.count() == 2


def test_who_saw_the_other_opinion_is_not_told_again(programme):
    first, second = person(Role.COORDINATOR, programme), person(Role.COORDINATOR, programme)
    (application,) = candidates(programme, 1)
    (opinion,) = give_opinions(applications=[application.pk], value="favourable", by=first).written
    given = give_opinions(
        applications=[application.pk], value="unfavourable", seen={application.pk: opinion.pk}, by=second
    )
    assert given.unseen == []


@pytest.mark.parametrize("state", ["confirmed", "homologated", "published"])
def test_closed_once_the_ranking_is_confirmed(programme, state):
    coordinator, (application,) = person(Role.COORDINATOR, programme), candidates(programme, 1)
    RunFactory(call=application.call, state=state)
    with pytest.raises(TransitionRefused, match=r"already confirmed|já está confirmada"):
        give_opinions(applications=[application.pk], value="favourable", by=coordinator)
    assert not Opinion.objects.exists()


@pytest.mark.parametrize("state", ["running", "decided", "returned", "superseded"])
def test_open_while_another_run_may_still_read_them(programme, state):
    coordinator, (application,) = person(Role.COORDINATOR, programme), candidates(programme, 1)
    RunFactory(call=application.call, state=state)
    give_opinions(applications=[application.pk], value="favourable", by=coordinator)
    assert in_force(application) == "favourable"


def test_a_withdrawn_application_takes_no_opinion(programme):
    coordinator, (application,) = person(Role.COORDINATOR, programme), candidates(programme, 1)
    type(application).objects.update(state="withdrawn")
    with pytest.raises(TransitionRefused, match=application.reference):
        give_opinions(applications=[application.pk], value="favourable", by=coordinator)


def test_an_unknown_value_is_refused(programme):
    coordinator, (application,) = person(Role.COORDINATOR, programme), candidates(programme, 1)
    with pytest.raises(ValidationError):
        give_opinions(applications=[application.pk], value="maybe", by=coordinator)


def test_the_number_of_statements_does_not_grow(programme, django_assert_max_num_queries):
    coordinator = person(Role.COORDINATOR, programme)
    assert coordinator.coordinated_programme_ids
    assert coordinator.acting.role == Role.COORDINATOR
    chosen = candidates(programme, 30)
    # One more on PostgreSQL for each time that the log's turn is asked for.
    with django_assert_max_num_queries(14):
        give_opinions(applications=[a.pk for a in chosen], value="favourable", by=coordinator)
