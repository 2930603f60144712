"""Roles as dated memberships: one's own, or in the place of somebody (Art. 2)."""

import datetime
import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from mobility.models.hats import Power, Role, standing_in
from mobility.models.institutions import Department, Programme
from mobility.models.people import User, holds


def midnight_after(day: datetime.date) -> datetime.datetime:
    """The instant at which a day ends in Lisbon."""
    return timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time()))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, on: datetime.date) -> "MembershipQuerySet":
        """What gives access on that day: within its dates, not revoked, and whoever is stood in for holds the role."""
        return self._held(on, revoked=Q(revoked_at__isnull=True) | Q(revoked_at__gte=midnight_after(on)))

    def held(self, on: datetime.date) -> "MembershipQuerySet":
        """What gave access at some time of that day: also what was revoked in the course of it."""
        begins = midnight_after(on - datetime.timedelta(days=1))
        return self._held(on, revoked=Q(revoked_at__isnull=True) | Q(revoked_at__gt=begins))

    def own(self) -> "MembershipQuerySet":
        return self.filter(on_behalf_of__isnull=True)

    def visible_to(self, user: object) -> "MembershipQuerySet":
        """All to office, board, auditor, administrator; one's own and one's stand-ins; a department its programmes'."""
        if holds(user, Role.NMCI, Role.BOARD, Role.AUDITOR, Role.ADMINISTRATOR):
            return self.all()
        if not isinstance(user, User):
            return self.none()
        theirs = Q(programme__in=Programme.objects.of_departments(user.department_ids))
        return self.filter(Q(user=user) | Q(on_behalf_of=user) | theirs | Q(department__in=user.department_ids))

    def _held(self, on: datetime.date, *, revoked: Q) -> "MembershipQuerySet":
        dated = Q(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on) & revoked
        same_programme = Q(programme=OuterRef("programme")) | Q(programme__isnull=True)
        theirs = Membership.objects.filter(
            dated & same_programme,
            user=OuterRef("on_behalf_of"),
            user__is_active=True,
            role=OuterRef("role"),
            on_behalf_of__isnull=True,
        )
        return self.filter(dated, Q(on_behalf_of__isnull=True) | Exists(theirs))


class Membership(models.Model):
    """A role that a person holds from one day to another (inclusive), given by someone (Art. 2).

    A mobility coordinator's membership names the master programme; one row a programme. ``on_behalf_of``: the board
    member whose delegate this is, with the ``powers`` of the delegation (Art. 2(1)), or the coordinator whose
    substitute; such a row gives nothing on a day on which that person doesn't hold the role.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="memberships")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="memberships")
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="stood_in_for")
    # Of a delegation alone: values of Power.
    powers = models.JSONField(default=list, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    # Why, or the document that says so.
    reason = models.CharField(max_length=300, blank=True)
    # Ended before its day: from this instant it gives nothing.
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["role", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(role="coordinator", programme__isnull=False)
                | (~Q(role="coordinator") & Q(programme__isnull=True)),
                name="membership_programme_only_for_coordinators",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_known_role"),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True)
                | Q(Q(role__in=["board", "coordinator"]), ~Q(on_behalf_of=F("user")), ends_on__isnull=False),
                name="membership_stands_in_for_another_until_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}{f' {self.scope}' if self.scope else ''}"

    @property
    def scope(self) -> str:
        """The programme or the department that it is about."""
        return str(self.programme or self.department or "")

    @property
    def standing_in(self) -> str:
        return standing_in(self.role, self.on_behalf_of)

    @property
    def power_names(self) -> list[str]:
        return [str(Power(power).label) for power in self.powers]

    @property
    def is_delegation(self) -> bool:
        return self.role == Role.BOARD and self.on_behalf_of_id is not None

    @property
    def is_substitution(self) -> bool:
        return self.role == Role.COORDINATOR and self.on_behalf_of_id is not None

    def is_over(self, on: datetime.date) -> bool:
        """Whether nothing is left of it to end."""
        return self.revoked_at is not None or (self.ends_on is not None and self.ends_on < on)
