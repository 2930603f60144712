"""NMCI proposes, every department homologates, access follows the dates (Art. 2(3))."""

import datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import override

from mobility.models import Appointment, LogEntry, Membership, Message, NoticeAcceptance, Role, User
from mobility.privacy.notices import CURRENT
from mobility.services import appointments, roles, who_can
from mobility.services.appointments import Proposal
from mobility.workflow import TransitionRefused
from tests.factories import (
    AppointmentFactory,
    DepartmentFactory,
    MembershipFactory,
    ProgrammeFactory,
    UserFactory,
    give_factor,
    head_of,
    person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.3")]

DAY = datetime.date


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel(datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC), tick=False), override("en"):
        yield


@pytest.fixture
def programme():
    return ProgrammeFactory(code="MEEC", department=DepartmentFactory(code="DEEC"))


def proposal(**other):
    fields = {
        "email": "rui@example.org",
        "name": "Rui Costa",
        "starts_on": DAY(2027, 4, 1),
        "ends_on": DAY(2028, 3, 31),
        "proposed_by": "Course Coordinator",
        "proposed_on": DAY(2027, 2, 20),
        "document": "Minutes 4/2027",
    }
    return Proposal(**(fields | other))


def propose(*programmes, by=None, **other):
    return appointments.propose(proposal=proposal(**other), programmes=programmes, by=by or person(Role.NMCI))


def test_access_begins_and_ends_by_itself_at_midnight_in_lisbon(programme, client):
    (appointment,) = propose(programme)
    head = head_of(programme.department)
    assert not Membership.objects.filter(role=Role.COORDINATOR).exists()

    appointments.homologate(appointment=appointment, revision=1, by=head)

    rui = User.objects.get(email="rui@example.org")
    give_factor(rui)
    NoticeAcceptance.objects.create(user=rui, version=CURRENT.version, language="en")
    assert Message.objects.filter(recipient=rui, template="role_given").exists()
    for moment, status in (
        # Lisbon is at UTC+1 from 28 March 2027 on.
        ((2027, 3, 31, 22, 59), 403),
        ((2027, 3, 31, 23, 0), 200),
        ((2028, 3, 31, 22, 59), 200),
        ((2028, 3, 31, 23, 0), 403),
    ):
        with time_machine.travel(datetime.datetime(*moment, tzinfo=datetime.UTC), tick=False):
            client.force_login(rui)
            assert client.get("/coordination/").status_code == status, moment


def test_what_is_homologated_late_begins_on_that_day(programme):
    (appointment,) = propose(programme, starts_on=DAY(2027, 3, 1))
    with time_machine.travel(datetime.datetime(2027, 3, 9, 12, tzinfo=datetime.UTC), tick=False):
        appointments.homologate(appointment=appointment, revision=1, by=head_of(programme.department))
    assert Membership.objects.get(role=Role.COORDINATOR).starts_on == DAY(2027, 3, 9)


def test_what_is_over_is_not_homologated(programme):
    (appointment,) = propose(programme, starts_on=DAY(2027, 3, 1), ends_on=DAY(2027, 3, 8))
    with (
        time_machine.travel(datetime.datetime(2027, 3, 9, 12, tzinfo=datetime.UTC), tick=False),
        pytest.raises(ValidationError, match="last day has passed"),
    ):
        appointments.homologate(appointment=appointment, revision=1, by=head_of(programme.department))
    assert not Membership.objects.filter(role=Role.COORDINATOR).exists()


