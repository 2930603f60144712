"""The academic record, unit by unit: from it everything else is computed."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mobility.models.fields import ExactField
from mobility.models.institutions import Programme
from mobility.models.people import Student


class AcademicRecord(models.Model):
    """A student's record as one source gave it on one day, with the sums that Art. 5 and 7 ask for.

    The sums are kept by the service that writes the units; closing a call reads them alone.
    """

    student = models.ForeignKey(Student, models.CASCADE, related_name="records")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    source = models.CharField(max_length=200)
    as_of = models.DateTimeField(default=timezone.now)
    enrolments = models.PositiveSmallIntegerField(_("annual enrolments"))
    # Credits in ECTS; weighted_grades is the sum of grade x ECTS over graded units of both cycles.
    first_cycle_ects = ExactField(places=2, default=0)
    weighted_grades = ExactField(places=4, default=0)
    graded_ects = ExactField(places=2, default=0)
    ects = ExactField(places=2, default=0)
    units_completed = models.PositiveSmallIntegerField(default=0)
    # First-cycle credits in which the student is enrolled this year (Art. 5(3)).
    enrolled_first_cycle_ects = ExactField(places=2, default=0)
    # What the source left open or could not be read of it: a list of {"code", "about"}, worded by the pages.
    notes = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-as_of"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_cycle_ects__gte=0, weighted_grades__gte=0, graded_ects__gte=0, ects__gte=0),
                name="record_sums_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} ({self.as_of:%Y-%m-%d})"


class RecordUnit(models.Model):
    """One unit of a record: approved (graded 0-20, or without grade) or enrolled in.

    Without a cycle where its source doesn't say and nobody has decided: it counts for the average and the
    credits, not for those of the 1st cycle.
    """

    class Cycle(models.IntegerChoices):
        FIRST = 1, _("1st cycle")
        SECOND = 2, _("2nd cycle")

    class Status(models.TextChoices):
        APPROVED = "approved", _("Approved")
        ENROLLED = "enrolled", _("Enrolled")

    record = models.ForeignKey(AcademicRecord, models.CASCADE, related_name="units")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    cycle = models.PositiveSmallIntegerField(choices=Cycle, null=True, blank=True)
    ects = ExactField(places=2)
    status = models.CharField(max_length=10, choices=Status, default=Status.APPROVED)
    # No grade: approved without one, counts as credits and not in the average.
    grade = ExactField(places=2, null=True, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    by_equivalence = models.BooleanField(default=False)

    class Meta:
        ordering = ["cycle", "approved_on", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(ects__gte=0), name="record_unit_ects_not_negative"),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__gte=0, grade__lte=20), name="record_unit_grade_0_to_20"
            ),
            models.CheckConstraint(
                condition=Q(cycle__isnull=True) | Q(cycle__in=[1, 2]), name="record_unit_known_cycle"
            ),
            models.CheckConstraint(
                condition=Q(status="approved") | Q(status="enrolled", grade__isnull=True),
                name="record_unit_grade_when_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
