"""What Fénix was asked for a person, and what came of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mobility.models.people import User
from mobility.models.records import AcademicRecord


class FenixFetch(models.Model):
    """One asking for a student's academic record, begun by the student's own sign-in through Fénix.

    The newest of a person says how things stand. ``person`` is what Fénix said of who signed in, as far as the
    portal needs it; ``token`` (encrypted) opens that person's data in Fénix and is emptied when the asking ends.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("On its way")
        BROUGHT = "brought", _("Brought in")
        UNCHANGED = "unchanged", _("Unchanged")
        KEPT = "kept", _("The earlier record stays")
        NO_STUDENT = "no_student", _("No student file")
        FAILED = "failed", _("Failed")

    user = models.ForeignKey(User, models.CASCADE, related_name="fenix_fetches")
    username = models.CharField(max_length=20)
    person = models.JSONField(default=dict)
    token = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    # Why there is no student file, or why it failed: a code that the pages word.
    problem = models.CharField(max_length=40, blank=True)
    record = models.ForeignKey(AcademicRecord, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "brought", "unchanged", "kept", "no_student", "failed"]),
                name="fenix_fetch_known_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", ended_at__isnull=True) | Q(("token", ""), ended_at__isnull=False),
                name="fenix_fetch_token_gone_when_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.asked_at:%Y-%m-%d %H:%M}: {self.outcome}"