def test_a_programme_of_two_departments_waits_for_both(programme):
    other = DepartmentFactory(code="DEI")
    programme.other_departments.add(other)
    (appointment,) = propose(programme)
    first, second = head_of(programme.department), head_of(other)

    half = appointments.homologate(appointment=appointment, revision=1, by=first)
    again = appointments.homologate(appointment=appointment, revision=1, by=first)
    assert half.state == again.state == Appointment.State.PROPOSED
    assert not Membership.objects.filter(role=Role.COORDINATOR).exists()
    whole = appointments.homologate(appointment=appointment, revision=1, by=second)
    assert whole.state == Appointment.State.HOMOLOGATED
    appointments.homologate(appointment=appointment, revision=1, by=second)
    assert Membership.objects.filter(role=Role.COORDINATOR).count() == 1
    actions = (
        LogEntry.objects.filter(object_type="mobility.appointment").order_by("id").values_list("action", flat=True)
    )
    assert list(actions) == ["propose", "homologate_department", "homologate"]


def test_a_department_homologates_its_own_programmes_alone_and_nobody_themselves(programme):
    (appointment,) = propose(programme)
    strangers = [
        head_of(DepartmentFactory(code="DEM")),
        person(Role.DEPARTMENT),
        person(Role.NMCI),
        head_of(programme.department, email="rui@example.org"),
    ]
    for stranger in strangers:
        with pytest.raises(PermissionDenied):
            appointments.homologate(appointment=appointment, revision=1, by=stranger)
    assert not appointment.homologations.exists()


def test_returned_corrected_and_proposed_again_a_page_of_before_homologates_nothing(programme):
    office, head = person(Role.NMCI), head_of(programme.department)
    (appointment,) = propose(programme, by=office)
    with pytest.raises(ValidationError):
        appointments.return_proposal(appointment=appointment, reasons="  ", by=head)
    appointments.return_proposal(appointment=appointment, reasons="Which Rui?", by=head)
    assert Message.objects.filter(recipient=office, template="appointment_returned").exists()
    with pytest.raises(TransitionRefused):
        appointments.homologate(appointment=appointment, revision=1, by=head)
    appointment.refresh_from_db()
    appointments.propose_again(appointment=appointment, proposal=proposal(name="Rui B. Costa"), by=office)
    with pytest.raises(TransitionRefused, match="corrected after"):
        appointments.homologate(appointment=appointment, revision=1, by=head)
    done = appointments.homologate(appointment=appointment, revision=2, by=head)
    assert done.membership.user.name == "Rui B. Costa"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_on": DAY(2027, 3, 31)}, "ends_on"),
        ({"starts_on": DAY(2027, 2, 28)}, "starts_on"),
        ({"proposed_on": DAY(2027, 3, 2)}, "proposed_on"),
        ({"name": ""}, "name"),
        ({"document": ""}, "document"),
        ({"email": "nobody"}, None),
    ],
)
def test_a_proposal_that_can_not_be_is_refused_with_the_field(programme, wrong, field):
    with pytest.raises(ValidationError) as refused:
        propose(programme, **wrong)
    if field:
        assert list(refused.value.message_dict) == [field]
    assert not Appointment.objects.exists()


def test_twice_the_same_is_once_and_what_overlaps_is_refused(programme):
    office = person(Role.NMCI)
    assert propose(programme, by=office) == propose(programme, by=office)
    with pytest.raises(ValidationError, match="already proposed"):
        propose(programme, by=office, name="Another Name")
    appointments.homologate(appointment=Appointment.objects.get(), revision=1, by=head_of(programme.department))
    with pytest.raises(ValidationError, match="in these days already"):
        propose(programme, by=office, starts_on=DAY(2028, 3, 31), ends_on=DAY(2029, 3, 31))
    propose(programme, by=office, starts_on=DAY(2028, 4, 1), ends_on=DAY(2029, 3, 31))


def test_a_programme_without_department_asks_for_one():
    with pytest.raises(ValidationError, match="No department is set for MA"):
        propose(ProgrammeFactory(code="MA"))


def test_the_office_alone_proposes(programme):
    for other in (person(Role.ADMINISTRATOR), head_of(programme.department), person(Role.BOARD)):
        with pytest.raises(PermissionDenied):
            propose(programme, by=other)


