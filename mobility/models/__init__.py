"""The nouns that every part of the portal uses."""

from mobility.models.agreements import Agreement, AgreementPlaces, Kind
from mobility.models.calls import Call, Destination, ProgrammePlaces
from mobility.models.documents import Document
from mobility.models.institutions import CourseUnit, Department, Institution, Programme, folded
from mobility.models.jobs import Job
from mobility.models.log import LogEntry
from mobility.models.messages import Message
from mobility.models.networks import MobilityProgramme, Network, NetworkMember, Scheme
from mobility.models.people import Membership, Role, Student, User, holds
from mobility.models.privacy import NoticeAcceptance
from mobility.models.records import AcademicRecord, RecordUnit

__all__ = [
    "AcademicRecord",
    "Agreement",
    "AgreementPlaces",
    "Call",
    "CourseUnit",
    "Department",
    "Destination",
    "Document",
    "Institution",
    "Job",
    "Kind",
    "LogEntry",
    "Membership",
    "Message",
    "MobilityProgramme",
    "Network",
    "NetworkMember",
    "NoticeAcceptance",
    "Programme",
    "ProgrammePlaces",
    "RecordUnit",
    "Role",
    "Scheme",
    "Student",
    "User",
    "folded",
    "holds",
]
