"""Signing in with OpenID Connect at a real provider: the way there and back, and to whose account it leads."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail

from mobility.models import LogEntry, User
from tests.factories import UserFactory
from tests.sign_in.visitor import INES, Visitor

pytestmark = pytest.mark.django_db


def confirmed(**fields) -> User:
    user = UserFactory(**fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_the_page_offers_the_provider_before_e_mail_and_password(client, openid):
    page = client.get("/account/login/").content.decode()
    assert 'action="/account/oidc/counterpart/login/?process=login"' in page
    assert page.index("Entrar com a conta da contraparte") < page.index("Ou com e-mail e palavra-passe")


def test_without_providers_it_offers_e_mail_and_password_alone(client):
    page = client.get("/account/login/").content.decode()
    assert "ways-in" not in page
    assert "Ou com e-mail" not in page


def test_whoever_is_new_is_in_with_the_name_already_there(visitor: Visitor):
    response = visitor.sign_in(**INES)
    assert response["Location"] == "/"
    user = User.objects.get(pk=visitor.signed_in_as)
    assert (user.name, user.email, user.has_usable_password()) == ("Inês Carvalho", "ines@tecnico.example", False)
    assert EmailAddress.objects.get(user=user).verified
    entry = LogEntry.objects.get(action="connect")
    assert (entry.object_type, entry.object_id, entry.actor, entry.data) == (
        "mobility.user", user.pk, user, {"provider": "counterpart"},
    )  # fmt: skip


def test_a_second_time_it_is_the_same_account_even_with_another_name_and_address(visitor: Visitor):
    visitor.sign_in(**INES)
    first = visitor.signed_in_as
    visitor.portal.logout()
    visitor.sign_in(**INES | {"name": "Inês C. Sá", "email": "other@tecnico.example"})
    assert visitor.signed_in_as == first
    assert User.objects.values_list("name", "email").get() == ("Inês Carvalho", "ines@tecnico.example")


def test_what_is_kept_of_the_claims_is_no_more_than_what_is_used(visitor: Visitor):
    visitor.sign_in(**INES, birthdate="2003-02-01", address={"locality": "Lisboa"})
    assert SocialAccount.objects.get().extra_data == {
        "name": "Inês Carvalho", "email": "ines@tecnico.example", "username": "ist1000001",
    }  # fmt: skip


def test_the_page_that_was_asked_for_comes_after(visitor: Visitor):
    assert visitor.sign_in(query={"next": "/account/email/"}, **INES)["Location"] == "/account/email/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"])
def test_nobody_is_sent_elsewhere(visitor: Visitor, elsewhere):
    assert visitor.sign_in(query={"next": elsewhere}, **INES)["Location"] == "/"


def test_the_username_that_an_import_recorded_leads_to_its_account(openid, visitor: Visitor):
    openid(institutional_id="preferred_username")
    user = confirmed(institutional_id="ist1000001", email="other@example.org")
    visitor.sign_in(**INES | {"preferred_username": "IST1000001"})
    assert visitor.signed_in_as == user.pk
    assert SocialAccount.objects.get().user == user
    assert LogEntry.objects.filter(action="connect", object_id=user.pk).count() == 1
    (letter,) = mail.outbox
    assert letter.to == ["other@example.org"]
    assert letter.subject == "A way to sign in was connected"


def test_a_provider_that_is_not_trusted_with_it_says_the_username_in_vain(visitor: Visitor):
    user = confirmed(institutional_id="ist1000001")
    visitor.sign_in(**INES)
    assert visitor.signed_in_as != user.pk


@pytest.mark.parametrize("username", ["ist1000001@other.example", "ist1000001", "x-ist1000001@tecnico.example"])
def test_a_username_of_another_scope_is_nobodys(openid, visitor: Visitor, username):
    openid(institutional_id="preferred_username", institutional_id_pattern=r"(ist\d+)@tecnico\.example")
    user = confirmed(institutional_id="ist1000001")
    visitor.sign_in(**INES | {"preferred_username": username})
    assert visitor.signed_in_as not in {None, user.pk}
    visitor.portal.logout()
    visitor.sign_in(**INES | {"sub": "another", "preferred_username": "ist1000001@tecnico.example"})
    assert visitor.signed_in_as == user.pk


def test_a_username_given_to_somebody_else_does_not_open_the_old_account(openid, visitor: Visitor):
    openid(institutional_id="preferred_username")
    user = confirmed(institutional_id="ist1000001")
    SocialAccount.objects.create(user=user, provider="counterpart", uid="of the first")
    response = visitor.sign_in(**INES)
    assert response.status_code == 403
    assert "somebody else's account" in response.content.decode()
    assert visitor.signed_in_as is None


def test_a_new_account_takes_the_username_along(openid, visitor: Visitor):
    openid(institutional_id="preferred_username")
    visitor.sign_in(**INES)
    assert User.objects.get().institutional_id == "ist1000001"


def test_an_address_alone_connects_nothing_and_the_page_says_what_to_do(visitor: Visitor):
    user = confirmed(email="ines@tecnico.example")
    response = visitor.sign_in(**INES)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Sign in the way you did before" in page
    assert "connect the counterpart&#x27;s account" in page
    assert visitor.signed_in_as is None
    assert not SocialAccount.objects.filter(user=user).exists()


def test_whoever_has_not_proved_an_address_does_not_learn_whether_it_has_an_account(visitor: Visitor):
    """Known or unknown, the same page; the one to whom the address belongs reads the difference in a letter."""
    confirmed(email="ines@tecnico.example")
    answers = []
    for claims in (INES, INES | {"sub": "8c", "email": "new@tecnico.example"}):
        response = visitor.sign_in(**claims | {"email_verified": False})
        page = visitor.portal.get(response["Location"])
        answers.append((response.status_code, response["Location"], page.content.decode().count("<p")))
        assert visitor.signed_in_as is None
        visitor.portal.logout()
    assert answers[0] == answers[1]
    assert [letter.subject for letter in mail.outbox] == ["You have an account already", "Confirm your e-mail address"]


@pytest.mark.parametrize("said", [False, "false", "no", None, "", 0, {}])
def test_an_address_that_the_provider_has_not_verified_is_confirmed_by_link(visitor: Visitor, said):
    visitor.sign_in(**INES | {"email_verified": said})
    assert visitor.signed_in_as is None
    assert not EmailAddress.objects.get().verified
    assert [letter.to for letter in mail.outbox] == [["ines@tecnico.example"]]


@pytest.mark.parametrize(("trusted", "verified"), [(True, True), (["tecnico.example"], True), (["x.example"], False)])
def test_a_provider_may_be_trusted_with_the_addresses_of_domains(openid, visitor: Visitor, trusted, verified):
    openid(verified_email=trusted)
    visitor.sign_in(**INES | {"email_verified": False})
    assert EmailAddress.objects.get().verified is verified


def test_an_account_that_was_switched_off_stays_closed(openid, visitor: Visitor):
    openid(institutional_id="preferred_username")
    visitor.sign_in(**INES)
    visitor.portal.logout()
    User.objects.update(is_active=False)
    assert visitor.sign_in(**INES)["Location"] == "/account/inactive/"
    assert visitor.sign_in(**INES | {"sub": "never seen"})["Location"] == "/account/inactive/"
    assert visitor.signed_in_as is None
