"""Calls for applications: what opens, for whom, until when, with how many places."""

import datetime
import hashlib
import secrets

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mobility.languages import language_name
from mobility.models.agreements import AgreementPlaces, Kind
from mobility.models.institutions import Institution, Programme
from mobility.models.networks import MobilityProgramme
from mobility.models.people import Role, holds


def new_seed() -> str:
    return secrets.token_hex(32)


class CallQuerySet(models.QuerySet["Call"]):
    def public(self) -> "CallQuerySet":
        """Everything but drafts: what anybody may read (Art. 6(2))."""
        return self.exclude(state=Call.State.DRAFT)

    def visible_to(self, user: object) -> "CallQuerySet":
        return self.all() if holds(user, Role.NMCI, Role.BOARD, Role.AUDITOR) else self.public()

    def accepting(self, now: datetime.datetime) -> "CallQuerySet":
        return self.filter(state=Call.State.OPEN, opens_at__lte=now, closes_at__gt=now)


class Call(models.Model):
    """One opening of applications (Art. 3(1)(a), 6(1)); instants are shown in Europe/Lisbon."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    academic_year = models.PositiveSmallIntegerField(help_text=_("First calendar year of the academic year"))
    kind = models.CharField(max_length=3, choices=Kind, default=Kind.SMS)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    max_preferences = models.PositiveSmallIntegerField(default=5)
    # Art. 8(6)(e): the day on which grants are distributed, and whether what is left goes round again.
    distribution_on = models.DateField(null=True, blank=True)
    redistribute = models.BooleanField(default=True)
    # Ties that the regulation leaves open are drawn with this; only its hash is public before the close.
    draw_seed = models.CharField(max_length=64, default=new_seed, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("mobility.User", models.PROTECT, null=True, blank=True, related_name="+")
    early_closing_reason = models.TextField(blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-closes_at"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="call_closes_after_opening"),
            models.CheckConstraint(condition=Q(max_preferences__gte=1), name="call_one_preference_at_least"),
            models.CheckConstraint(condition=Q(state__in=["draft", "open", "closed"]), name="call_known_state"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="call_known_kind"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="call_closed_has_instant",
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def academic_year_label(self) -> str:
        return f"{self.academic_year}/{self.academic_year + 1}"

    @property
    def draw_commitment(self) -> str:
        """SHA-256 of the draw seed, public from the opening: nobody can choose the seed afterwards."""
        return hashlib.sha256(self.draw_seed.encode()).hexdigest()

    def accepts_at(self, now: datetime.datetime) -> bool:
        """Whether an application that reaches the server at ``now`` counts."""
        return self.state == self.State.OPEN and self.opens_at <= now < self.closes_at

    @property
    def is_accepting(self) -> bool:
        return self.accepts_at(timezone.now())


class DestinationQuerySet(models.QuerySet["Destination"]):
    def open_to(self, programme_id: int) -> "DestinationQuerySet":
        """Those with places that students of the programme may choose (Art. 6(3))."""
        return self.filter(Q(programmes=programme_id) | Q(programmes__isnull=True), places__gt=0)


class Destination(models.Model):
    """A pool of places in a call at one institution: to some programmes, or (none named) to all (Art. 6(3))."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="destinations")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="destinations")
    mobility_programme = models.ForeignKey(MobilityProgramme, models.PROTECT, related_name="+")
    pool = models.ForeignKey(AgreementPlaces, models.SET_NULL, null=True, blank=True, related_name="+")
    # The engine's name for the pool: the institution's key, and the pool's label where there are several.
    code = models.CharField(max_length=60)
    places = models.PositiveIntegerField()
    programmes = models.ManyToManyField(Programme, blank=True, related_name="destinations")
    language = models.CharField(max_length=40, blank=True)
    language_level = models.CharField(max_length=6, blank=True)

    objects = DestinationQuerySet.as_manager()

    class Meta:
        ordering = ["institution__country", "institution__sort_name", "code"]
        constraints = [models.UniqueConstraint(fields=["call", "code"], name="destination_code_once_per_call")]

    def __str__(self) -> str:
        return str(self.institution)

    @property
    def teaching(self) -> str:
        """Language of teaching and the level asked for, in the reader's language: "alemão B1"; "" when not known."""
        return f"{language_name(self.language)} {self.language_level}".strip()


class ProgrammePlaces(models.Model):
    """How many students of a programme may go, as approved by the board (Art. 5(7)); no row: no cap."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="programme_places")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    places = models.PositiveIntegerField()

    class Meta:
        ordering = ["programme__code"]
        constraints = [models.UniqueConstraint(fields=["call", "programme"], name="programme_places_once_per_call")]

    def __str__(self) -> str:
        return f"{self.programme}: {self.places}"
