"""A person with several roles has one in use: which pages there are, what one may do, and what the record says."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from mobility.models import Acting, Membership, Power, Role, User
from mobility.permissions import homologates_results
from tests.factories import (
    ApplicationFactory,
    MembershipFactory,
    ProgrammeFactory,
    StudentFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 8, 10)
PERIOD = {"starts_on": datetime.date(2026, 8, 3), "ends_on": datetime.date(2026, 8, 16)}


@pytest.fixture(autouse=True)
def _in_august():
    with time_machine.travel(datetime.datetime(2026, 8, 10, 12, tzinfo=datetime.UTC), tick=False):
        yield


def delegation(board, delegate, *powers, **dates):
    return MembershipFactory(
        user=delegate, role=Role.BOARD, on_behalf_of=board, powers=list(powers), **(PERIOD | dates), given_by=board
    )


def of(email):
    return User.objects.get(email=email)


def get(client, address):
    return client.get(address, headers={"accept-language": "en"})


def two_hats():
    """A student of one programme who coordinates another."""
    student = StudentFactory(programme=ProgrammeFactory(code="MEEC"), user__language="en").user
    MembershipFactory(user=student, role=Role.COORDINATOR, programme=ProgrammeFactory(code="MEFT"))
    return student


def test_whoever_has_several_roles_chooses_first_and_then_goes_on(client):
    client.force_login(two_hats())

    sent = get(client, "/calls/?x=1")
    assert sent["Location"] == "/role/?next=%2Fcalls%2F%3Fx%3D1"
    page = get(client, sent["Location"]).content.decode()
    assert "Act as: Student" in page
    assert "Act as: Mobility coordinator" in page
    assert "MEFT" in page
    chosen = client.post("/role/", {"put_on": "coordinator", "next": "/calls/?x=1"})
    assert chosen["Location"] == "/calls/?x=1"
    header = get(client, "/calls/").content.decode()
    assert "<strong>Mobility coordinator</strong>" in header
    assert "Change role" in header


def test_the_role_used_last_comes_first_the_next_time(client):
    someone = two_hats()
    client.force_login(someone)
    client.post("/role/", {"put_on": "coordinator"})
    client.logout()
    client.force_login(of(someone.email))

    page = get(client, "/role/").content.decode()

    assert page.index("Act as: Mobility coordinator") < page.index("Act as: Student")


def test_whoever_has_one_role_is_asked_nothing(client):
    client.force_login(person(Role.NMCI, language="en"))
    page = get(client, "/").content.decode()
    assert "Change role" not in page
    assert 'name="shown_as"' not in page


def test_the_role_in_use_limits_what_one_sees_and_may(client):
    someone = two_hats()
    theirs = ApplicationFactory(programme=ProgrammeFactory(code="MEFT"))
    own = ApplicationFactory(student=someone.student)
    client.force_login(someone)

    client.post("/role/", {"put_on": "student"})
    assert get(client, "/coordination/").status_code == 403
    assert get(client, reverse("application", args=[own.public_id])).status_code == 200
    assert get(client, reverse("application", args=[theirs.public_id])).status_code == 404
    client.post("/role/", {"put_on": "coordinator"})
    assert get(client, "/coordination/").status_code == 200
    assert get(client, "/record/").status_code == 403
    assert get(client, reverse("application", args=[own.public_id])).status_code == 404
    assert get(client, reverse("application", args=[theirs.public_id])).status_code == 200
    # Outside a request nobody has chosen: every role counts.
    assert Application.objects.visible_to(of(someone.email)).count() == 2


def test_a_form_sent_under_another_role_does_nothing_and_can_be_sent_again(client):
    someone = two_hats()
    theirs = ApplicationFactory(programme=ProgrammeFactory(code="MEFT"))
    client.force_login(someone)
    client.post("/role/", {"put_on": "coordinator"})
    address = reverse("candidate", args=[theirs.public_id])
    assert 'name="shown_as" value="coordinator"' in get(client, address).content.decode()
    client.post("/role/", {"put_on": "student"})

    typed = {"value": "favourable", "reason": "Because <so>", "shown_as": "coordinator"}
    refused = client.post(address, typed, headers={"accept-language": "en"})

    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Another role is in use now" in page
    assert 'name="reason" value="Because &lt;so&gt;"' in page
    assert not theirs.opinions.exists()
    client.post(address, {"value": "favourable", "reason": "Because <so>", "put_on": "coordinator"})
    assert theirs.opinions.get().reason == "Because <so>"
    assert "<strong>Mobility coordinator</strong>" in get(client, address).content.decode()


def test_a_form_of_htmx_is_sent_to_the_choice(client):
    client.force_login(two_hats())
    client.post("/role/", {"put_on": "student"})
    answer = client.post(
        "/calls/none/apply/",
        headers={"hx-request": "true", "x-shown-as": "coordinator", "hx-current-url": "http://testserver/calls/?q=1"},
    )
    assert answer["HX-Redirect"] == "/role/?next=%2Fcalls%2F%3Fq%3D1"


@pytest.mark.clause("2.3")
def test_a_role_that_ends_at_midnight_in_lisbon_is_taken_off_with_a_word(client):
    someone = two_hats()
    someone.memberships.update(ends_on=TODAY)
    MembershipFactory(user=someone, role=Role.AUDITOR)
    # 23:59 in Lisbon is 22:59 UTC in summer.
    with time_machine.travel(datetime.datetime(2026, 8, 10, 22, 59, 59, tzinfo=datetime.UTC), tick=False):
        client.force_login(someone)
        client.post("/role/", {"put_on": "coordinator"})
        assert get(client, "/coordination/").status_code == 200
    with time_machine.travel(datetime.datetime(2026, 8, 10, 23, 0, tzinfo=datetime.UTC), tick=False):
        moved = client.get("/coordination/", headers={"accept-language": "en"}, follow=True)
        assert "The role that you were using has ended" in moved.content.decode()
        assert moved.request["PATH_INFO"] == "/role/"
        refused = client.post("/calls/", {"shown_as": "coordinator"}, headers={"accept-language": "en"})
        assert refused.status_code == 409
        assert "That role isn't yours any more" in refused.content.decode()


@pytest.mark.parametrize("key", ["board", "", "coordinator.999", "nobody"])
def test_a_role_that_one_does_not_have_is_not_put_on(client, key):
    client.force_login(two_hats())
    told = client.post("/role/", {"put_on": key}, headers={"accept-language": "en"}, follow=True)
    assert "You don&#x27;t have this role today" in told.content.decode()
    assert get(client, "/board/").status_code == 302


def test_one_goes_on_to_this_portal_alone(client):
    client.force_login(two_hats())
    answer = client.post("/role/", {"put_on": "student", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_the_record_is_told_the_role_in_use():
    someone = two_hats()
    assert someone.acting == Acting()
    someone.hat = someone.hats[1]
    assert someone.acting == Acting(Role.COORDINATOR)
    assert person(Role.NMCI).acting == Acting(Role.NMCI)
    assert UserFactory().acting == Acting()


@pytest.mark.clause("2.1")
def test_a_delegate_has_the_powers_of_the_delegation_while_the_delegator_is_in_office():
    board, delegate = person(Role.BOARD), UserFactory()
    delegation(board, delegate, Power.HOMOLOGATE)
    assert homologates_results.test(of(delegate.email))
    assert of(delegate.email).acting == Acting(Role.BOARD, board)
    assert not of(delegate.email).holds_itself(Role.BOARD)

    board.memberships.update(ends_on=TODAY - datetime.timedelta(days=1))
    assert not homologates_results.test(of(delegate.email))
    assert of(delegate.email).hats == []


@pytest.mark.clause("2.1")
def test_a_power_that_is_not_delegated_is_not_there():
    board, delegate = person(Role.BOARD), UserFactory()
    delegation(board, delegate, Power.DISPATCHES)
    assert of(delegate.email).has_role(Role.BOARD)
    assert not homologates_results.test(of(delegate.email))
    assert homologates_results.test(board)


@pytest.mark.clause("2.1")
def test_a_delegation_is_over_from_the_instant_at_which_it_is_revoked():
    board, delegate = person(Role.BOARD), UserFactory()
    row = delegation(board, delegate, Power.HOMOLOGATE)
    row.revoked_at = timezone.now()
    row.save()
    assert not of(delegate.email).hats
    # It gave something for a part of the day, and the days before.
    assert Membership.objects.held(TODAY).filter(pk=row.pk).exists()
    assert Membership.objects.in_force(TODAY - datetime.timedelta(days=1)).filter(pk=row.pk).exists()
    assert not Membership.objects.held(TODAY + datetime.timedelta(days=1)).filter(pk=row.pk).exists()


@pytest.mark.clause("2.3")
def test_a_substitute_coordinates_what_the_absent_one_does():
    programme, other = ProgrammeFactory(code="MEEC"), ProgrammeFactory(code="MEFT")
    absent, substitute = person(Role.COORDINATOR, programme), UserFactory()
    for each in (programme, other):
        MembershipFactory(
            user=substitute, role=Role.COORDINATOR, programme=each, on_behalf_of=absent, given_by=absent, **PERIOD
        )
    # The other programme isn't the absent one's, so there is nothing to stand in for.
    found = of(substitute.email)
    assert found.coordinated_programme_ids == {programme.pk}
    assert found.acting == Acting(Role.COORDINATOR, absent)
    assert found.stands_in_for(Role.COORDINATOR, programme.pk) == absent


def test_roles_take_one_query_a_request(client, django_assert_num_queries):
    board, someone = person(Role.BOARD), two_hats()
    delegation(board, someone, Power.HOMOLOGATE)
    found = of(someone.email)
    with django_assert_num_queries(2):
        assert [hat.key for hat in found.hats] == ["student", "coordinator", f"board.{board.pk}"]
        assert found.has_role(Role.BOARD)
