"""The second factor: who can do nothing without it, which codes count, and what follows when it comes or goes."""

import datetime
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mobility import demonstration
from mobility.models import LogEntry, Membership, Message, Role, User
from mobility.sealing import Unreadable, seal, unseal
from mobility.services import factors
from tests.factories import FACTOR_SECRET, MembershipFactory, StudentFactory, UserFactory, code_for, give_factor, person
from tests.permissions.matrix import MATRIX
from tests.permissions.world import World

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
# As mobility/middleware.py must have it: changing what is open before enrolment takes a change here too.
OPEN = {
    "account",
    "account_change_password",
    "account_confirm_email",
    "account_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_logout",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_set_password",
    "health",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_view_recovery_codes",
    "privacy_notice",
    "privacy_notice_version",
    "set_language",
    "usersessions_list",
    "verify",
}


@pytest.fixture(autouse=True)
def _no_attempts_of_before():
    cache.clear()


def confirmed(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def browser():
    return Client(headers={"accept-language": "en"})


def sign_in(client, user, next_address=""):
    """With the password; what the portal answers."""
    address = "/account/login/" + (f"?next={next_address}" if next_address else "")
    return client.post(address, {"login": user.email, "password": PASSWORD, "next": next_address})


def type_code(client, code):
    return client.post("/account/2fa/authenticate/", {"code": code})


def is_in(client):
    return "_auth_user_id" in client.session


def at(seconds):
    """A moment in the middle of a period, so many seconds after a fixed one."""
    return time_machine.travel(datetime.datetime(2027, 2, 1, 10, 0, 15 + seconds % 30, tzinfo=datetime.UTC)
                               + datetime.timedelta(seconds=seconds - seconds % 30), tick=False)  # fmt: skip


def code_in(periods):
    return factors.code_at(FACTOR_SECRET, factors.counter_now() + periods)


def secret_on(page):
    """The secret as a person types it from the page."""
    return re.search(r"<code class=\"hash\">([A-Z2-7 ]+)</code>", page.content.decode())[1].replace(" ", "")


def set_up_app(client):
    page = client.get("/account/2fa/totp/activate/")
    secret = secret_on(page)
    return client.post("/account/2fa/totp/activate/", {"code": factors.code_at(secret, factors.counter_now())})


# --- Who must ------------------------------------------------------------------------------------


def test_without_a_factor_nothing_is_open_but_what_is_listed():
    """Every address of the portal, asked by the holder of every role: default is no."""
    world = World()
    Authenticator.objects.all().delete()
    staff = [user for user in world.people.values() if user.roles_today]
    assert {membership.role for user in staff for membership in user.roles_today} == set(Role.values)
    led = {}
    for key, page in MATRIX.items():
        name = key.partition(" ")[0]
        if name in OPEN:
            continue
        address = reverse(name, kwargs=page.args(world))
        for user in staff:
            client = Client()
            client.force_login(user)
            for answer in (client.get(address), client.post(address, page.data(world))):
                led.setdefault((answer.status_code, answer.get("Location", "")), set()).add(name)
    assert set(led) == {(302, "/account/2fa/")}


def test_what_is_listed_is_open():
    client = Client()
    client.force_login(person(Role.NMCI, factor=False))
    for name in ("account", "account_email", "mfa_index", "usersessions_list", "verify", "account_logout"):
        assert client.get(reverse(name)).status_code == 200
    assert client.post("/language/", {"language": "en"}).status_code == 302


def test_a_fragment_of_a_page_leads_there_too():
    client = Client()
    client.force_login(person(Role.NMCI, factor=False))
    answer = client.get("/office/", headers={"hx-request": "true"})
    assert answer.headers["HX-Redirect"] == "/account/2fa/"


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.COORDINATOR])
def test_with_a_factor_the_role_has_its_pages(role):
    client = Client()
    client.force_login(person(role))
    assert client.get("/").status_code == 200


def test_a_student_needs_none_and_who_held_a_role_until_yesterday_neither():
    client = Client()
    client.force_login(StudentFactory().user)
    assert client.get("/").status_code == 200
    former = UserFactory()
    MembershipFactory(user=former, ends_on=timezone.localdate() - datetime.timedelta(days=1), factor=False)
    client.force_login(former)
    assert client.get("/").status_code == 200


def test_who_is_given_a_role_has_to_set_one_up_before_anything_else():
    user = confirmed(StudentFactory().user)
    client = browser()
    sign_in(client, user)
    assert client.get("/record/").status_code == 200
    Membership.objects.create(user=user, role=Role.NMCI, starts_on=timezone.localdate())
    assert client.get("/record/").url == "/account/2fa/"


