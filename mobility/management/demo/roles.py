"""Appointments in each state, delegations of last August and of now, a substitute, a conflict of interest (Art. 2)."""

import datetime

from mobility.demonstration import COORDINATOR, SEVERAL_ROLES
from mobility.log import dated
from mobility.management.demo.people import People, make_colleague
from mobility.models import Call, Department, Membership, Power, Programme, Role, User
from mobility.services import appointments, conflicts
from mobility.services.appointments import Proposal
from mobility.services.stand_ins import delegate, name_substitute
from mobility.workflow import record

DAY = datetime.timedelta(days=1)
DEPARTMENT = "DEI"


def tell_roles(people: People, call: Call, *, today: datetime.date) -> None:
    """The department of the MEIC programmes has work; one person has three roles to choose among."""
    programmes = [_of_department(code) for code in ("MEIC-A", "MEIC-T")]
    people.staff["department"].memberships.update(department=programmes[0].department)
    several = make_colleague(*SEVERAL_ROLES)
    _appointments(people, programmes, several, today)
    board = people.staff["board"]
    _august(board, people.staff["scientific_council"], today)
    delegate(
        email=several.email,
        powers=[Power.HOMOLOGATE, Power.EXCEPTIONS],
        starts_on=today,
        ends_on=today + 14 * DAY,
        reason="Despacho 31",
        by=board,
    )
    absent = User.objects.get(email=COORDINATOR[0])
    name_substitute(
        principal=absent,
        email=several.email,
        programmes=[programmes[1]],
        starts_on=today,
        ends_on=today + 10 * DAY,
        reason="Missão em Turim",
        by=absent,
    )
    candidate = call.applications.filter(programme=programmes[0], state="submitted").order_by("reference").first()
    if candidate is not None:
        conflicts.declare(coordinator=absent, student=candidate.student, reason="Orienta a dissertação.", by=absent)


def _of_department(code: str) -> Programme:
    programme = Programme.objects.get(code=code)
    programme.department = Department.objects.get(code=DEPARTMENT)
    programme.save()
    return programme


def _appointments(people: People, programmes: list[Programme], several: User, today: datetime.date) -> None:
    office, head = people.staff["nmci"], people.staff["department"]

    def propose(email: str, name: str, programme: Programme) -> appointments.Appointment:
        proposal = Proposal(
            email=email,
            name=name,
            starts_on=today,
            ends_on=today + 364 * DAY,
            proposed_by="Joaquim Alvarenga",
            proposed_on=today - 5 * DAY,
            document=f"Proposta {programme.code} {today.year}/4",
        )
        return appointments.propose(proposal=proposal, programmes=[programme], by=office)[0]

    done = propose(several.email, several.name, programmes[0])
    appointments.homologate(appointment=done, revision=1, by=head)
    propose("rita.salgueiro@example.org", "Rita Salgueiro", programmes[0])
    returned = propose("mario.cordovil@example.org", "Mário Cordovil", programmes[1])
    appointments.return_proposal(appointment=returned, reasons="Falta o parecer da Comissão Científica.", by=head)
    withdrawn = propose("olga.prates@example.org", "Olga Prates", programmes[1])
    appointments.withdraw(appointment=withdrawn, reason="Já não aceita.", by=office)


def _august(board: User, delegated: User, today: datetime.date) -> None:
    """Services give nothing for the past, so that what the demo says of August is written here."""
    year = today.year if today.month > 8 else today.year - 1
    first = datetime.date(year, 8, 3)
    membership = Membership.objects.create(
        user=delegated,
        role=Role.BOARD,
        on_behalf_of=board,
        powers=[Power.HOMOLOGATE.value],
        starts_on=first,
        ends_on=first + 13 * DAY,
        reason="Despacho 22",
        given_by=board,
        given_at=datetime.datetime.combine(first - 10 * DAY, datetime.time(9), datetime.UTC),
    )
    with dated(membership.given_at):
        record(membership, "delegate", clause="2.1", reason=membership.reason, by=board)
