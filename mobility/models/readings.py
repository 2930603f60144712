"""Who read a student's file, and an administrator's exceptional access to one."""

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mobility.models.hats import Role
from mobility.models.people import Student, User, holds


class ExceptionalAccessQuerySet(models.QuerySet["ExceptionalAccess"]):
    def in_force(self, user: object, now: datetime.datetime) -> "ExceptionalAccessQuerySet":
        """What an administrator has open; nothing for others, nor for one who has another role in use."""
        if not isinstance(user, User) or not holds(user, Role.ADMINISTRATOR):
            return self.none()
        return self.filter(administrator=user, opened_at__lte=now, ends_at__gt=now)


class ExceptionalAccess(models.Model):
    """An administrator reads one student's file, for a reason and for a while; never acts on it."""

    administrator = models.ForeignKey(User, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.CASCADE, related_name="exceptional_accesses")
    reason = models.TextField()
    opened_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()

    objects = ExceptionalAccessQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["administrator", "ends_at"])]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="exceptional_access_has_reason"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="exceptional_access_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.administrator}: {self.student}"


def opened_to(user: object) -> models.QuerySet[Any]:
    """The students (``values``) whose files the person has open exceptionally, for a condition of a query."""
    return ExceptionalAccess.objects.in_force(user, timezone.now()).order_by().values("student")


class Reading(models.Model):
    """Somebody opened a page of a student's file: one row a person, page and hour. Kept out of the chained log.

    Reading is far more frequent than acting, and may wait for nobody; so it has a table of its own.
    """

    class Page(models.TextChoices):
        APPLICATION = "application", _("Application")
        CANDIDATE = "candidate", _("Application, figures and opinions")
        RECEIPT = "receipt", _("Receipt")
        WHY = "why", _("Result and its explanation")

    student = models.ForeignKey(Student, models.CASCADE, related_name="readings")
    reader = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, blank=True)
    behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    page = models.CharField(max_length=12, choices=Page)
    at = models.DateTimeField(default=timezone.now)
    hour = models.DateTimeField()
    # Why, where an administrator needed a reason.
    access = models.ForeignKey(ExceptionalAccess, models.PROTECT, null=True, blank=True, related_name="readings")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["student", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["student", "reader", "role", "page", "hour"], name="reading_once_an_hour"),
            models.CheckConstraint(
                condition=Q(page__in=["application", "candidate", "receipt", "why"]), name="reading_known_page"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.reader}: {self.page} {self.student}"
