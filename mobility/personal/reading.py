"""The same contents as a page for people: which parts, in which order, and what the columns are called."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility.templatetags.portal import lisbon

TITLES = {
    "account": gettext_lazy("Your account"),
    "email_addresses": gettext_lazy("E-mail addresses"),
    "privacy_notices": gettext_lazy("Privacy notices that you took note of"),
    "sessions": gettext_lazy("Where you signed in"),
    "ways_to_sign_in": gettext_lazy("Ways to sign in"),
    "second_factors": gettext_lazy("Second factors"),
    "fenix_fetches": gettext_lazy("What Fénix was asked for you"),
    "roles": gettext_lazy("Roles"),
    "student": gettext_lazy("Student file"),
    "academic_records": gettext_lazy("Academic records"),
    "academic_record_units": gettext_lazy("Units of the academic records"),
    "applications": gettext_lazy("Applications"),
    "destinations_chosen": gettext_lazy("Destinations, in your order"),
    "submissions": gettext_lazy("Receipts"),
    "opinions": gettext_lazy("Coordinators' opinions on you"),
    "results": gettext_lazy("Results"),
    "grants": gettext_lazy("Grants"),
    "corrections": gettext_lazy("Corrections that you asked for"),
    "appointments": gettext_lazy("Proposed as mobility coordinator"),
    "conflicts": gettext_lazy("Conflicts of interest that were declared"),
    "readings": gettext_lazy("Who read your file"),
    "exceptional_accesses": gettext_lazy("Exceptional accesses to your file"),
    "messages": gettext_lazy("E-mails that the portal sent you"),
    "log": gettext_lazy("What happened"),
    "files": gettext_lazy("Files"),
}

# Column -> its words. What has none is in data.json alone: keys and figures that say something to a program.
LABELS = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail address"),
    "language": gettext_lazy("Language"),
    "joined_at": gettext_lazy("Since"),
    "last_login": gettext_lazy("Last sign-in"),
    "version": gettext_lazy("Version"),
    "at": gettext_lazy("When"),
    "provider": gettext_lazy("Signed in through"),
    "uid": gettext_lazy("Known there as"),
    "ip": gettext_lazy("Internet address"),
    "user_agent": gettext_lazy("Browser"),
    "last_seen_at": gettext_lazy("Last seen"),
    "role": gettext_lazy("Role"),
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "number": gettext_lazy("Number"),
    "programme": gettext_lazy("Programme"),
    "curricular_year": gettext_lazy("Curricular year"),
    "nationality": gettext_lazy("Nationality"),
    "residence_permit_until": gettext_lazy("Residence permit valid until"),
    "source": gettext_lazy("Source"),
    "as_of": gettext_lazy("As of"),
    "enrolments": gettext_lazy("Annual enrolments"),
    "ects": gettext_lazy("ECTS"),
    "code": gettext_lazy("Code"),
    "grade": gettext_lazy("Grade"),
    "cycle": gettext_lazy("Cycle"),
    "approved_on": gettext_lazy("Approved on"),
    "reference": gettext_lazy("Reference"),
    "call": gettext_lazy("Call"),
    "application": gettext_lazy("Application"),
    "state": gettext_lazy("State"),
    "term": gettext_lazy("Period"),
    "wants_grant": gettext_lazy("Grant wanted"),
    "submitted_at": gettext_lazy("Submitted"),
    "order": gettext_lazy("Order"),
    "destination": gettext_lazy("Destination"),
    "receipt": gettext_lazy("Receipt"),
    "value": gettext_lazy("Opinion"),
    "reason": gettext_lazy("Reason"),
    "coordinator": gettext_lazy("Coordinator"),
    "tier": gettext_lazy("Tier"),
    "rank": gettext_lazy("Rank"),
    "average": gettext_lazy("Average"),
    "placement": gettext_lazy("Placed at"),
    "scheme": gettext_lazy("Grants from"),
    "semesters": gettext_lazy("Semesters with a grant"),
    "subject": gettext_lazy("Subject"),
    "detail": gettext_lazy("Which one"),
    "should_be": gettext_lazy("It should be"),
    "why": gettext_lazy("Why"),
    "asked_at": gettext_lazy("Asked on"),
    "answer": gettext_lazy("Answer"),
    "outcome": gettext_lazy("Outcome"),
    "ended_at": gettext_lazy("Ended on"),
    "answered_at": gettext_lazy("Answered on"),
    "body": gettext_lazy("Text"),
    "sent_at": gettext_lazy("Sent"),
    "action": gettext_lazy("Action"),
    "by": gettext_lazy("By"),
    "kind": gettext_lazy("Kind"),
}


@dataclass(frozen=True)
class Chapter:
    """One part as people read it: its title, and of each row the columns that have words, with their values."""

    title: str
    rows: list[list[tuple[str, str]]]
    explanations: list[list[str]]


def chapters(found: dict[str, Any]) -> Iterator[Chapter]:
    """The parts in the order of TITLES; an empty one is there too, because that says something."""
    for name, title in TITLES.items():
        rows = found[name]
        sentences = [[step["sentence"] for step in row.get("explanation", ())] for row in rows]
        yield Chapter(str(title), [_readable(row) for row in rows], sentences)


def _readable(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(str(LABELS[column]), _words(value)) for column, value in row.items() if column in LABELS]


def _words(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return lisbon(value)
    return date_format(value) if isinstance(value, date) else str(value)
