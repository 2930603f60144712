"""A student's application to a call, and the opinions on it."""

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mobility.models import (
    AcademicRecord,
    Call,
    Destination,
    Programme,
    Role,
    Student,
    User,
    holds,
    opened_to,
    signature,
)

# No vowels and no look-alikes: a code can be read out, and spells nothing.
CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


def new_code(groups: int) -> str:
    return "-".join("".join(secrets.choice(CODE_ALPHABET) for _ in range(4)) for _ in range(groups))


def new_reference() -> str:
    """The number under which a candidate appears in public lists and in the engine's case."""
    return new_code(2)


def new_receipt() -> str:
    return new_code(3)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: object) -> "ApplicationQuerySet":
        """One's own; a coordinator's programmes, once submitted; everything submitted for office, board and auditor."""
        if not isinstance(user, User):
            return self.none()
        own = Q(student__user=user) if user.is_student else Q(pk__in=[])
        if holds(user, Role.NMCI, Role.BOARD, Role.AUDITOR):
            return self.filter(own | ~Q(state=Application.State.DRAFT))
        if holds(user, Role.ADMINISTRATOR):
            # Whose file they have open, for a reason; to read alone, since every act asks for another role.
            return self.filter(own | Q(student__in=opened_to(user)) & ~Q(state=Application.State.DRAFT))
        mine = Q(programme_id__in=user.coordinated_programme_ids) & ~Q(state=Application.State.DRAFT)
        return self.filter(own | mine)


class Application(models.Model):
    """One per student and call. The rows hold what was submitted; ``draft`` what is being written.

    So an edit that is never submitted again changes nothing, and nothing typed is lost.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Term(models.TextChoices):
        FIRST = "first", _("1st semester")
        SECOND = "second", _("2nd semester")
        YEAR = "year", _("Full year")

    class Merit(models.TextChoices):
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=9, default=new_reference, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    student = models.ForeignKey(Student, models.PROTECT, related_name="applications")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="applications")
    record = models.ForeignKey(AcademicRecord, models.PROTECT, null=True, blank=True, related_name="applications")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # What is being written: {"term", "wants_grant", "preferences": [destination ids]}; empty once submitted.
    draft = models.JSONField(default=dict, blank=True)
    # Grows with every save of the draft: a second tab that saw an older one is told so.
    draft_version = models.PositiveIntegerField(default=0)
    term = models.CharField(max_length=6, choices=Term, blank=True)
    wants_grant = models.BooleanField(default=True)
    # Facts that the engine asks for, as they stood at submission.
    grant_eligible = models.BooleanField(default=False)
    earlier_grant = models.BooleanField(default=False)
    santander_lost = models.BooleanField(default=False)
    barred = models.BooleanField(default=False)
    will_meet_requirements = models.BooleanField(default=False)
    # The vice-president's decision on an exception of merit (Art. 5(5)); none asked: null.
    merit = models.CharField(max_length=8, choices=Merit, null=True, blank=True)  # noqa: DJ001  # null: not asked
    conduct_version = models.CharField(max_length=20, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["call", "programme", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["call", "student"], name="application_once_per_call"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "withdrawn"]), name="application_known_state"
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(submitted_at__isnull=False, record__isnull=False, term__in=["first", "second", "year"]),
                name="application_submitted_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.call.code})"

    @property
    def semesters(self) -> int:
        return 2 if self.term == self.Term.YEAR else 1


class Preference(models.Model):
    """A destination and its place in the student's order, from 1 (Art. 6(3))."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="preferences")
    order = models.PositiveSmallIntegerField()
    destination = models.ForeignKey(Destination, models.PROTECT, related_name="preferences")

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["application", "order"], name="preference_order_once"),
            models.UniqueConstraint(fields=["application", "destination"], name="preference_destination_once"),
            models.CheckConstraint(condition=Q(order__gte=1), name="preference_order_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.destination}"


class Submission(models.Model):
    """Each time an application was submitted: what it said, and the receipt's code."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    receipt = models.CharField(max_length=14, default=new_receipt, unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="submission_number_once")]

    def __str__(self) -> str:
        return self.receipt


class Opinion(models.Model):
    """A coordinator's opinion on an application (Art. 5(2), 5(3)); the newest one counts, the earlier ones stay."""

    class Value(models.TextChoices):
        FAVOURABLE = "favourable", _("Favourable")
        UNFAVOURABLE = "unfavourable", _("Unfavourable")

    application = models.ForeignKey(Application, models.CASCADE, related_name="opinions")
    value = models.CharField(max_length=12, choices=Value)
    reason = models.TextField(blank=True)
    coordinator = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The coordinator in whose place a substitute gives it.
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # True on the newest alone, so that reading 100,000 of them is one indexed condition.
    in_force = models.BooleanField(default=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(value__in=["favourable", "unfavourable"]), name="opinion_known_value"),
            models.UniqueConstraint(fields=["application"], condition=Q(in_force=True), name="opinion_one_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.value}"

    @property
    def signature(self) -> str:
        """Who gives it, and in whose place."""
        return signature(self.coordinator, Role.COORDINATOR, self.on_behalf_of)
