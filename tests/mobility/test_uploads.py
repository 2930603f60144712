"""What people upload: taken when it is whole and harmless, refused with what to do otherwise, and kept safely."""

import io
import threading
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, connection
from django.utils import translation
from PIL import Image

from mobility.models import Document, LogEntry
from mobility.services import uploads
from mobility.services.uploads import UploadRefused, readable_name, receive
from mobility.workflow import record
from tests.factories import StudentFactory
from tests.full_disk import full_disk
from tests.uploaded import bomb, locked, pdf, photograph, picture, restricted, script, uploaded, with_file_inside

pytestmark = pytest.mark.django_db


@pytest.fixture
def student():
    return StudentFactory()


def give(student, name, content):
    return receive(file=uploaded(name, content), owner=student, kind="other", by=student.user)


def stored(document) -> bytes:
    return Path(document.file.path).read_bytes()


def kept(settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


GOOD = {
    "a PDF": ("permit.pdf", pdf),
    "a PDF that forbids copying": ("ielts.PDF", restricted),
    "a JPEG": ("scan.jpeg", picture),
    "a JPEG in grey": ("scan.jpg", lambda: picture(mode="L")),
    "a JPEG for print": ("scan.jpg", lambda: picture(mode="CMYK")),
    "a PNG with transparency": ("scan.png", lambda: picture("PNG", mode="RGBA")),
    "a PNG of two colours": ("scan.png", lambda: picture("PNG", mode="1")),
    "a PNG with a palette": ("scan.png", lambda: picture("PNG", mode="P")),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_is_whole_is_kept_and_can_be_opened(student, case):
    name, make = GOOD[case]
    document = give(student, name, make())
    assert document.name == name.lower()
    assert (document.object_type, document.object_id) == ("mobility.student", student.pk)
    assert (document.uploaded_by, document.kind) == (student.user, "other")
    content = stored(document)
    assert document.size == len(content)
    if document.content_type == "application/pdf":
        pikepdf.open(io.BytesIO(content)).close()
    else:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            assert image.size == (60, 40)


BAD = {
    "nothing": ("a.pdf", lambda: b"", "The file is empty"),
    "a program": ("a.exe", pdf, "accepted as PDF, JPEG or PNG"),
    "no ending": ("permit", pdf, "accepted as PDF, JPEG or PNG"),
    "two endings": ("permit.pdf.exe", pdf, "accepted as PDF, JPEG or PNG"),
    "an ending turned round": ("permit\u202efdp.exe", pdf, "accepted as PDF, JPEG or PNG"),
    "a web page": ("a.pdf", lambda: b"<html><script>alert(1)</script></html>", "whatever its name says"),
    "a web page before a PDF": ("a.pdf", lambda: b"<html></html>\n" + pdf(), "whatever its name says"),
    "a Word file": ("a.pdf", lambda: b"PK\x03\x04" + bytes(100), "whatever its name says"),
    "an SVG": ("a.png", lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "whatever its name says"),
    "a GIF": ("a.png", lambda: picture("GIF", mode="P"), "whatever its name says"),
    "a PDF called a picture": ("a.jpg", pdf, "ends in .jpg, but this is a PDF file"),
    "a picture called a PDF": ("a.pdf", picture, "ends in .pdf, but this is a JPEG file"),
    "a JPEG called PNG": ("a.png", picture, "ends in .png, but this is a JPEG file"),
    "a PDF cut short": ("a.pdf", lambda: pdf()[:-60], "damaged or cut short"),
    "a PDF of its first line": ("a.pdf", lambda: b"%PDF-1.7\n%%EOF\n", "damaged or cut short"),
    "a PDF without pages": ("a.pdf", lambda: pdf(pages=0), "damaged or cut short"),
    "a JPEG cut short": ("a.jpg", lambda: picture(size=(600, 400))[:-900], "damaged or cut short"),
    "a PNG cut short": ("a.png", lambda: picture("PNG", size=(600, 400))[:-300], "damaged or cut short"),
    "an archive behind a PDF": ("a.pdf", lambda: pdf() + b"PK\x03\x04...PK\x05\x06" + bytes(18), "behind the end"),
    "an archive inside a PDF": (
        "a.pdf",
        lambda: pdf().replace(b"%%EOF", b"PK\x05\x06" + bytes(18) + b"\n%%EOF"),
        "behind the end",
    ),
    "a PDF with a password": ("a.pdf", locked, "asks for a password"),
    "a PDF that runs a script": ("a.pdf", lambda: pdf(root={"/OpenAction": script()}), "carries programs"),
    "a script deep inside": (
        "a.pdf",
        lambda: pdf(root={"/X": pikepdf.Array([pikepdf.Dictionary(A=pikepdf.Array([script()]))])}),
        "carries programs",
    ),
    "a PDF that starts a program": (
        "a.pdf",
        lambda: pdf(root={"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")}),
        "carries programs",
    ),
    "a PDF with a file inside": ("a.pdf", with_file_inside, "carries programs or other files"),
    "a PDF with too many pages": ("a.pdf", lambda: pdf(pages=101), "more than 100 pages"),
    "a picture too large": ("a.png", lambda: picture("PNG", (7100, 7100), "1"), "more than 50 megapixels"),
    "a bomb": ("a.png", bomb, "more than 50 megapixels"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_taken_says_why_and_leaves_nothing(student, settings, case):
    name, make, words = BAD[case]
    with translation.override("en"), pytest.raises(UploadRefused, match=words):
        give(student, name, make())
    assert not Document.objects.exists()
    assert not LogEntry.objects.exists()
    assert kept(settings) == []


def test_every_refusal_is_said_in_both_languages():
    for sentence in uploads.REFUSALS.values():
        with translation.override("pt"):
            portuguese = str(sentence)
        with translation.override("en"):
            assert str(sentence) != portuguese


def test_a_file_that_is_too_large_is_refused_before_it_is_opened(student, settings):
    settings.UPLOAD_MAX_MEGABYTES = 1
    with translation.override("en"), pytest.raises(UploadRefused, match="more than 1 MB"):
        give(student, "a.pdf", bytes(1024**2 + 1))


def test_a_picture_stands_upright_and_tells_nothing_of_where_it_was_taken(student):
    original = photograph()
    assert b"SecretCamera" in original
    assert b"SecretRemark" in original
    content = stored(give(student, "photo.jpg", original + b"SecretTail"))
    assert b"Secret" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (40, 60)
        assert not image.getexif()


def test_a_large_picture_is_kept_as_large_as_print_needs(student):
    with Image.open(give(student, "a.jpg", picture(size=(7000, 5000))).file.path) as image:
        assert max(image.size) <= 5000


def test_a_pdf_is_kept_byte_by_byte(student):
    content = pdf(seed="as it was signed")
    assert stored(give(student, "a.pdf", content)) == content


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("permit.pdf", "permit.pdf"),
        ("C:\\Users\\Eva\\Autorização de residência.PDF", "Autorização de residência.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\x00b\nc\u202egpj.pdf", "abcgpj.pdf"),
        (".pdf", "document.pdf"),
        ("  .jpg", "document.jpg"),
        pytest.param("x" * 300 + ".jpeg", "x" * 95 + ".jpeg", id="a long one"),
        ("e\u0301.png", "é.png"),
        ("\u200b\u2066.png", "document.png"),
        ("", "document"),
    ],
)
def test_a_name_is_shown_without_what_hides_in_it(given, shown):
    assert readable_name(given) == shown


def test_the_file_lies_under_a_name_that_tells_nothing(student, settings):
    document = give(student, "passport of Eva.pdf", pdf())
    (path,) = kept(settings)
    assert path.name == document.public_id.hex
    assert Path(settings.STATIC_ROOT) not in path.parents


def test_the_same_file_twice_is_refused_by_its_name(student):
    give(student, "first.pdf", pdf(seed="one"))
    with translation.override("en"), pytest.raises(UploadRefused, match=r"already here, as “first\.pdf”"):
        give(student, "second.pdf", pdf(seed="one"))
    # Somebody else's file is somebody else's matter.
    give(StudentFactory(), "second.pdf", pdf(seed="one"))
    assert Document.objects.count() == 2


def test_there_are_only_so_many(student, settings):
    settings.UPLOAD_MAX_FILES = 1
    give(student, "a.pdf", pdf(seed="a"))
    with translation.override("en"), pytest.raises(UploadRefused, match="already 1 documents"):
        give(student, "b.pdf", pdf(seed="b"))


@pytest.mark.django_db(transaction=True)
def test_two_windows_can_not_pass_the_limit_together(student, settings):
    settings.UPLOAD_MAX_FILES = 1
    outcomes = []

    def one(seed):
        try:
            give(student, f"{seed}.pdf", pdf(seed=seed))
            outcomes.append("kept")
        except UploadRefused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    windows = [threading.Thread(target=one, args=[seed]) for seed in ("a", "b", "c")]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert sorted(outcomes) == ["kept", "many", "many"]
    assert len(kept(settings)) == Document.objects.count() == 1


def test_a_disk_without_room_keeps_nothing_and_says_so(student, settings, monkeypatch):
    real = FileSystemStorage._save

    def full(storage, name, content):
        path = Path(storage.path(real(storage, name, content)))
        path.write_bytes(path.read_bytes()[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with translation.override("en"), pytest.raises(UploadRefused, match="no room") as refused:
        give(student, "a.pdf", pdf())
    assert refused.value.later
    assert kept(settings) == []
    assert not Document.objects.exists()


def fill_the_log(student):
    """SQLite's last page still has room for a few rows: until it hasn't."""
    with suppress(DatabaseError):
        while connection.vendor == "sqlite":
            record(student, "fill", by=None)


@pytest.mark.django_db(transaction=True)
def test_a_database_without_room_leaves_no_file(student, settings):
    with full_disk("mobility_document", pages_left=0, rows_left=0):
        fill_the_log(student)
        with pytest.raises(UploadRefused) as refused:
            give(student, "a.pdf", pdf())
    assert refused.value.code == "full"
    assert kept(settings) == []


def test_a_file_that_takes_too_long_to_open_is_refused(student, monkeypatch):
    monkeypatch.setattr(uploads, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(UploadRefused) as refused:
        give(student, "a.pdf", pdf())
    assert refused.value.code == "complex"


def test_what_is_uploaded_and_removed_is_on_record_without_its_name(student):
    document = give(student, "diagnosis.pdf", pdf())
    uploads.discard(document=document, owner=student, by=student.user)
    entries = LogEntry.objects.filter(object_type="mobility.student", object_id=student.pk)
    assert [entry.action for entry in entries] == ["discard_document", "upload_document"]
    assert all(entry.data == {"kind": "other", "document": str(document.public_id)} for entry in entries)


@pytest.mark.django_db(transaction=True)
def test_removing_takes_the_file_too(student, settings):
    document = give(student, "a.pdf", pdf())
    assert len(kept(settings)) == 1
    uploads.discard(document=document, owner=student, by=student.user)
    assert kept(settings) == []