# --- The first sign-in ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_on_the_first_sign_in_the_way_leads_over_the_app_to_where_one_was_going():
    user = confirmed(person(Role.NMCI, factor=False))
    client = browser()
    assert sign_in(client, user, "/office/imports/").url == "/office/imports/"
    assert client.get("/office/imports/").url == "/account/2fa/"
    page = client.get("/account/2fa/").content.decode()
    assert "Set up a second factor" in page
    assert "about two minutes" in page

    answer = set_up_app(client)
    assert answer.url == "/account/2fa/recovery-codes/"
    page = client.get(answer.url).content.decode()
    codes = re.findall(r"<li><code>(\d{8})</code></li>", page)
    assert len(set(codes)) == 10
    assert 'href="/office/imports/"' in page
    assert client.get("/office/imports/").status_code == 200
    assert not any(code in client.get(answer.url).content.decode() for code in codes)
    assert [letter.subject for letter in mail.outbox] == ["An app was set up as your second factor"]
    assert LogEntry.objects.get(action="add_factor").data == {"kind": "totp"}


def test_the_secret_is_not_kept_in_clear():
    user = confirmed(person(Role.NMCI, factor=False))
    client = browser()
    sign_in(client, user)
    secret = secret_on(client.get("/account/2fa/totp/activate/"))
    client.post("/account/2fa/totp/activate/", {"code": factors.code_at(secret, factors.counter_now())})
    kept = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in kept
    assert unseal(kept) == secret
    assert len(unseal(Authenticator.objects.get(user=user, type="recovery_codes").data["seed"])) == 80


def test_setting_up_a_factor_ends_the_sessions_that_were_begun_without():
    user = confirmed(StudentFactory().user)
    here, elsewhere = browser(), browser()
    for client in (here, elsewhere):
        sign_in(client, user)
        client.get("/account/")
    set_up_app(here)
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").url.startswith("/account/login/")


def test_a_wrong_first_code_keeps_the_secret_and_a_late_clock_is_named():
    client = browser()
    sign_in(client, confirmed(person(Role.NMCI, factor=False)))
    secret = secret_on(client.get("/account/2fa/totp/activate/"))
    wrong = client.post("/account/2fa/totp/activate/", {"code": "12ab"})
    assert "This code is not right" in wrong.content.decode()
    assert secret_on(wrong) == secret
    late = client.post("/account/2fa/totp/activate/", {"code": factors.code_at(secret, factors.counter_now() - 5)})
    assert "the clock of the phone is wrong" in late.content.decode()
    assert not Authenticator.objects.filter(type="recovery_codes").exists()


def test_two_windows_show_the_same_secret_and_the_second_is_told_that_all_is_done():
    user = confirmed(person(Role.NMCI, factor=False))
    client = browser()
    sign_in(client, user)
    first, second = (secret_on(client.get("/account/2fa/totp/activate/")) for _window in range(2))
    assert first == second
    code = factors.code_at(first, factors.counter_now())
    assert client.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    again = client.post("/account/2fa/totp/activate/", {"code": code}, follow=True)
    assert again.redirect_chain == [("/account/2fa/", 302)]
    assert "set up already, from another window" in again.content.decode()
    assert Authenticator.objects.filter(user=user, type="totp").count() == 1


def test_a_page_of_before_the_last_sign_in_says_that_it_had_expired():
    user = confirmed(person(Role.NMCI, factor=False))
    client = browser()
    sign_in(client, user)
    old = secret_on(client.get("/account/2fa/totp/activate/"))
    client.post("/account/logout/")
    sign_in(client, user)
    answer = client.post("/account/2fa/totp/activate/", {"code": factors.code_at(old, factors.counter_now())})
    assert "This page had expired" in answer.content.decode()
    fresh = secret_on(answer)
    assert fresh != old
    answer = client.post("/account/2fa/totp/activate/", {"code": factors.code_at(fresh, factors.counter_now())})
    assert answer.url == "/account/2fa/recovery-codes/"


# --- Codes ---------------------------------------------------------------------------------------


@pytest.fixture
def staff():
    return confirmed(person(Role.NMCI))


def test_the_password_alone_opens_nothing(staff):
    client = browser()
    assert sign_in(client, staff, "/office/").url == "/account/2fa/authenticate/"
    assert not is_in(client)
    assert client.get("/office/").url.startswith("/account/login/")
    assert type_code(client, code_for(staff)).url == "/office/"
    assert client.get("/office/").status_code == 200


