"""A coordinator gives opinions and confirms a ranking, with the keyboard, with and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from applications.models import Opinion
from mobility.models import Role
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    DestinationFactory,
    EntryFactory,
    ProgrammeFactory,
    RecordFactory,
    RecordUnitFactory,
    RunFactory,
    StudentFactory,
    person,
)
from tests.journeys.browser import check_readable, sign_in

NAMES = ("Ana Sousa", "Rui Lobo", "Inês Duarte")


@pytest.fixture
def programme():
    return ProgrammeFactory(code="MEIC")


@pytest.fixture
def coordinator(programme):
    return person(Role.COORDINATOR, programme, language="en", name="Helena Vasconcelos")


@pytest.fixture
def candidates(programme):
    """Three candidates whose admission hangs on the opinion, in an open call."""
    call = CallFactory(code="sms")
    places = [DestinationFactory(call=call) for _ in range(3)]
    found = []
    for name in NAMES:
        student = StudentFactory(programme=programme, user__name=name)
        record = RecordFactory(student=student, average="12.10")
        RecordUnitFactory(record=record)
        found.append(ApplicationFactory(call=call, student=student, record=record, preferences=places))
    return found


@pytest.fixture
def entry(programme):
    entry = EntryFactory(
        run=RunFactory(call__name_en="Closed call"),
        application__student__programme=programme,
        application__student__user__name="Leonor Matias",
        placement=DestinationFactory(),
        tied_with=["AAAA-BBBB"],
    )
    entry.figures |= {"ects": "180", "units": 30, "enrolments": 3}
    entry.save()
    return entry


@pytest.mark.clause("5.2")
def test_opinions_in_bulk_with_the_keyboard(page: Page, coordinator, candidates):
    sign_in(page, coordinator)
    page.goto("/coordination/")
    page.get_by_role("link", name="MEIC – Study mobility", exact=True).click()
    for name in NAMES[:2]:
        page.get_by_role("checkbox", name=f"Tick {name}").focus()
        page.keyboard.press("Space")
    expect(page.get_by_text("2 candidates ticked")).to_be_visible()
    page.get_by_role("button", name="Favourable – to all that are ticked", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("opinion recorded for 2 candidates")
    assert set(Opinion.objects.values_list("application", "value")) == {(a.pk, "favourable") for a in candidates[:2]}


def test_all_on_the_page_are_ticked_at_once(page: Page, coordinator, candidates):
    sign_in(page, coordinator)
    page.goto("/coordination/sms/MEIC/")
    page.get_by_role("checkbox", name="All on this page").check()
    expect(page.get_by_text("3 candidates ticked")).to_be_visible()


def test_without_javascript_one_button_a_row_and_a_reason(page_without_javascript: Page, coordinator, candidates):
    page = page_without_javascript
    sign_in(page, coordinator)
    page.goto("/coordination/sms/MEIC/?opinion=missing")
    page.get_by_role("button", name="Unfavourable – Rui Lobo").click()
    expect(page.get_by_role("status")).to_contain_text("opinion recorded for 1 candidate")
    expect(page.get_by_role("link", name="Rui Lobo")).to_have_count(0)
    page.get_by_role("link", name="Ana Sousa").click()
    page.get_by_label("Favourable", exact=True).check()
    page.get_by_label("Reason (optional)").fill("Solid record")
    page.get_by_role("button", name="Give the opinion").click()
    expect(page.get_by_text("Solid record").first).to_be_visible()
    assert Opinion.objects.filter(in_force=True).count() == 2


@pytest.mark.clause("3.3.a")
def test_the_ranking_is_confirmed_once_read(page: Page, coordinator, entry):
    sign_in(page, coordinator)
    page.goto("/coordination/")
    page.get_by_role("link", name="Confirm the ranking of MEIC – Closed call").click()
    expect(page.get_by_text("1 candidate in a tie drawn by lot")).to_be_visible()
    page.get_by_role("button", name="Confirm the ranking of MEIC").click()
    expect(page.get_by_text("Confirmed by Helena Vasconcelos")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm the ranking of MEIC")).to_have_count(0)
    entry.run.refresh_from_db()
    assert entry.run.state == "confirmed"


def test_every_page_is_readable(page: Page, coordinator, candidates, entry):
    sign_in(page, coordinator)
    for address in (
        "/coordination/",
        "/coordination/sms/MEIC/",
        f"/coordination/applications/{candidates[0].public_id}/",
        f"/coordination/runs/{entry.run.public_id}/MEIC/",
    ):
        page.goto(address)
        check_readable(page)
