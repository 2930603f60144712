"""Roles given and ended, delegations, substitutes, and the list of who can do what (Art. 2)."""

import datetime
import io

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from applications.services.runs import homologate
from mobility.models import LogEntry, Membership, Message, Power, Role
from mobility.services import roles, stand_ins
from mobility.workflow import TransitionRefused
from tests.factories import (
    DepartmentFactory,
    MembershipFactory,
    ProgrammeFactory,
    RunFactory,
    StudentFactory,
    UserFactory,
    give_factor,
    head_of,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def day(after):
    return timezone.localdate() + datetime.timedelta(days=after)


def give(by, **other):
    fields = {"email": "eva@example.org", "name": "Eva", "role": Role.AUDITOR, "reason": "Dispatch 7"}
    return roles.give_role(**(fields | other), by=by)


def delegate(by, email, **other):
    fields = {"powers": [Power.HOMOLOGATE], "starts_on": day(0), "ends_on": day(13), "reason": "August"}
    return stand_ins.delegate(email=email, **(fields | other), by=by)


def substitute(principal, email, *programmes, by=None, **other):
    fields = {"starts_on": day(0), "ends_on": day(13), "reason": "Leave"}
    return stand_ins.name_substitute(
        principal=principal, email=email, programmes=programmes, **(fields | other), by=by or principal
    )


def test_an_administrator_gives_a_role_with_its_reason():
    given = give(person(Role.ADMINISTRATOR), ends_on=day(30))
    assert (given.user.email, given.reason, given.ends_on) == ("eva@example.org", "Dispatch 7", day(30))
    assert LogEntry.objects.get(action="give").reason == "Dispatch 7"
    assert Message.objects.get(template="role_given").recipient == given.user


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ADMINISTRATOR])
def test_nobody_else_gives_roles(role):
    programme = [ProgrammeFactory()] if role == Role.COORDINATOR else []
    with pytest.raises(PermissionDenied):
        give(person(role, *programme))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"reason": " "}, "reason"),
        ({"role": Role.COORDINATOR}, "role"),
        ({"role": Role.DEPARTMENT}, "department"),
        ({"starts_on": datetime.date(2020, 1, 1)}, "starts_on"),
        ({"ends_on": datetime.date(2020, 1, 1)}, "ends_on"),
        ({"email": "Boss@example.org"}, "email"),
    ],
)
def test_a_role_that_can_not_be_given_is_refused_with_the_field(wrong, field):
    with pytest.raises(ValidationError) as refused:
        give(person(Role.ADMINISTRATOR, email="boss@example.org"), **wrong)
    assert list(refused.value.message_dict) == [field]
    assert Membership.objects.count() == 1


def test_the_same_role_twice_is_refused_and_of_another_department_is_another():
    boss = person(Role.ADMINISTRATOR)
    give(boss)
    with pytest.raises(ValidationError, match="already"):
        give(boss)
    for code in ("DEI", "DEM"):
        give(boss, role=Role.DEPARTMENT, department=DepartmentFactory(code=code))


def test_the_last_administrator_stays():
    boss = person(Role.ADMINISTRATOR)
    with pytest.raises(ValidationError, match="last administrator"):
        roles.end_role(membership=boss.memberships.get(), reason="Bye", by=boss)
    # Somebody whose own days are counted doesn't carry on either.
    MembershipFactory(role=Role.ADMINISTRATOR, ends_on=day(5))
    with pytest.raises(ValidationError, match="last administrator"):
        roles.end_role(membership=boss.memberships.get(), last_day=day(5), reason="Bye", by=boss)
    MembershipFactory(role=Role.ADMINISTRATOR)
    roles.end_role(membership=boss.memberships.get(), last_day=day(5), reason="Bye", by=boss)
    assert boss.memberships.get().ends_on == day(5)


def test_what_has_ended_ends_no_second_time_and_never_in_the_past():
    boss, held = person(Role.ADMINISTRATOR), MembershipFactory(role=Role.AUDITOR)
    for wrong in (day(-1), datetime.date(2019, 1, 1)):
        with pytest.raises(ValidationError):
            roles.end_role(membership=held, last_day=wrong, reason="Bye", by=boss)
    with pytest.raises(ValidationError):
        roles.end_role(membership=held, reason=" ", by=boss)
    roles.end_role(membership=held, reason="Bye", by=boss)
    with pytest.raises(TransitionRefused):
        roles.end_role(membership=held, reason="Bye", by=boss)