@pytest.mark.parametrize(("periods", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_period_off(staff, periods, passes):
    client = browser()
    sign_in(client, staff)
    answer = type_code(client, code_in(periods))
    assert is_in(client) is passes
    if not passes:
        assert "the clock of the phone is wrong" in answer.content.decode()


@pytest.mark.parametrize("typed", ["000000", "abc", "٣٤٥", "1" * 5000, "<script>"])
def test_a_wrong_code_says_what_to_do(staff, typed):
    client = browser()
    sign_in(client, staff)
    assert "This code is not right. Type the one that the app shows now" in type_code(client, typed).content.decode()
    assert not is_in(client)


def test_an_empty_code_asks_to_be_filled_in(staff):
    client = browser()
    sign_in(client, staff)
    assert "Fill this in." in type_code(client, " ").content.decode()


def test_spaces_in_a_code_do_no_harm(staff):
    client = browser()
    sign_in(client, staff)
    code = code_for(staff)
    assert type_code(client, f" {code[:3]} {code[3:]} ").status_code == 302


def test_a_code_counts_once_for_as_long_as_it_could_count(staff):
    with at(0):
        code = code_in(1)
        first = browser()
        sign_in(first, staff)
        assert type_code(first, code).status_code == 302
    for seconds in (0, 30, 60):
        with at(seconds):
            again = browser()
            sign_in(again, staff)
            page = type_code(again, code).content.decode()
            assert "used already. Wait for the next one" in page
            assert not is_in(again)
            if seconds == 60:
                assert type_code(again, code_in(1)).status_code == 302


def test_the_sixth_wrong_code_has_to_wait_and_so_has_the_right_one(staff):
    client = browser()
    sign_in(client, staff)
    for _attempt in range(5):
        assert "not right" in type_code(client, "000000").content.decode()
    assert "Too many wrong codes. Wait five minutes" in type_code(client, code_for(staff)).content.decode()
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=6), tick=False):
        assert type_code(client, code_for(staff)).status_code == 302


def test_a_code_that_is_asked_too_late_begins_again(staff):
    client = browser()
    sign_in(client, staff)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=20), tick=False):
        assert type_code(client, code_for(staff)).url == "/account/login/"
        assert not is_in(client)


def recovery_codes(user):
    return RecoveryCodes.activate(user).get_unused_codes()


def test_a_recovery_code_lets_in_once_and_says_how_many_are_left(staff):
    codes = recovery_codes(staff)
    client = browser()
    sign_in(client, staff)
    type_code(client, codes[0])
    assert is_in(client)
    assert "9 are left" in client.get("/").content.decode()
    again = browser()
    sign_in(again, staff)
    assert "This recovery code was used already" in type_code(again, codes[0]).content.decode()
    assert not is_in(again)
    for code in codes[1:]:
        client = browser()
        sign_in(client, staff)
        type_code(client, code)
    home = client.get("/").content.decode()
    assert "0 are left" in home
    assert "Make new ones" in home
    again = browser()
    sign_in(again, staff)
    assert "no recovery code is left" in type_code(again, "12345678").content.decode()
    assert LogEntry.objects.filter(action="use_recovery_code").count() == 10


@pytest.mark.django_db(transaction=True)
def test_new_recovery_codes_take_the_place_of_the_old(staff):
    old = recovery_codes(staff)
    client = browser()
    sign_in(client, staff)
    type_code(client, code_for(staff))
    asked = client.get("/account/2fa/recovery-codes/generate/")
    assert asked.url.startswith("/account/reauthenticate/")
    client.post(asked.url, {"password": PASSWORD})
    assert client.post("/account/2fa/recovery-codes/generate/").url == "/account/2fa/recovery-codes/"
    page = client.get("/account/2fa/recovery-codes/").content.decode()
    assert len(set(re.findall(r"<code>(\d{8})</code>", page)) - set(old)) == 10
    assert mail.outbox[-1].subject == "New recovery codes were made"
    assert LogEntry.objects.filter(action="make_recovery_codes").exists()


def test_who_one_is_can_be_confirmed_by_a_code(staff):
    client = browser()
    sign_in(client, staff)
    type_code(client, code_for(staff))
    client.get("/account/2fa/totp/activate/")
    answer = client.post(
        "/account/2fa/reauthenticate/?next=/account/2fa/totp/activate/", {"code": code_for(staff)}, follow=True
    )
    assert answer.redirect_chain == [("/account/2fa/totp/activate/", 302)]
    assert "Change to another phone" in answer.content.decode()


def test_a_secret_sealed_with_a_key_that_is_gone_is_refused_in_words(staff, settings, caplog):
    settings.SECOND_FACTOR_KEYS = ["another"]
    client = browser()
    sign_in(client, staff)
    page = type_code(client, "123456").content.decode()
    assert "Ask an administrator to reset it" in page
    assert "SECOND_FACTOR_KEYS" in caplog.text


def test_the_key_is_changed_by_putting_a_new_one_in_front(settings):
    sealed = seal("secret")
    settings.SECOND_FACTOR_KEYS = ["new", *settings.SECOND_FACTOR_KEYS]
    assert unseal(sealed) == "secret"
    newly = seal("secret")
    settings.SECOND_FACTOR_KEYS = ["new"]
    assert unseal(newly) == "secret"
    with pytest.raises(Unreadable):
        unseal(sealed)


