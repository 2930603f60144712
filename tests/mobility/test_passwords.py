"""Passwords that are guessed first are refused, with words; a list that can't be read locks nobody out."""

import hashlib
import http.server
import threading

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from mobility import passwords
from mobility.models import User

STOLEN = "correct horse battery staple"


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest().upper()


@pytest.fixture
def stolen_file(tmp_path, settings):
    """Sorted hashes with how often they were seen, as Have I Been Pwned publishes them."""
    path = tmp_path / "hashes.txt"
    hashes = sorted({sha1(f"made up {number}") for number in range(500)} | {sha1(STOLEN)})
    path.write_text("".join(f"{digest}:{number + 1}\r\n" for number, digest in enumerate(hashes)))
    settings.PASSWORD_BREACH_FILE = str(path)
    return hashes


def test_every_line_of_the_file_is_found_and_no_other(stolen_file):
    assert all(passwords.is_listed(digest) for digest in stolen_file)
    assert not any(passwords.is_listed(sha1(f"not made up {number}")) for number in range(200))
    assert not passwords.is_listed("0" * 40)
    assert not passwords.is_listed("F" * 40)


@pytest.mark.parametrize("content", ["", sha1(STOLEN), f"{sha1(STOLEN)}:1\n"])
def test_a_file_of_one_line_or_none(tmp_path, settings, content):
    (tmp_path / "hashes.txt").write_text(content)
    settings.PASSWORD_BREACH_FILE = str(tmp_path / "hashes.txt")
    assert passwords.is_listed(sha1(STOLEN)) is bool(content)
    assert not passwords.is_listed(sha1("another"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [("pt", "Esta palavra-passe foi roubada algures"), ("en", "This password was stolen somewhere")],
)
def test_signing_up_with_a_stolen_password_says_what_to_do(stolen_file, language, words):
    client = Client(headers={"accept-language": language})
    data = {"name": "Inês", "email": "ines@example.org", "password1": STOLEN, "password2": STOLEN}
    assert words in client.post("/account/signup/", data).text
    assert not User.objects.exists()


class Service(http.server.BaseHTTPRequestHandler):
    """Answers in the format of the range service: the ends of all hashes that begin so, padded with zeros."""

    asked, status = [], 200

    def do_GET(self):  # the library's name
        self.asked.append((self.path, self.headers["Add-Padding"]))
        self.send_response(self.status)
        self.end_headers()
        digest = sha1(STOLEN)
        if self.path == f"/range/{digest[:5]}":
            self.wfile.write(f"{'0' * 35}:3\r\n{digest[5:]}:42\r\n{'F' * 35}:0\r\n".encode())

    def log_message(self, *_arguments):
        """Quiet."""


@pytest.fixture
def service(settings):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    Service.asked, Service.status = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.PASSWORD_BREACH_URL = f"http://127.0.0.1:{server.server_port}/range/"
    yield Service
    server.shutdown()
    server.server_close()


def test_the_service_learns_five_digits_and_no_more(service):
    with pytest.raises(ValidationError) as refused:
        validate_password(STOLEN)
    assert [error.code for error in refused.value.error_list] == ["password_stolen"]
    assert service.asked == [(f"/range/{sha1(STOLEN)[:5]}", "true")]
    validate_password("another long phrase of mine")


def test_padding_counts_for_nothing(service):
    assert not passwords.is_listed(sha1(STOLEN)[:5] + "F" * 35)


@pytest.mark.parametrize("trouble", ["status", "nobody", "redirect"])
def test_a_service_that_does_not_answer_locks_nobody_out(service, settings, caplog, trouble):
    if trouble == "nobody":
        settings.PASSWORD_BREACH_URL = "http://127.0.0.1:9/range"
    service.status = {"status": 503, "redirect": 302}.get(trouble, 200)
    validate_password(STOLEN)
    assert any("breach_list_unavailable" in line for line in caplog.messages)
    assert STOLEN not in caplog.text


def test_by_default_nothing_is_asked_of_anybody(settings):
    assert (settings.PASSWORD_BREACH_FILE, settings.PASSWORD_BREACH_URL) == ("", "")
    validate_password(STOLEN)


@pytest.mark.parametrize(
    "password",
    [
        "tecnico2026",
        "Técnico-Lisboa",
        "ERASMUS+erasmus",
        "mobilidade123",
        "Instituto Superior Técnico",
        "ist-password-1",
    ],
)
def test_the_name_of_the_house_is_no_password(password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert "password_of_the_house" in [error.code for error in refused.value.error_list]


@pytest.mark.parametrize("password", ["Lisboa-Estocolmo-27", "my cat likes erasmus", "correct horse battery"])
def test_words_of_ones_own_beside_it_are_enough(password):
    validate_password(password)


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "qwertyuiop"])
def test_short_common_and_numeric_ones_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)
