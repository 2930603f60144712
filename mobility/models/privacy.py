"""What people were told about their data, and what they asked for."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from mobility.models.people import User


class NoticeAcceptance(models.Model):
    """Somebody took note of a version of the privacy notice: which, when, in which language (GDPR 13, 14)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    version = models.CharField(max_length=10)
    language = models.CharField(max_length=2)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="notice_once_per_person")]

    def __str__(self) -> str:
        return f"{self.user}: {self.version}"


def kept_at(export: "DataExport", filename: str) -> str:
    """A path that tells nothing, and the same for whoever makes the file again."""
    return f"exports/{export.public_id.hex}"


class DataExport(models.Model):
    """The file with everything about a person, asked for by themselves (GDPR 15, 20)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="data_export")
    asked_at = models.DateTimeField(default=timezone.now)
    # Empty until the worker has made it.
    file = models.FileField(upload_to=kept_at, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(made_at__isnull=True, file="") | (Q(made_at__isnull=False) & ~Q(file="")),
                name="data_export_made_has_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.asked_at:%Y-%m-%d}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def in_force(self) -> "HoldQuerySet":
        return self.filter(lifted_at__isnull=True)


class Hold(models.Model):
    """A person's data are kept past their period, for a dispute or an audit that is still open (GDPR 17(3)(e))."""

    user = models.ForeignKey(User, models.CASCADE, related_name="holds")
    reason = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_reason"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(lifted_at__isnull=True), name="hold_one_in_force_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.at:%Y-%m-%d}"


class RetentionRun(models.Model):
    """One round of the daily task: what it took away, by kind of data. Without an end, it was stopped in the middle."""

    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    # How many of each kind of mobility.privacy.retention.
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
