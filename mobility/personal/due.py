"""What is past its period at an instant: one queryset for each kind of data of the privacy notice."""

from datetime import datetime
from functools import partial

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from applications.models import Application, Run
from mobility.models import (
    AcademicRecord,
    Correction,
    DataExport,
    Document,
    Hold,
    LogEntry,
    Membership,
    Message,
    Student,
    User,
)
from mobility.privacy.retention import last_academic_year, limit
from scholarships.models import Award

ME = OuterRef("pk")


def signups(now: datetime) -> "QuerySet[User]":
    """Accounts whose address was never confirmed, and that did nothing."""
    addresses = EmailAddress.objects.filter(user=ME)
    return User.objects.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        ~Exists(Membership.objects.filter(user=ME)),
        ~Exists(Student.objects.filter(user=ME)),
        ~Exists(LogEntry.objects.filter(actor=ME)),
        anonymised_at=None,
        last_login=None,
        joined_at__lt=limit("signup", now),
    )


def exports(now: datetime) -> "QuerySet[DataExport]":
    return DataExport.objects.filter(made_at__lt=limit("export", now))


def sessions(now: datetime) -> "QuerySet[Session]":
    """Sessions say themselves when they end; no later than their period after the last use."""
    return Session.objects.filter(expire_date__lt=now)


def messages(now: datetime) -> "QuerySet[Message]":
    """Those that are sent or given up."""
    return Message.objects.filter(
        ~Exists(Hold.objects.in_force().filter(user=OuterRef("recipient"))),
        state__in=[Message.State.SENT, Message.State.FAILED],
        created_at__lt=limit("message", now),
    )


def corrections(now: datetime) -> "QuerySet[Correction]":
    return Correction.objects.filter(
        ~Exists(Hold.objects.in_force().filter(user=OuterRef("user"))),
        answered_at__lt=limit("correction", now),
    )


def drafts(now: datetime) -> "QuerySet[Application]":
    return Application.objects.filter(
        ~Exists(Hold.objects.in_force().filter(user=OuterRef("student__user"))),
        state=Application.State.DRAFT,
        call__closes_at__lt=limit("draft", now),
    )


def delete_draft(application: Application) -> None:
    """The draft and what was uploaded to it."""
    for document in Document.objects.filter(object_type=Application._meta.label_lower, object_id=application.pk):
        name, storage = str(document.file.name), document.file.storage
        document.delete()
        transaction.on_commit(partial(storage.delete, name))
    application.delete()


def _people(now: datetime) -> "QuerySet[User]":
    """Those whom nothing but an application can keep: no hold, no role today or within its period."""
    last_day = timezone.localdate(limit("staff", now))
    roles = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=last_day), user=ME)
    return User.objects.filter(~Exists(Hold.objects.in_force().filter(user=ME)), ~Exists(roles), anonymised_at=None)


def _unused(now: datetime) -> "QuerySet[User]":
    """Without an application, and not signed in, made or imported since the period began."""
    since = limit("account", now)
    newer = AcademicRecord.objects.filter(student__user=ME, as_of__gte=since)
    applications = Application.objects.filter(student__user=ME)
    return _people(now).filter(
        ~Exists(applications), ~Exists(newer), Q(last_login=None) | Q(last_login__lt=since), joined_at__lt=since
    )


def accounts(now: datetime) -> "QuerySet[User]":
    return _unused(now).filter(~Exists(Membership.objects.filter(user=ME)))


def staff(now: datetime) -> "QuerySet[User]":
    """Those who once held a role."""
    return _unused(now).filter(Exists(Membership.objects.filter(user=ME)))


def _past(now: datetime) -> "QuerySet[User]":
    """People all of whose applications are past the period: to mobilities of years that ended long ago."""
    theirs = Application.objects.filter(student__user=ME)
    newest = last_academic_year("application", now)
    kept = theirs.filter(Q(state=Application.State.DRAFT) | Q(call__academic_year__gt=newest))
    return _people(now).filter(Exists(theirs), ~Exists(kept))


def applicants(now: datetime) -> "QuerySet[User]":
    """Who never got a grant."""
    return _past(now).filter(~Exists(_grants()))


def grant_holders(now: datetime) -> "QuerySet[User]":
    """Who got one, in a year that is past the longer period of public money."""
    newest = last_academic_year("grant", now)
    kept = _grants().filter(entry__run__call__academic_year__gt=newest)
    return _past(now).filter(Exists(_grants()), ~Exists(kept))


def _grants() -> "QuerySet[Award]":
    """The person's grants, as published."""
    return Award.objects.filter(entry__application__student__user=ME, entry__run__state=Run.State.PUBLISHED)
