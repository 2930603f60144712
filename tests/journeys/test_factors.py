"""The second factor and sessions as people live them: an app, a passkey, a lost session, a lost phone."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache
from playwright.sync_api import Page, expect

from mobility.models import LogEntry, Role
from mobility.services import factors
from mobility.services.sessions import end_sessions
from tests.factories import CallFactory, code_for, give_factor, person
from tests.journeys.browser import check_readable, sign_in

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _no_attempts_of_before():
    cache.clear()


def official(**fields):
    """Somebody of the mobility office who reads Portuguese."""
    user = person(Role.NMCI, language="pt", **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def type_password(page: Page, user) -> None:
    page.get_by_label("Endereço de e-mail").fill(user.email)
    page.get_by_label("Palavra-passe").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Iniciar sessão", exact=True).click()


def heading(page: Page):
    return page.get_by_role("heading", level=1)


def test_an_app_is_set_up_and_used_without_javascript(page_without_javascript: Page):
    page = page_without_javascript
    user = official(factor=False)
    page.goto("/office/imports/")
    type_password(page, user)
    expect(heading(page)).to_have_text("Configurar um segundo fator")
    page.get_by_role("link", name="Configurar uma aplicação").click()
    secret = page.locator("code.hash").inner_text().replace(" ", "")
    page.get_by_label("Código da aplicação").fill("000000")
    page.get_by_role("button", name="Confirmar o código").click()
    expect(page.get_by_role("alert")).to_contain_text("Este código não está certo")
    page.get_by_label("Código da aplicação").fill(factors.code_at(secret, factors.counter_now()))
    page.get_by_role("button", name="Confirmar o código").click()

    expect(heading(page)).to_have_text("Códigos de recuperação")
    codes = page.locator(".codes code").all_inner_texts()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Descarregar como texto").click()
    kept = downloading.value.path().read_text(encoding="utf-8")
    assert all(code in kept for code in codes)
    page.get_by_role("link", name="Já os guardei, continuar").click()
    expect(heading(page)).to_contain_text("Importa")

    page.get_by_role("button", name="Sair").click()
    page.goto("/office/imports/")
    type_password(page, user)
    expect(heading(page)).to_have_text("Segundo fator")
    page.get_by_label("Código", exact=True).fill(codes[0])
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_text("Usaste um código de recuperação; restam 9.")).to_be_visible()


@pytest.fixture
def device(page: Page):
    """A device with a finger reader that knows its owner."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def allow(yes: bool) -> None:
        arguments = {"authenticatorId": made["authenticatorId"], "isUserVerified": yes}
        tools.send("WebAuthn.setUserVerified", arguments)

    return allow


def test_a_passkey_is_set_up_and_signs_in_by_itself(page: Page, device):
    user = official(factor=False)
    page.goto("/account/login/")
    type_password(page, user)
    page.get_by_role("link", name="Configurar uma chave de acesso").click()
    check_readable(page)
    device(False)
    page.get_by_label("Nome").fill("Portátil do trabalho")
    page.get_by_role("button", name="Criar a chave de acesso").click()
    expect(page.get_by_text("O dispositivo não deu nenhuma chave de acesso.")).to_be_visible()
    assert not Authenticator.objects.exists()
    device(True)
    page.get_by_role("button", name="Criar a chave de acesso").click()
    expect(heading(page)).to_have_text("Códigos de recuperação")
    check_readable(page)
    page.get_by_role("link", name="Já os guardei, continuar").click()
    expect(heading(page)).to_contain_text("Olá")

    page.get_by_role("button", name="Sair").click()
    page.goto("/account/login/?next=/office/imports/")
    page.get_by_role("button", name="Entrar com uma chave de acesso").click()
    expect(heading(page)).to_contain_text("Importa")

    page.get_by_role("button", name="Sair").click()
    page.goto("/account/login/")
    type_password(page, user)
    check_readable(page)
    page.get_by_role("button", name="Usar a chave de acesso").click()
    expect(heading(page)).to_contain_text("Olá")

    page.goto("/account/2fa/")
    expect(page.get_by_text("Portátil do trabalho")).to_be_visible()
    check_readable(page)
    page.get_by_role("link", name="Retirar Portátil do trabalho").click()
    expect(heading(page)).to_have_text("Confirma que és tu")
    page.get_by_role("link", name="Com uma chave de acesso").click()
    check_readable(page)
    page.get_by_role("button", name="Usar a chave de acesso").click()
    expect(page.get_by_text("configura outro antes de remover este")).to_be_visible()
    check_readable(page)
    assert list(LogEntry.objects.filter(action="add_factor").values_list("data", flat=True)) == [{"kind": "webauthn"}]


def test_what_was_typed_in_one_window_survives_signing_out_in_another(page_without_javascript: Page):
    page = page_without_javascript
    user = official()
    CallFactory(code="sms-2027")
    page.goto("/office/calls/sms-2027/close/")
    type_password(page, user)
    page.get_by_label("Código", exact=True).fill(code_for(user))
    page.get_by_role("button", name="Continuar").click()
    page.locator("[name=reason]").fill("Os parceiros pediram «isto» & mais.")

    other = page.context.new_page()
    other.goto("/account/")
    other.get_by_role("button", name="Sair").click()

    page.get_by_role("main").locator("form button[type=submit], form button:not([type])").last.click()
    expect(page.get_by_text("o que escreveste volta")).to_be_visible()
    type_password(page, user)
    page.get_by_label("Código", exact=True).fill(code_for(user))
    page.get_by_role("button", name="Continuar").click()
    expect(page.locator("[name=reason]")).to_have_value("Os parceiros pediram «isto» & mais.")
    expect(page.get_by_text("não foi enviado")).to_be_visible()


@pytest.mark.parametrize("language", ["pt", "en"])
def test_the_pages_of_factor_and_sessions_are_readable(page: Page, language: str):
    user = person(Role.ADMINISTRATOR, language=language, factor=False)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    sign_in(page, user)
    for address in ("/account/", "/account/2fa/", "/account/sessions/"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "pt-PT" if language == "pt" else "en")
        check_readable(page)
    page.goto("/account/2fa/totp/activate/")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").locator("button.btn-primary").click()
    expect(page.locator("img.qr")).to_be_visible()
    check_readable(page)
    give_factor(user)
    RecoveryCodes.activate(user)
    for address in (
        "/account/2fa/",
        "/account/2fa/totp/activate/",
        "/account/2fa/totp/deactivate/",
        "/account/2fa/recovery-codes/",
        "/account/2fa/recovery-codes/generate/",
        "/administration/second-factor/",
    ):
        page.goto(address)
        check_readable(page)
    end_sessions(user=user, by=None)
    page.goto("/account/login/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").locator("form button.btn-primary").first.click()
    expect(page).to_have_url(re.compile("/account/2fa/authenticate/$"))
    check_readable(page)
