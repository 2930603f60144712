"""What can go wrong between the portal and an OpenID Connect provider: a page that says what to do, never an error."""

import socket
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail

from mobility.models import User
from tests.counterparts.running import free_port
from tests.sign_in.visitor import INES, LOGIN, Visitor

pytestmark = pytest.mark.django_db

CALLBACK = "/account/oidc/counterpart/login/callback/"


def answer(response) -> str:
    """The page, which is nobody's error and offers the other ways."""
    page = response.content.decode()
    assert response.status_code in {400, 403, 503}, page
    assert "Signing in didn&#x27;t work" in page or "Signing in didn't work" in page
    assert 'href="/account/login/"' in page
    return page


def test_a_provider_that_is_down_costs_a_sentence(openid, visitor: Visitor):
    openid(server_url=f"http://127.0.0.1:{free_port()}")
    response = visitor.portal.post(LOGIN)
    assert response.status_code == 503
    assert "the service doesn't answer" in answer(response)


def test_a_provider_that_never_answers_is_waited_for_no_longer_than_said(openid, visitor: Visitor, settings):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        openid(server_url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert visitor.portal.post(LOGIN).status_code == 503


def test_a_provider_that_went_down_meanwhile_costs_a_sentence_too(openid, visitor: Visitor):
    back = visitor.authorise(visitor.leave(), **INES)
    openid(server_url=f"http://127.0.0.1:{free_port()}")
    assert "the service doesn't answer" in answer(visitor.come_back(back))


@pytest.mark.parametrize("nonsense", ["/login/", "/.well-known/jwks.json", "/nowhere/"])
def test_an_address_that_is_no_provider_s_costs_a_sentence(openid, visitor: Visitor, openid_server, nonsense):
    openid(server_url=f"{openid_server}{nonsense}.well-known/".replace("//.", "/."))
    answer(visitor.portal.post(LOGIN))


def test_whoever_changes_their_mind_reads_that_nothing_happened(visitor: Visitor):
    response = visitor.come_back(visitor.authorise(visitor.leave(), action="cancel", **INES))
    assert response["Location"] == "/account/3rdparty/login/cancelled/"
    assert "Nothing was changed" in visitor.portal.get(response["Location"]).content.decode()
    assert visitor.signed_in_as is None
    assert not User.objects.exists()


@pytest.mark.parametrize("error", ["server_error", "invalid_scope", "<script>"])
def test_a_refusal_is_told(visitor: Visitor, error):
    state = visitor.leave().partition("state=")[2].partition("&")[0]
    page = answer(visitor.portal.get(CALLBACK, {"error": error, "state": state}))
    assert "the service refused" in page
    assert "<script>" not in page


@pytest.mark.parametrize("query", [{}, {"code": "1"}, {"code": "1", "state": "x" * 5000}, {"state": "\x00"}])
def test_a_link_that_belongs_to_no_attempt_is_refused(visitor: Visitor, query):
    assert "Start again" in answer(visitor.portal.get(f"{CALLBACK}?{urlencode(query)}"))


def test_a_link_of_somebody_else_s_attempt_is_refused(openid, visitor: Visitor):
    """Otherwise one could sign a stranger in to one's own account, and read what they do there."""
    back = visitor.authorise(visitor.leave(), **INES)
    with Visitor() as stranger:
        assert "in the browser where it began" in answer(stranger.come_back(back))
        assert stranger.signed_in_as is None


def test_a_link_works_once(visitor: Visitor):
    back = visitor.authorise(visitor.leave(), **INES)
    visitor.come_back(back)
    page = visitor.come_back(back)
    assert page.status_code == 400
    assert "You are signed in: go on" in page.content.decode()


def test_an_attempt_lasts_ten_minutes(visitor: Visitor):
    with time_machine.travel("2027-03-01 10:00", tick=False) as clock:
        address = visitor.leave()
        state = address.partition("state=")[2].partition("&")[0]
        clock.shift(601)
        page = answer(visitor.portal.get(CALLBACK, {"code": "1", "state": state}))
    assert "for ten minutes" in page


def test_a_code_that_the_provider_does_not_know_is_refused(visitor: Visitor):
    state = visitor.leave().partition("state=")[2].partition("&")[0]
    assert "can't be accepted" in answer(visitor.portal.get(CALLBACK, {"code": "invented", "state": state}))


def test_two_windows_both_arrive(visitor: Visitor):
    first, second = visitor.leave(next="/account/"), visitor.leave(next="/account/email/")
    assert visitor.come_back(visitor.authorise(second, **INES))["Location"] == "/account/email/"
    assert visitor.come_back(visitor.authorise(first, **INES))["Location"] == "/account/"
    assert User.objects.count() == 1


def test_user_information_of_somebody_else_is_refused(visitor: Visitor):
    response = visitor.sign_in(**INES, in_userinfo={"sub": "other"})
    assert "can't be accepted" in answer(response)
    assert not User.objects.exists()


@pytest.mark.parametrize("uid", ["x" * 192, "  ", "", None, True, ["a"], {"a": 1}])
def test_without_a_usable_identifier_nobody_is_recognised(openid, visitor: Visitor, uid):
    openid(id_claim="uid")
    assert "can't be accepted" in answer(visitor.sign_in(**INES, uid=uid))
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Maria " * 60, ("Maria " * 33).strip()),
        ("x" * 300, "x" * 200),
        ("  Inês\n\tCarvalho\x00 ", "Inês Carvalho"),
        ("<b>Inês</b>", "<b>Inês</b>"),
    ],
)
def test_a_strange_name_is_kept_as_far_as_it_is_of_use(visitor: Visitor, name, kept):
    assert visitor.sign_in(**INES | {"name": name})["Location"] == "/"
    assert User.objects.get().name == kept
    page = visitor.portal.get("/account/", follow=True).content.decode()
    assert "<b>Inês" not in page


