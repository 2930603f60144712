"""The mobility office imports a file, with JavaScript and without."""

from playwright.sync_api import Page, expect

from mobility.models import Department
from tests.factories import person
from tests.journeys.browser import check_readable, sign_in


def choose(page: Page, content: bytes, name: str = "departamentos.csv") -> None:
    page.goto("/office/imports/")
    page.get_by_label("Departamentos").check()
    page.get_by_label("Ficheiro", exact=True).set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Ver o que mudaria").click()


def test_a_file_is_looked_at_and_imported(page: Page, complaints: list[str]):
    sign_in(page, person("nmci", language="pt"))
    page.goto("/office/imports/")
    check_readable(page)

    page.get_by_role("button", name="Ver o que mudaria").click()
    expect(page.get_by_text("É preciso escolher um ficheiro.").first).to_be_visible()
    check_readable(page)

    choose(page, b"acronym,name\nDEI,\nDEQ,x\n")
    expect(page.get_by_role("heading", name="1 coisa a corrigir; nada foi escrito")).to_be_visible()
    expect(page.get_by_role("row", name="Linha 2")).to_contain_text("a célula está vazia.")
    check_readable(page)

    choose(page, "acronym;name\nDEQ;Química\n".encode("cp1252"))
    expect(page.get_by_text("Windows-1252")).to_be_visible()
    check_readable(page)
    assert not Department.objects.exists()

    page.get_by_role("button", name="Importar 1 linha").click()
    expect(page.get_by_text("foi importado: 1 novas, 0 alteradas, 0 sem alteração.")).to_be_visible()
    assert Department.objects.get().name == "Química"

    choose(page, "acronym;name\nDEQ;Química\n".encode())
    expect(page.get_by_text("Não há nada para importar")).to_be_visible()
    check_readable(page)
    # A page that answers 422 is an error to the console, and what was meant here.
    complaints.clear()


def test_the_import_needs_no_javascript(page_without_javascript: Page):
    page = page_without_javascript
    sign_in(page, person("nmci", language="pt"))

    choose(page, b"acronym,name\nDEI,Inform\xc3\xa1tica\n")
    page.get_by_role("button", name="Importar 1 linha").click()

    expect(page.get_by_text("foi importado")).to_be_visible()
    assert Department.objects.get().code == "DEI"
