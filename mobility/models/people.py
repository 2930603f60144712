"""People, their roles as dated memberships, and the student's own file."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from mobility.models.institutions import Department, Programme


@dataclass(frozen=True)
class Acting:
    """In which role a person acts, and for whom: what the record says beside the name (Art. 2(1))."""

    role: str = ""
    behalf_of: "User | None" = None


def normalised_id(value: str | None) -> str | None:
    """An institution's username as it is kept: small letters, no space around, none rather than empty."""
    return (value or "").strip().lower() or None


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by e-mail; what they may do follows from their memberships."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(
        _("language"), max_length=2, choices=[("pt", "Português"), ("en", "English")], default="pt"
    )
    # How the institution's accounts know the person ("ist1xxxxx"), as the office or an import recorded it: whoever
    # proves to be that at the institution signs in to this account. Small letters; none when it isn't known.
    institutional_id = models.CharField(_("institution's username"), max_length=100, unique=True, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.institutional_id = normalised_id(self.institutional_id)

    @cached_property
    def roles_today(self) -> list["Membership"]:
        """Memberships in force today in Lisbon (Art. 2(3): access follows the dates); one query a request."""
        return list(self.memberships.in_force(timezone.localdate()).select_related("programme"))

    def has_role(self, role: str) -> bool:
        return any(membership.role == role for membership in self.roles_today)

    @property
    def acting(self) -> Acting:
        """The one role that the person holds today; none when there are several and nothing says which."""
        roles = {membership.role for membership in self.roles_today}
        if hasattr(self, "student"):
            roles.add("student")
        return Acting(roles.pop()) if len(roles) == 1 else Acting()

    @property
    def coordinated_programme_ids(self) -> set[int]:
        return {m.programme_id for m in self.roles_today if m.role == Role.COORDINATOR and m.programme_id}


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("Mobility coordinator")
    DEPARTMENT = "department", _("Department")
    NMCI = "nmci", _("Mobility office (NMCI)")
    BOARD = "board", _("Board member for International Affairs")
    SCIENTIFIC_COUNCIL = "scientific_council", _("Scientific Council")
    ACADEMIC_OFFICE = "academic_office", _("Academic office")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


def holds(user: object, *roles: str) -> bool:
    """Whether someone, signed in or not, holds one of the roles today."""
    return isinstance(user, User) and any(user.has_role(role) for role in roles)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, on: datetime.date) -> "MembershipQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Membership(models.Model):
    """A role that a person holds from one day to another (inclusive), given by someone (Art. 2).

    A mobility coordinator's membership names the master programme; one row a programme.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="memberships")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["role", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(role="coordinator", programme__isnull=False)
                | (~Q(role="coordinator") & Q(programme__isnull=True)),
                name="membership_programme_only_for_coordinators",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}{f' {self.programme}' if self.programme else ''}"


class Student(models.Model):
    """A student's own file: what the regulation asks of the person rather than of one application."""

    user = models.OneToOneField(User, models.CASCADE, related_name="student")
    number = models.CharField(_("student number"), max_length=20, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="students")
    curricular_year = models.PositiveSmallIntegerField(_("curricular year"))
    nationality = CountryField(_("nationality"))
    # Art. 4(2)(b): a valid residence permit, by the day until which it is valid.
    residence_permit_until = models.DateField(_("residence permit valid until"), null=True, blank=True)
    # Art. 4(2)(c)
    refugee_or_stateless = models.BooleanField(_("recognised refugee or stateless person"), default=False)
    # Art. 8(2), 9(2): an earlier SMS, SMP or Santander grant in the same cycle.
    earlier_grant = models.BooleanField(_("earlier grant in this cycle"), default=False)
    # Art. 6(4): the academic year (its first calendar year) up to which a late withdrawal bars mobility.
    barred_until_year = models.PositiveSmallIntegerField(_("barred through academic year"), null=True, blank=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.user.name}"

    def barred_in(self, academic_year: int) -> bool:
        """Whether a late withdrawal bars mobility in this academic year (Art. 6(4))."""
        return self.barred_until_year is not None and academic_year <= self.barred_until_year
