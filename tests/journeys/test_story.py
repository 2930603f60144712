"""The whole story in a browser, each by their own sign-in: applied, judged, closed, decided by a real worker,
confirmed, homologated, published, explained, and computed again by somebody who trusts nobody."""

import subprocess
import sys
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from applications.models import Run
from mobility.models import Role, User
from tests.factories import RecordFactory, StudentFactory, code_for, person
from tests.scholarships.decided import Story

PASSWORD = "correct horse battery"


def enter(page: Page, user) -> None:
    """Sign out whoever was there and sign in at the door, as people do."""
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Palavra-passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sessão", exact=True).click()
    if user.memberships.exists():
        page.get_by_label("Código", exact=True).fill(code_for(user))
        page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Olá")


@pytest.fixture
def story(settings):
    # The worker is another process: it keeps its files where the settings say.
    settings.MEDIA_ROOT = Path(django_settings.VAR_DIR) / "media"
    story = Story()
    for user in (story.office, story.coordinator):
        user.language = "pt"
        user.save()
    story.student = StudentFactory(
        programme=story.programmes["MEEC"],
        user__name="Inês Duarte",
        user__email="ines@example.org",
        user__language="pt",
    )
    RecordFactory(student=story.student, average="14.53")
    story.other_coordinator = person(Role.COORDINATOR, story.programmes["MEFT"], language="pt")
    story.board = person(Role.BOARD, language="pt")
    for user in User.objects.all():
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return story


def apply(page: Page, story) -> None:
    enter(page, story.student.user)
    page.get_by_role("link", name="Mobilidade de estudos").first.click()
    expect(page.get_by_text("Sim. Com o percurso de hoje, a tua candidatura seria admitida.")).to_be_visible()
    page.get_by_role("button", name="Começar a candidatura").click()
    page.get_by_role("radio", name="1.º semestre").check()
    page.get_by_role("button", name="Guardar e escolher destinos").click()
    for name in ("USP", "KTH"):
        page.get_by_role("button", name=f"Juntar {name}").click()
        expect(page.locator(".ordering li strong").last).to_have_text(name)
    page.get_by_role("link", name="Conferir e submeter").first.click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Submeter a candidatura").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recibo")


def judge(page: Page, story) -> None:
    """The one candidate whose admission hangs on it: 12.20 (Art. 5(2))."""
    enter(page, story.other_coordinator)
    page.goto("/coordination/sms-2027/MEFT/?opinion=missing")
    page.get_by_role("checkbox", name="Todos os candidatos desta página").check()
    page.get_by_role("button", name="Favorável").last.click()
    expect(page.get_by_role("status").first).to_contain_text("parecer")


def close(page: Page, story) -> Run:
    enter(page, story.office)
    page.goto("/office/calls/sms-2027/close/")
    page.get_by_label("Porque encerra o concurso antes do prazo").fill("Os parceiros pediram.")
    page.get_by_role("button", name="Encerrar e decidir").click()
    # Nobody reloads: the page follows the worker to the end.
    page.get_by_role("link", name="Ver o resultado").click(timeout=90_000)
    run = Run.objects.get()
    assert run.state == "decided"
    page.goto(f"/runs/{run.public_id}/grants/")
    assert page.locator("svg.hondt text.seat").count() == run.hondt_awards.count() > 0
    return run


def confirm_homologate_publish(page: Page, story, run: Run) -> None:
    for coordinator, code in ((story.coordinator, "MEEC"), (story.other_coordinator, "MEFT")):
        enter(page, coordinator)
        page.get_by_role("link", name=f"Confirmar a seriação de {code}").click()
        page.get_by_role("button", name=f"Confirmar a seriação de {code}").click()
        expect(page.get_by_text("Confirmada por").first).to_be_visible()
    enter(page, story.board)
    page.get_by_role("link", name="Homologar ou devolver").first.click()
    expect(page.get_by_text(run.decision_sha256).first).to_be_visible()
    page.get_by_role("button", name="Homologar", exact=True).click()
    expect(page.get_by_text("Homologad").first).to_be_visible()
    enter(page, story.office)
    page.goto(f"/runs/{run.public_id}/publish/")
    page.get_by_role("button", name="Publicar o resultado").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Resultados")


def verify(page: Page, run: Run, folder: Path) -> None:
    """Download the three files and compute the decision with nothing but Python, outside the project."""
    page.context.clear_cookies()
    page.goto(f"/runs/{run.public_id}/")
    named = {}
    for name in ("case.json", "decision.json", "engine.zip"):
        with page.expect_download() as downloading:
            page.locator(f"a[href$='{name}']").first.click()
        named[name] = folder / downloading.value.suggested_filename
        downloading.value.save_as(named[name])
    checked = subprocess.run(
        [sys.executable, "-S", "-I", named["engine.zip"], named["case.json"], "--verify", named["decision.json"]],
        cwd=folder, env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.enable_socket
@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("3.1.a", "3.1.b", "3.3.a", "5.1", "5.2", "6.2", "6.3", "7.1.a", "8.6.d", "9.3.b")
def test_from_the_application_to_the_reasons(page: Page, story, workers, tmp_path):
    apply(page, story)
    judge(page, story)
    workers(django_settings.CELERY_TASK_DEFAULT_QUEUE)
    run = close(page, story)
    confirm_homologate_publish(page, story, run)
    enter(page, story.student.user)
    page.get_by_role("link", name="Porquê").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Porquê este resultado")
    expect(page.get_by_text("com média 14,53")).to_be_visible()
    expect(page.get_by_text("2.ª preferência, KTH")).to_be_visible()
    verify(page, run, tmp_path)
