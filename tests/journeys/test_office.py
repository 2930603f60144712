"""The office in a real browser: from the open call to the D'Hondt picture, on phone and desk."""

import pytest
from playwright.sync_api import Page, expect

from mobility.models import Job
from mobility.tasks import run_job
from tests.journeys.browser import check_readable, sign_in
from tests.scholarships.decided import Story


def look(page: Page) -> None:
    """Once it is there with its styles: a click doesn't wait for them."""
    page.wait_for_load_state()
    check_readable(page)


@pytest.fixture
def story():
    return Story()


@pytest.mark.clause("3.1.b")
def test_close_watch_and_read_the_result(page: Page, story, complaints):
    sign_in(page, story.office)
    page.goto("/office/")
    look(page)
    page.get_by_role("link", name="Study mobility").click()
    expect(page.get_by_role("heading", name="Demand now")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Close the call").click()
    expect(page.get_by_role("heading", name="Before you decide")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Close and decide").click()
    expect(page.get_by_role("alert")).to_contain_text("There is something to correct")
    # The browser notes the 422 with which a form comes back.
    assert [said for said in complaints if "422" not in said] == []
    complaints.clear()
    page.get_by_label("Why the call closes before its deadline").fill("The partners asked for it.")
    page.get_by_role("button", name="Close and decide").click()

    expect(page.get_by_text("Waiting for a worker").first).to_be_visible()
    look(page)
    job = Job.objects.get(kind="run")
    Job.objects.filter(pk=job.pk).update(phase="placement", progress=50)
    expect(page.locator("progress")).to_have_attribute("value", "50")
    run_job(job.pk)
    page.get_by_role("link", name="See the result").click()
    expect(page.get_by_text("0 of 2 programmes are confirmed.")).to_be_visible()
    look(page)


@pytest.mark.clause("8.6.d")
def test_every_page_of_the_result_reads_well(page: Page, story):
    sign_in(page, story.office)
    run = story.decide()
    for tab in ("Ranking", "Placements", "Grants", "Ties"):
        page.goto(f"/runs/{run.public_id}/")
        page.get_by_role("navigation", name="Result").get_by_role("link", name=tab).click()
        expect(page.locator(".tabs [aria-current]")).to_have_text(tab)
        look(page)
    page.goto(f"/runs/{run.public_id}/grants/")
    expect(page.get_by_role("img", name="D'Hondt: quotients by programme")).to_be_visible()
    for summary in ("Every quotient, as a table", "The sequence, one by one"):
        page.get_by_text(summary).click()
    look(page)
    for code in ("office/calls/sms-2027/run", "office/calls/sms-2027"):
        page.goto(f"/{code}/")
        look(page)


def test_without_javascript_the_progress_page_refreshes_itself(page_without_javascript: Page, story):
    page = page_without_javascript
    sign_in(page, story.office)
    page.goto("/office/calls/sms-2027/close/")
    page.get_by_label("Why the call closes before its deadline").fill("The partners asked for it.")
    page.get_by_role("button", name="Close and decide").click()
    expect(page.get_by_role("link", name="Refresh")).to_be_visible()
    run_job(Job.objects.get(kind="run").pk)
    expect(page.get_by_role("link", name="See the result")).to_be_visible(timeout=10_000)
