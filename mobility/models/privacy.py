"""What people were told about their data, and what they asked for."""

from django.db import models
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
