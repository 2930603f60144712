"""Every answer carries the headers that protect it: each address of the matrix, refusals and static files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from applications.models import RunFiles
from tests.factories import code_for
from tests.permissions.matrix import MATRIX
from tests.permissions.world import World

ROOT = Path(__file__).parents[2]
SAID = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
    "frame-ancestors": ["'none'"],
}


def directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";")]
    return {name: values for name, *values in parts}


def missing(response) -> list[str]:
    """What is wrong with an answer's headers, in words."""
    headers = response.headers
    wrong = [f"{name}: {headers.get(name)}" for name, value in SAID.items() if headers.get(name) != value]
    found = directives(headers.get("Content-Security-Policy", "none"))
    # A file is for saving: its own policy is stricter than the pages'.
    if "sandbox" in found:
        wrong += [f"{name} in a sandbox" for name in found if (name, found[name]) not in SANDBOX]
    else:
        wrong += [f"{name}: {found.get(name)}" for name, values in POLICY.items() if found.get(name) != values]
        wrong += ["form-action"] if "'self'" not in found.get("form-action", []) else []
        # Where an identity provider takes part in signing in, its address alone joins.
        wrong += [value for value in found.get("form-action", []) if value in {"*", "https:", "http:"}]
    wrong += ["unsafe"] if "unsafe" in headers.get("Content-Security-Policy", "") else []
    return wrong + [f"{one} allowed" for one in ("camera", "geolocation") if f"{one}=()" not in permissions(response)]


SANDBOX = [("default-src", ["'none'"]), ("sandbox", []), ("frame-ancestors", ["'none'"])]


def permissions(response) -> list[str]:
    return response.headers.get("Permissions-Policy", "").split(", ")


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["anonymous", "owner", "nmci"])
def test_every_address_answers_with_the_headers_that_protect_it(reader):
    world, client = World(), Client()
    if reader != "anonymous":
        client.force_login(world.people[reader])
    wrong = {}
    for key, page in MATRIX.items():
        response = client.get(reverse(key.partition(" ")[0], kwargs=page.args(world)))
        if response.streaming:
            response.getvalue()
        if found := missing(response):
            wrong[key] = found
    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "options"),
    [
        ("/nothing-here/", 404, {}),
        ("/static/css/portal.css", 200, {}),
        ("/static/nothing.css", 404, {}),
        ("/office/e-mails/requeue/", 302, {}),
        ("/", 400, {"headers": {"host": "evil.example"}}),
    ],
)
def test_refusals_and_static_files_carry_them_too(settings, address, status, options):
    if address.startswith("/static/css"):
        settings.WHITENOISE_USE_FINDERS, settings.WHITENOISE_AUTOREFRESH = True, True
    response = Client().get(address, **options)
    assert response.status_code == status
    if response.streaming:
        response.getvalue()
    assert missing(response) == []


@pytest.mark.django_db
def test_a_failure_carries_them_too():
    run = World().run("published")
    RunFiles.objects.all().delete()
    response = Client(raise_request_exception=False).get(reverse("run_case", args=[run.public_id]))
    assert response.status_code == 500
    assert missing(response) == []


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_them():
    response = Client(enforce_csrf_checks=True).post("/account/login/")
    assert response.status_code == 403
    assert missing(response) == []


@pytest.mark.django_db
def test_no_answer_names_the_program_that_serves_it(client):
    assert client.get("/").headers["Server"] == "portal"


@pytest.mark.django_db
def test_cookies_are_out_of_the_reach_of_scripts_and_of_other_sites(client):
    user = World().people["nmci"]
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client.get("/account/login/")
    client.post("/account/login/", {"login": user.email, "password": "correct horse battery"})
    client.post("/account/2fa/authenticate/", {"code": code_for(user)})
    assert set(client.cookies) >= {settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


def test_over_https_cookies_belong_to_this_host_alone_and_the_way_stays_https():
    """In a process of its own: the settings are made once, from the environment."""
    program = """
import django
django.setup()
from django.conf import settings
from django.test import Client
response = Client().get("/account/login/", secure=True, headers={"host": "mobility.example.org"})
print(settings.SESSION_COOKIE_NAME)
for name, cookie in response.cookies.items():
    print(name, bool(cookie["secure"]), cookie["path"], repr(cookie["domain"]))
print(response.headers["Strict-Transport-Security"])
print(response.headers["Content-Security-Policy"])
print(Client().get("/account/login/", headers={"host": "mobility.example.org"}).headers["Location"])
"""
    environment = {**os.environ, "SITE_URL": "https://mobility.example.org", "ALLOWED_HOSTS": "mobility.example.org"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    session, *cookies, transport, policy, moved = done.stdout.splitlines()
    assert session == "__Host-session"
    assert "__Host-csrf True / ''" in cookies
    assert all(" True / ''" in cookie for cookie in cookies)
    assert transport == "max-age=31536000; includeSubDomains; preload"
    assert "upgrade-insecure-requests" in policy
    assert moved == "https://mobility.example.org/account/login/"
