"""What rows of the log are about, with the page on which it is read; one question a kind, however many rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse

from applications.models import Application, Run
from mobility.models import Call, LogEntry, Student, User
from mobility.permissions import is_auditor, sees_operations

Key = tuple[str, int]


@dataclass(frozen=True)
class Link:
    """A thing by its name; "" where the reader has no page of it."""

    name: str
    url: str = ""


def links_of(entries: Iterable[LogEntry], user: User) -> dict[Key, Link]:
    """By kind and number; what is gone or hidden from the reader has none."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        wanted.setdefault(entry.object_type, set()).add(entry.object_id)
    found: dict[Key, Link] = {}
    for kind, finder in FINDERS.items():
        if kind in wanted:
            found |= {(kind, number): link for number, link in finder(wanted[kind], user).items()}
    return found


def _applications(numbers: set[int], user: User) -> dict[int, Link]:
    readable = Application.objects.visible_to(user).filter(pk__in=numbers)
    return {
        pk: Link(reference, reverse("application", args=[public_id]))
        for pk, reference, public_id in readable.values_list("pk", "reference", "public_id")
    }


def _runs(numbers: set[int], user: User) -> dict[int, Link]:
    readable = Run.objects.visible_to(user).filter(pk__in=numbers).select_related("call")
    return {run.pk: Link(str(run), reverse("run", args=[run.public_id])) for run in readable}


def _calls(numbers: set[int], user: User) -> dict[int, Link]:
    office = sees_operations.test(user)
    return {
        call.pk: Link(str(call), reverse("office_call", args=[call.code]) if office else "")
        for call in Call.objects.filter(pk__in=numbers)
    }


def _students(numbers: set[int], user: User) -> dict[int, Link]:
    students = Student.objects.filter(pk__in=numbers).select_related("user") if is_auditor.test(user) else []
    return {student.pk: Link(str(student)) for student in students}


def _accounts(numbers: set[int], user: User) -> dict[int, Link]:
    return {account.pk: Link(str(account)) for account in User.objects.filter(pk__in=numbers)}


FINDERS: dict[str, Callable[[set[int], User], dict[int, Link]]] = {
    "applications.application": _applications,
    "applications.run": _runs,
    "mobility.call": _calls,
    "mobility.student": _students,
    "mobility.user": _accounts,
}