def test_without_an_address_it_is_asked_for_and_confirmed_by_link(visitor: Visitor):
    response = visitor.sign_in(sub="7d1f", name="Inês Carvalho")
    assert response["Location"] == "/account/3rdparty/signup/"
    assert 'value="Inês Carvalho"' in visitor.portal.get(response["Location"]).content.decode()
    data = {"name": "Inês Carvalho", "email": "ines@example.org"}
    assert visitor.portal.post(response["Location"], data)["Location"] == "/account/confirm-email/"
    assert visitor.signed_in_as is None
    (letter,) = mail.outbox
    assert letter.to == ["ines@example.org"]
    link = next(word for word in letter.body.split() if "/confirm-email/" in word)
    visitor.portal.post(link)
    assert EmailAddress.objects.values_list("email", "verified").get() == ("ines@example.org", True)
    visitor.sign_in(sub="7d1f", name="Inês Carvalho")
    assert visitor.signed_in_as == User.objects.get().pk


@pytest.mark.parametrize("email", ["not an address", "a@" + "b" * 300 + ".example", 7, ["ines@example.org"]])
def test_an_address_that_is_none_counts_as_none(visitor: Visitor, email):
    assert visitor.sign_in(**INES | {"email": email})["Location"] == "/account/3rdparty/signup/"


def test_without_a_name_it_is_asked_for_and_the_verified_address_stays(visitor: Visitor):
    response = visitor.sign_in(sub="7d1f", email="ines@tecnico.example", email_verified=True)
    data = {"name": "Inês Carvalho", "email": "somebody.else@example.org"}
    assert visitor.portal.post(response["Location"], data)["Location"] == "/"
    user = User.objects.get(pk=visitor.signed_in_as)
    assert (user.name, user.email) == ("Inês Carvalho", "ines@tecnico.example")
    assert EmailAddress.objects.values_list("email", "verified").get() == ("ines@tecnico.example", True)


def test_what_the_link_asks_of_the_provider_is_not_the_visitors_to_say(visitor: Visitor):
    address = visitor.leave(scope="everything", auth_params="redirect_uri=https%3A%2F%2Fevil.example&prompt=none")
    assert "evil" not in address
    assert "everything" not in address
    assert "prompt" not in address


def test_a_name_that_is_no_text_is_asked_for(visitor: Visitor):
    assert visitor.sign_in(**INES | {"name": {"first": "Inês"}})["Location"] == "/account/3rdparty/signup/"
