"""A student's documents: added from a phone, with the keyboard, without JavaScript; read by those who may."""

import pytest
from playwright.sync_api import Page, expect

from mobility.models import Document, Role
from tests.factories import ApplicationFactory, RecordFactory, person
from tests.journeys.browser import check_readable, sign_in
from tests.uploaded import locked, pdf, photograph


@pytest.fixture
def student(transactional_db):
    return RecordFactory(student__user__language="pt", student__user__name="Eva Lima").student


def choose(page: Page, kind: str, name: str, content: bytes) -> None:
    page.get_by_label(kind, exact=True).check()
    page.get_by_label("Ficheiro").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": content})
    page.get_by_role("button", name="Acrescentar o documento").click()


def test_a_student_adds_documents_and_the_coordinator_reads_what_is_hers_to_read(page: Page, student, complaints):
    sign_in(page, student.user)
    page.goto("/record/")
    page.get_by_role("link", name="Os meus documentos").click()
    expect(page.get_by_text("Não acrescentaste documentos")).to_be_visible()
    check_readable(page)
    # A bad file: why, what to do, and nothing kept.
    choose(page, "Certificado de língua", "ielts.pdf", locked())
    expect(page.get_by_role("alert")).to_contain_text("O PDF pede uma palavra-passe.")
    expect(page.get_by_label("Certificado de língua")).to_be_checked()
    check_readable(page)
    assert len(complaints) == 1
    complaints.clear()  # Chromium notes every answer of 422
    choose(page, "Certificado de língua", "ielts.pdf", pdf())
    expect(page.get_by_role("status")).to_contain_text("“ielts.pdf” está agora nos teus documentos.")
    choose(page, "Autorização de residência", "autorização de residência.jpg", photograph())
    expect(page.get_by_role("row", name="autorização de residência.jpg")).to_be_visible()
    check_readable(page)
    # The coordinator finds the certificate with the candidate, and not the permit.
    application = ApplicationFactory(student=student)
    sign_in(page, person(Role.COORDINATOR, student.programme, language="pt"))
    page.goto(f"/coordination/applications/{application.public_id}/")
    section = page.get_by_role("region", name="Documentos do estudante")
    expect(section.get_by_role("row", name="Certificado de língua")).to_be_visible()
    expect(section.get_by_text("residência")).to_have_count(0)
    check_readable(page)
    with page.expect_download() as download:
        section.get_by_role("link", name="ielts.pdf").click()
    assert download.value.suggested_filename == "ielts.pdf"
    assert download.value.path().read_bytes() == pdf()


def test_without_javascript_on_a_phone(page_without_javascript: Page, student):
    page = page_without_javascript
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, student.user)
    page.goto("/record/documents/")
    choose(page, "Outro", "x" * 90 + ".pdf", pdf())
    expect(page.get_by_role("status")).to_contain_text("está agora nos teus documentos.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Retirar").click()
    page.get_by_role("button", name="Retirar o documento").click()
    expect(page.get_by_role("status")).to_contain_text("foi retirado.")
    assert not Document.objects.exists()
