"""The PDFs of a run: made by a job, kept as rows, the same bytes for the same run."""

import io
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import FileSystemStorage, default_storage
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from applications.models import Run
from applications.services.documents import request_documents
from mobility.models import Document, Job, Role
from mobility.services import jobs
from mobility.tasks import run_job
from scholarships.services import documents
from tests.factories import person
from tests.scholarships.decided import Story, publish

pytestmark = pytest.mark.django_db


def make(run, by):
    job = request_documents(run=run, by=by)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def text_of(document):
    with document.file.open("rb") as file:
        return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.read())).pages).split())


def test_list_and_minutes_are_made_in_both_languages_and_say_what_was_decided():
    story = Story()
    run = story.decide()
    job = make(run, story.office)
    assert (job.state, job.error) == (Job.State.DONE, "")
    made = {(d.kind, d.language): text_of(d) for d in Document.objects.all()}
    assert set(made) == {(kind, language) for kind in ("ranking", "minutes") for language in ("pt", "en")}
    listed, minutes = made["ranking", "en"], made["minutes", "en"]
    for entry in run.entries.select_related("application__student__user"):
        assert entry.application.reference in listed
        assert entry.application.student.user.name not in listed + minutes
    assert "Not homologated: this is a working document." in listed
    assert "Lista de seriação" in made["ranking", "pt"]
    compact = minutes.replace(" ", "")
    assert run.decision_sha256 in compact
    assert run.input_sha256 in compact
    sequence = [
        f"{a.seat}. {a.programme.code} {a.votes}/{a.divisor}" for a in run.hondt_awards.select_related("programme")
    ]
    assert "; ".join(sequence) in minutes
    assert "best of the programme" in minutes
    assert story.call.draw_seed in minutes


def test_the_pages_of_the_list_are_numbered_through():
    read = PdfReader(io.BytesIO(documents.ranking_list(Story().decide())))
    assert [page.extract_text().split()[-1] for page in read.pages] == ["1", "2", "3"]


def test_making_them_again_stores_nothing_new_until_the_run_moves_on(django_capture_on_commit_callbacks):
    story = Story()
    run = story.decide()
    make(run, story.office)
    first = set(Document.objects.values_list("pk", "sha256"))
    make(run, story.office)
    assert set(Document.objects.values_list("pk", "sha256")) == first
    publish(run)
    old = [document.file.name for document in Document.objects.all()]
    with django_capture_on_commit_callbacks(execute=True):
        make(run, story.office)
    assert Document.objects.count() == len(first)
    assert not {sha for _, sha in first} & set(Document.objects.values_list("sha256", flat=True))
    assert not any(default_storage.exists(name) for name in old)


def test_a_run_that_moves_on_meanwhile_gets_its_documents_made_again():
    story = Story()
    run = story.decide()
    job = jobs.claim(job_id=request_documents(run=run, by=story.office).pk)
    stale = Run.objects.select_related("call", "created_by", "homologation__by").get(pk=run.pk)
    publish(run)
    documents._make(stale, job)
    assert Job.objects.filter(kind="documents", state=Job.State.QUEUED).count() == 1


def test_a_request_that_waits_already_is_enough_and_only_the_office_asks():
    story = Story()
    run = story.decide()
    assert request_documents(run=run, by=story.office) == request_documents(run=run, by=story.office)
    with pytest.raises(PermissionDenied):
        request_documents(run=run, by=person(Role.BOARD))


def test_a_full_disk_fails_the_job_and_leaves_no_document(monkeypatch, settings):
    """Full at the third of four files: the two that had room are taken back."""
    story = Story()
    run = story.decide()
    job = request_documents(run=run, by=story.office)
    real, written = FileSystemStorage._save, []

    def full(storage, name, content):
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(real(storage, name, content))
        return written[-1]

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "_save", full)
        run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    with translation.override("en"):
        assert "no space left" in jobs.explain(job)
    assert not Document.objects.exists()
    assert len(written) == 2
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert make(run, story.office).state == Job.State.DONE


def test_a_cancelled_job_makes_nothing():
    story = Story()
    job = request_documents(run=story.decide(), by=story.office)
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert not Document.objects.exists()


def test_the_result_page_offers_what_was_made(client):
    story = Story()
    run = publish(story.decide())
    make(run, story.office)
    page = client.get(reverse("run", args=[run.public_id])).text
    for document in Document.objects.all():
        assert reverse("document", args=[document.public_id]) in page
        assert client.get(reverse("document", args=[document.public_id])).getvalue().startswith(b"%PDF-")
