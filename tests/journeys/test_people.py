"""The pages on people and their roles, as whoever uses them reads them: axe at both widths, light and dark."""

import pytest
from playwright.sync_api import Page, expect

from mobility.models import Role
from tests.factories import MembershipFactory, person
from tests.journeys.browser import check_readable, sign_in
from tests.permissions.world import World


@pytest.fixture
def world():
    return World()


def read_all(page: Page, who, language: str, addresses: list[str]) -> None:
    who.language = language
    sign_in(page, who)
    for address in addresses:
        assert page.goto(address).status == 200, address
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        check_readable(page)


def test_what_the_office_reads(page: Page, world, complaints):
    world.conflict()
    held, proposed = world.membership("coordinator"), world.appointment()
    addresses = ["/people/", "/people/appointments/", "/people/appointments/propose/", "/people/substitutes/"]
    addresses += [f"/people/roles/{held.public_id}/", f"/people/appointments/{proposed.public_id}/"]
    read_all(page, world.people["nmci"], "pt", [*addresses, "/coordination/conflicts/"])
    assert complaints == []


def test_what_board_department_and_administrator_read(page: Page, world, complaints):
    read_all(page, world.people["board"], "en", ["/people/delegations/"])
    read_all(page, world.people["department"], "en", [f"/people/appointments/{world.appointment().public_id}/"])
    read_all(page, world.people["administrator"], "en", ["/people/give/", "/administration/second-factor/"])
    assert complaints == []


def test_who_has_two_roles_chooses_one_and_sees_it(page: Page, complaints):
    both = person(Role.NMCI, language="pt")
    MembershipFactory(user=both, role=Role.AUDITOR)
    sign_in(page, both)
    page.goto("/office/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Em que papel quer agir agora?")
    check_readable(page)
    page.get_by_role("button", name="Agir como: Auditor").click()
    expect(page.get_by_role("banner")).to_contain_text("Auditor")
    expect(page.get_by_role("link", name="Mudar de papel")).to_be_visible()
    assert complaints == []
