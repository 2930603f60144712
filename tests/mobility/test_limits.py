"""How often something may be tried: bounded for whoever guesses, wide for a campus, said in words with a time."""

import datetime
import multiprocessing
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from mobility.caches import FileCache
from tests.applications.test_documents_pages import PAGE
from tests.factories import RecordFactory, UserFactory
from tests.uploaded import uploaded

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def user():
    user = UserFactory(email="eva@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(address="203.0.113.9", email="eva@example.org", password="wrong", **headers):
    client = Client(REMOTE_ADDR=address, headers={"accept-language": "en", **headers})
    return client.post("/account/login/", {"login": email, "password": password})


def signed_in(response) -> bool:
    return response.status_code == 302


def test_five_wrong_passwords_from_one_address_close_the_account_to_it_alone(user):
    for _attempt in range(5):
        assert "go together. Check both." in sign_in().text
    assert "Wait five minutes" in sign_in(password=PASSWORD).text
    # Its owner, elsewhere, is not locked out by it.
    assert signed_in(sign_in("198.51.100.7", password=PASSWORD))
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=6)):
        assert signed_in(sign_in(password=PASSWORD))


def test_wrong_passwords_from_everywhere_are_bounded_too(user, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_anywhere": "8/h/key"}
    for number in range(8):
        assert "go together. Check both." in sign_in(f"198.51.100.{number}").text
    assert "Wait an hour, or reset the password" in sign_in("198.51.100.99", password=PASSWORD).text


def test_resetting_the_password_opens_the_account_again(user, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_anywhere": "3/h/key"}
    for _attempt in range(4):
        sign_in()
    client = Client(REMOTE_ADDR="203.0.113.9", headers={"accept-language": "en"})
    client.post("/account/password/reset/", {"email": user.email})
    link = re.search(r"http://[^/]+(/account/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    form = client.get(link).headers["Location"]
    new = "a phrase of one's own"
    client.post(form, {"password1": new, "password2": new})
    assert signed_in(sign_in(password=new))


def test_a_campus_behind_one_address_signs_in_on_the_night_of_the_deadline(settings):
    """A hundred people in the same minute, every tenth with a slip, from the one address of the network."""
    for number in range(100):
        person = UserFactory(email=f"s{number}@example.org")
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        if number % 10 == 0:
            sign_in(email=person.email)
        assert signed_in(sign_in(email=person.email, password=PASSWORD)), number


def test_a_made_up_address_behind_the_proxy_helps_nobody(user, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(5):
        sign_in("10.0.0.1", **{"x-forwarded-for": f"192.0.2.{number}, 203.0.113.9"})
    refused = sign_in("10.0.0.1", password=PASSWORD, **{"x-forwarded-for": "192.0.2.77, 203.0.113.9"})
    assert "Wait five minutes" in refused.text
    assert signed_in(sign_in("10.0.0.1", password=PASSWORD, **{"x-forwarded-for": "203.0.113.9, 198.51.100.7"}))


def test_without_a_proxy_the_header_counts_for_nothing(user):
    for number in range(5):
        sign_in(**{"x-forwarded-for": f"192.0.2.{number}"})
    assert "Wait five minutes" in sign_in(password=PASSWORD, **{"x-forwarded-for": "192.0.2.99"}).text


@pytest.mark.parametrize(
    ("language", "words", "moment"),
    [
        ("en", "Try again in 1 minute.", "That is from"),
        ("pt", "Tenta de novo dentro de 1 minuto.", "Ou seja, a partir de"),
    ],
)
def test_the_page_says_when_to_try_again_in_the_readers_language(settings, language, words, moment):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "2/m/ip"}
    client = Client(REMOTE_ADDR="203.0.113.9", headers={"accept-language": language})
    for _attempt in range(3):
        response = client.post("/account/login/", {"login": "a@example.org", "password": "b"})
    assert response.status_code == 429
    assert words in response.text
    assert moment in response.text
    assert 1 <= int(response.headers["Retry-After"]) <= 60


def test_a_part_of_a_page_is_refused_in_words_too(settings):
    """What HTMX asks for gets the whole page; base.html tells it to show the sentence of it."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"verify_receipt": "1/m/ip"}
    client = Client(headers={"accept-language": "en", "hx-request": "true"})
    client.get("/verify/?code=ABCD")
    response = client.get("/verify/?code=ABCD")
    assert response.status_code == 429
    assert 'id="problem"' in response.text
    assert '{"code": "413|429|507", "swap": true, "target": "#notices", "select": "#problem"' in response.text


def test_wrong_codes_of_receipts_are_bounded_and_right_ones_are_not(settings, client):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"verify_receipt": "3/m/ip"}
    for _attempt in range(5):
        assert client.get("/verify/").status_code == 200
    assert [client.get("/verify/?code=WRONG").status_code for _attempt in range(4)] == [200, 200, 200, 429]


def test_uploads_are_bounded_by_person(settings, client):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"upload": "2/h/user"}
    student = RecordFactory().student
    client.force_login(student.user)
    client.cookies["django_language"] = "en"

    def send():
        return client.post(PAGE, {"kind": "other", "file": uploaded("a.exe", b"MZ")})

    assert [send().status_code, send().status_code] == [422, 422]
    refused = send()
    assert refused.status_code == 429
    assert "Try again in 60 minutes." in refused.text
    assert client.get(PAGE).status_code == 200
    other = RecordFactory().student
    client.force_login(other.user)
    assert send().status_code == 422


def add_once(folder, barrier, outcome):
    store = FileCache(folder, {})
    barrier.wait()
    won = sum(store.add(f"key-{number}", "mine") for number in range(20))
    store.add("sum", 0)
    barrier.wait()
    for _time in range(20):
        store.incr("sum")
    outcome.put(won)


def test_two_processes_at_once_count_as_two(tmp_path):
    """The limits' lock is an ``add``: exactly one of those who try it at the same time may win."""
    here = multiprocessing.get_context("fork")
    barrier, outcome = here.Barrier(4), here.Queue()
    crowd = [here.Process(target=add_once, args=(str(tmp_path), barrier, outcome)) for _one in range(4)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
        assert one.exitcode == 0
    assert sum(outcome.get(timeout=5) for _one in crowd) == 20
    assert FileCache(str(tmp_path), {}).get("sum") == 80
