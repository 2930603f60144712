"""What people say is wrong in their data, and what was answered (GDPR 16)."""

import datetime
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mobility.models.hats import Role
from mobility.models.people import User, holds

# One month (GDPR 12(3)), counted so that February is no exception.
ANSWERED_WITHIN = datetime.timedelta(days=28)


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: object) -> "CorrectionQuerySet":
        """One's own; all for the mobility office and the auditor."""
        if holds(user, Role.NMCI, Role.AUDITOR):
            return self.all()
        return self.filter(user=user) if isinstance(user, User) else self.none()


class Correction(models.Model):
    """A person asks for something in their data to be corrected; the mobility office answers with reasons."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for an answer")
        CORRECTED = "corrected", _("Corrected")
        REFUSED = "refused", _("Not corrected")
        DROPPED = "dropped", _("No longer wanted")

    class Subject(models.TextChoices):
        NAME = "name", _("Name")
        NATIONALITY = "nationality", _("Nationality")
        CURRICULAR_YEAR = "curricular_year", _("Curricular year")
        NUMBER = "number", _("Student number or programme")
        RECORD = "record", _("Academic record: a unit, a grade, an enrolment")
        OTHER = "other", _("Something else")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="corrections")
    subject = models.CharField(max_length=15, choices=Subject)
    # Which unit of the record, or which field: in the person's words.
    detail = models.CharField(max_length=200, blank=True)
    should_be = models.CharField(max_length=200)
    why = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "corrected", "refused", "dropped"]), name="correction_known_state"
            ),
            models.CheckConstraint(condition=~Q(should_be=""), name="correction_says_what_it_should_be"),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}: {self.should_be}"

    @property
    def due_at(self) -> datetime.datetime:
        return self.asked_at + ANSWERED_WITHIN

    @property
    def is_open(self) -> bool:
        return self.state == self.State.ASKED
