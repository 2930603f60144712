"""The documents in a student's file: residence permit, certificates, proofs. Who sees which, and how long they stay.

The student adds them (``mobility.services.uploads`` looks at each file) and may remove them until a call that the
application was submitted to has closed: from then on a decision may rest on them.
"""

import datetime
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application
from mobility.log import take_turn
from mobility.models import Call, Document, Role, Student, User, holds
from mobility.permissions import is_student
from mobility.services import uploads
from mobility.workflow import TransitionRefused, record

OWNER = Student._meta.label_lower


class Kind(models.TextChoices):
    RESIDENCE_PERMIT = "residence_permit", gettext_lazy("Residence permit")
    IDENTITY = "identity", gettext_lazy("Identity document")
    LANGUAGE = "language", gettext_lazy("Language certificate")
    GRADES = "grades", gettext_lazy("Proof of earlier grades")
    OTHER = "other", gettext_lazy("Other")


# Eligibility for a grant (Art. 4(2)(b)) is the office's to check: an opinion needs nobody's identity papers.
FOR_COORDINATORS = (Kind.LANGUAGE, Kind.GRADES, Kind.OTHER)


def visible_to(user: object) -> QuerySet[Document]:
    """One's own; all of them for office and auditor; for coordinators what an opinion on their candidates needs."""
    documents = Document.objects.filter(object_type=OWNER)
    if not isinstance(user, User):
        return documents.none()
    if holds(user, Role.NMCI, Role.AUDITOR):
        return documents
    own = Q(object_id__in=Student.objects.filter(user=user).values("pk"))
    candidates = Application.objects.filter(
        programme_id__in=user.coordinated_programme_ids, state=Application.State.SUBMITTED
    )
    return documents.filter(own | Q(kind__in=FOR_COORDINATORS, object_id__in=candidates.values("student")))


@dataclass(frozen=True)
class Listed:
    """A document as lists show it."""

    document: Document
    kind: str
    kept: bool


def listed(student: Student, user: object) -> list[Listed]:
    """What the person may see of a student's documents, newest first."""
    until = kept_until(student)
    return [
        Listed(document, str(Kind(document.kind).label), is_kept(document, until))
        for document in visible_to(user).filter(object_id=student.pk)
    ]


def kept_until(student: Student) -> datetime.datetime | None:
    """Documents up to this instant stay: a call with a submitted application of the student's closed then."""
    closed = student.applications.filter(state=Application.State.SUBMITTED, call__state=Call.State.CLOSED)
    found: datetime.datetime | None = closed.aggregate(last=Max("call__closed_at"))["last"]
    return found


def is_kept(document: Document, until: datetime.datetime | None) -> bool:
    return until is not None and document.created_at <= until


def add(*, file: UploadedFile, kind: str, by: User) -> Document:
    """A student's own document. Raises PermissionDenied, UploadRefused."""
    if not is_student(by):
        raise PermissionDenied("add_document")
    return uploads.receive(file=file, owner=by.student, kind=Kind(kind).value, by=by)


@transaction.atomic
def remove(*, document: Document, by: User) -> None:
    """Take back one's own document. Raises PermissionDenied; TransitionRefused once a decision may rest on it."""
    take_turn()
    student = Student.objects.select_for_update(no_key=True).get(pk=document.object_id)
    if student.user_id != by.pk:
        raise PermissionDenied("remove_document")
    if is_kept(document, kept_until(student)):
        raise TransitionRefused(
            _("A call that you applied to has closed since you added this: a decision may rest on it, so it stays.")
        )
    uploads.discard(document=document, owner=student, by=by)


def note_reading(*, document: Document, by: User) -> None:
    """Somebody other than its owner opens a document: the student's file says who and when."""
    student = Student.objects.get(pk=document.object_id)
    if student.user_id != by.pk:
        data = {"kind": document.kind, "document": str(document.public_id)}
        record(student, "read_document", data=data, by=by)
