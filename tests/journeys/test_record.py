"""What was done and who read it: the auditor follows a file, an administrator opens one, its student sees both."""

import re

import pytest
from playwright.sync_api import Page, expect

from mobility.models import Role
from mobility.services.log_checks import check_log
from mobility.workflow import CALL, advance, record
from tests.factories import ApplicationFactory, CallFactory, person
from tests.journeys.browser import check_readable, sign_in


@pytest.fixture
def application():
    """Submitted, with an opinion; its call was opened by the office."""
    call, office = CallFactory(state="draft", code="sms", name_en="Study mobility"), person(Role.NMCI, name="Rui Lobo")
    advance(CALL, call, "open", by=office)
    made = ApplicationFactory(call=call, student__user__name="Ana Sousa", student__number="ist123")
    record(made, "submit", clause="6.3", from_state="draft", to_state="submitted", by=made.student.user)
    record(
        made, "opinion", clause="5.2", reason="A good year.", by=person(Role.COORDINATOR, made.programme, name="Eva")
    )
    check_log()
    return made


def test_the_auditor_follows_a_file_in_both_languages(page: Page, application):
    sign_in(page, person(Role.AUDITOR, language="en"))
    page.goto("/")
    page.get_by_role("link", name="Log", exact=True).click()
    check_readable(page)
    page.get_by_label("Kind of file").select_option(label="Application")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name=re.compile(f"history ?: {application.reference}")).first.click()
    expect(page.get_by_text(f"History of {application.reference}.")).to_be_visible()
    page.get_by_role("link", name="Coordinator's opinion given").click()
    expect(page.get_by_text("Eva · Mobility coordinator")).to_be_visible()
    expect(page.get_by_text("A good year.", exact=True)).to_be_visible()
    expect(page.get_by_text("As it was written")).to_be_visible()
    check_readable(page)
    page.goto("/log/checks/")
    expect(page.get_by_text("all 3 rows were as they were written")).to_be_visible()
    check_readable(page)

    sign_in(page, person(Role.AUDITOR, language="pt"))
    page.goto("/log/?person=Eva")
    expect(page.get_by_role("heading", level=1)).to_have_text("Registo")
    page.get_by_role("link", name="Parecer").first.click()
    expect(page.get_by_text("Eva · Coordenador de Mobilidade")).to_be_visible()
    page.get_by_role("link", name=application.reference).click()
    expect(page.get_by_role("heading", name="Histórico")).to_be_visible()


def test_an_administrator_reads_for_a_reason_and_the_student_sees_it(page: Page, application, complaints):
    sign_in(page, person(Role.ADMINISTRATOR, language="en", name="Nuno Sequeira"))
    page.goto("/")
    page.get_by_role("link", name="Student's file").click()
    page.get_by_label("Student number or e-mail address").fill("ist123")
    page.get_by_role("button", name="Open for an hour").click()
    expect(page.get_by_role("heading", name="There is something to correct")).to_be_visible()
    # The browser reports the answer to a form that isn't taken.
    complaints.clear()
    check_readable(page)
    page.get_by_label("Why the file has to be read").fill("She can't sign in and asks what was submitted.")
    page.get_by_role("button", name="Open for an hour").click()
    expect(page.get_by_role("heading", name="ist123 Ana Sousa")).to_be_visible()
    check_readable(page)
    page.get_by_role("link", name="Study mobility").click()
    expect(page.get_by_text(application.reference).first).to_be_visible()
    expect(page.get_by_role("link", name="Withdraw")).to_have_count(0)

    application.student.user.language = "en"
    sign_in(page, application.student.user)
    page.goto("/account/")
    page.get_by_role("link", name="Who read my file").click()
    expect(page.get_by_role("rowheader", name="Nuno Sequeira · Administrator")).to_be_visible()
    expect(page.get_by_text("asks what was submitted").first).to_be_visible()
    check_readable(page)

    sign_in(page, person(Role.AUDITOR, language="en"))
    page.goto("/")
    page.get_by_role("link", name="Look at 1 student's file that an administrator had opened").click()
    expect(page.get_by_role("rowheader", name="ist123 Ana Sousa")).to_be_visible()
    check_readable(page)
