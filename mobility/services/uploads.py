"""Files that people give: checked by name, by first bytes, for viruses, and by really opening them; then kept.

``receive`` serves any owner: a student's file today, whatever else has documents tomorrow. What is kept lies outside
the web root under a name that tells nothing, and leaves only through a view that asks who may see it.
"""

import hashlib
import json
import subprocess  # nosec B404  # opening a stranger's file is kept out of this process
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import filetype
import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mobility import inspection
from mobility.disk import is_disk_full
from mobility.log import take_turn
from mobility.models import Document, User
from mobility.services.scanning import NotScanned, infection
from mobility.workflow import record

log = structlog.get_logger("security")

# Content type -> how the inspection calls it, and the endings that go with it.
TYPES = {
    "application/pdf": ("PDF", (".pdf",)),
    "image/jpeg": ("JPEG", (".jpg", ".jpeg")),
    "image/png": ("PNG", (".png",)),
}
ENDINGS = tuple(ending for _kind, endings in TYPES.values() for ending in endings)
LONGEST_NAME = 100
PATIENCE_SECONDS = 30

REFUSALS = {
    "empty": _("The file is empty. Choose it again, or save it again first."),
    "large": _("The file has more than %(megabytes)s MB. Scan it at a lower resolution, or as a PDF in grey."),
    "ending": _("Files are accepted as PDF, JPEG or PNG. Save or scan this one as a PDF."),
    "content": _("This is not a PDF, JPEG or PNG, whatever its name says. Save or scan it as a PDF."),
    "mismatch": _("The name ends in %(ending)s, but this is a %(type)s file. Give it the right ending."),
    "damaged": _("The file is damaged or cut short. Open it to see whether it is whole, save it again and retry."),
    "mixed": _("There is something behind the end of the file. Print it to a new PDF, and upload that one."),
    "locked": _("The PDF asks for a password. Remove it (print it to a new PDF), and upload that one."),
    "active": _("The PDF carries programs or other files inside. Print it to a new PDF, and upload that one."),
    "pages": _("The PDF has more than %(pages)s pages. Upload the pages that prove it alone."),
    "pixels": _("The picture has more than %(megapixels)s megapixels. Make it smaller, or scan it as a PDF."),
    "complex": _("The file takes too much to open. Print it to a new PDF, and upload that one."),
    "infected": _("The virus scanner refused this file. It was not kept. Check the device that it comes from."),
    "many": _("There are already %(files)s documents here. Remove one that is no longer needed first."),
    "twice": _("This file is already here, as “%(name)s”."),
    "unscanned": _("Files can't be checked for viruses at the moment. Nothing was kept. Try again in some minutes."),
    "full": _("There is no room for the file at the moment. Nothing was kept. Try again in some minutes."),
}
# Not the file's fault: the same one may be taken later.
OURS = {"unscanned", "full"}


class UploadRefused(Exception):  # noqa: N818  # a refusal is an answer, not an error
    """Why a file isn't taken, and what to do, in the reader's language."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code = code
        super().__init__(REFUSALS[code] % facts)

    @property
    def later(self) -> bool:
        """Whether the reason lies with the portal."""
        return self.code in OURS


@dataclass(frozen=True)
class Checked:
    """A file that passed: what to keep, and under which name and type."""

    name: str
    content_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def receive(*, file: UploadedFile, owner: models.Model, kind: str, by: User) -> Document:
    """Check a file and keep it as a document of ``owner``. Raises UploadRefused; then nothing is kept."""
    try:
        return _keep(check(file), owner=owner, kind=kind, by=by)
    except UploadRefused as refused:
        log.warning("upload_refused", reason=refused.code, user=by.pk, kind=kind, bytes=file.size)
        raise


def check(file: UploadedFile) -> Checked:
    """The file, opened and found harmless; a picture is drawn anew without what else was in it."""
    if not file.size:
        raise UploadRefused("empty")
    if file.size > settings.UPLOAD_MAX_MEGABYTES * 1024**2:
        raise UploadRefused("large", megabytes=settings.UPLOAD_MAX_MEGABYTES)
    name = readable_name(file.name or "")
    content = file.read()
    content_type = _type_of(name, content)
    try:
        if infection(content):
            raise UploadRefused("infected")
    except NotScanned as error:
        log.error("scanner_failed", error=str(error))
        raise UploadRefused("unscanned") from error
    return Checked(name, content_type, _opened(content, TYPES[content_type][0]))


def readable_name(given: str) -> str:
    """The file's name without what hides or reorders letters; short enough to be read, its ending kept."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
        if unicodedata.category(letter) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
    )
    plain = " ".join(plain.split())
    # Of a file that is called by its ending alone, that is still the ending.
    path = PurePath(f"document{plain}" if plain.startswith(".") or not plain else plain)
    ending = path.suffix.lower()
    return f"{path.stem[: LONGEST_NAME - len(ending)].strip()}{ending}"


