"""Which rows are about a person: each table is in the file that they may download, or left out for a reason given here.

A test walks all models and fails when one that leads to a person is in neither list.
"""

from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Model, Q, QuerySet

from applications.models import Application, Entry, Opinion, Preference, Run, Submission
from mobility.models import (
    AcademicRecord,
    Appointment,
    Conflict,
    Correction,
    ExceptionalAccess,
    FenixFetch,
    Membership,
    Message,
    NoticeAcceptance,
    Reading,
    RecordUnit,
    Student,
    User,
)
from scholarships.models import Award


@dataclass(frozen=True)
class Part:
    """One table of the file: its name in ``data.json``, whose rows, and by which path they lead to the person."""

    name: str
    model: type[Model]
    path: str
    only: Q = field(default_factory=Q)
    # Columns that stay here, and why: in the comment beside the line.
    without: tuple[str, ...] = ()

    def rows(self, user: User) -> "QuerySet[Any]":
        return self.model._default_manager.filter(self.only, **{self.path: user.pk}).order_by("pk")


# What was decided about the person counts once it is published; until then it is a draft of a decision.
PUBLISHED = (Run.State.PUBLISHED, Run.State.SUPERSEDED)

PARTS = (
    # The password's hash opens nothing and would help whoever steals the file.
    Part("account", User, "pk", without=("password",)),
    Part("email_addresses", EmailAddress, "user"),
    Part("privacy_notices", NoticeAcceptance, "user"),
    # The key of a session is what signs in.
    Part("sessions", UserSession, "user", without=("session_key", "data")),
    Part("ways_to_sign_in", SocialAccount, "user"),
    # What proves the second factor is a secret of the sign-in.
    Part("second_factors", Authenticator, "user", without=("data",)),
    # The token opens the person's data in Fénix.
    Part("fenix_fetches", FenixFetch, "user", without=("token",)),
    Part("roles", Membership, "user"),
    Part("student", Student, "user"),
    Part("academic_records", AcademicRecord, "student__user"),
    Part("academic_record_units", RecordUnit, "record__student__user"),
    Part("applications", Application, "student__user"),
    Part("destinations_chosen", Preference, "application__student__user"),
    Part("submissions", Submission, "application__student__user"),
    Part("opinions", Opinion, "application__student__user"),
    Part(
        "results",
        Entry,
        "application__student__user",
        only=Q(run__state__in=PUBLISHED, run__published_at__isnull=False),
    ),
    Part(
        "grants",
        Award,
        "entry__application__student__user",
        only=Q(entry__run__state__in=PUBLISHED, entry__run__published_at__isnull=False),
    ),
    Part("corrections", Correction, "user"),
    Part("appointments", Appointment, "membership__user"),
    Part("conflicts", Conflict, "student__user"),
    # Who read the file is told by name; for whom they stood in is in the log.
    Part("readings", Reading, "student__user"),
    Part("exceptional_accesses", ExceptionalAccess, "student__user"),
    Part("messages", Message, "recipient"),
)

_DEED = "says which member of staff did it, which the log's rows in the file say too"
_DEVICE = "a secret of the sign-in, of no use to read and of use to steal"
# "app.model": why rows of it are not in the file. ``log`` and ``files`` are made by functions of their own.
LEFT_OUT = {
    "mobility.logentry": "in the file as log (mobility.personal.trail)",
    "mobility.document": "in the file as files (mobility.personal.trail)",
    "mobility.dataexport": "the file itself",
    "mobility.call": _DEED,
    "mobility.job": _DEED,
    "applications.run": _DEED,
    "mobility.departmenthomologation": _DEED,
    "applications.confirmation": _DEED,
    "applications.homologation": _DEED,
    "mobility.hold": "why data are kept for a dispute is told to the person by whoever keeps them, in the dispute",
    "account.emailconfirmation": _DEVICE,
    "socialaccount.socialtoken": _DEVICE,
}
