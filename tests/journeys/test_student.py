"""A student's way from the call to the receipt: by keyboard, without JavaScript, on a phone; and the result."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from applications.models import Application
from applications.services import applications, drafts
from tests.factories import CallFactory, DestinationFactory, RecordFactory, RecordUnitFactory
from tests.journeys.browser import check_readable, sign_in
from tests.permissions.world import World


@pytest.fixture
def student(transactional_db):
    return RecordFactory(student__user__language="pt").student


@pytest.fixture
def call(transactional_db):
    call = CallFactory(code="estudos", name="Mobilidade de estudos")
    for name in ("Aalto", "Delft", "Lund"):
        DestinationFactory(call=call, institution__name=name)
    return call


@pytest.fixture
def draft(student, call):
    return drafts.start_draft(call=call, at=timezone.now(), by=student.user)


def chosen(page: Page):
    return page.locator(".ordering li strong")


def press(page: Page, name: str, role: str = "button"):
    """Reach a control by its name and press it from the keyboard."""
    control = page.get_by_role(role, name=name, exact=True)
    control.focus()
    expect(control).to_be_focused()
    page.keyboard.press("Enter")


def test_applying_with_the_keyboard_alone(page: Page, student, call):
    sign_in(page, student.user)
    page.goto("/calls/estudos/")
    expect(page.get_by_text("Sim. Com o percurso de hoje, a tua candidatura seria admitida.")).to_be_visible()
    press(page, "Começar a candidatura")
    page.get_by_role("radio", name="1.º semestre").focus()
    page.keyboard.press("Space")
    expect(page.locator("#saved")).to_contain_text("Guardado em")
    press(page, "Guardar e escolher destinos")
    for name in ("Lund", "Aalto"):
        press(page, f"Juntar {name}")
        expect(chosen(page).last).to_have_text(name)
    press(page, "Subir Aalto")
    expect(chosen(page)).to_have_text(["Aalto", "Lund"])
    expect(page.locator("#announcement")).to_have_text("Aalto está agora em 1.º de 2.")
    # The focus stays on the button that was pressed, which can do nothing more.
    expect(page.get_by_role("button", name="Subir Aalto")).to_be_focused()
    page.keyboard.press("Enter")
    expect(chosen(page)).to_have_text(["Aalto", "Lund"])
    press(page, "Conferir e submeter", role="link")
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    press(page, "Submeter a candidatura")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recibo")
    receipt = Application.objects.get().submissions.get().receipt
    expect(page.locator(".receipt-code")).to_contain_text(receipt)


def test_applying_without_javascript(page_without_javascript: Page, student, call, complaints):
    page = page_without_javascript
    sign_in(page, student.user)
    page.goto("/calls/estudos/")
    page.get_by_role("button", name="Começar a candidatura").click()
    page.get_by_role("radio", name="Ano completo").check()
    page.get_by_role("button", name="Guardar e escolher destinos").click()
    page.get_by_label("Universidade, cidade ou país").fill("lund")
    page.get_by_role("button", name="Procurar").click()
    page.get_by_role("button", name="Juntar Lund").click()
    page.get_by_role("link", name="Mostrar tudo").click()
    page.get_by_role("button", name="Juntar Delft").click()
    page.get_by_role("button", name="Subir Delft").click()
    expect(chosen(page)).to_have_text(["Delft", "Lund"])
    page.get_by_role("button", name="Retirar Lund").click()
    expect(chosen(page)).to_have_text(["Delft"])
    page.get_by_role("link", name="Conferir e submeter").first.click()
    page.get_by_role("button", name="Submeter a candidatura").click()
    expect(page.get_by_role("alert")).to_contain_text("Aceita o código de conduta")
    complaints.clear()  # the browser notes the answer's status, 422
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Submeter a candidatura").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recibo")
    assert Application.objects.get().state == "submitted"


def test_dragging_a_destination_to_its_place(page: Page, draft, student):
    order = list(draft.call.destinations.order_by("institution__sort_name").values_list("pk", flat=True))
    drafts.save_draft(application=draft, content={"preferences": order}, seen_version=0, by=student.user)
    sign_in(page, student.user)
    page.goto(reverse("edit_destinations", args=[draft.public_id]))
    handle = page.locator(".ordering li").nth(2).locator(".handle").bounding_box()
    target = page.locator(".ordering li").nth(0).bounding_box()
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 10, target["y"] + 2, steps=8)
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.mouse.up()
    expect(chosen(page)).to_have_text(["Lund", "Aalto", "Delft"])
    draft.refresh_from_db()
    assert draft.draft["preferences"] == [order[2], order[0], order[1]]


def test_two_windows_do_not_overwrite_each_other(page: Page, draft, student):
    sign_in(page, student.user)
    other = page.context.new_page()
    for window in (page, other):
        window.goto(reverse("edit_destinations", args=[draft.public_id]))
    page.get_by_role("button", name="Juntar Lund").click()
    expect(chosen(page)).to_have_text(["Lund"])
    other.get_by_role("button", name="Juntar Delft").click()
    expect(other.get_by_text("Isto não foi guardado")).to_be_visible()
    other.get_by_role("link", name="Carregar o que está guardado").click()
    expect(chosen(other)).to_have_text(["Lund"])


def test_every_page_is_readable_on_phone_and_desk_in_light_and_dark(page: Page, draft, student):
    RecordUnitFactory(record=student.records.get())
    order = list(draft.call.destinations.values_list("pk", flat=True))
    saved = drafts.save_draft(
        application=draft, content={"term": "first", "preferences": order}, seen_version=0, by=student.user
    )
    sign_in(page, student.user)
    before = ["application", "edit_period", "edit_destinations", "review"]
    for name in before:
        page.goto(reverse(name, args=[draft.public_id]))
        check_readable(page)
    applications.submit(
        application=draft,
        conduct=applications.CONDUCT_VERSION,
        seen_version=saved.draft_version,
        at=timezone.now(),
        by=student.user,
    )
    for name in ("application", "receipt", "withdraw"):
        page.goto(reverse(name, args=[draft.public_id]))
        check_readable(page)
    for address in ("/calls/", "/calls/estudos/", "/record/", "/verify/?code=abc", "/"):
        page.goto(address)
        check_readable(page)


def test_the_reason_of_a_result_is_readable(page: Page, transactional_db):
    world = World()
    sign_in(page, world.people["owner"])
    page.goto(reverse("why", args=[world.result().public_id]))
    expect(page.locator(".path li").first).to_be_visible()
    page.locator("summary").click()
    expect(page.locator("figure table .own")).to_be_visible()
    check_readable(page)
