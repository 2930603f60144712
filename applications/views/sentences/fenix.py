"""What came of asking Fénix, and what a record leaves open, in words; impersonal, because the office reads them too."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility.models import FenixFetch
from mobility.templatetags.portal import lisbon


class Notice(NamedTuple):
    """Something to read first; ``tone`` as the notice component has it."""

    tone: str
    title: str
    text: str


class Remark(NamedTuple):
    """What a record leaves open, and the units or figures that it is about; whether somebody must check it."""

    text: str
    about: list[str]
    to_check: bool


# Code of a note -> what it says, and whether somebody must check it.
NOTES: dict[str, tuple[str | Promise, bool]] = {
    "cycle": (
        gettext_lazy("Fénix doesn't say of which cycle; counted in the average and the credits, not in the 1st cycle:"),
        True,
    ),
    "grade": (gettext_lazy("The grade could not be read; counted as credits alone:"), True),
    "credits": (gettext_lazy("The credits could not be read; left out:"), True),
    "total": (gettext_lazy("Fénix's own total of credits differs from that of the units that it lists:"), True),
    "twice": (gettext_lazy("Listed more than once by Fénix; counted once, with the best result:"), True),
    "no_first_cycle": (
        gettext_lazy("Fénix lists no unit of the 1st cycle. If it was done elsewhere, the office (NMCI) adds it."),
        True,
    ),
    "enrolments": (
        gettext_lazy(
            "Fénix doesn't say in which years there was an enrolment; those with approved units were counted:"
        ),
        True,
    ),
    "enrolments_kept": (
        gettext_lazy("Annual enrolments: the office's number, which is higher than Fénix's:"),
        True,
    ),
    "name": (gettext_lazy("The name is longer than the portal can hold and was shortened:"), True),
    "left_out": (gettext_lazy("Left out, because it is neither of the 1st nor of the 2nd cycle:"), False),
    "taken": (
        gettext_lazy(
            "Fénix doesn't say how many credits are being taken now, so those units are not here (Art. 5(3))."
        ),
        False,
    ),
    "taken_kept": (gettext_lazy("The units being taken now are as the office gave them; number of them:"), False),
}
# Those whose detail is a figure that the sentence needs no list for.
_BARE = {"taken", "no_first_cycle"}

PROBLEMS: dict[str, str | Promise] = {
    "unknown_degree": gettext_lazy(
        "Fénix names no degree of yours that is a master of this portal (%(degrees)s). Mobility is for students of the "
        "2nd cycle (Art. 1). If you are one, write to the mobility office (NMCI)."
    ),
    "several_degrees": gettext_lazy("Fénix has you in more than one master. Say with which of them you apply."),
    "year": gettext_lazy(
        "Fénix doesn't say in which year of %(degrees)s you are, and Art. 1 depends on it. Write to the mobility "
        "office (NMCI)."
    ),
    "number_taken": gettext_lazy(
        "Another account of the portal has your student number. Sign in with that account, or write to the mobility "
        "office (NMCI)."
    ),
    "unreachable": gettext_lazy("Fénix didn't answer. Nothing was lost: ask again in some minutes."),
    "refused": gettext_lazy("Fénix's permission to read your record has expired. Ask again: it takes a moment."),
    "nonsense": gettext_lazy(
        "Fénix answered something that can't be read as a record, so nothing was changed. Ask again tomorrow; if it "
        "stays so, write to the mobility office (NMCI)."
    ),
}
_UNEXPECTED = gettext_lazy("Something unexpected happened and nothing was changed. Ask again.")


def fetch_notice(fetch: FenixFetch | None) -> Notice | None:
    """How the newest asking stands; None when there is nothing to add to the record itself."""
    if fetch is None:
        return None
    when = lisbon(fetch.ended_at)
    if fetch.outcome == FenixFetch.Outcome.WAITING:
        return Notice("wait", _("Your record is on its way from Fénix"), _("It is usually here in a few seconds."))
    if fetch.outcome == FenixFetch.Outcome.FAILED:
        return Notice("bad", _("Your record could not be brought from Fénix"), problem_sentence(fetch))
    if fetch.problem:
        return Notice("wait", _("Something is missing"), problem_sentence(fetch))
    if fetch.outcome == FenixFetch.Outcome.UNCHANGED:
        return Notice("good", "", _("Fénix was asked again on %(when)s: nothing has changed.") % {"when": when})
    if fetch.outcome == FenixFetch.Outcome.KEPT:
        text = _(
            "On %(when)s Fénix listed fewer credits than this record of another source has, so this one stays. "
            "If Fénix is right, write to the mobility office (NMCI)."
        )
        return Notice("wait", _("The earlier record stays"), text % {"when": when})
    return None


def problem_sentence(fetch: FenixFetch) -> str:
    return str(PROBLEMS.get(fetch.problem, _UNEXPECTED)) % {"degrees": ", ".join(_degrees(fetch)) or "–"}


def remarks(notes: Iterable[Mapping[str, str]]) -> list[Remark]:
    """A record's notes, one sentence for each kind with all that it is about; what must be checked comes first."""
    about: dict[str, list[str]] = {}
    for note in notes:
        about.setdefault(note["code"], []).append(note["about"])
    found = [
        Remark(str(text), [] if code in _BARE else about[code], to_check)
        for code, (text, to_check) in NOTES.items()
        if code in about
    ]
    return sorted(found, key=lambda remark: not remark.to_check)


def _degrees(fetch: FenixFetch) -> list[str]:
    return [
        item["acronym"] or item["name"]
        for role in fetch.person.get("roles", [])
        for item in role.get("registrations", [])
    ]
