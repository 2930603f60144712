"""Institutions of the world, and the home university's departments, programmes and units."""

import unicodedata
from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django_countries import countries
from django_countries.fields import CountryField

from mobility.models.fields import ExactField
from mobility.names import readable, readable_place


def folded(text: str) -> str:
    """Text for search and order that ignores accents and case, the same on both databases."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().strip()


class Institution(models.Model):
    """A higher education institution, known by its Erasmus code, PIC or OID where it has one.

    Partners outside the Erasmus+ programme have none of these: name and country identify them.
    ``name`` and ``city`` are as the source writes them; ``str()`` and ``place`` are what people read.
    """

    name = models.CharField(max_length=300)
    sort_name = models.CharField(max_length=300, editable=False, db_index=True)
    country = CountryField()
    city = models.CharField(max_length=120, blank=True)
    erasmus_code = models.CharField(max_length=20, null=True, blank=True, unique=True)
    pic = models.CharField("PIC", max_length=9, null=True, blank=True, unique=True)
    oid = models.CharField("OID", max_length=12, null=True, blank=True, unique=True)
    website = models.CharField(max_length=500, blank=True)
    charter_from = models.DateField(null=True, blank=True)
    charter_until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["sort_name"]
        indexes = [models.Index(fields=["country", "sort_name"])]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="institution_has_name"),
            models.UniqueConstraint(
                fields=["sort_name", "country"],
                condition=Q(erasmus_code__isnull=True, pic__isnull=True, oid__isnull=True),
                name="institution_without_key_unique_by_name",
            ),
        ]

    def __str__(self) -> str:
        return readable(self.name)

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_name = folded(self.name)[:300]
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passes Django's own arguments through

    @property
    def place(self) -> str:
        """City and country, in the reader's language."""
        return ", ".join(part for part in (readable_place(self.city), countries.name(str(self.country))) if part)

    @property
    def key(self) -> str:
        """The shortest public identifier there is."""
        return self.erasmus_code or self.pic or self.oid or self.name


class Department(models.Model):
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def of_departments(self, departments: Iterable[int]) -> "ProgrammeQuerySet":
        """Those for which one of these departments is responsible."""
        ids = list(departments)
        return self.filter(
            Q(department__in=ids)
            | Q(pk__in=Programme.other_departments.through.objects.filter(department__in=ids).values("programme"))
        )


class Programme(models.Model):
    """A master programme of the home university: the unit to which places and grants go (Art. 5(7), 8(6)(b))."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="programmes")
    # Art. 2(3): a programme may be the responsibility of several departments.
    other_departments = models.ManyToManyField(Department, blank=True, related_name="+")
    fenix_id = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=200, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def departments(self) -> list[Department]:
        """The departments that are responsible for it, by code (Art. 2(3)); all of them homologate."""
        first = [self.department] if self.department else []
        return sorted({*first, *self.other_departments.all()}, key=lambda department: department.code)


class CourseUnit(models.Model):
    """A unit of a programme's curriculum in one term, with its credits in ECTS."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="course_units")
    fenix_id = models.CharField(max_length=20)
    acronym = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    ects = ExactField(places=2)
    term = models.CharField(max_length=40)
    periods = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["programme", "name"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "fenix_id"], name="course_unit_once_per_programme"),
            models.CheckConstraint(condition=Q(ects__gte=0), name="course_unit_ects_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.acronym} {self.name}"
