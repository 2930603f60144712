"""Accounts: the letters in both languages, and what the forms say."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone, translation

from mobility import demonstration
from mobility.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SUBJECTS = {
    "account_already_exists": "Já tens uma conta",
    "email_changed": "O teu endereço de e-mail mudou",
    "email_confirm": "O teu endereço de e-mail está confirmado",
    "email_confirmation": "Confirma o teu endereço de e-mail",
    "email_confirmation_signup": "Confirma o teu endereço de e-mail",
    "email_deleted": "Foi removido um endereço de e-mail",
    "password_changed": "A tua palavra-passe foi alterada",
    "password_reset": "Nova palavra-passe definida",
    "password_reset_key": "Escolhe uma nova palavra-passe",
    "password_set": "Palavra-passe definida",
    "unknown_account": "Não há nenhuma conta com este endereço",
}
# These tell of something that was done, from where and when; the others ask to open a link.
NOTICES = {"email_changed", "email_confirm", "email_deleted", "password_changed", "password_reset", "password_set"}


FACTOR_SUBJECTS = {
    "recovery_codes_generated": "Foram criados novos códigos de recuperação",
    "totp_activated": "Foi configurada uma aplicação como teu segundo fator",
    "totp_deactivated": "A aplicação deixou de ser o teu segundo fator",
    "webauthn_added": "Foi acrescentada uma chave de acesso à tua conta",
    "webauthn_removed": "Foi removida uma chave de acesso da tua conta",
}


@pytest.mark.parametrize("language", ["pt", "en"])
@pytest.mark.parametrize("letter", FACTOR_SUBJECTS)
def test_letters_about_the_second_factor_say_from_where_it_was_done(rf, letter, language):
    context = {
        "timestamp": timezone.now(),
        "ip": "203.0.113.9",
        "user_agent": "Firefox",
        "current_site": {"domain": "portal.example"},
    }
    with translation.override(language):
        subject = render_to_string(f"mfa/email/{letter}_subject.txt", context).strip()
        body = render_to_string(f"mfa/email/{letter}_message.txt", context, rf.get("/")).strip()
    assert (subject == FACTOR_SUBJECTS[letter]) is (language == "pt")
    assert body.startswith("Olá," if language == "pt" else "Hello,")
    assert "203.0.113.9" in body


@pytest.mark.parametrize("language", ["pt", "en"])
@pytest.mark.parametrize("letter", SUBJECTS)
def test_letters_have_our_words_and_end_with_the_address_of_the_portal(rf, letter, language):
    context = {
        "user": UserFactory(name="Inês d'Ávila & Sá"),
        "email": "ines@example.org",
        "activate_url": "https://portal.example/LINK",
        "password_reset_url": "https://portal.example/LINK",
        "signup_url": "https://portal.example/LINK",
        "from_email": "old@example.org",
        "to_email": "new@example.org",
        "deleted_email": "old@example.org",
        "timestamp": timezone.now(),
        "ip": "203.0.113.9",
        "user_agent": "Firefox",
        "current_site": {"domain": "portal.example"},
    }
    with translation.override(language):
        subject = render_to_string(f"account/email/{letter}_subject.txt", context).strip()
        body = render_to_string(f"account/email/{letter}_message.txt", context, rf.get("/")).strip()
    assert (subject == SUBJECTS[letter]) is (language == "pt")
    assert body.startswith("Olá," if language == "pt" else "Hello,")
    assert body.endswith("http://portal.example")
    assert "&" not in body.replace("d'Ávila & Sá", "")
    notice = letter in {
        "email_changed",
        "email_confirm",
        "email_deleted",
        "password_changed",
        "password_reset",
        "password_set",
    }
    assert ("203.0.113.9" in body) is notice
    assert ("LINK" in body) is not notice


def test_a_changed_password_is_told_by_e_mail(client):
    user = UserFactory(language="pt")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.force_login(user)
    new = "outra frase comprida"
    client.post(
        "/account/password/change/",
        {"oldpassword": "correct horse battery", "password1": new, "password2": new},
        headers={"accept-language": "pt"},
    )
    user.refresh_from_db()
    assert user.check_password(new)
    (letter,) = mail.outbox
    assert letter.subject == SUBJECTS["password_changed"]
    assert letter.to == [user.email]


def test_an_unconfirmed_account_can_not_sign_in(client):
    user = UserFactory()
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    response = client.post("/account/login/", {"login": user.email, "password": "correct horse battery"})
    assert response.headers["Location"] == "/account/confirm-email/"
    assert "_auth_user_id" not in client.session


def test_an_account_that_was_switched_off_can_not_sign_in(client):
    user = UserFactory(is_active=False)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    response = client.post("/account/login/", {"login": user.email, "password": "correct horse battery"}, follow=True)
    assert "_auth_user_id" not in client.session
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"password2": "another long phrase"}, "As duas palavras-passe têm de ser iguais."),
        ({"password1": "0123456789", "password2": "0123456789"}, "inteiramente numérica"),
        ({"name": ""}, "Preenche este campo."),
        ({"email": "not an address"}, "Introduza um endereço de e-mail válido."),
    ],
)
def test_sign_up_says_what_is_wrong_and_makes_no_account(given, words):
    client = Client(headers={"accept-language": "pt"})
    data = {"name": "Inês", "email": "ines@example.org", "password1": "a long phrase", "password2": "a long phrase"}
    page = client.post("/account/signup/", data | given).content.decode()
    assert words in page
    assert "Há algo a corrigir" in page
    assert not User.objects.exists()


def test_signing_up_with_a_known_address_gives_nothing_away(client):
    user = UserFactory(email="known@example.org", language="en")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    data = {"name": "X", "email": "known@example.org", "password1": "a long phrase", "password2": "a long phrase"}
    known = client.post("/account/signup/", data)
    unknown = client.post("/account/signup/", data | {"email": "unknown@example.org"})
    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]
    assert User.objects.filter(email="known@example.org").count() == 1


def test_the_demo_lists_its_accounts_and_fills_one_in(client, settings):
    settings.DEMO = True
    content = client.get("/account/login/").content.decode()
    for email, _title in demonstration.visitors():
        assert f'href="?login={email.replace("@", "%40")}"' in content
    assert f"<code>{demonstration.PASSWORD}</code>" in content
    filled = client.get("/account/login/", {"login": demonstration.STUDENT[0]}).content.decode()
    assert f'value="{demonstration.STUDENT[0]}"' in filled
    assert f'value="{demonstration.PASSWORD}"' in filled
    stranger = client.get("/account/login/", {"login": "someone@example.org"}).content.decode()
    assert "someone@example.org" not in stranger
    assert f'value="{demonstration.PASSWORD}"' not in stranger


def test_without_demo_the_sign_in_page_knows_no_accounts(client):
    content = client.get("/account/login/", {"login": demonstration.STUDENT[0]}).content.decode()
    assert demonstration.STUDENT[0] not in content
    assert demonstration.PASSWORD not in content
    assert "demonstração" not in content
