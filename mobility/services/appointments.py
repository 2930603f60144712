"""How a programme gets its mobility coordinator: proposed, homologated by its departments, dated (Art. 2(3))."""

import datetime
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.mail import queue
from mobility.models import Appointment, Department, DepartmentHomologation, Membership, Programme, Role, User
from mobility.permissions import homologates_for, is_administrator, is_nmci
from mobility.services.roles import account, check_dates, give, overlapping
from mobility.workflow import APPOINTMENT, TransitionRefused, advance, record


@dataclass(frozen=True)
class Proposal:
    """Who is proposed, for which days, and by whom: the course coordinator, on a day, in a document."""

    email: str
    name: str
    starts_on: datetime.date
    ends_on: datetime.date
    proposed_by: str
    proposed_on: datetime.date
    document: str

    def check(self) -> None:
        """Raises ValidationError by field."""
        empty = [field for field, value in asdict(self).items() if value == "" or value is None]
        if empty:
            raise ValidationError(dict.fromkeys(empty, _("Fill this in.")))
        validate_email(self.email)
        check_dates(self.starts_on, self.ends_on)
        if self.proposed_on > timezone.localdate():
            raise ValidationError({"proposed_on": _("The proposal can't be of a day to come.")})


@transaction.atomic
def propose(*, proposal: Proposal, programmes: Iterable[Programme], by: User) -> list[Appointment]:
    """Enter what the course coordinator proposes: one appointment for each programme (Art. 2(2), 2(3)).

    The departments are told. The same proposal twice is one. Raises PermissionDenied, ValidationError.
    """
    if not is_nmci.test(by):
        raise PermissionDenied("propose")
    chosen = list(programmes)
    if not chosen:
        raise ValidationError({"programmes": _("Choose at least one programme.")})
    proposal.check()
    return [_proposed(proposal, programme, by) for programme in chosen]


def _proposed(proposal: Proposal, programme: Programme, by: User) -> Appointment:
    _refuse_impossible(proposal, programme)
    fields = asdict(proposal) | {"email": proposal.email.strip().lower()}
    waiting = Appointment.objects.filter(programme=programme, email=fields["email"], state=Appointment.State.PROPOSED)
    found = waiting.first()
    if found is not None:
        if all(getattr(found, name) == value for name, value in fields.items()):
            return found
        raise ValidationError(
            {"programmes": _("%(who)s is already proposed for %(programme)s, and waits for the department.")
             % {"who": found.name, "programme": programme}}
        )  # fmt: skip
    appointment = Appointment(programme=programme, entered_by=by, **fields)
    appointment.full_clean(exclude=["membership"])
    appointment.save()
    record(appointment, "propose", clause="2.3", data={"programme": programme.code, "email": appointment.email}, by=by)
    _tell_departments(appointment)
    return appointment


def _refuse_impossible(proposal: Proposal, programme: Programme) -> None:
    """A programme that no department could homologate; a person who coordinates it then already."""
    if not programme.departments:
        raise ValidationError(
            {"programmes": _("No department is set for %(programme)s: set it first, so that it can homologate.")
             % {"programme": programme}}
        )  # fmt: skip
    person = User.objects.filter(email=proposal.email.strip().lower()).first()
    if person is None:
        return
    held = overlapping(person, Role.COORDINATOR, proposal.starts_on, proposal.ends_on).filter(programme=programme)
    if held.exists():
        raise ValidationError(
            {"programmes": _("%(who)s coordinates %(programme)s in these days already.")
             % {"who": person, "programme": programme}}
        )  # fmt: skip


@transaction.atomic
def propose_again(*, appointment: Appointment, proposal: Proposal, by: User) -> Appointment:
    """Correct what the department returned, and put it to the departments anew (Art. 2(2)).

    Raises PermissionDenied, ValidationError, TransitionRefused.
    """
    if not is_nmci.test(by):
        raise PermissionDenied("propose_again")
    proposal.check()
    _refuse_impossible(proposal, appointment.programme)
    for name, value in asdict(proposal).items():
        setattr(appointment, name, value)
    appointment.email = proposal.email.strip().lower()
    appointment.revision += 1
    appointment.homologations.all().delete()
    advance(APPOINTMENT, appointment, "propose_again", by=by)
    _tell_departments(appointment)
    return appointment


