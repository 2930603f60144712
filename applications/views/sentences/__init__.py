"""The engine's codes in words: one sentence for every condition, step and change, with its figures.

The steps say nobody's name: the same words serve the student, the coordinator and the board.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Entry
from applications.views.sentences.admission import ADMISSION, GRANT_REASONS
from applications.views.sentences.figures import SCHEMES, Facts, Names, Writers
from applications.views.sentences.grants import GRANTS
from applications.views.sentences.ranking import RANKING
from mobility.regulation.admission import Check
from mobility.regulation.reason import Step

__all__ = ["GRANT_REASONS", "WRITERS", "Sentence", "check_sentence", "outcome_sentence", "path", "sentence"]

WRITERS: Writers = {**ADMISSION, **RANKING, **GRANTS}

_GOOD = {"taken", "grant_guaranteed", "grant_hondt", "grant_redistributed", "grant_best", "grant_ranking"}
_BAD = {"programme_full", "not_open", "full", "not_eligible", "right_lost", "grants_used_up"}


class Sentence(NamedTuple):
    """One step of a path. ``tone``: "good", "bad", "wait" (hangs on something) or "" (a fact)."""

    title: str
    text: str
    clause: str
    tone: str


def sentence(step: Step, names: Names) -> Sentence:
    """One step in the reader's language. ``names``: universities by the code of their destination."""
    title, writer = WRITERS[step.code]
    return Sentence(str(title), writer(step.facts, names), step.clause, _tone(step.code, step.facts))


def check_sentence(check: Check) -> Sentence:
    """A condition of Art. 5 as it stands today."""
    return sentence(Step(check.clause, check.code, {**check.facts, "met": check.met}), {})


def path(steps: Iterable[Step], names: Names) -> list[Sentence]:
    return [sentence(step, names) for step in steps]


def _tone(code: str, facts: Facts) -> str:
    if "met" in facts:
        return {True: "good", False: "bad", None: "wait"}[facts["met"]]
    if code == "tier":
        return "bad" if facts["tier"] == "rejected" else "good"
    return "good" if code in _GOOD else "bad" if code in _BAD else ""


def outcome_sentence(entry: Entry, *, own: bool) -> str:
    """The whole result in one or two sentences; to the student when it is theirs."""
    if entry.tier == "rejected":
        return _("Your application was not admitted.") if own else _("The application was not admitted.")
    if entry.placement is None:
        waiting = (
            _("You are number %(rank)s in the ranking and there was no place left: you wait for a vacancy.")
            if own
            else _("Number %(rank)s in the ranking; there was no place left: waits for a vacancy.")
        )
        return waiting % {"rank": entry.rank}
    placed = (
        _("You have a place at %(name)s, your preference number %(preference)s.")
        if own
        else _("Placed at %(name)s, preference number %(preference)s.")
    )
    name = str(entry.placement)
    return placed % {"name": name, "preference": entry.preference} + " " + _grant(entry)


def _grant(entry: Entry) -> str:
    award = getattr(entry, "award", None)
    if award is None:
        return _("Without a grant.")
    if award.semesters is None:
        return _("With a %(scheme)s grant.") % {"scheme": SCHEMES[award.scheme]}
    return ngettext(
        "With an Erasmus+ grant for %(semesters)s semester.",
        "With an Erasmus+ grant for %(semesters)s semesters.",
        award.semesters,
    ) % {"semesters": award.semesters}
