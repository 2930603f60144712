"""The append-only record of what happened to every file."""

from django.db import models
from django.utils import timezone


class LogEntry(models.Model):
    """Who did what to which object, when, under which clause. Never changed, never deleted."""

    at = models.DateTimeField(default=timezone.now)
    # None: the portal itself (a scheduled task).
    actor = models.ForeignKey("mobility.User", models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    clause = models.CharField(max_length=10, blank=True)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_type", "object_id", "-id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.object_type} {self.object_id}: {self.action}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise TypeError("Log entries are never changed; write a new one.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passes Django's own arguments through

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError("Log entries are never deleted.")
