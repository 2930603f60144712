"""Told once, one's data in a file, a mistake corrected: as a student lives it, and the office that answers."""

import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from playwright.sync_api import Page, expect

from mobility.models import Correction, DataExport, Role
from mobility.personal import exports
from mobility.services.messages import send_due
from mobility.tasks import run_job
from tests.factories import RecordFactory, RecordUnitFactory, StudentFactory, person
from tests.journeys.browser import check_readable, sign_in

PASSWORD = "correct horse battery"


@pytest.fixture
def student():
    student = StudentFactory(user__name="Ines Duarte", user__language="pt", user__notice=False)
    EmailAddress.objects.create(user=student.user, email=student.user.email, verified=True, primary=True)
    RecordUnitFactory(record=RecordFactory(student=student), name="Álgebra Linear")
    return student


def take_note(page: Page, student) -> None:
    sign_in(page, student.user)
    page.goto("/record/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Os teus dados neste portal")
    check_readable(page)
    page.get_by_role("link", name="Ler o aviso completo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aviso de privacidade")
    check_readable(page)
    page.go_back()
    page.get_by_role("button", name="Tomei conhecimento").click()
    expect(page).to_have_url("/record/")


def get_the_data(page: Page, student, tmp_path) -> None:
    page.goto("/account/")
    page.get_by_role("link", name="Os meus dados").click()
    page.get_by_role("button", name="Fazer o ficheiro").click()
    expect(page.get_by_text("O ficheiro está a ser preparado")).to_be_visible()
    check_readable(page)
    run_job(exports.job_of(student.user).pk)
    send_due()
    assert mail.outbox[-1].subject == "Os teus dados estão prontos para descarregar"
    page.get_by_role("link", name="Ver de novo").click()
    check_readable(page)
    page.get_by_role("link", name="Descarregar", exact=True).click()
    page.get_by_label("Palavra-passe").fill(PASSWORD)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Continuar").click()
    file = tmp_path / "data.zip"
    downloading.value.save_as(file)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "data")
    assert DataExport.objects.count() == 1


def read_it_offline(page: Page, tmp_path, complaints: list[str]) -> None:
    page.goto((tmp_path / "data" / "index.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Os teus dados no portal de mobilidade")
    expect(page.get_by_text("Álgebra Linear")).to_be_visible()
    assert complaints == []
    check_readable(page)
    # axe asks for the style sheet again, which a page from a disk may not: the browser says so.
    complaints.clear()


def ask_for_a_correction(page: Page, complaints: list[str]) -> None:
    page.goto("/account/corrections/")
    page.get_by_label("Nome", exact=True).check()
    page.get_by_role("button", name="Pedir", exact=True).click()
    expect(page.get_by_role("link", name="Diz o que deve ser.")).to_be_visible()
    # The browser reports the answer to a form that isn't taken.
    complaints.clear()
    check_readable(page)
    page.get_by_label("O que deve ser").fill("Inês Duarte")
    page.get_by_label("Porquê, e onde se pode ver").fill("O acento falta.")
    page.get_by_role("button", name="Pedir", exact=True).click()
    expect(page.get_by_text("A aguardar resposta")).to_be_visible()
    check_readable(page)


def answer_it(page: Page, office) -> None:
    sign_in(page, office)
    page.goto("/")
    page.get_by_role("link", name="Responder a pedidos de correção (1)").click()
    check_readable(page)
    page.get_by_role("link", name="Nome: Inês Duarte").click()
    expect(page.get_by_label("Novo valor")).to_have_value("Inês Duarte")
    check_readable(page)
    page.get_by_label("Fica corrigido").check()
    page.get_by_label("O que se diz à pessoa").fill("Está corrigido.")
    page.get_by_role("button", name="Responder", exact=True).click()
    expect(page.get_by_text("A resposta segue por e-mail.")).to_be_visible()
    page.get_by_role("link", name="Conservação: o que se guarda até quando").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Conservação de dados")
    check_readable(page)


def test_told_given_corrected(page: Page, student, tmp_path, complaints):
    office = person(Role.NMCI, language="pt")
    take_note(page, student)
    get_the_data(page, student, tmp_path)
    read_it_offline(page, tmp_path, complaints)
    ask_for_a_correction(page, complaints)
    answer_it(page, office)
    sign_in(page, student.user)
    page.goto(f"/corrections/{Correction.objects.get().public_id}/")
    expect(page.get_by_text("Está corrigido.")).to_be_visible()
    student.user.refresh_from_db()
    assert student.user.name == "Inês Duarte"
    page.goto("/account/delete/")
    check_readable(page)


def test_without_javascript(page_without_javascript: Page, student):
    page = page_without_javascript
    sign_in(page, student.user)
    page.goto("/record/")
    page.get_by_role("button", name="Tomei conhecimento").click()
    expect(page).to_have_url("/record/")
    ask_for_a_correction_plainly(page)
    page.goto("/account/delete/")
    page.get_by_role("button", name="Apagar a minha conta").click()
    page.get_by_label("Palavra-passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuar").click()
    page.wait_for_load_state()
    student.user.refresh_from_db()
    assert not student.user.is_active


def ask_for_a_correction_plainly(page: Page) -> None:
    page.goto("/account/corrections/")
    page.get_by_label("Nome", exact=True).check()
    page.get_by_label("O que deve ser").fill("Inês Duarte")
    page.get_by_label("Porquê, e onde se pode ver").fill("O acento falta.")
    page.get_by_role("button", name="Pedir", exact=True).click()
    expect(page.get_by_text("A aguardar resposta")).to_be_visible()
