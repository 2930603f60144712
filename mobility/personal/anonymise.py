"""Make a person nobody: what tells who they were goes, what was decided stays under the application's reference.

What stays: the application with its choices, the result with its figures, grants, the record's sums, the log. What
goes: name, address, number, nationality, permit, units of the record, reasons of opinions, documents, e-mails, devices,
ways to sign in. The stored case and decision of a run know a candidate by the reference alone (docs/adr/0006), so they
and their hashes stay as they are. The rows of the log are never altered: they name the person by a bare number.
"""

from functools import partial

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from applications.models import Application, Opinion
from mobility.log import take_turn
from mobility.models import AcademicRecord, Appointment, Student, User
from mobility.personal import exports, trail
from mobility.personal.inventory import PARTS
from mobility.workflow import record

# In place of a name, for readers of both languages.
ANONYMOUS = "Anonimizado (anonymised)"
# The domain that no address can have (RFC 2606).
NOWHERE = "anonymised.invalid"

# Parts of the inventory whose rows say nothing once nobody knows whose they are.
GONE = (
    *("email_addresses", "privacy_notices", "sessions", "ways_to_sign_in", "second_factors", "fenix_fetches"),
    *("academic_record_units", "corrections", "messages", "conflicts", "readings", "exceptional_accesses"),
)


@transaction.atomic
def anonymise(*, user: User, action: str = "anonymise", by: User | None) -> bool:
    """Take away what tells who the person was. False: that was done before."""
    take_turn()
    stored = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if stored.anonymised_at is not None:
        return False
    _sign_out(stored)
    exports.discard(stored)
    _delete_documents(stored)
    for part in PARTS:
        if part.name in GONE:
            part.rows(stored).delete()
    stored.holds.all().delete()
    _blank_file(stored)
    _blank_account(stored)
    record(stored, action, by=by)
    return True


def _sign_out(user: User) -> None:
    keys = UserSession.objects.filter(user=user).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()


def _delete_documents(user: User) -> None:
    """Rows now, bytes once that is committed."""
    for document in trail.files(user):
        name, storage = str(document.file.name), document.file.storage
        document.delete()
        transaction.on_commit(partial(storage.delete, name))


def _blank_file(user: User) -> None:
    """The student file keeps programme and year; without an application, nothing of it says anything."""
    applications = Application.objects.filter(student__user=user)
    if not applications.exists():
        Student.objects.filter(user=user).delete()
        return
    applications.update(draft={})
    Opinion.objects.filter(application__student__user=user).update(reason="")
    AcademicRecord.objects.filter(student__user=user).update(source="")
    Student.objects.filter(user=user).update(
        number=f"anon-{user.pk}",
        nationality="",
        residence_permit_until=None,
        refugee_or_stateless=False,
        earlier_grant=False,
        barred_until_year=None,
    )


def _blank_account(user: User) -> None:
    nowhere = f"{user.pk}@{NOWHERE}"
    Appointment.objects.filter(email__iexact=user.email).update(name=ANONYMOUS, email=nowhere)
    user.name, user.email, user.institutional_id = ANONYMOUS, nowhere, None
    user.is_active, user.last_login, user.anonymised_at = False, None, timezone.now()
    user.set_unusable_password()
    user.save()
