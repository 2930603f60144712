"""Rows for tests: each factory makes the least that is valid, and names what a test may want to say."""

import datetime
import hashlib
import zlib
from decimal import Decimal

import factory
from allauth.mfa.models import Authenticator
from django.utils import timezone
from factory.django import DjangoModelFactory

from applications.models import Application, Entry, Homologation, Opinion, Preference, Run, RunFiles, Submission
from mobility.models import (
    AcademicRecord,
    Appointment,
    Call,
    Conflict,
    Correction,
    Department,
    Destination,
    Institution,
    Membership,
    MobilityProgramme,
    NoticeAcceptance,
    Programme,
    RecordUnit,
    Role,
    Student,
    User,
)
from mobility.privacy.notices import CURRENT
from mobility.regulation.case import sha256
from mobility.sealing import seal
from mobility.services.factors import next_code


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    language = "en"
    password = factory.django.Password("correct horse battery")

    @factory.post_generation
    def notice(self, create, extracted):
        """Has taken note of the privacy notice, unless ``notice=False``."""
        if create and extracted is not False:
            NoticeAcceptance.objects.create(user=self, version=CURRENT.version, language="en")


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"M{n}")
    name = factory.LazyAttribute(lambda o: f"Engenharia {o.code}")


# What the phone of everybody who holds a role has.
FACTOR_SECRET = "TESTTESTTESTTESTTESTTESTTESTTEST"


def give_factor(user: User) -> Authenticator:
    """Set up an app as the person's second factor, as the pages do."""
    made, _ = Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": seal(FACTOR_SECRET)}}
    )
    return made


def code_for(user: User) -> str:
    """What to type as the second factor: the next code that wasn't used yet, so that no test waits for the clock."""
    return next_code(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP))


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"D{n}")
    name = factory.LazyAttribute(lambda o: f"Departamento {o.code}")


class MembershipFactory(DjangoModelFactory):
    """A role, and the second factor that it asks for; ``factor=False`` is somebody who never set one up."""

    class Meta:
        model = Membership
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    role = Role.NMCI
    starts_on = datetime.date(2020, 1, 1)

    @factory.post_generation
    def factor(self, create, extracted):
        if extracted is not False:
            give_factor(self.user)


def person(role: str, *programmes: Programme, factor: bool = True, **user) -> User:
    """Somebody who holds the role today (a coordinator: for these programmes), with a second factor unless said."""
    someone = UserFactory(**user)
    for programme in programmes or [None]:
        MembershipFactory(user=someone, role=role, programme=programme, factor=factor)
    return someone


def head_of(department: Department, **user) -> User:
    """Somebody who homologates for the department today."""
    return MembershipFactory(user=UserFactory(**user), role=Role.DEPARTMENT, department=department).user


class AppointmentFactory(DjangoModelFactory):
    """Proposed for a year from today on."""

    class Meta:
        model = Appointment

    programme = factory.SubFactory(ProgrammeFactory)
    email = factory.Sequence(lambda n: f"proposed{n}@example.org")
    name = factory.Sequence(lambda n: f"Proposed {n}")
    starts_on = factory.LazyFunction(timezone.localdate)
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=365))
    proposed_by = "Course Coordinator"
    proposed_on = factory.LazyFunction(timezone.localdate)
    document = "Minutes 12/2026"
    entered_by = factory.SubFactory(UserFactory)


class ConflictFactory(DjangoModelFactory):
    class Meta:
        model = Conflict

    coordinator = factory.SubFactory(UserFactory)
    student = factory.SubFactory("tests.factories.StudentFactory")
    reason = "A cousin."
    declared_by = factory.SelfAttribute("coordinator")


class StudentFactory(DjangoModelFactory):
    class Meta:
        model = Student

    user = factory.SubFactory(UserFactory)
    number = factory.Sequence(lambda n: f"ist{100000 + n}")
    programme = factory.SubFactory(ProgrammeFactory)
    curricular_year = 4
    nationality = "PT"


class CorrectionFactory(DjangoModelFactory):
    class Meta:
        model = Correction

    user = factory.SubFactory(UserFactory)
    subject = Correction.Subject.NAME
    should_be = "Inês de Castro"
    why = "As in the identity card."


class InstitutionFactory(DjangoModelFactory):
    class Meta:
        model = Institution

    name = factory.Sequence(lambda n: f"University {n}")
    country = "SE"
    city = "Stockholm"
    erasmus_code = factory.Sequence(lambda n: f"S  TOWN{n:02d}")


class MobilityProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = MobilityProgramme
        django_get_or_create = ("code",)

    code = "erasmus"
    name = "Erasmus+"
    name_en = "Erasmus+"
    clause = "A.1"
    scheme = "erasmus"


class CallFactory(DjangoModelFactory):
    """An open call, from yesterday to in a week."""

    class Meta:
        model = Call

    code = factory.Sequence(lambda n: f"call-{n}")
    name = "Mobilidade de estudos"
    name_en = "Study mobility"
    academic_year = 2027
    opens_at = factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=7))
    state = Call.State.OPEN
    draw_seed = "a-seed"