@transaction.atomic
def homologate(*, appointment: Appointment, revision: int, by: User) -> Appointment:
    """Homologate for one's departments; with the last of them the person becomes coordinator (Art. 2(3)).

    The membership begins on its day, never before the homologation. A second press changes nothing. Raises
    PermissionDenied, TransitionRefused (corrected meanwhile, no longer waiting), ValidationError (its days are over).
    """
    take_turn()
    stored = (
        Appointment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme")
        .get(pk=appointment.pk)
    )
    if not homologates_for.test(by, stored):
        raise PermissionDenied("homologate")
    mine = [department for department in stored.programme.departments if department.pk in by.department_ids]
    done = set(stored.homologations.values_list("department", flat=True))
    new = [department for department in mine if department.pk not in done]
    if not new and stored.state in {Appointment.State.PROPOSED, Appointment.State.HOMOLOGATED}:
        return stored
    if stored.state != Appointment.State.PROPOSED:
        # advance() words the refusal; before it nothing may have been signed.
        advance(APPOINTMENT, stored, "homologate", by=by)
    if stored.revision != revision:
        raise TransitionRefused(
            _("Nothing was homologated: the proposal was corrected after this page was opened. Read it again.")
        )
    if stored.ends_on < timezone.localdate():
        raise ValidationError(_("Its last day has passed: return it, so that the office corrects the dates."))
    _sign(stored, new, by)
    return stored


def _sign(appointment: Appointment, departments: list[Department], by: User) -> None:
    DepartmentHomologation.objects.bulk_create(
        DepartmentHomologation(appointment=appointment, department=department, by=by) for department in departments
    )
    codes = {"departments": [department.code for department in departments], "revision": appointment.revision}
    if waiting_for(appointment):
        record(appointment, "homologate_department", clause="2.3", data=codes, by=by)
        return
    person = account(email=appointment.email, name=appointment.name)
    appointment.membership = Membership(
        user=person,
        role=Role.COORDINATOR,
        programme=appointment.programme,
        starts_on=max(appointment.starts_on, timezone.localdate()),
        ends_on=appointment.ends_on,
        reason=appointment.document,
        given_by=by,
    )
    give(appointment.membership, "give", clause="2.3", by=by)
    advance(APPOINTMENT, appointment, "homologate", data=codes, by=by)


def waiting_for(appointment: Appointment) -> list[Department]:
    """The departments that are responsible and haven't homologated."""
    done = {row.department_id for row in appointment.homologations.all()}
    return [department for department in appointment.programme.departments if department.pk not in done]


@transaction.atomic
def return_proposal(*, appointment: Appointment, reasons: str, by: User) -> None:
    """The department doesn't homologate, and says why; the office is told. Raises like homologate()."""
    reasons = reasons.strip()
    if not reasons:
        raise ValidationError({"reasons": _("Say why it is returned: the office acts on these reasons.")})
    appointment.reasons = reasons
    advance(APPOINTMENT, appointment, "return", reason=reasons, by=by)
    appointment.homologations.all().delete()
    office = Membership.objects.in_force(timezone.localdate()).filter(role=Role.NMCI)
    _tell(office.values_list("user", flat=True), "appointment_returned", appointment)


@transaction.atomic
def withdraw(*, appointment: Appointment, reason: str, by: User) -> None:
    """The office takes the proposal back. Raises PermissionDenied, TransitionRefused, ValidationError (no reason)."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    advance(APPOINTMENT, appointment, "withdraw", reason=reason.strip(), by=by)


@transaction.atomic
def set_departments(*, programme: Programme, departments: Iterable[Department], by: User) -> None:
    """Say which departments are responsible for a programme (Art. 2(3)). Raises PermissionDenied."""
    if not (is_nmci.test(by) or is_administrator.test(by)):
        raise PermissionDenied("set_departments")
    chosen = sorted(set(departments), key=lambda department: department.code)
    before = [department.code for department in programme.departments]
    if before == [department.code for department in chosen]:
        return
    programme.department = chosen[0] if chosen else None
    programme.save(update_fields=["department"])
    programme.other_departments.set(chosen[1:])
    after = [department.code for department in chosen]
    record(programme, "set_departments", clause="2.3", data={"before": before, "after": after}, by=by)


def _tell_departments(appointment: Appointment) -> None:
    theirs = Membership.objects.in_force(timezone.localdate()).filter(
        role=Role.DEPARTMENT, department__in=appointment.programme.departments
    )
    _tell(theirs.values_list("user", flat=True), "appointment_proposed", appointment)


def _tell(people: Iterable[int], template: str, appointment: Appointment) -> None:
    for person in User.objects.filter(pk__in=list(people), is_active=True):
        key = f"{appointment.pk}:{appointment.revision}"
        queue(template, to=person, key=key, context={"appointment": appointment})
