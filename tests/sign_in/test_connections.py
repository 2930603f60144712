""" "Ways to sign in" in one's account: connecting and disconnecting, without losing the way in."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail

from mobility.models import LogEntry, User
from tests.factories import UserFactory
from tests.sign_in.visitor import INES, Visitor

pytestmark = pytest.mark.django_db

PAGE = "/account/3rdparty/"
PASSWORD = "correct horse battery"


@pytest.fixture
def inside(visitor: Visitor) -> Visitor:
    """Somebody who has signed in with e-mail and password."""
    user = UserFactory(email="old@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    visitor.portal.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert visitor.signed_in_as == user.pk
    mail.outbox.clear()
    return visitor


def connect(visitor: Visitor, **claims):
    return visitor.sign_in(query={"process": "connect"}, **claims)


def confirm(visitor: Visitor, response):
    """Type the password that is asked before anything is changed."""
    assert response["Location"].startswith("/account/reauthenticate/")
    return visitor.portal.post(response["Location"], {"password": PASSWORD})


def forget_when_it_was(visitor: Visitor) -> None:
    """As if the sign-in had been an hour ago."""
    session = visitor.portal.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [record | {"at": record["at"] - 3600} for record in records]
    session.save()


def test_an_identity_is_connected_after_the_password_and_opens_the_account_from_then_on(inside: Visitor):
    user = User.objects.get(pk=inside.signed_in_as)
    asked = connect(inside, **INES)
    assert not SocialAccount.objects.exists()
    assert confirm(inside, asked)["Location"] == PAGE
    assert SocialAccount.objects.get().user == user
    assert "Connected on" in inside.portal.get(PAGE).content.decode()
    assert LogEntry.objects.values_list("action", "actor", "object_id").get() == ("connect", user.pk, user.pk)
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["old@example.org"], "A way to sign in was connected")
    ]
    inside.portal.logout()
    inside.sign_in(**INES)
    assert inside.signed_in_as == user.pk


def test_an_identity_of_somebody_else_s_account_is_not_connected(inside: Visitor):
    other = UserFactory()
    SocialAccount.objects.create(user=other, provider="counterpart", uid=INES["sub"])
    page = inside.portal.get(confirm(inside, connect(inside, **INES))["Location"]).content.decode()
    assert "belongs to another account" in page
    assert SocialAccount.objects.get().user == other


@pytest.mark.parametrize(("whose", "own"), [("ist1000001", None), (None, "ist1999999")])
def test_an_identity_of_somebody_else_s_username_is_not_connected(openid, inside: Visitor, whose, own):
    openid(institutional_id="preferred_username")
    UserFactory(institutional_id=whose)
    User.objects.filter(pk=inside.signed_in_as).update(institutional_id=own)
    response = connect(inside, **INES)
    assert response.status_code == 403
    assert "somebody else's account" in response.content.decode()
    assert not SocialAccount.objects.exists()


def test_disconnecting_asks_the_password_and_is_told_and_logged(inside: Visitor):
    account = SocialAccount.objects.create(user_id=inside.signed_in_as, provider="counterpart", uid=INES["sub"])
    asked = inside.portal.post(PAGE, {"account": account.pk})
    assert SocialAccount.objects.exists()
    confirm(inside, asked)
    assert not SocialAccount.objects.exists()
    assert LogEntry.objects.filter(action="disconnect", data={"provider": "counterpart"}).count() == 1
    assert [letter.subject for letter in mail.outbox] == ["A way to sign in was disconnected"]


def test_the_last_way_in_can_not_be_disconnected(visitor: Visitor):
    visitor.sign_in(**INES)
    page = visitor.portal.post(PAGE, {"account": SocialAccount.objects.get().pk}).content.decode()
    assert "Choose a password first" in page
    assert SocialAccount.objects.exists()


def test_whoever_has_neither_password_nor_factor_has_to_have_come_lately(visitor: Visitor):
    visitor.sign_in(**INES)
    first = SocialAccount.objects.get()
    forget_when_it_was(visitor)
    response = connect(visitor, **INES | {"sub": "another"})
    assert response.status_code == 403
    assert "within five minutes" in response.content.decode()
    assert SocialAccount.objects.get() == first
    visitor.sign_in(**INES)
    assert connect(visitor, **INES | {"sub": "another"})["Location"] == PAGE
    forget_when_it_was(visitor)
    assert "within five minutes" in visitor.portal.post(PAGE, {"account": first.pk}).content.decode()
    assert SocialAccount.objects.count() == 2


def test_a_provider_that_is_no_longer_offered_is_no_way_in(visitor: Visitor):
    visitor.sign_in(**INES)
    account = SocialAccount.objects.get()
    SocialAccount.objects.create(user=account.user, provider="closed-down", uid="1")
    listed = visitor.portal.get(PAGE)
    assert listed.status_code == 200
    assert listed.content.decode().count("Connected on") == 1
    assert "Choose a password first" in visitor.portal.post(PAGE, {"account": account.pk}).content.decode()
    assert SocialAccount.objects.count() == 2


@pytest.mark.parametrize("account", ["", "0", "x", "another's"])
def test_what_is_not_one_s_own_can_not_be_disconnected(inside: Visitor, account):
    theirs = SocialAccount.objects.create(user=UserFactory(), provider="counterpart", uid="theirs")
    response = inside.portal.post(PAGE, {"account": theirs.pk if account == "another's" else account})
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert SocialAccount.objects.get() == theirs


def test_the_account_lists_it_only_where_a_provider_is_offered(inside: Visitor, settings):
    assert f'href="{PAGE}"' in inside.portal.get("/account/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {
        kind: given | {"APPS": []} for kind, given in settings.SOCIALACCOUNT_PROVIDERS.items()
    }
    assert f'href="{PAGE}"' not in inside.portal.get("/account/").content.decode()
    assert "there is nothing to connect" in inside.portal.get(PAGE).content.decode()