class DestinationFactory(DjangoModelFactory):
    """Open to all programmes unless ``programmes`` names some."""

    class Meta:
        model = Destination
        skip_postgeneration_save = True

    call = factory.SubFactory(CallFactory)
    institution = factory.SubFactory(InstitutionFactory)
    mobility_programme = factory.SubFactory(MobilityProgrammeFactory)
    code = factory.LazyAttribute(lambda o: o.institution.erasmus_code)
    places = 2

    @factory.post_generation
    def programmes(self, create, extracted):
        if extracted:
            self.programmes.set(extracted)


class RecordFactory(DjangoModelFactory):
    """A record with its sums as given: by default 180 ECTS at an average of 15.00; no units."""

    class Meta:
        model = AcademicRecord

    class Params:
        average = Decimal("15.00")

    student = factory.SubFactory(StudentFactory)
    programme = factory.SelfAttribute("student.programme")
    source = "test"
    enrolments = 3
    first_cycle_ects = Decimal("180")
    ects = factory.SelfAttribute("first_cycle_ects")
    graded_ects = factory.SelfAttribute("first_cycle_ects")
    weighted_grades = factory.LazyAttribute(lambda o: Decimal(o.average) * Decimal(o.graded_ects))
    units_completed = 30


class RecordUnitFactory(DjangoModelFactory):
    class Meta:
        model = RecordUnit

    record = factory.SubFactory(RecordFactory)
    code = factory.Sequence(lambda n: f"U{n}")
    name = factory.Sequence(lambda n: f"Unit {n}")
    cycle = 1
    ects = Decimal("6")
    grade = Decimal("15")
    approved_on = datetime.date(2026, 7, 1)


class ApplicationFactory(DjangoModelFactory):
    """A submitted application; ``preferences`` takes destinations in order."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    call = factory.SubFactory(CallFactory)
    student = factory.SubFactory(StudentFactory)
    programme = factory.SelfAttribute("student.programme")
    record = factory.SubFactory(RecordFactory, student=factory.SelfAttribute("..student"))
    state = Application.State.SUBMITTED
    term = Application.Term.FIRST
    grant_eligible = True
    submitted_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def preferences(self, create, extracted):
        Preference.objects.bulk_create(
            Preference(application=self, order=order, destination=destination)
            for order, destination in enumerate(extracted or [], start=1)
        )


class SubmissionFactory(DjangoModelFactory):
    """The receipt of what the application's rows say."""

    class Meta:
        model = Submission

    application = factory.SubFactory(ApplicationFactory)
    number = 1

    @factory.lazy_attribute
    def content(self):
        return {
            "programme": self.application.programme.code,
            "term": self.application.term,
            "wants_grant": self.application.wants_grant,
            "preferences": [p.destination.code for p in self.application.preferences.all()],
            "conduct_version": self.application.conduct_version,
        }

    sha256 = factory.LazyAttribute(lambda o: sha256(o.content))


class OpinionFactory(DjangoModelFactory):
    class Meta:
        model = Opinion

    application = factory.SubFactory(ApplicationFactory)
    value = Opinion.Value.FAVOURABLE
    coordinator = factory.SubFactory(UserFactory)


# The files of a factory's run: what they say matters to nobody, that they have the run's hashes does.
STORED_CASE, STORED_DECISION = b'{"candidates":[]}', b'{"outcomes":[]}\n'
DECISION_SHA256 = hashlib.sha256(STORED_DECISION).hexdigest()


class RunFactory(DjangoModelFactory):
    """A decided run, whose rankings wait for the coordinators."""

    class Meta:
        model = Run
        skip_postgeneration_save = True

    call = factory.SubFactory(CallFactory)
    number = factory.Sequence(lambda n: n + 1)
    state = Run.State.DECIDED
    input_sha256 = hashlib.sha256(STORED_CASE).hexdigest()
    decision_sha256 = DECISION_SHA256
    created_by = factory.SubFactory(UserFactory)
    decided_at = factory.LazyFunction(timezone.now)
    published_at = factory.Maybe(
        factory.LazyAttribute(lambda o: o.state == Run.State.PUBLISHED), factory.LazyFunction(timezone.now), None
    )
    files = factory.RelatedFactory("tests.factories.RunFilesFactory", factory_related_name="run")


class RunFilesFactory(DjangoModelFactory):
    class Meta:
        model = RunFiles

    case = zlib.compress(STORED_CASE)
    decision = zlib.compress(STORED_DECISION)


class HomologationFactory(DjangoModelFactory):
    """The board's signature under a run."""

    class Meta:
        model = Homologation

    run = factory.SubFactory(RunFactory, state=Run.State.HOMOLOGATED)
    verdict = Homologation.Verdict.HOMOLOGATED
    decision_sha256 = factory.SelfAttribute("run.decision_sha256")
    by = factory.SubFactory(UserFactory)


class EntryFactory(DjangoModelFactory):
    """The outcome of one application: admitted by default, ranked in the order of creation, unplaced."""

    class Meta:
        model = Entry

    run = factory.SubFactory(RunFactory)
    application = factory.SubFactory(ApplicationFactory, call=factory.SelfAttribute("..run.call"))
    programme = factory.SelfAttribute("application.programme")
    position = factory.Sequence(lambda n: n + 1)
    tier = "admitted"
    basis = "5.1"
    rank = factory.LazyAttribute(lambda o: None if o.tier == "rejected" else o.position)
    average = Decimal("15.00")
    preference = factory.LazyAttribute(lambda o: 1 if o.placement else None)
    placement = None
    figures = factory.LazyAttribute(lambda o: {"id": o.application.reference})
