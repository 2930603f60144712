"""A small university in which every row of the access matrix has something to show, and something to leak.

One person per role, and for each stage of the story a document that it happens to: an open call with a draft
and a submitted application, and closed calls whose runs stand in each state. The runs are decided by the
engine on a real case, so that pages find rows, figures and files that belong together.
"""

import datetime
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from applications.models import Application, Confirmation, Entry, Homologation, Run, RunFiles
from mobility.models import (
    Appointment,
    Call,
    Conflict,
    Correction,
    Document,
    Hold,
    Job,
    Membership,
    Programme,
    Role,
    User,
)
from mobility.regulation import case as cases
from mobility.regulation.decision import Decision, decide
from mobility.regulation.reason import surroundings
from mobility.workflow import record
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    CallFactory,
    ConflictFactory,
    CorrectionFactory,
    DepartmentFactory,
    DestinationFactory,
    OpinionFactory,
    ProgrammeFactory,
    RecordFactory,
    StudentFactory,
    SubmissionFactory,
    person,
)

OFFICIALS = {
    "department": Role.DEPARTMENT,
    "nmci": Role.NMCI,
    "board": Role.BOARD,
    "scientific_council": Role.SCIENTIFIC_COUNCIL,
    "academic_office": Role.ACADEMIC_OFFICE,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}
ROLES = ("anonymous", "owner", "other_student", "coordinator", "other_coordinator", *OFFICIALS)


@dataclass
class World:
    """The people by role (``people["nmci"]``), and the documents that addresses name."""

    people: dict[str, User] = field(default_factory=dict)
    programme: Programme = field(default_factory=lambda: ProgrammeFactory(code="MEEC"))
    other_programme: Programme = field(default_factory=lambda: ProgrammeFactory(code="MEFT"))

    def __post_init__(self) -> None:
        self.owner = StudentFactory(programme=self.programme, user__email="owner@example.org")
        self.other = StudentFactory(programme=self.other_programme, user__email="other@example.org")
        self.people = {
            "owner": self.owner.user,
            "other_student": self.other.user,
            "coordinator": person(Role.COORDINATOR, self.programme),
            "other_coordinator": person(Role.COORDINATOR, self.other_programme),
            **{name: person(role) for name, role in OFFICIALS.items()},
        }
        self.runs: dict[str, Run] = {}
        # The department is that of the owner's programme.
        self.programme.department = DepartmentFactory(code="DEEC")
        self.programme.save()
        self.people["department"].memberships.update(department=self.programme.department)
        self.draft_call = CallFactory(code="draft-call", state=Call.State.DRAFT)
        self.open_call = CallFactory(code="open-call")
        destination = DestinationFactory(call=self.open_call)
        # In the open call the owner has submitted and the other student is still writing.
        self.application = self._application(self.open_call, self.owner, destination)
        self.draft = self._application(self.open_call, self.other, destination, state=Application.State.DRAFT)
        OpinionFactory(application=self.application, coordinator=self.people["coordinator"])
        SubmissionFactory(application=self.application)

    @cached_property
    def correction(self) -> Correction:
        """What the owner asked to be corrected."""
        return CorrectionFactory(user=self.owner.user)

    @cached_property
    def hold(self) -> Hold:
        return Hold.objects.create(user=self.other.user, reason="An audit.", by=self.people["nmci"])

    def _application(self, call: Call, student: Any, destination: Any, **fields: Any) -> Application:
        record = student.records.first() or RecordFactory(student=student)
        return ApplicationFactory(call=call, student=student, record=record, preferences=[destination], **fields)

    def appointment(self, state: str = Appointment.State.PROPOSED) -> Appointment:
        """The appointment to the owner's programme that is in that state; none of them is homologated."""
        return Appointment.objects.filter(state=state).first() or AppointmentFactory(
            programme=self.programme,
            entered_by=self.people["nmci"],
            state=state,
            reasons="Which dates?" if state == Appointment.State.RETURNED else "",
        )

    def membership(self, role: str) -> Membership:
        return self.people[role].memberships.get()

    def conflict(self) -> Conflict:
        return Conflict.objects.first() or ConflictFactory(coordinator=self.people["coordinator"], student=self.owner)

    def run(self, state: str) -> Run:
        """The run that stands in this state, on a closed call of its own in which both students applied."""
        if state not in self.runs:
            self.runs[state] = self._make_run(state)
        return self.runs[state]

    def job(self, state: str = Job.State.RUNNING) -> Job:
        run = self.run(Run.State.RUNNING)
        job, _ = Job.objects.get_or_create(
            kind="run",
            subject_id=run.pk,
            defaults={"state": state, "created_by": self.people["nmci"], "heartbeat_at": timezone.now()},
        )
        return job

    def result(self, state: str = Run.State.PUBLISHED) -> Application:
        """The owner's application, decided by the run in this state."""
        return self.run(state).entries.get(application__student=self.owner).application

    def logged(self, thing: Any) -> int:
        """The number of a row of the log about the thing."""
        return record(thing, "open", by=None).pk

    def document(self, state: str) -> Document:
        """The ranking list of the run in this state."""
        run = self.run(state)
        found = Document(
            kind="ranking",
            object_type="applications.run",
            object_id=run.pk,
            name="ranking.pdf",
            content_type="application/pdf",
            sha256="0" * 64,
            language="en",
        )
        found.file.save("ranking.pdf", ContentFile(b"%PDF-1.7"))
        return found

    def student_document(self, kind: str) -> Document:
        """A document that the owner added to the own file."""
        found = Document(
            kind=kind,
            object_type="mobility.student",
            object_id=self.owner.pk,
            name=f"{kind}.pdf",
            content_type="application/pdf",
            sha256="0" * 64,
            size=8,
            uploaded_by=self.owner.user,
        )
        found.file.save(found.name, ContentFile(b"%PDF-1.7"))
        return found

    def _make_run(self, state: str) -> Run:
        now = timezone.now()
        call = CallFactory(
            code=f"call-{state}",
            state=Call.State.CLOSED,
            opens_at=now - datetime.timedelta(days=40),
            closes_at=now - datetime.timedelta(days=10),
            closed_at=now - datetime.timedelta(days=10),
            closed_by=self.people["nmci"],
        )
        destination = DestinationFactory(call=call)
        applications = [self._application(call, student, destination) for student in (self.owner, self.other)]
        run = Run(call=call, number=1, state=state, created_by=self.people["nmci"])
        if state not in Run.WITH_OUTCOME:
            run.save()
            return run
        data = _case(call, destination.code, applications)
        case = cases.parse(data)
        decision = decide(case)
        _store(run, data, decision, surroundings(case, decision))
        _enter(run, data, decision, {a.reference: a for a in applications}, destination)
        self._vouch(run)
        return run

    def _vouch(self, run: Run) -> None:
        """The rows that the run's state says somebody wrote."""
        if run.state == Run.State.DECIDED:
            return
        for programme, who in ((self.programme, "coordinator"), (self.other_programme, "other_coordinator")):
            Confirmation.objects.create(run=run, programme=programme, by=self.people[who])
        if run.state != Run.State.CONFIRMED:
            returned = run.state == Run.State.RETURNED
            Homologation.objects.create(
                run=run,
                verdict=Homologation.Verdict.RETURNED if returned else Homologation.Verdict.HOMOLOGATED,
                reasons="Look at the places again." if returned else "",
                decision_sha256=run.decision_sha256,
                by=self.people["board"],
            )


