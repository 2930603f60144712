"""Mobility programmes of the regulation's Annex, and the networks that the university belongs to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mobility.models.institutions import Institution


class Scheme(models.TextChoices):
    """Which grants a destination gives access to: Art. 8 or Art. 9."""

    ERASMUS = "erasmus", "Erasmus+"
    SANTANDER = "santander", "Santander"


class MobilityProgramme(models.Model):
    """One entry of the Annex with its own rules (Art. 4(1)): for credits (A.1), for a degree (A.2), national (A.3)."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    clause = models.CharField(max_length=6, help_text=_("Clause of the Annex, for instance A.1"))
    scheme = models.CharField(max_length=10, choices=Scheme, null=True, blank=True)  # noqa: DJ001  # none is no scheme
    awards_degree = models.BooleanField(default=False)

    class Meta:
        ordering = ["clause", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scheme__isnull=True) | Q(scheme__in=Scheme.values), name="mobility_programme_known_scheme"
            )
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name


class Network(models.Model):
    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    website = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class NetworkMember(models.Model):
    network = models.ForeignKey(Network, models.CASCADE, related_name="members")
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="networks")

    class Meta:
        ordering = ["network", "institution"]
        constraints = [models.UniqueConstraint(fields=["network", "institution"], name="network_member_once")]

    def __str__(self) -> str:
        return f"{self.network}: {self.institution}"
