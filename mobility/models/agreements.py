"""Agreements with partner institutions, and the places that they give."""

from django.db import models
from django.db.models import F, Q

from mobility.models.institutions import Institution, Programme
from mobility.models.networks import MobilityProgramme


class Kind(models.TextChoices):
    """Art. 5(8): study mobility and traineeship mobility (SMP, which Art. 8(6) also writes SMT)."""

    SMS = "SMS", "SMS"
    SMP = "SMP", "SMP"


class Agreement(models.Model):
    """With one institution, under one programme of the Annex; academic years by their first calendar year."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="agreements")
    mobility_programme = models.ForeignKey(MobilityProgramme, models.PROTECT, related_name="agreements")
    from_year = models.PositiveSmallIntegerField()
    until_year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["institution", "mobility_programme"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "mobility_programme"], name="agreement_once_per_programme"),
            models.CheckConstraint(condition=Q(until_year__gte=F("from_year")), name="agreement_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.institution} ({self.mobility_programme})"


class AgreementPlaces(models.Model):
    """A pool of places that an agreement gives in one academic year: to some programmes, or (none named) to all."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="pools")
    academic_year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=3, choices=Kind)
    # Tells the pools of one agreement apart; empty for its only or shared pool.
    label = models.CharField(max_length=40, blank=True)
    places = models.PositiveIntegerField()
    programmes = models.ManyToManyField(Programme, blank=True, related_name="+")
    # Of teaching: the code of mobility.languages.
    language = models.CharField(max_length=40, blank=True)
    language_level = models.CharField(max_length=6, blank=True)

    class Meta:
        ordering = ["agreement", "academic_year", "kind", "label"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "academic_year", "kind", "label"], name="pool_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="pool_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement}, {self.academic_year}"
