"""My documents: what the student sees and does, and what the others get to see."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from mobility.models import Call, Document, LogEntry, Role
from tests.factories import ApplicationFactory, CallFactory, RecordFactory, person
from tests.uploaded import locked, pdf, uploaded

pytestmark = pytest.mark.django_db
PAGE = "/record/documents/"


@pytest.fixture
def student(client):
    student = RecordFactory(student__user__name="Eva Lima").student
    client.force_login(student.user)
    client.cookies["django_language"] = "en"
    return student


def send(client, name="permit.pdf", content=None, kind="residence_permit"):
    return client.post(PAGE, {"kind": kind, "file": uploaded(name, content or pdf(seed=name))})


def test_a_document_is_added_listed_and_downloaded(client, student):
    assert "You have added no documents" in client.get(PAGE).text
    assert reverse("documents") in client.get(reverse("record")).text
    page = client.get(send(client).headers["Location"]).text
    assert "“permit.pdf” is now in your documents." in page
    assert "Residence permit" in page
    document = Document.objects.get()
    response = client.get(reverse("student_document", args=[document.public_id]))
    assert response.getvalue() == pdf(seed="permit.pdf")
    assert response.headers["Content-Disposition"] == 'attachment; filename="permit.pdf"'
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
    # One's own reading is nobody's business.
    assert not LogEntry.objects.filter(action="read_document").exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose what it is."),
        ({"kind": "other"}, "Choose a file."),
        ({"kind": "tax"}, "Choose what it is."),
        ({"kind": "other", "file": ("a.pdf", locked())}, "The PDF asks for a password."),
        ({"kind": "other", "file": ("a.exe", b"MZ")}, "Save or scan this one as a PDF."),
        ({"kind": "other", "file": ("a.pdf", b"")}, "The file is empty. Choose it again"),
    ],
)
def test_what_is_missing_or_bad_is_said_beside_its_field(client, student, sent, words):
    data = {name: uploaded(*value) if name == "file" else value for name, value in sent.items()}
    response = client.post(PAGE, data)
    assert response.status_code == 422
    assert words in response.text
    assert not Document.objects.exists()


def test_a_name_is_shown_and_never_run(client, student):
    send(client, "<img src=x onerror=alert(1)>.pdf")
    page = client.get(PAGE).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_one_removes_what_one_added(client, student):
    send(client)
    document = Document.objects.get()
    address = reverse("remove_document", args=[document.public_id])
    assert "“permit.pdf”, added on" in client.get(address).text
    page = client.post(address, follow=True).text
    assert "“permit.pdf” is removed." in page
    assert not Document.objects.exists()
    assert client.post(address).status_code == 404


def test_a_document_stays_once_a_call_has_closed_on_it(client, student):
    send(client)
    now = timezone.now()
    call = CallFactory(closed_at=now, closes_at=now, state=Call.State.CLOSED, closed_by=person(Role.NMCI))
    application = ApplicationFactory(call=call, student=student)
    Document.objects.update(created_at=now - datetime.timedelta(hours=1))
    assert "stays: a call has closed since" in client.get(PAGE).text
    address = reverse("remove_document", args=[Document.objects.get().public_id])
    assert "Remove the document" not in client.get(address).text
    assert "a decision may rest on it" in client.post(address, follow=True).text
    assert Document.objects.exists()
    # What came after it can go; and what was withdrawn rests on nothing.
    send(client, "later.pdf")
    client.post(reverse("remove_document", args=[Document.objects.get(name="later.pdf").public_id]))
    assert [document.name for document in Document.objects.all()] == ["permit.pdf"]
    application.delete()
    client.post(address)
    assert not Document.objects.exists()


def test_who_sees_which(client, student):
    """The coordinator gets what an opinion needs; identity papers are between the student and the office."""
    send(client, "permit.pdf", kind="residence_permit")
    send(client, "ielts.pdf", kind="language")
    draft = ApplicationFactory(student=student, state="draft", submitted_at=None)
    coordinator = person(Role.COORDINATOR, student.programme)
    client.force_login(coordinator)
    documents = {d.name: reverse("student_document", args=[d.public_id]) for d in Document.objects.all()}
    assert client.get(documents["ielts.pdf"]).status_code == 404, "still a draft"
    draft.delete()
    application = ApplicationFactory(student=student)
    for who, seen in (
        (coordinator, {"ielts.pdf"}),
        (person(Role.NMCI), {"permit.pdf", "ielts.pdf"}),
        (person(Role.AUDITOR), {"permit.pdf", "ielts.pdf"}),
        (person(Role.BOARD), set()),
    ):
        client.force_login(who)
        for page in ("candidate", "application"):
            text = client.get(reverse(page, args=[application.public_id])).text
            assert {name for name, address in documents.items() if address in text} == seen, (who.roles_today, page)
        opened = {name for name, address in documents.items() if b"".join(client.get(address))[:5] == b"%PDF-"}
        assert opened == seen


def test_the_students_file_says_who_else_opened_a_document(client, student):
    send(client)
    office = person(Role.NMCI)
    client.force_login(office)
    client.get(reverse("student_document", args=[Document.objects.get().public_id])).getvalue()
    entry = LogEntry.objects.get(action="read_document")
    assert (entry.actor, entry.object_type, entry.object_id) == (office, "mobility.student", student.pk)


def test_a_file_that_is_gone_is_a_page_and_an_entry_in_the_log(client, student, caplog):
    send(client)
    document = Document.objects.get()
    document.file.storage.delete(document.file.name)
    response = client.get(reverse("student_document", args=[document.public_id]))
    assert response.status_code == 503
    assert "“permit.pdf” is listed here, but its file isn't where it was kept." in response.text
    assert any("file_missing" in line and str(document.public_id) in line for line in caplog.messages)


def test_a_refused_file_is_in_the_log_without_its_name(client, student, caplog):
    send(client, "diagnosis.pdf", b"no PDF")
    (line,) = [message for message in caplog.messages if "upload_refused" in message]
    assert f"user={student.user.pk}" in line
    assert "reason='content'" in line
    assert "diagnosis" not in line


def test_the_list_takes_no_more_queries_for_more_documents(client, student, counted_queries):
    send(client, "a.pdf")
    one = counted_queries(client, PAGE)
    for name in "bcd":
        send(client, f"{name}.pdf")
    assert counted_queries(client, PAGE) == one