@pytest.mark.clause("2.1")
def test_the_board_delegates_and_revokes_and_the_other_tab_is_out(client):
    board, delegated = person(Role.BOARD), UserFactory(language="en")
    given = delegate(board, delegated.email)
    assert delegate(board, delegated.email) == given
    give_factor(delegated)
    run = RunFactory(state="confirmed")
    client.force_login(delegated)
    address = reverse("homologate", args=[run.public_id])
    assert client.get(address).status_code == 200

    roles.end_role(membership=given, reason="Back early.", by=board)

    assert client.post(address, {"decision_sha256": run.decision_sha256})["Location"].startswith("/account/login/")
    client.force_login(delegated)
    assert client.post(address, {"decision_sha256": run.decision_sha256}).status_code == 403
    run.refresh_from_db()
    assert run.state == "confirmed"


@pytest.mark.clause("2.1")
def test_a_delegate_signs_by_delegation_and_every_page_says_so(client):
    board, delegated = person(Role.BOARD, name="Helena Vaz"), UserFactory(name="Bruno Dias", language="en")
    delegate(board, delegated.email)
    run = RunFactory(state="confirmed")

    verdict = homologate(run=run, decision_sha256=run.decision_sha256, by=delegated)

    assert (verdict.by, verdict.on_behalf_of) == (delegated, board)
    entry = LogEntry.objects.get(action="homologate")
    assert (entry.actor, entry.role, entry.behalf_of) == (delegated, "board", board)
    client.force_login(board)
    for name in ("homologate", "run"):
        page = client.get(reverse(name, args=[run.public_id]), headers={"accept-language": "en"}).content.decode()
        assert "Bruno Dias, by delegation of Helena Vaz" in page, name


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nobody@example.org"}, "email"),
        ({"email": "board@example.org"}, "email"),
        ({"powers": []}, "powers"),
        ({"powers": ["everything"]}, "powers"),
        ({"starts_on": datetime.date(2020, 1, 1)}, "starts_on"),
        ({"ends_on": datetime.date(2020, 1, 1)}, "ends_on"),
    ],
)
def test_a_delegation_that_can_not_be_is_refused_with_the_field(wrong, field):
    board, other = person(Role.BOARD, email="board@example.org"), UserFactory()
    with pytest.raises(ValidationError) as refused:
        delegate(board, **({"email": other.email} | wrong))
    assert list(refused.value.message_dict) == [field]
    assert Membership.objects.count() == 1


@pytest.mark.clause("2.1")
def test_a_delegate_delegates_nothing_and_only_the_delegator_revokes():
    board, delegated, third = person(Role.BOARD), UserFactory(), UserFactory()
    given = delegate(board, delegated.email, powers=Power.values)
    with pytest.raises(PermissionDenied):
        delegate(delegated, third.email)
    for other in (delegated, person(Role.BOARD), person(Role.ADMINISTRATOR), person(Role.NMCI)):
        with pytest.raises(PermissionDenied):
            roles.end_role(membership=given, reason="No", by=other)


@pytest.mark.clause("2.3")
def test_a_substitute_is_named_by_the_coordinator_or_the_office():
    programme = ProgrammeFactory(code="MEEC")
    absent, stand_in = person(Role.COORDINATOR, programme), UserFactory()
    (named,) = substitute(absent, stand_in.email, programme)
    assert substitute(absent, stand_in.email, programme) == [named]
    assert stand_in.coordinated_programme_ids == {programme.pk}
    other = UserFactory()
    substitute(absent, other.email, programme, by=person(Role.NMCI))
    for nobody in (person(Role.BOARD), stand_in, person(Role.COORDINATOR, ProgrammeFactory())):
        with pytest.raises(PermissionDenied):
            substitute(absent, other.email, programme, by=nobody)


@pytest.mark.clause("2.3")
def test_a_substitute_who_can_not_be_is_refused():
    programme, foreign = ProgrammeFactory(code="MEEC"), ProgrammeFactory(code="MEFT")
    absent = person(Role.COORDINATOR, programme, email="absent@example.org")
    someone, student = UserFactory(), StudentFactory().user
    for email, programmes in (
        ("nobody@example.org", [programme]),
        ("absent@example.org", [programme]),
        (student.email, [programme]),
        (someone.email, [foreign]),
        (someone.email, []),
    ):
        with pytest.raises(ValidationError):
            substitute(absent, email, *programmes)
    assert Membership.objects.count() == 1


