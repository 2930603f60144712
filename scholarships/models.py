"""Grants: how many there are, how they were shared out, who got one (Art. 8 and 9)."""

from django.db import models
from django.db.models import Q

from applications.models import Entry, Run
from mobility.models import Kind, Programme, Scheme


class Budget(models.Model):
    """How many grants of a scheme a year has, per kind, and which document says so (Art. 8(1), 9(1))."""

    academic_year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=3, choices=Kind)
    scheme = models.CharField(max_length=10, choices=Scheme)
    # Erasmus+: semester grants (Art. 8(6)(b)); Santander: one a student.
    grants = models.PositiveIntegerField()
    amount_cents = models.PositiveBigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["-academic_year", "kind", "scheme"]
        constraints = [
            models.UniqueConstraint(fields=["academic_year", "kind", "scheme"], name="budget_once"),
            models.CheckConstraint(condition=~Q(source=""), name="budget_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.academic_year} {self.kind} {self.scheme}: {self.grants}"


class ProgrammeShare(models.Model):
    """What a run gave to one programme: votes, and grants by round (Art. 8(6)(c) to (e))."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="shares")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    admitted = models.PositiveIntegerField()
    conditional = models.PositiveIntegerField()
    votes = models.PositiveIntegerField()
    guaranteed = models.PositiveIntegerField()
    hondt = models.PositiveIntegerField()
    redistributed = models.PositiveIntegerField()
    used = models.PositiveIntegerField()
    unused = models.PositiveIntegerField()

    class Meta:
        ordering = ["programme__code"]
        constraints = [models.UniqueConstraint(fields=["run", "programme"], name="share_once_per_programme")]

    def __str__(self) -> str:
        return f"{self.run}: {self.programme}"


class HondtAward(models.Model):
    """One grant of the D'Hondt sequence, with its exact quotient, in order of award (Art. 8(6)(d), (e))."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="hondt_awards")
    seat = models.PositiveIntegerField()
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    votes = models.PositiveIntegerField()
    divisor = models.PositiveIntegerField()
    round = models.CharField(max_length=13)

    class Meta:
        ordering = ["seat"]
        constraints = [
            models.UniqueConstraint(fields=["run", "seat"], name="hondt_seat_once"),
            models.CheckConstraint(condition=Q(round__in=["hondt", "redistributed"]), name="hondt_known_round"),
            models.CheckConstraint(condition=Q(divisor__gte=1), name="hondt_divisor_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.seat}. {self.programme} {self.votes}/{self.divisor}"


class Award(models.Model):
    """A grant proposed for one candidate; semesters are those of Erasmus+ grants (Art. 8(6)(b))."""

    entry = models.OneToOneField(Entry, models.CASCADE, related_name="award")
    scheme = models.CharField(max_length=10, choices=Scheme)
    semesters = models.PositiveSmallIntegerField(null=True, blank=True)
    # A conditional candidate's grant waits for the reassessment of Art. 7(2)(b).
    provisional = models.BooleanField(default=False)
    rounds = models.JSONField(default=list)

    class Meta:
        ordering = ["entry__position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scheme="erasmus", semesters__in=[1, 2]) | Q(scheme="santander", semesters__isnull=True),
                name="award_semesters_of_erasmus",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.scheme}"
