"""The board decides on one page; the office publishes; everybody reads."""

import pytest
from playwright.sync_api import Page, expect

from applications.models import Confirmation, Homologation
from mobility.models import Message, Role
from tests.factories import DestinationFactory, EntryFactory, ProgrammeFactory, RunFactory, person
from tests.journeys.browser import check_readable, sign_in


@pytest.fixture
def run():
    meic = ProgrammeFactory(code="MEIC")
    run = RunFactory(state="confirmed", call__code="sms", call__name_en="Study mobility")
    for name in ("Ana Sousa", "Rui Lobo"):
        EntryFactory(
            run=run,
            application__student__programme=meic,
            application__student__user__name=name,
            placement=DestinationFactory(call=run.call),
            basis="5.5",
        )
    Confirmation.objects.create(run=run, programme=meic, by=person(Role.COORDINATOR, meic))
    return run


@pytest.mark.clause("3.1.b")
def test_homologated_published_and_read(page: Page, run):
    sign_in(page, person(Role.BOARD, language="en", name="Teresa Albuquerque"))
    page.goto("/board/")
    page.get_by_role("link", name="Homologate or return: Study mobility").click()
    expect(page.get_by_text("Ana Sousa, MEIC")).to_be_visible()
    check_readable(page)
    page.get_by_role("button", name="Homologate").click()
    expect(page.get_by_text("Homologated by Teresa Albuquerque")).to_be_visible()

    sign_in(page, person(Role.NMCI, language="en"))
    page.goto(f"/runs/{run.public_id}/publish/")
    check_readable(page)
    page.get_by_role("button", name="Publish the result").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Results")
    assert Message.objects.filter(template="result_published").count() == 2

    page.context.clear_cookies()
    page.goto("/calls/sms/results/")
    shown = run.entries.first()
    expect(page.get_by_role("rowheader", name=shown.application.reference)).to_be_visible()
    expect(page.get_by_text("Ana Sousa")).to_have_count(0)
    check_readable(page)
    page.get_by_role("link", name="Destinos").click()
    check_readable(page)


@pytest.mark.clause("3.1.b")
def test_returned_with_reasons_and_without_javascript(page_without_javascript: Page, run, complaints):
    page = page_without_javascript
    sign_in(page, person(Role.BOARD, language="en", name="Teresa Albuquerque"))
    page.goto(f"/board/runs/{run.public_id}/")
    page.get_by_text("Return to the office with reasons").click()
    page.get_by_role("button", name="Return the run").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the run is returned")
    assert [text for text in complaints if "422" not in text] == []
    complaints.clear()
    page.get_by_label("Reasons").fill("The cap of MEIC is last year's.")
    page.get_by_role("button", name="Return the run").click()
    expect(page.get_by_text("Returned by Teresa Albuquerque")).to_be_visible()
    assert Homologation.objects.get().verdict == "returned"


def test_the_queue_is_readable(page: Page, run):
    RunFactory()
    sign_in(page, person(Role.BOARD))
    page.goto("/board/")
    check_readable(page)