def _type_of(name: str, content: bytes) -> str:
    """What the first bytes say, if the name says the same."""
    ending = PurePath(name).suffix
    if ending not in ENDINGS:
        raise UploadRefused("ending")
    found = filetype.guess_mime(content)
    # A reader finds a PDF behind other things too; here it begins the file.
    if found not in TYPES or (found == "application/pdf" and not content.startswith(b"%PDF-")):
        raise UploadRefused("content")
    label, endings = TYPES[found]
    if ending not in endings:
        raise UploadRefused("mismatch", ending=ending, type=label)
    return str(found)


def _opened(content: bytes, kind: str) -> bytes:
    """What the inspection lets through, in a process of its own."""
    most_pages, megapixels = settings.UPLOAD_MAX_PAGES, settings.UPLOAD_MAX_MEGAPIXELS
    command = [sys.executable, "-I", str(Path(inspection.__file__)), kind, str(most_pages), str(megapixels * 10**6)]
    try:
        done = subprocess.run(  # nosec B603  # our own program, no shell; the file comes on its standard input
            command, input=content, capture_output=True, env={"LANG": "C.UTF-8"}, timeout=PATIENCE_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise UploadRefused("complex") from error
    if done.returncode < 0:
        # Stopped by the kernel at one of its limits.
        raise UploadRefused("complex")
    if done.returncode:
        raise RuntimeError(f"the inspection failed: {done.stderr.decode(errors='replace')[-2000:]}")
    line, _newline, kept = done.stdout.partition(b"\n")
    told = json.loads(line)
    if "refused" in told:
        raise UploadRefused(told["refused"], pages=most_pages, megapixels=megapixels)
    return kept


def _keep(checked: Checked, *, owner: models.Model, kind: str, by: User) -> Document:
    document = Document(
        kind=kind,
        object_type=owner._meta.label_lower,
        object_id=owner.pk,
        name=checked.name,
        content_type=checked.content_type,
        sha256=checked.sha256,
        size=len(checked.content),
        uploaded_by=by,
    )
    with _undone_on_failure(document), transaction.atomic():
        take_turn()
        # One at a time for each owner, so that two windows can't pass the limits together.
        type(owner)._default_manager.select_for_update(no_key=True).get(pk=owner.pk)
        _ensure_there_is_a_place(document)
        document.file.save(document.name, ContentFile(checked.content), save=False)
        document.full_clean()
        document.save()
        record(owner, "upload_document", data={"kind": kind, "document": str(document.public_id)}, by=by)
    return document


def _ensure_there_is_a_place(document: Document) -> None:
    others = Document.objects.filter(object_type=document.object_type, object_id=document.object_id)
    if same := others.filter(sha256=document.sha256).first():
        raise UploadRefused("twice", name=same.name)
    if others.count() >= settings.UPLOAD_MAX_FILES:
        raise UploadRefused("many", files=settings.UPLOAD_MAX_FILES)


@contextmanager
def _undone_on_failure(document: Document) -> Iterator[None]:
    """No half-written file stays: on a full disk, of all places."""
    path = Path(settings.MEDIA_ROOT) / document.file.field.generate_filename(document, document.name)
    try:
        yield
    except BaseException as error:
        path.unlink(missing_ok=True)
        if is_disk_full(error):
            raise UploadRefused("full") from error
        raise


@transaction.atomic
def discard(*, document: Document, owner: models.Model, by: User) -> None:
    """Remove a document of ``owner`` and, once that is certain, its file. The caller has asked whether one may."""
    storage, name = document.file.storage, str(document.file.name)
    record(owner, "discard_document", data={"kind": document.kind, "document": str(document.public_id)}, by=by)
    document.delete()
    transaction.on_commit(lambda: storage.delete(name))
