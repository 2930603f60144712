"""What the portal gives to browsers, to other sites and to the public: nothing of a person's that is not theirs."""

import io
import re
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from mobility.models import Role
from tests.factories import code_for, person
from tests.permissions.matrix import MATRIX, OK
from tests.permissions.world import World
from tests.scholarships.decided import Story, publish

pytestmark = pytest.mark.django_db

# Their answer is the same for everybody.
SAME_FOR_ALL = {"engine_zip"}


def test_no_page_that_a_signed_in_person_reads_is_kept_by_a_browser():
    world, client = World(), Client()
    client.force_login(world.people["nmci"])
    read = []
    for key, page in MATRIX.items():
        if page.get["nmci"] == OK and key not in SAME_FOR_ALL:
            response = client.get(reverse(key.partition(" ")[0], kwargs=page.args(world)))
            b"".join(response)
            assert "no-store" in response.headers.get("Cache-Control", ""), key
            assert "private" in response.headers["Cache-Control"], key
            read.append(key)
    assert len(read) > 30


def test_what_is_the_same_for_all_may_be_kept(client):
    client.force_login(person(Role.NMCI))
    assert "public" in client.get(reverse("engine_zip")).headers["Cache-Control"]


def test_every_answer_carries_the_headers_that_protect_it(client):
    for address in (reverse("home"), reverse("account_login"), "/nothing-here/"):
        headers = client.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


ELSEWHERE = ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "https:evil.example", "/\\evil.example"]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_switching_the_language_leads_nowhere_else(client, address):
    response = client.post(reverse("set_language"), {"language": "en", "next": address})
    assert response["Location"] == "/"
    assert client.post(reverse("set_language"), {"language": "en", "next": "/calls/"})["Location"] == "/calls/"


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_leads_nowhere_else(client, address):
    user = person(Role.NMCI)
    user.set_password("a long password")
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    answers = {"login": user.email, "password": "a long password"}
    client.post(reverse("account_login"), answers | {"next": address})
    response = client.post(reverse("mfa_authenticate"), {"code": code_for(user), "next": address})
    assert response.status_code == 302
    assert response["Location"] == reverse("home")


def test_the_language_is_switched_from_the_portals_own_pages_alone():
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/").text)[1]
    answers = {"language": "en", "csrfmiddlewaretoken": token}
    assert client.post(reverse("set_language"), answers).status_code == 302
    assert client.cookies["django_language"].value == "en"


PUBLIC = ("run", "run_ranking", "run_placements", "run_grants", "run_ties", "run_case", "run_decision", "run_xlsx")


@pytest.mark.parametrize("reader", ["a visitor", "a coordinator of another programme"])
@pytest.mark.parametrize("name", PUBLIC)
def test_a_published_run_names_nobody(client, name, reader):
    story = Story()
    run = publish(story.decide())
    if reader != "a visitor":
        client.force_login(person(Role.COORDINATOR, story.programmes["MEFT"]))
    response = client.get(reverse(name, args=[run.public_id]))
    assert response.status_code == 200
    content = b"".join(response)
    if name == "run_xlsx":
        content = unpacked(content)
    text = content.decode(errors="replace")
    for entry in run.entries.select_related("application__student__user"):
        student = entry.application.student
        for secret in (student.user.name, student.user.email, student.number):
            assert secret not in text
        if name in ("run_ranking", "run_case", "run_decision", "run_xlsx"):
            assert entry.application.reference in text


def unpacked(workbook):
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return b"".join(map(archive.read, archive.namelist()))