def _case(call: Call, destination: str, applications: list[Application]) -> dict[str, Any]:
    return {
        "edition": "2018-12",
        "call": {"code": call.code, "kind": str(call.kind), "draw_seed": call.draw_seed},
        "programmes": [{"code": code, "places": None} for code in ("MEEC", "MEFT")],
        "destinations": [{"code": destination, "places": 2, "scheme": "erasmus"}],
        "candidates": [_candidate(application, destination) for application in applications],
        "grants": {"erasmus": 2, "santander": None, "redistribute": True},
    }


def _candidate(application: Application, destination: str) -> dict[str, Any]:
    record = application.record
    return {
        "id": application.reference,
        "programme": application.programme.code,
        "semesters": 1,
        "preferences": [destination],
        "first_cycle_ects": str(record.first_cycle_ects),
        "weighted_grades": str(record.weighted_grades),
        "graded_ects": str(record.graded_ects),
        "ects": str(record.ects),
        "units": record.units_completed,
        "enrolments": record.enrolments,
        "will_meet_requirements": False,
        "opinion": None,
        "merit": None,
        "barred": False,
        "grant": {"eligible": True, "wanted": True, "previous": False, "santander_lost": False},
    }


def _store(run: Run, data: dict[str, Any], decision: Decision, facts: Any) -> None:
    run.decided_at = timezone.now()
    run.published_at = timezone.now() if run.state in {Run.State.PUBLISHED, Run.State.SUPERSEDED} else None
    run.input_sha256 = cases.sha256(data)
    run.decision_sha256 = cases.sha256(decision.as_dict())
    run.surroundings = facts
    run.save()
    RunFiles.objects.create(
        run=run,
        case=zlib.compress(cases.canonical(data)),
        decision=zlib.compress(cases.canonical(decision.as_dict())),
    )


def _enter(
    run: Run, data: dict[str, Any], decision: Decision, applications: dict[str, Application], destination: Any
) -> None:
    figures = {candidate["id"]: candidate for candidate in data["candidates"]}
    for position, outcome in enumerate(decision.outcomes, start=1):
        application = applications[outcome.id]
        Entry.objects.create(
            run=run,
            application=application,
            programme=application.programme,
            position=position,
            rank=outcome.rank,
            tier=outcome.tier,
            basis=outcome.basis,
            average=outcome.average,
            placement=destination if outcome.placement else None,
            preference=outcome.preference,
            tied_with=outcome.tied_with,
            figures=figures[outcome.id],
        )
