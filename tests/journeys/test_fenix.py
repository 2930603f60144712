"""Through Fénix and back in a real browser; Fénix runs in a process of its own."""

import pytest
from playwright.sync_api import Page, expect

from mobility.models import Job, Student
from mobility.tasks import run_job
from tests.factories import ProgrammeFactory
from tests.journeys.browser import check_readable

pytestmark = pytest.mark.django_db(transaction=True)

INES, OPEN_QUESTIONS, DOWN = "ist1100001", "ist1100002", "ist1100005"


@pytest.fixture(autouse=True)
def _programmes():
    for code in ("MEIC-A", "MA"):
        ProgrammeFactory(code=code)


def come_through(page: Page, username: str) -> None:
    page.goto("/account/login/?next=/record/")
    page.get_by_role("button", name="Entrar com Fénix").click()
    page.get_by_role("link", name=username).click()
    # Whoever is new takes note of the privacy notice.
    page.get_by_role("button", name="Tomei conhecimento").click()


def work() -> None:
    for job in Job.objects.filter(state="queued", kind="fenix"):
        run_job(job.pk)


def test_a_student_finds_the_record_there(page, fenix):
    come_through(page, INES)

    expect(page.get_by_role("heading", level=1)).to_have_text("O meu percurso académico")
    expect(page.get_by_text("O teu percurso está a chegar do Fénix")).to_be_visible()
    check_readable(page)

    work()
    # The page looks again by itself.
    expect(page.get_by_role("rowheader", name="Aprendizagem Apre")).to_be_visible()

    page.get_by_label("Nacionalidade").select_option("CV")
    page.get_by_role("button", name="Registar a minha nacionalidade").click()
    expect(page.get_by_text("a tua nacionalidade ficou registada")).to_be_visible()
    assert Student.objects.get().nationality == "CV"
    check_readable(page)

    page.get_by_role("button", name="Atualizar o meu percurso a partir do Fénix").click()
    page.get_by_role("link", name=INES).click()
    expect(page.get_by_text("foi pedido ao Fénix")).to_be_visible()
    work()
    expect(page.get_by_text("nada mudou")).to_be_visible()


def test_without_javascript_and_with_open_questions(page_without_javascript, fenix):
    page = page_without_javascript
    come_through(page, OPEN_QUESTIONS)
    work()
    page.reload()

    expect(page.get_by_role("heading", name="O que este percurso deixa em aberto")).to_be_visible()
    expect(page.get_by_text("Projecto de Arquitectura I: MB")).to_be_visible()
    expect(page.get_by_role("heading", name="Ciclo por determinar")).to_be_visible()


def test_when_fenix_does_not_answer_one_is_in_and_reads_why(page, fenix):
    come_through(page, DOWN)
    work()

    expect(page.get_by_text("O Fénix não respondeu")).to_be_visible()
    check_readable(page)
    fenix.people[DOWN]["curriculum"] = fenix.people[INES]["curriculum"]
    fenix.save()
    page.get_by_role("button", name="Atualizar o meu percurso a partir do Fénix").click()
    page.get_by_role("link", name=DOWN).click()
    work()
    expect(page.get_by_role("rowheader", name="Aprendizagem Apre")).to_be_visible()