def test_who_could_on_a_day_that_is_past_and_why(client):
    programme = ProgrammeFactory(code="MEEC", department=DepartmentFactory(code="DEEC"))
    office = person(Role.NMCI, language="en")
    gone = MembershipFactory(
        user__name="=SUM(1) Gone", role=Role.COORDINATOR, programme=programme,
        starts_on=datetime.date(2024, 1, 1), ends_on=datetime.date(2024, 12, 31), given_by=office,
    )  # fmt: skip
    client.force_login(office)

    def page(query, name="people"):
        return client.get(reverse(name) + query, headers={"accept-language": "en"})

    assert gone.user.name not in page("").content.decode()
    assert f"Given by {office}" in page("?on=2024-06-01").content.decode()
    assert gone.user.name in page("?on=2024-06-01&role=coordinator&programme=MEEC").content.decode()
    assert gone.user.name not in page("?on=2024-06-01&role=board").content.decode()
    assert gone.user.name not in page("?on=2025-01-01").content.decode()
    # What isn't a day is today.
    assert page("?on=yesterday&programme=NONE&role=king").status_code == 200
    answer = page("?on=2024-06-01", "people_xlsx")
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    (cell,) = [row[2] for row in sheet.iter_rows(min_row=2) if row[1].value == "MEEC"]
    assert (cell.value, cell.data_type) == ("=SUM(1) Gone", "s")


def test_a_department_sees_its_own_people_alone(client):
    mine = ProgrammeFactory(code="MEEC", department=DepartmentFactory(code="DEEC"))
    theirs = ProgrammeFactory(code="MEFT", department=DepartmentFactory(code="DF"))
    near, far = person(Role.COORDINATOR, mine), person(Role.COORDINATOR, theirs)
    client.force_login(head_of(mine.department, language="en"))
    page = client.get(reverse("people"), headers={"accept-language": "en"}).content.decode()
    assert near.email in page
    assert far.email not in page
    assert "MEFT" not in page.partition('class="filters"')[0]
    assert client.get(reverse("membership", args=[far.memberships.get().public_id])).status_code == 404


def test_ending_and_giving_by_the_pages(client):
    boss = person(Role.ADMINISTRATOR, language="en")
    client.force_login(boss)
    fields = {"email": "eva@example.org", "name": "Eva", "role": "auditor", "starts_on": day(0).isoformat()}
    refused = client.post(reverse("give_role"), fields, headers={"accept-language": "en"})
    assert refused.status_code == 422
    assert 'value="eva@example.org"' in refused.content.decode()
    client.post(reverse("give_role"), fields | {"reason": "Dispatch 7"})
    held = Membership.objects.get(role=Role.AUDITOR)
    address = reverse("membership", args=[held.public_id])
    assert client.post(address, {"reason": ""}).status_code == 422
    told = client.post(address, {"reason": "Over."}, headers={"accept-language": "en"}, follow=True).content.decode()
    assert "It is ended, and Eva has been told." in told
    assert "This role is over" in told


def test_delegations_and_substitutes_by_the_pages(client):
    programme, other = ProgrammeFactory(code="MEEC"), UserFactory(language="en")
    dates = {"starts_on": day(0).isoformat(), "ends_on": day(10).isoformat(), "reason": "Leave"}
    board, coordinator = person(Role.BOARD, language="en"), person(Role.COORDINATOR, programme, language="en")
    client.force_login(board)
    answer = client.post(reverse("delegations"), {"email": other.email, "powers": ["homologate"], **dates})
    assert answer.status_code == 302
    home = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert f"{other} acts by your delegation until" in home
    client.force_login(coordinator)
    client.post(reverse("substitutes"), {"email": other.email, "programmes": ["MEEC"], **dates})
    client.force_login(person(Role.NMCI, language="en"))
    wrong = {"principal": "who@example.org", "email": other.email, "programmes": ["MEEC"], **dates}
    refused = client.post(reverse("substitutes"), wrong, headers={"accept-language": "en"})
    assert "Nobody has an account with this address." in refused.content.decode()
    given = Membership.objects.filter(user=other)
    assert {(m.role, m.on_behalf_of) for m in given} == {("board", board), ("coordinator", coordinator)}


@pytest.mark.clause("2.1")
def test_a_delegation_of_august_is_over_in_september():
    board, delegated = person(Role.BOARD), UserFactory()
    with time_machine.travel(datetime.datetime(2027, 7, 20, 12, tzinfo=datetime.UTC), tick=False):
        delegate(board, delegated.email, starts_on=datetime.date(2027, 8, 2), ends_on=datetime.date(2027, 8, 15))
    for moment, may in (((2027, 8, 1, 22, 59), False), ((2027, 8, 1, 23, 0), True), ((2027, 8, 15, 22, 59), True),
                        ((2027, 8, 15, 23, 0), False)):  # fmt: skip
        with time_machine.travel(datetime.datetime(*moment, tzinfo=datetime.UTC), tick=False):
            delegated.forget_roles()
            assert delegated.has_power(Power.HOMOLOGATE) == may, moment
