"""What happened to a person's rows, and the files that belong to them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from applications.models import Application
from mobility.models import Correction, Document, LogEntry, Student, User


def own_objects(user: User) -> Q:
    """Rows that name an object by type and number: those about the person, the student file, an application."""
    own = Q(object_type=User._meta.label_lower, object_id=user.pk)
    students = Student.objects.filter(user=user).values("pk")
    corrections = Correction.objects.filter(user=user).values("pk")
    own |= Q(object_type=Correction._meta.label_lower, object_id__in=corrections)
    applications = Application.objects.filter(student__user=user).values("pk")
    own |= Q(object_type=Student._meta.label_lower, object_id__in=students)
    return own | Q(object_type=Application._meta.label_lower, object_id__in=applications)


def log_about(user: User) -> "QuerySet[LogEntry]":
    return LogEntry.objects.filter(own_objects(user)).select_related("actor").order_by("pk")


def log(user: User) -> Iterator[dict[str, Any]]:
    """What happened to the person's rows, whole; what the person did to others', without the others' data."""
    for entry in log_about(user):
        yield _deed(entry) | {
            "by": str(entry.actor) if entry.actor else None,
            "from_state": entry.from_state,
            "to_state": entry.to_state,
            "reason": entry.reason,
            "data": entry.data,
        }
    for entry in LogEntry.objects.filter(actor=user).exclude(own_objects(user)).order_by("pk"):
        yield _deed(entry) | {"by": str(user)}


def _deed(entry: LogEntry) -> dict[str, Any]:
    return {"at": entry.at, "action": entry.action, "on": entry.object_type, "clause": entry.clause}


def files(user: User) -> "QuerySet[Document]":
    """The documents of the person and of their applications."""
    return Document.objects.filter(own_objects(user)).order_by("pk")
