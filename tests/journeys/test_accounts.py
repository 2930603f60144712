"""From sign-up to a new password, as a person lives it, and every account page as different readers see it."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from playwright.sync_api import Page, expect

from mobility.models import User
from tests.factories import CallFactory, StudentFactory, UserFactory
from tests.journeys.browser import check_readable, sign_in

PASSWORD = "correct horse battery"


def link_in(message: mail.EmailMessage) -> str:
    """The one address of the portal's account pages in the message."""
    (address,) = re.findall(r"http\S+/account/\S+", message.body)
    return address


def confirmed(**fields) -> User:
    user = UserFactory(**fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_from_sign_up_to_a_new_password(page: Page):
    page.goto("/")
    page.get_by_role("link", name="Criar conta").click()
    page.get_by_label("Nome completo").fill("Inês Carvalho")
    page.get_by_label("Endereço de e-mail").fill("Ines@Example.org")
    page.get_by_label("Palavra-passe", exact=True).fill("uma frase comprida")
    page.get_by_label("A mesma palavra-passe outra vez").fill("uma frase comprida")
    page.get_by_role("button", name="Criar a conta").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirma o teu endereço de e-mail")
    check_readable(page)

    (letter,) = mail.outbox
    assert letter.to == ["ines@example.org"]
    assert letter.subject == "Confirma o teu endereço de e-mail"
    page.goto(link_in(letter))
    check_readable(page)
    page.get_by_role("button", name="Confirmar o endereço").click()
    expect(page.get_by_text("ines@example.org está confirmado")).to_be_visible()
    assert User.objects.values("name", "email", "language").get() == {
        "name": "Inês Carvalho",
        "email": "ines@example.org",
        "language": "pt",
    }

    page.get_by_role("link", name="Esqueci-me da palavra-passe").click()
    page.get_by_label("Endereço de e-mail").fill("ines@example.org")
    page.get_by_role("button", name="Enviar a ligação").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vê o teu e-mail")
    check_readable(page)
    letter = mail.outbox[-1]
    assert letter.subject == "Escolhe uma nova palavra-passe"
    page.goto(link_in(letter))
    check_readable(page)
    page.get_by_label("Nova palavra-passe").fill("outra frase comprida")
    page.get_by_label("A mesma palavra-passe outra vez").fill("outra frase comprida")
    page.get_by_role("button", name="Alterar a palavra-passe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A palavra-passe foi alterada")
    check_readable(page)
    page.goto(link_in(letter))
    expect(page.get_by_role("heading", level=1)).to_have_text("Esta ligação não pode ser usada")
    check_readable(page)

    page.get_by_role("link", name="Iniciar sessão").click()
    page.get_by_label("Endereço de e-mail").fill("ines@example.org")
    page.get_by_label("Palavra-passe").fill("outra frase comprida")
    page.get_by_role("main").get_by_role("button", name="Iniciar sessão").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Os teus dados neste portal")
    page.get_by_role("button", name="Tomei conhecimento").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Olá, Inês Carvalho")
    page.get_by_role("button", name="Sair").click()
    expect(page.get_by_text("A sessão terminou.")).to_be_visible()


def test_a_sign_up_with_mistakes_says_what_to_correct_and_keeps_the_rest(page: Page):
    page.goto("/account/signup/")
    page.get_by_label("Nome completo").fill("Inês Carvalho")
    page.get_by_label("Endereço de e-mail").fill("ines")
    page.get_by_label("Palavra-passe", exact=True).fill("1234")
    page.get_by_role("button", name="Criar a conta").click()
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("heading")).to_have_text("Há algo a corrigir")
    check_readable(page)
    summary.get_by_role("link", name=re.compile("^Endereço de e-mail")).click()
    expect(page.get_by_label("Endereço de e-mail")).to_be_focused()
    expect(page.get_by_label("Nome completo")).to_have_value("Inês Carvalho")
    assert not User.objects.exists()


def test_nobody_learns_whether_an_address_has_an_account(page: Page):
    confirmed(email="known@example.org", language="pt")
    answers = set()
    for address in ("known@example.org", "unknown@example.org"):
        page.goto("/account/password/reset/")
        page.get_by_label("Endereço de e-mail").fill(address)
        page.get_by_role("button", name="Enviar a ligação").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Vê o teu e-mail")
        answers.add(page.get_by_role("main").inner_text())
    assert len(answers) == 1
    assert [message.subject for message in mail.outbox] == [
        "Escolhe uma nova palavra-passe",
        "Não há nenhuma conta com este endereço",
    ]


def test_the_sixth_wrong_password_has_to_wait(page: Page):
    confirmed(email="often@example.org", language="pt")
    page.goto("/account/login/")
    for _attempt in range(6):
        page.get_by_label("Endereço de e-mail").fill("often@example.org")
        page.get_by_label("Palavra-passe").fill("wrong")
        page.get_by_role("main").get_by_role("button", name="Iniciar sessão").click()
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Espera cinco minutos")


def test_a_new_address_asks_the_password_and_counts_when_confirmed(page: Page):
    user = confirmed(email="old@example.org", language="pt")
    sign_in(page, user)
    page.goto("/account/email/")
    check_readable(page)
    page.get_by_label("Novo endereço de e-mail").fill("new@example.org")
    page.get_by_role("button", name="Enviar ligação para o novo endereço").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirma que és tu")
    check_readable(page)
    page.get_by_label("Palavra-passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_text("new@example.org aguarda confirmação")).to_be_visible()
    check_readable(page)
    user.refresh_from_db()
    assert user.email == "old@example.org"
    page.goto(link_in(mail.outbox[-1]))
    page.get_by_role("button", name="Confirmar o endereço").click()
    expect(page.get_by_text("new@example.org está confirmado")).to_be_visible()
    user.refresh_from_db()
    assert user.email == "new@example.org"


@pytest.mark.parametrize("language", ["pt", "en"])
def test_account_pages_are_readable_in_both_languages(page: Page, language: str):
    CallFactory()
    page.context.add_cookies([{"name": "django_language", "value": language, "domain": "localhost", "path": "/"}])
    for address in ("/", "/account/login/", "/account/signup/", "/account/password/reset/", "/account/inactive/"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "pt-PT" if language == "pt" else "en")
        check_readable(page)
    sign_in(page, StudentFactory(user=confirmed(language=language)).user)
    for address in ("/", "/account/password/change/", "/account/logout/"):
        page.goto(address)
        check_readable(page)


def test_signing_in_brings_the_language_of_the_account(page: Page):
    confirmed(email="jane@example.org", language="en")
    page.goto("/account/login/")
    page.get_by_label("Endereço de e-mail").fill("jane@example.org")
    page.get_by_label("Palavra-passe").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Iniciar sessão").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