def test_ended_early_with_its_membership_and_the_person_is_signed_out_and_told(programme, client):
    (appointment,) = propose(programme, starts_on=DAY(2027, 3, 1))
    appointments.homologate(appointment=appointment, revision=1, by=head_of(programme.department))
    held = Membership.objects.get(role=Role.COORDINATOR)
    give_factor(held.user)
    NoticeAcceptance.objects.create(user=held.user, version=CURRENT.version, language="en")
    client.force_login(held.user)
    assert client.get("/coordination/").status_code == 200

    roles.end_role(membership=held, reason="Sabbatical.", by=person(Role.NMCI))

    appointment.refresh_from_db()
    assert appointment.state == Appointment.State.ENDED
    assert client.get("/coordination/")["Location"].startswith("/account/login/")
    client.force_login(held.user)
    assert client.get("/coordination/").status_code == 403
    assert "Sabbatical." in Message.objects.get(recipient=held.user, template="role_ended").body


def test_the_pages_from_the_proposal_to_the_homologation(programme, client):
    client.force_login(person(Role.NMCI, language="en"))
    fields = {key: str(value) for key, value in vars(proposal()).items()} | {"programmes": ["MEEC"]}
    refused = client.post(reverse("propose"), fields | {"ends_on": "2027-01-01"}, headers={"accept-language": "en"})
    assert refused.status_code == 422
    assert "The last day comes before the first." in refused.content.decode()
    assert 'value="Rui Costa"' in refused.content.decode()
    client.post(reverse("propose"), fields)
    appointment = Appointment.objects.get()
    client.force_login(head_of(programme.department, language="en"))
    home = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert "Homologate or return: Rui Costa, coordinator of MEEC" in home
    address = reverse("appointment", args=[appointment.public_id])
    page = client.post(address, {"revision": "1"}, headers={"accept-language": "en"}, follow=True).content.decode()
    assert "Homologated. Rui Costa has been told." in page
    assert "homologated by" in page


def test_what_is_missing_is_on_top(programme):
    office = person(Role.NMCI)
    soon, later, nobody = (ProgrammeFactory(code=code) for code in ("SOON", "LATER", "NOBODY"))
    MembershipFactory(role=Role.COORDINATOR, programme=soon, ends_on=DAY(2027, 3, 20))
    for starts, ends in ((DAY(2026, 1, 1), DAY(2027, 3, 20)), (DAY(2027, 3, 21), DAY(2028, 3, 20))):
        MembershipFactory(role=Role.COORDINATOR, programme=later, starts_on=starts, ends_on=ends)
    # A substitute doesn't fill the gap: there is nobody to stand in for.
    MembershipFactory(role=Role.COORDINATOR, programme=nobody, on_behalf_of=UserFactory(), ends_on=DAY(2028, 1, 1))
    found = [(gap.programme.code, gap.ends_on) for gap in who_can.gaps(office, DAY(2027, 3, 1))]
    assert found == [("MEEC", None), ("NOBODY", None), ("SOON", DAY(2027, 3, 20))]
    # Seen from a day on which nobody follows the first.
    assert ("SOON", None) in [(g.programme.code, g.ends_on) for g in who_can.gaps(office, DAY(2027, 3, 21))]


def test_lists_of_people_and_appointments_take_as_many_queries_for_many(client, counted_queries, programme):
    office = person(Role.NMCI)
    client.force_login(office)

    def more(count):
        for _ in range(count):
            each = ProgrammeFactory(department=programme.department)
            AppointmentFactory(programme=each, entered_by=office)
            done = AppointmentFactory(programme=each, entered_by=office)
            appointments.homologate(appointment=done, revision=1, by=head_of(programme.department))

    more(2)
    few = [counted_queries(client, reverse(name)) for name in ("people", "appointments")]
    more(6)
    assert [counted_queries(client, reverse(name)) for name in ("people", "appointments")] == few
