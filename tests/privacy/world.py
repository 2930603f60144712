"""A person about whom the portal knows everything that it can know: a row of every kind, with findable words in it."""

import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.db import connection

from applications.models import Application, Run
from mobility import mail
from mobility.models import Document, User
from mobility.workflow import record
from tests.factories import (
    ApplicationFactory,
    OpinionFactory,
    RecordFactory,
    RecordUnitFactory,
    StudentFactory,
    SubmissionFactory,
)
from tests.scholarships.decided import Story, publish

NAME, EMAIL, NUMBER = "Iolanda Quaresma", "iolanda.quaresma@example.org", "ist1987654"
TRACES = ("iolanda", "quaresma", NUMBER)
REASON = "A Iolanda Quaresma falou comigo."
FILE = b"%PDF-1.7 certidao da Iolanda Quaresma"


class Known:
    """Somebody who applied, was judged, ranked, placed and given a grant; the run is published."""

    def __init__(self) -> None:
        self.story = Story()
        self.student = StudentFactory(
            programme=self.story.programmes["MEEC"],
            user__name=NAME,
            user__email=EMAIL,
            user__language="pt",
            number=NUMBER,
            nationality="AO",
            residence_permit_until=datetime.date(2028, 1, 1),
        )
        self.user: User = self.student.user
        self.application = self._application()
        self._account()
        self.run: Run = publish(self.story.decide())
        self.entry = self.run.entries.get(application=self.application)

    def _application(self) -> Application:
        kept = RecordFactory(student=self.student, average="19.00", source=f"Secretaria, {NUMBER}")
        RecordUnitFactory(record=kept, code="AC", name="Análise Complexa")
        wanted = [self.story.erasmus, self.story.iberian]
        application: Application = ApplicationFactory(
            call=self.story.call, student=self.student, record=kept, draft={"note": NAME}, preferences=wanted
        )
        SubmissionFactory(application=application)
        OpinionFactory(application=application, reason=REASON, coordinator=self.story.coordinator)
        record(application, "opinion", reason=REASON, by=self.story.coordinator)
        self.document = document_of(application)
        return application

    def _account(self) -> None:
        EmailAddress.objects.create(user=self.user, email=EMAIL, verified=True, primary=True)
        session = SessionStore()
        session["name"] = NAME
        session.create()
        UserSession.objects.create(
            user=self.user, ip="10.1.2.3", session_key=session.session_key, user_agent="Firefox/1"
        )
        mail.queue("receipt", to=self.user, key="1", context=letter(self.application))


def letter(application: Application) -> dict[str, Any]:
    return {
        "application": application,
        "call": application.call,
        "submission": application.submissions.first(),
        "preferences": [],
    }


def document_of(thing: Any, name: str = f"certidão {NAME}.pdf") -> Document:
    document = Document(
        kind="upload",
        object_type=thing._meta.label_lower,
        object_id=thing.pk,
        name=name,
        content_type="application/pdf",
        sha256="0" * 64,
    )
    document.file.save(name, ContentFile(FILE), save=False)
    document.save()
    return document


def everything_stored() -> dict[str, str]:
    """All rows of all tables as text, by table and column; JSON and binary columns too."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    found.setdefault(f"{table}.{name}", []).append(str(value))
    return {column: "\n".join(values) for column, values in found.items()}
