"""A coordinator with a declared conflict of interest doesn't act on that candidate; others do (Art. 2(3))."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from applications.models import Opinion
from applications.services.opinions import give_opinions
from applications.services.runs import confirm_ranking
from mobility.models import Conflict, LogEntry, Role
from mobility.services import conflicts
from mobility.workflow import TransitionRefused
from tests.factories import ApplicationFactory, EntryFactory, ProgrammeFactory, RunFactory, StudentFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.3")]


@pytest.fixture
def programme():
    return ProgrammeFactory(code="MEEC")


@pytest.fixture
def cousin(programme):
    return ApplicationFactory(student=StudentFactory(programme=programme))


def declare(coordinator, application, **other):
    fields = {"reason": "A cousin.", "by": coordinator}
    return conflicts.declare(coordinator=coordinator, student=application.student, **(fields | other))


def test_no_opinion_on_that_candidate_and_the_others_in_bulk(programme, cousin, client):
    coordinator = person(Role.COORDINATOR, programme, language="en", name="Ana")
    other = ApplicationFactory(student=StudentFactory(programme=programme), call=cousin.call)
    declare(coordinator, cousin)
    person(Role.COORDINATOR, programme, name="Bento")
    client.force_login(coordinator)

    address = reverse("candidates", args=[cousin.call.code, "MEEC"])
    told = client.post(
        address, {"value": "favourable", "application": [cousin.pk, other.pk]},
        headers={"accept-language": "en"}, follow=True,
    ).content.decode()  # fmt: skip

    assert "1 candidate was left out: you have declared a conflict of interest." in told
    assert [opinion.application for opinion in Opinion.objects.all()] == [other]
    page = client.get(reverse("candidate", args=[cousin.public_id]), headers={"accept-language": "en"})
    assert "Who can act: Bento." in page.content.decode()
    assert "Give the opinion" not in page.content.decode()
    client.post(reverse("candidate", args=[cousin.public_id]), {"value": "favourable"})
    assert Opinion.objects.count() == 1


@pytest.mark.clause("3.3.a")
def test_the_ranking_with_that_candidate_is_confirmed_by_another(programme, cousin, client):
    coordinator, colleague = person(Role.COORDINATOR, programme), person(Role.COORDINATOR, programme)
    run = RunFactory(call=cousin.call)
    figures = {"id": cousin.reference, "ects": "180", "units": 30, "enrolments": 3}
    EntryFactory(run=run, application=cousin, figures=figures)
    declare(coordinator, cousin)

    with pytest.raises(TransitionRefused, match="MEEC"):
        confirm_ranking(run=run, programme=programme, by=coordinator)
    client.force_login(coordinator)
    page = client.get(
        reverse("confirm_ranking", args=[run.public_id, "MEEC"]), headers={"accept-language": "en"}
    ).content.decode()
    assert "another coordinator or a substitute confirms it" in page
    assert "Confirm the ranking of MEEC" not in client.get("/", headers={"accept-language": "en"}).content.decode()
    confirm_ranking(run=run, programme=programme, by=colleague)
    assert run.confirmations.get().by == colleague


def test_the_office_declares_for_them_and_alone_withdraws(programme, cousin):
    coordinator, office = person(Role.COORDINATOR, programme), person(Role.NMCI)
    conflict = declare(coordinator, cousin, by=office)
    assert declare(coordinator, cousin) == conflict
    with pytest.raises(PermissionDenied):
        conflicts.withdraw(conflict=conflict, reason="Over.", by=coordinator)
    with pytest.raises(ValidationError):
        conflicts.withdraw(conflict=conflict, reason=" ", by=office)
    conflicts.withdraw(conflict=conflict, reason="Not the same person.", by=office)
    with pytest.raises(TransitionRefused):
        conflicts.withdraw(conflict=conflict, reason="Again.", by=office)
    coordinator = type(coordinator).objects.get(pk=coordinator.pk)
    assert give_opinions(applications=[cousin.pk], value="favourable", by=coordinator).written
    assert LogEntry.objects.filter(object_type="mobility.conflict").count() == 2


def test_nobody_declares_for_others_nor_without_a_reason(programme, cousin):
    coordinator = person(Role.COORDINATOR, programme)
    for stranger in (person(Role.COORDINATOR, programme), person(Role.BOARD), cousin.student.user):
        with pytest.raises(PermissionDenied):
            declare(coordinator, cousin, by=stranger)
    with pytest.raises(ValidationError):
        declare(coordinator, cousin, reason="  ")
    assert not Conflict.objects.exists()


def test_the_candidate_does_not_read_it_and_the_list_does_not_grow_in_queries(
    programme, cousin, client, counted_queries
):
    coordinator = person(Role.COORDINATOR, programme)
    declare(coordinator, cousin, reason="A very private reason.")
    client.force_login(cousin.student.user)
    assert "private" not in client.get(reverse("application", args=[cousin.public_id])).content.decode()
    client.force_login(person(Role.NMCI))
    few = counted_queries(client, reverse("conflicts"))
    for _ in range(5):
        declare(coordinator, ApplicationFactory(student=StudentFactory(programme=programme)))
    assert counted_queries(client, reverse("conflicts")) == few
