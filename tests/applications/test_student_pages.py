"""The student's pages: what is read on them, and what their buttons do."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from applications.services import drafts
from applications.services.applications import CONDUCT_VERSION
from tests.factories import (
    CallFactory,
    DestinationFactory,
    RecordFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def student(client):
    found = RecordFactory(student__user__language="en").student
    client.force_login(found.user)
    client.cookies["django_language"] = "en"
    return found


@pytest.fixture
def call():
    return CallFactory(code="studies-2027")


@pytest.fixture
def draft(student, call):
    return drafts.start_draft(call=call, at=timezone.now(), by=student.user)


def page(client, name, thing, status=200, **query):
    args = [thing.code if name in ("call", "apply") else thing.public_id]
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == status
    return response.content.decode()


def post(client, name, thing, htmx=False, **data):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse(name, args=[thing.public_id]), data, headers=headers)


def stored(application):
    return Application.objects.get(pk=application.pk)


def test_the_whole_way_from_call_to_receipt(client, student, call):
    one, two = DestinationFactory.create_batch(2, call=call)
    assert "Start my application" in page(client, "call", call)
    response = client.post(reverse("apply", args=[call.code]))
    application = Application.objects.get()
    assert response["Location"] == reverse("edit_period", args=[application.public_id])
    response = post(client, "edit_period", application, term="year", wants_grant="no", version=0)
    assert response["Location"] == reverse("edit_destinations", args=[application.public_id])
    post(client, "edit_destinations", application, action=f"add:{one.pk}", version=1)
    post(client, "edit_destinations", application, action=f"add:{two.pk}", preferences=[one.pk], version=2)
    post(client, "edit_destinations", application, action=f"up:{two.pk}", preferences=[one.pk, two.pk], version=3)
    assert stored(application).draft == {"term": "year", "wants_grant": False, "preferences": [two.pk, one.pk]}
    assert two.institution.name in page(client, "review", application)
    response = post(client, "review", application, conduct=CONDUCT_VERSION, version=4)
    receipt = client.get(response["Location"]).content.decode()
    assert stored(application).submissions.get().receipt in receipt
    assert "Full year" in receipt
    assert "Application submitted" in page(client, "application", application)
