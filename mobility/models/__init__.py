"""The nouns that every part of the portal uses."""

from mobility.models.agreements import Agreement, AgreementPlaces, Kind
from mobility.models.appointments import Appointment, Conflict, DepartmentHomologation
from mobility.models.calls import Call, Destination, ProgrammePlaces
from mobility.models.corrections import Correction
from mobility.models.documents import Document
from mobility.models.fenix import FenixFetch
from mobility.models.hats import NO_HAT, STUDENT, Acting, Hat, Power, Role, signature, standing_in
from mobility.models.institutions import CourseUnit, Department, Institution, Programme, folded
from mobility.models.jobs import Job
from mobility.models.log import LogCheck, LogEntry
from mobility.models.memberships import Membership, MembershipQuerySet
from mobility.models.messages import Message
from mobility.models.networks import MobilityProgramme, Network, NetworkMember, Scheme
from mobility.models.people import Student, User, holds, student_of
from mobility.models.privacy import DataExport, Hold, NoticeAcceptance, RetentionRun
from mobility.models.readings import ExceptionalAccess, Reading, opened_to
from mobility.models.records import AcademicRecord, RecordUnit

__all__ = [
    "NO_HAT",
    "STUDENT",
    "AcademicRecord",
    "Acting",
    "Agreement",
    "AgreementPlaces",
    "Appointment",
    "Call",
    "Conflict",
    "Correction",
    "CourseUnit",
    "DataExport",
    "Department",
    "DepartmentHomologation",
    "Destination",
    "Document",
    "ExceptionalAccess",
    "FenixFetch",
    "Hat",
    "Hold",
    "Institution",
    "Job",
    "Kind",
    "LogCheck",
    "LogEntry",
    "Membership",
    "MembershipQuerySet",
    "Message",
    "MobilityProgramme",
    "Network",
    "NetworkMember",
    "NoticeAcceptance",
    "Power",
    "Programme",
    "ProgrammePlaces",
    "Reading",
    "RecordUnit",
    "RetentionRun",
    "Role",
    "Scheme",
    "Student",
    "User",
    "folded",
    "holds",
    "opened_to",
    "signature",
    "standing_in",
    "student_of",
]
