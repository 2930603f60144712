"""Mobility coordinators: proposed, homologated by the departments, and what they may not act on (Art. 2(3))."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mobility.models.hats import Role
from mobility.models.institutions import Department, Programme
from mobility.models.memberships import Membership
from mobility.models.people import Student, User, holds


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: object) -> "AppointmentQuerySet":
        """All to office, board, auditor and administrator; to a department those of its programmes."""
        if holds(user, Role.NMCI, Role.BOARD, Role.AUDITOR, Role.ADMINISTRATOR):
            return self.all()
        if not isinstance(user, User):
            return self.none()
        return self.filter(programme__in=Programme.objects.of_departments(user.department_ids))


class Appointment(models.Model):
    """One person proposed as mobility coordinator of one programme, for certain dates (Art. 2(3)).

    The membership comes into being when every department that is responsible for the programme has homologated.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Awaiting the department")
        RETURNED = "returned", _("Returned by the department")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        HOMOLOGATED = "homologated", _("Homologated")
        ENDED = "ended", _("Ended early")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="appointments")
    # Who is proposed; there needn't be an account before the homologation.
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    # The course coordinator who proposes, when, and in which document.
    proposed_by = models.CharField(max_length=200)
    proposed_on = models.DateField()
    document = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    # Grows with every correction: a page that showed an earlier one can't homologate it.
    revision = models.PositiveSmallIntegerField(default=1)
    # Why the department returned it.
    reasons = models.TextField(blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    membership = models.OneToOneField(
        Membership, models.PROTECT, null=True, blank=True, related_name="appointment", editable=False
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_at", "programme__code"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="appointment_ends_after_start"),
            models.UniqueConstraint(
                fields=["programme", "email"], condition=Q(state="proposed"), name="appointment_proposed_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["homologated", "ended"]) | Q(membership__isnull=False),
                name="appointment_homologated_has_membership",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reasons=""), name="appointment_return_has_reasons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.name}"


class DepartmentHomologation(models.Model):
    """One department's homologation of an appointment (Art. 2(3))."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="homologations")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "department"], name="department_homologates_once")
        ]

    def __str__(self) -> str:
        return f"{self.appointment}: {self.department}"


class ConflictQuerySet(models.QuerySet["Conflict"]):
    def standing(self) -> "ConflictQuerySet":
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: object) -> "ConflictQuerySet":
        """One's own to a coordinator; all to office, board and auditor."""
        if holds(user, Role.NMCI, Role.BOARD, Role.AUDITOR):
            return self.all()
        return self.filter(coordinator=user) if isinstance(user, User) else self.none()


class Conflict(models.Model):
    """A declared conflict of interest: the coordinator doesn't act on that student, in whatever role.

    Declared by the coordinator or by the mobility office; withdrawn by the office alone, because whoever has an
    interest doesn't judge whether it is over.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    coordinator = models.ForeignKey(User, models.PROTECT, related_name="conflicts")
    student = models.ForeignKey(Student, models.PROTECT, related_name="conflicts")
    reason = models.TextField()
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        ordering = ["-declared_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["coordinator", "student"], condition=Q(withdrawn_at__isnull=True), name="conflict_declared_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="conflict_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.coordinator} – {self.student}"
