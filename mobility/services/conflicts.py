"""Declared conflicts of interest: the coordinator doesn't act on the candidate, another does (Art. 2(3), 3(3)(a))."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.models import Conflict, Membership, Programme, Role, Student, User
from mobility.permissions import is_nmci
from mobility.workflow import TransitionRefused, record


@transaction.atomic
def declare(*, coordinator: User, student: Student, reason: str, by: User) -> Conflict:
    """Say that the coordinator has an interest in this student; from then on others give the opinions.

    By the coordinator, or by the mobility office. A second declaration changes nothing. Raises PermissionDenied,
    ValidationError (no reason).
    """
    own = by.pk == coordinator.pk and by.has_role(Role.COORDINATOR)
    if not (own or is_nmci.test(by)):
        raise PermissionDenied("declare")
    if not reason.strip():
        raise ValidationError({"reason": _("Say which interest there is.")})
    standing = Conflict.objects.standing().filter(coordinator=coordinator, student=student).first()
    if standing is not None:
        return standing
    conflict = Conflict.objects.create(coordinator=coordinator, student=student, reason=reason.strip(), declared_by=by)
    record(conflict, "declare", clause="2.3", reason=conflict.reason, data=_facts(conflict), by=by)
    coordinator.__dict__.pop("conflicting_student_ids", None)
    return conflict


@transaction.atomic
def withdraw(*, conflict: Conflict, reason: str, by: User) -> None:
    """The office finds that there is no conflict. Raises PermissionDenied, ValidationError, TransitionRefused."""
    if not is_nmci.test(by):
        raise PermissionDenied("withdraw")
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    take_turn()
    stored = Conflict.objects.select_for_update(of=("self",), no_key=True).get(pk=conflict.pk)
    if stored.withdrawn_at is not None:
        raise TransitionRefused(_("It was withdrawn already."))
    stored.withdrawn_at, stored.withdrawn_by = timezone.now(), by
    stored.save()
    record(stored, "withdraw", clause="2.3", reason=reason.strip(), data=_facts(stored), by=by)


def _facts(conflict: Conflict) -> dict[str, int]:
    return {"coordinator": conflict.coordinator_id, "student": conflict.student_id}


def who_acts(programme: Programme, students: Collection[int]) -> list[User]:
    """Who coordinates the programme today, or stands in, without a conflict with any of these students."""
    today = Membership.objects.in_force(timezone.localdate()).filter(role=Role.COORDINATOR, programme=programme)
    barred = Conflict.objects.standing().filter(student__in=students).values("coordinator")
    people = User.objects.filter(pk__in=today.values("user"), is_active=True).exclude(pk__in=barred)
    return list(people.order_by("name"))
