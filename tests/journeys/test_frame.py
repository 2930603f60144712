"""The frame that all pages share: language, keyboard, what works without JavaScript, errors."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mobility.models import Call
from tests.factories import CallFactory, StudentFactory
from tests.journeys.browser import check_readable, sign_in


@pytest.fixture
def reader(page: Page):
    user = StudentFactory(user__language="pt").user
    sign_in(page, user)
    return user


def test_the_language_changes_in_place_and_is_kept(page: Page, reader):
    page.goto("/account/password/change/?next=%2F")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(re.compile(r"/account/password/change/\?next=%2F$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Change the password")
    reader.refresh_from_db()
    assert reader.language == "en"
    page.get_by_role("button", name="Português").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alterar a palavra-passe")


def test_the_first_tab_skips_to_the_content(page: Page):
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Saltar para o conteúdo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_visitors_see_open_calls_and_what_is_left_of_their_time(page_without_javascript: Page):
    page = page_without_javascript
    CallFactory(name="Aberto", closes_at=timezone.now() + datetime.timedelta(hours=5, minutes=10, seconds=30))
    CallFactory(name="Rascunho", state=Call.State.DRAFT)
    page.goto("/")
    call = page.get_by_role("listitem").filter(has_text="Aberto")
    expect(call).to_contain_text("faltam 5 horas e 10 minutos")
    expect(page.get_by_text("Rascunho")).to_have_count(0)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("5 hours and 10 minutes left")).to_be_visible()


def test_an_address_with_nothing_says_so(page: Page, complaints, reader):
    page.goto("/nothing-here/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Não há nada neste endereço")
    check_readable(page)
    assert [text for text in complaints if "404" not in text] == []
    complaints.clear()


def test_a_form_without_its_token_is_explained(page: Page, complaints):
    page.goto("/account/login/")
    page.context.clear_cookies()
    page.get_by_label("Endereço de e-mail").fill("someone@example.org")
    page.get_by_label("Palavra-passe").fill("whatever it is")
    page.get_by_role("main").get_by_role("button", name="Iniciar sessão").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("O formulário já não era válido")
    check_readable(page)
    assert [text for text in complaints if "403" not in text] == []
    complaints.clear()
