"""A small call, closed and decided by the real services, for the tests of what is shown of it."""

from dataclasses import dataclass, field
from decimal import Decimal

from applications.models import Application, Run
from applications.services.calls import close_call
from mobility.models import Call, Job, Programme, Role, User
from mobility.services import jobs
from scholarships.models import Budget
from scholarships.services import runs
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    DestinationFactory,
    MobilityProgrammeFactory,
    ProgrammeFactory,
    RecordFactory,
    StudentFactory,
    person,
)

# Averages by programme: MEEC and MEFT tie at 15.00 with the same credits, units and enrolments.
AVERAGES = {"MEEC": ["18.00", "17.00", "15.00", "13.00"], "MEFT": ["16.00", "15.00", "12.20"]}


@dataclass
class Story:
    """Seven candidates of two programmes, one without the opinion that is needed; a draft; both schemes."""

    each: int = 1
    call: Call = field(default_factory=lambda: CallFactory(code="sms-2027"))
    office: User = field(default_factory=lambda: person(Role.NMCI, name="Ana Ribeiro"))

    def __post_init__(self) -> None:
        self.programmes: dict[str, Programme] = {code: ProgrammeFactory(code=code) for code in AVERAGES}
        self.coordinator = person(Role.COORDINATOR, self.programmes["MEEC"], name="Rui Matos")
        santander = MobilityProgrammeFactory(code="santander", scheme="santander")
        self.erasmus = DestinationFactory(call=self.call, institution__name="KTH", code="S STOCKHO04", places=4)
        self.iberian = DestinationFactory(
            call=self.call, institution__name="USP", code="USP", places=1, mobility_programme=santander
        )
        Budget.objects.create(
            academic_year=self.call.academic_year, kind="SMS", scheme="erasmus", grants=4, source="Contract 1"
        )
        for code, averages in AVERAGES.items():
            for average in averages * self.each:
                self.apply(code, average)
        ApplicationFactory(
            call=self.call,
            student=StudentFactory(programme=self.programmes["MEFT"]),
            state=Application.State.DRAFT,
            submitted_at=None,
        )

    def apply(self, code: str, average: str, **user: str) -> Application:
        student = StudentFactory(programme=self.programmes[code], **{f"user__{k}": v for k, v in user.items()})
        record = RecordFactory(student=student, average=Decimal(average))
        wanted = [self.iberian, self.erasmus] if average == "16.00" else [self.erasmus, self.iberian]
        return ApplicationFactory(call=self.call, student=student, record=record, preferences=wanted)

    def decide(self) -> Run:
        run = close_call(call=self.call, reason="The partners asked for it.", by=self.office)
        runs.execute(jobs.claim(job_id=Job.objects.get(kind="run", subject_id=run.pk).pk))
        run.refresh_from_db()
        assert run.state == Run.State.DECIDED, Job.objects.get(kind="run", subject_id=run.pk).error
        return run


def publish(run: Run) -> Run:
    """As if everybody had done their part: the steps themselves are tested elsewhere."""
    Run.objects.filter(pk=run.pk).update(state=Run.State.PUBLISHED, published_at=run.decided_at)
    run.refresh_from_db()
    return run
