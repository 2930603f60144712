"""What is kept about people, why, who sees it and until when: one list for the privacy notice and the daily task.

The task (``mobility.personal.retention``) takes its limits from here and the notice its words, so that what is
said and what is done can't differ. Articles named GDPR are of Regulation (EU) 2016/679.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

LISBON = ZoneInfo("Europe/Lisbon")
# An academic year ends on 31 August of its second calendar year.
YEAR_ENDS = (8, 31)


@dataclass(frozen=True)
class Period:
    """A whole number of years, or of days."""

    years: int = 0
    days: int = 0

    def __str__(self) -> str:
        if self.years:
            return ngettext("%(number)s year", "%(number)s years", self.years) % {"number": self.years}
        return ngettext("%(number)s day", "%(number)s days", self.days) % {"number": self.days}

    def before(self, now: datetime) -> datetime:
        """The instant: what ended before it is past its period. Days are those of Lisbon's calendar."""
        there = now.astimezone(LISBON)
        day = there.date() - timedelta(days=self.days)
        # 29 February counts as the 28th in a common year.
        last = min(day.day, 28) if day.month == 2 else day.day  # February
        return there.replace(year=day.year - self.years, month=day.month, day=last).astimezone(UTC)

    def after(self, start: datetime) -> datetime:
        """The instant at which the period of what ended at ``start`` is over; of a period in days."""
        return start + timedelta(days=self.days)

    def last_academic_year(self, now: datetime) -> int:
        """The newest academic year (its first calendar year) whose end is past the period."""
        limit = self.before(now).astimezone(LISBON).date()
        return limit.year - 1 if limit > date(limit.year, *YEAR_ENDS) else limit.year - 2


@dataclass(frozen=True)
class Kind:
    """One kind of data: what it is, what it is for, on which basis, who sees it; ``until`` has room for the period."""

    code: str
    what: Any
    why: Any
    basis: Any
    seen_by: Any
    until: Any
    period: Period | None = None

    @property
    def kept_until(self) -> str:
        """In words, in the reader's language."""
        return str(self.until) % {"period": self.period}


PUBLIC_TASK = _("Task in the public interest: GDPR 6(1)(e)")
LEGAL_DUTY = _("Legal obligation: GDPR 6(1)(c)")
OFFICE = _("You and the mobility office")
DECIDERS = _("You, your programme's coordinators, the mobility office, the board and the auditor")

_KINDS = (
    Kind(
        "signup",
        _("Sign-up that was not confirmed: name, e-mail address"),
        _("So that you can confirm your address"),
        PUBLIC_TASK,
        _("Nobody"),
        _("%(period)s after the sign-up"),
        Period(days=30),
    ),
    Kind(
        "account",
        _("Account: name, e-mail address, language, password (unreadable), versions of this notice taken note of"),
        _("So that you can sign in, and be reached"),
        PUBLIC_TASK,
        OFFICE,
        _("%(period)s after it was last used, without an application; with one, as long as the application"),
        Period(years=2),
    ),
    Kind(
        "student",
        _("Student file: number, programme, curricular year, nationality, residence permit, academic record"),
        _("To check who may go on mobility, and to rank by average"),
        PUBLIC_TASK,
        DECIDERS,
        _("As long as your account"),
    ),
    Kind(
        "fenix",
        _("Sign-in through Fénix: username, degrees and their terms, and the key (unreadable) to your academic record"),
        _("To know your programme, and to bring your record"),
        PUBLIC_TASK,
        _("Nobody"),
        _("The key until the record was read, at most %(period)s; the rest as long as your account"),
        Period(days=1),
    ),
    Kind(
        "draft",
        _("Application that was begun and not submitted"),
        _("So that nothing you typed is lost"),
        PUBLIC_TASK,
        _("You alone"),
        _("%(period)s after the call closed"),
        Period(years=1),
    ),
    Kind(
        "application",
        _("Application, its documents and receipts, coordinators' opinions, result and its explanation"),
        _("To decide on the application, answer claims, and account for it in audits of the Erasmus+ programme"),
        LEGAL_DUTY,
        DECIDERS,
        _("%(period)s after the end of the mobility's academic year"),
        Period(years=5),
    ),
    Kind(
        "grant",
        _("Application to which a grant was given"),
        _("To account for public money"),
        LEGAL_DUTY,
        DECIDERS,
        _("%(period)s after the end of the mobility's academic year"),
        Period(years=10),
    ),
    Kind(
        "message",
        _("E-mails that the portal sent you"),
        _("To know what you were told, and when"),
        PUBLIC_TASK,
        OFFICE,
        _("%(period)s after they were written"),
        Period(years=1),
    ),
    Kind(
        "correction",
        _("Requests for correction, and their answers"),
        _("To answer you, and show that you were answered"),
        LEGAL_DUTY,
        OFFICE,
        _("%(period)s after the answer"),
        Period(years=5),
    ),
    Kind(
        "export",
        _("The file with all data about you, when you ask for it"),
        _("So that you can download it"),
        LEGAL_DUTY,
        _("You alone"),
        _("%(period)s after it was made"),
        Period(days=7),
    ),
    Kind(
        "session",
        _("Sign-in on a device"),
        _("So that you stay signed in"),
        PUBLIC_TASK,
        _("You alone"),
        _("At most %(period)s after its last use"),
        Period(days=14),
    ),
    Kind(
        "staff",
        _("Staff: name, e-mail address, roles and their dates"),
        _("So that it is known who decided what, and in which role"),
        PUBLIC_TASK,
        _("Whoever reads the history of a file"),
        _("%(period)s after the last role ended"),
        Period(years=10),
    ),
    Kind(
        "log",
        _("Log: who did what, when, under which article"),
        _("To prove that decisions were made as the regulation asks, and were not changed afterwards"),
        LEGAL_DUTY,
        _("Those who see the file that it is about, and the auditor"),
        _("Kept; the names in it go when the people's data go"),
    ),
    Kind(
        "decision",
        _("Decisions: averages, order and places under the application's reference, without names"),
        _("So that every result can be checked and compared over the years"),
        _("Archive and statistics in the public interest: GDPR 89"),
        _("Everybody, once published"),
        _("Kept; nobody can tell any more whose they are"),
    ),
)
KINDS = {kind.code: kind for kind in _KINDS}


def limit(code: str, now: datetime) -> datetime:
    """What of this kind ended before this instant is past its period."""
    period = KINDS[code].period
    assert period is not None, code
    return period.before(now)


def last_academic_year(code: str, now: datetime) -> int:
    """Mobilities of this academic year and of earlier ones are past their period."""
    period = KINDS[code].period
    assert period is not None, code
    return period.last_academic_year(now)