# --- Coming and going ----------------------------------------------------------------------------


def reauthenticated(user):
    client = browser()
    sign_in(client, user)
    type_code(client, code_for(user))
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def test_the_last_factor_of_staff_is_replaced_and_not_removed(staff):
    client = reauthenticated(staff)
    page = client.get("/account/2fa/totp/deactivate/").content.decode()
    assert "set up another before you remove this one" in page
    client.post("/account/2fa/totp/deactivate/")
    kept = Authenticator.objects.get(user=staff, type="totp")

    answer = set_up_app(client)
    assert answer.status_code == 302
    replaced = Authenticator.objects.get(user=staff, type="totp")
    assert replaced.pk != kept.pk
    assert unseal(replaced.data["secret"]) != FACTOR_SECRET


def test_a_student_removes_the_last_factor_and_its_codes():
    user = confirmed(StudentFactory().user)
    give_factor(user)
    recovery_codes(user)
    client = reauthenticated(user)
    answer = client.post("/account/2fa/totp/deactivate/", follow=True)
    assert "The app was removed." in answer.content.decode()
    assert not Authenticator.objects.filter(user=user).exists()
    assert LogEntry.objects.get(action="remove_factor").data == {"kind": "totp"}
    assert mail.outbox[-1].subject == "The app was removed as your second factor"


def test_an_administrator_resets_the_factor_of_who_lost_the_phone(staff):
    administrator = person(Role.ADMINISTRATOR)
    theirs = browser()
    sign_in(theirs, staff)
    type_code(theirs, code_for(staff))
    theirs.get("/account/")
    desk = browser()
    desk.force_login(administrator)

    form = {"email": staff.email.upper(), "reason": "Came to the desk with the identity card."}
    answer = desk.post("/administration/second-factor/", form, follow=True)

    assert "sets up a new one" in answer.content.decode()
    assert theirs.get("/account/").url.startswith("/account/login/")
    assert not Authenticator.objects.filter(user=staff).exists()
    entry = LogEntry.objects.get(action="reset_factor")
    assert (entry.actor, entry.object_id, entry.reason) == (administrator, staff.pk, form["reason"])
    letter = Message.objects.get(template="factor_reset")
    assert letter.recipient == staff
    assert str(administrator) in letter.body
    sign_in(theirs, staff)
    assert theirs.get("/office/").url == "/account/2fa/"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "nobody@example.org"}, "Nobody here has this address"),
        ({"email": "x"}, "valid email"),
        ({"reason": "lost"}, "Say in a sentence"),
        ({"reason": ""}, "Fill this in."),
        ({"email": "student@example.org"}, "has no second factor to reset"),
        ({"email": "admin@example.org"}, "another administrator resets it"),
    ],
)
def test_what_an_administrator_can_not_reset_is_said(staff, given, words):
    StudentFactory(user__email="student@example.org")
    desk = browser()
    desk.force_login(person(Role.ADMINISTRATOR, email="admin@example.org"))
    form = {"email": staff.email, "reason": "Came to the desk with the identity card."} | given
    answer = desk.post("/administration/second-factor/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Authenticator.objects.filter(user=staff).exists()


def test_only_administrators_reset_and_never_their_own(staff):
    for by in [person(role) for role in Role.values if role not in {Role.ADMINISTRATOR, Role.COORDINATOR}]:
        with pytest.raises(PermissionDenied):
            factors.reset_factor(user=staff, reason="A reason long enough.", by=by)
    administrator = person(Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        factors.reset_factor(user=administrator, reason="A reason long enough.", by=administrator)
    with pytest.raises(ValidationError):
        factors.reset_factor(user=StudentFactory().user, reason="A reason long enough.", by=administrator)


# --- The demo ------------------------------------------------------------------------------------


def test_in_the_demo_the_code_is_filled_in_and_three_may_sign_in_at_once(staff, settings):
    settings.DEMO = True
    with at(0):
        for _visitor in range(3):
            client = browser()
            sign_in(client, staff)
            page = client.get("/account/2fa/authenticate/").content.decode()
            code = re.search(r"<code>(\d{6})</code>", page)[1]
            assert f'value="{code}"' in page
            assert type_code(client, code).status_code == 302


def test_without_demo_the_page_shows_no_code(staff):
    client = browser()
    sign_in(client, staff)
    page = client.get("/account/2fa/authenticate/").content.decode()
    assert not re.search(r"\d{6}</code>", page)
    assert code_for(staff) not in page


def test_the_account_without_factor_is_one_of_the_demo():
    assert demonstration.WITHOUT_FACTOR in {email for _role, email, _name in demonstration.STAFF}
    assert User.objects.count() == 0
