"""Runs of the decision engine: the exact input, the whole working, the outcome, and who vouched for it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models.applications import Application
from mobility.models import Call, Destination, Programme, Role, User, holds, signature, standing_in
from mobility.models.fields import ExactField


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: object) -> "RunQuerySet":
        """Published ones to all; all to office, board and auditor; decided ones to their programmes' coordinators."""
        public = Q(state=Run.State.PUBLISHED)
        if holds(user, Role.NMCI, Role.BOARD, Role.AUDITOR):
            return self.all()
        if isinstance(user, User) and holds(user, Role.COORDINATOR):
            theirs = Entry.objects.filter(run=models.OuterRef("pk"), programme__in=user.coordinated_programme_ids)
            return self.filter(public | Q(models.Exists(theirs), state__in=Run.WITH_OUTCOME))
        return self.filter(public)


class Run(models.Model):
    """One decision on a call. A second run supersedes the first; nothing is overwritten."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to run")
        RUNNING = "running", _("Running")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        DECIDED = "decided", _("Awaiting confirmation by coordinators")
        CONFIRMED = "confirmed", _("Awaiting homologation")
        RETURNED = "returned", _("Returned by the board")
        HOMOLOGATED = "homologated", _("Homologated")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")

    IN_PROGRESS = (State.QUEUED, State.RUNNING)
    WITH_OUTCOME = (
        State.DECIDED,
        State.CONFIRMED,
        State.RETURNED,
        State.HOMOLOGATED,
        State.PUBLISHED,
        State.SUPERSEDED,
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="runs")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    input_sha256 = models.CharField(max_length=64, blank=True)
    decision_sha256 = models.CharField(max_length=64, blank=True)
    # What the pages show without opening the decision: counts by tier, placed, grants, ties.
    totals = models.JSONField(default=dict, blank=True)
    # mobility.regulation.reason.surroundings(): what explains each candidate's result.
    surroundings = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="run_number_once_per_call"),
            models.UniqueConstraint(
                fields=["call"], condition=Q(state__in=["queued", "running"]), name="run_one_in_progress_per_call"
            ),
            models.UniqueConstraint(fields=["call"], condition=Q(state="published"), name="run_one_published_per_call"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "failed", "cancelled"])
                | (Q(decided_at__isnull=False) & ~Q(input_sha256="") & ~Q(decision_sha256="")),
                name="run_decided_has_hashes",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="run_published_has_instant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call.code} #{self.number}"


class RunFiles(models.Model):
    """The case and the decision as canonical JSON, compressed with zlib: what anyone can run again."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="files")
    case = models.BinaryField()
    decision = models.BinaryField(null=True)

    def __str__(self) -> str:
        return str(self.run)


class Entry(models.Model):
    """One candidate's outcome in a run: tier (Art. 5), rank (Art. 7), placement (Art. 6(3))."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="entries")
    application = models.ForeignKey(Application, models.PROTECT, related_name="entries")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    # Position in the decision: rank order, then the rejected by reference.
    position = models.PositiveIntegerField()
    rank = models.PositiveIntegerField(null=True, blank=True)
    tier = models.CharField(max_length=11)
    basis = models.CharField(max_length=6)
    average = ExactField(places=2, null=True, blank=True)
    placement = models.ForeignKey(Destination, models.PROTECT, null=True, blank=True, related_name="+")
    preference = models.PositiveSmallIntegerField(null=True, blank=True)
    # References of those with whom the regulation leaves a tie, drawn by lot (Art. 7(1)).
    tied_with = models.JSONField(default=list, blank=True)
    # The candidate exactly as the engine read it.
    figures = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "application"], name="entry_once_per_run"),
            models.UniqueConstraint(fields=["run", "position"], name="entry_position_once_per_run"),
            models.CheckConstraint(
                condition=Q(tier__in=["admitted", "vacancy", "conditional"], rank__isnull=False)
                | Q(tier="rejected", rank__isnull=True, placement__isnull=True),
                name="entry_ranked_unless_rejected",
            ),
            models.CheckConstraint(
                condition=Q(placement__isnull=True, preference__isnull=True)
                | Q(placement__isnull=False, preference__isnull=False),
                name="entry_placement_with_preference",
            ),
        ]
        indexes = [models.Index(fields=["run", "programme", "position"])]

    def __str__(self) -> str:
        return f"{self.run}: {self.application.reference}"


class Confirmation(models.Model):
    """A coordinator's confirmation of the ranking of one programme (Art. 3(3)(a))."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="confirmations")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The coordinator in whose place a substitute confirms.
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["programme__code"]
        constraints = [models.UniqueConstraint(fields=["run", "programme"], name="confirmation_once_per_programme")]

    def __str__(self) -> str:
        return f"{self.run}: {self.programme}"

    @property
    def signature(self) -> str:
        """Who confirms, and in whose place."""
        return signature(self.by, Role.COORDINATOR, self.on_behalf_of)


class Homologation(models.Model):
    """The board's decision on a run, over the hash that was on the screen (Art. 3(1)(b))."""

    class Verdict(models.TextChoices):
        HOMOLOGATED = "homologated", _("Homologated")
        RETURNED = "returned", _("Returned")

    run = models.OneToOneField(Run, models.CASCADE, related_name="homologation")
    verdict = models.CharField(max_length=11, choices=Verdict)
    reasons = models.TextField(blank=True)
    decision_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The board member whose delegate signs (Art. 2(1)).
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # The head of the log once the verdict was in it; on paper it is noted outside the log (docs/record.md).
    log_number = models.PositiveBigIntegerField(null=True, blank=True)
    log_head = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="homologated") | ~Q(reasons=""), name="homologation_return_has_reasons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.verdict}"

    @property
    def standing_in(self) -> str:
        return standing_in(Role.BOARD, self.on_behalf_of)

    @property
    def signature(self) -> str:
        """Who signs, and by whose delegation."""
        return signature(self.by, Role.BOARD, self.on_behalf_of)
