"""People, and the student's own file."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from mobility.models.hats import NO_HAT, STUDENT, Acting, Hat, Role, hats_of
from mobility.models.institutions import Programme

if TYPE_CHECKING:
    from mobility.models.memberships import Membership


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
    # Since when nobody can tell any more who this was: name, address and number are gone.
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Key of the hat that was put on last: offered first at the next sign-in.
    last_hat = models.CharField(max_length=40, blank=True)

    # The role in use, put here by the middleware for the length of a request.
    hat: Hat | None = None

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
        """Memberships in force today in Lisbon (Art. 2(3): access follows the dates); one query a request.

        All of them, whichever role is in use; what the person may do now is in ``roles_in_use``.
        """
        found = self.memberships.in_force(timezone.localdate())
        return list(found.select_related("programme", "department", "on_behalf_of"))

    @cached_property
    def hats(self) -> list[Hat]:
        """The roles among which the person chooses today: the student's file, one's own, in somebody's place."""
        return hats_of(self.roles_today, student=hasattr(self, "student"))

    @property
    def roles_in_use(self) -> list["Membership"]:
        """Those of the hat; all of them where there is none: in a task, and in a service that a test calls."""
        return self.roles_today if self.hat is None else list(self.hat.memberships)

    @property
    def is_student(self) -> bool:
        """Acts for the own file: has one, and has no other role in use."""
        return hasattr(self, "student") and (self.hat is None or self.hat.role == STUDENT)

    def has_role(self, role: str) -> bool:
        return any(membership.role == role for membership in self.roles_in_use)

    def holds_itself(self, role: str) -> bool:
        """The role is the person's own, not in somebody's place: what may be passed on (Art. 2(1))."""
        return any(m.role == role and m.on_behalf_of_id is None for m in self.roles_in_use)

    def has_power(self, power: str) -> bool:
        """A board member's act: the board member has every power, a delegate those of the delegation (Art. 2(1))."""
        return any(m.role == Role.BOARD and (m.on_behalf_of_id is None or power in m.powers) for m in self.roles_in_use)

    @property
    def acting(self) -> Acting:
        """The role in use; without one, the only role that there is; none when nothing says which of several."""
        hat = self.hat or (self.hats[0] if len(self.hats) == 1 else NO_HAT)
        return Acting(hat.role, hat.behalf_of)

    def stands_in_for(self, role: str, programme_id: int | None = None) -> "User | None":
        """In whose place an act in that role (a coordinator's: on that programme) is done; None: it is one's own."""
        giving = [m for m in self.roles_in_use if m.role == role and programme_id in {None, m.programme_id}]
        if any(m.on_behalf_of_id is None for m in giving):
            return None
        return next((m.on_behalf_of for m in giving), None)

    @property
    def coordinated_programme_ids(self) -> set[int]:
        return {m.programme_id for m in self.roles_in_use if m.role == Role.COORDINATOR and m.programme_id}

    @cached_property
    def conflicting_student_ids(self) -> set[int]:
        """The students on whom the person doesn't act, having declared a conflict of interest."""
        return set(self.conflicts.standing().values_list("student_id", flat=True))

    @property
    def department_ids(self) -> set[int]:
        """The departments for which the person homologates today (Art. 2(3))."""
        return {m.department_id for m in self.roles_in_use if m.role == Role.DEPARTMENT and m.department_id}

    def forget_roles(self) -> None:
        """Read them anew: a role was given or ended while this object was in hand."""
        self.__dict__.pop("roles_today", None)
        self.__dict__.pop("hats", None)


def student_of(user: object) -> "Student | None":
    """The file for which somebody, signed in or not, acts now."""
    return user.student if isinstance(user, User) and user.is_student else None


def holds(user: object, *roles: str) -> bool:
    """Whether someone, signed in or not, holds one of the roles today."""
    return isinstance(user, User) and any(user.has_role(role) for role in roles)


class Student(models.Model):
    """A student's own file: what the regulation asks of the person rather than of one application."""

    user = models.OneToOneField(User, models.CASCADE, related_name="student")
    number = models.CharField(_("student number"), max_length=20, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="students")
    curricular_year = models.PositiveSmallIntegerField(_("curricular year"))
    # Empty: nobody has said it yet; no application is submitted before (Art. 4(2)).
    nationality = CountryField(_("nationality"), blank=True)
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
