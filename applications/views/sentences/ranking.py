"""Art. 7(1), 6(3) and 5(7) in words: rank and place, and what would have changed them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.views.sentences.figures import Facts, Names, Writers, last, named, scheme
from mobility.templatetags.portal import decimal2, ects


def _rank(facts: Facts, names: Names) -> str:
    return _(
        "Number %(rank)s of %(total)s, with average %(average)s, %(ects)s ECTS in %(units)s units "
        "and %(enrolments)s enrolments."
    ) % {
        **facts,
        "average": decimal2(facts["average"]),
        "ects": ects(facts["ects"]),
    }


def _after_admitted(facts: Facts, names: Names) -> str:
    return ngettext(
        "Whoever is conditionally admitted comes after the %(admitted)s candidate admitted without conditions.",
        "Whoever is conditionally admitted comes after the %(admitted)s candidates admitted without conditions.",
        facts["admitted"],
    ) % {"admitted": facts["admitted"]}


def _drawn(facts: Facts, names: Names) -> str:
    return _(
        "Equal in everything to %(others)s: the order was drawn. The lot, %(lot)s…, is the SHA-256 of the seed "
        "“%(seed)s”, a colon and the candidate's number; the lowest comes first."
    ) % {"others": ", ".join(facts["tied_with"]), "lot": facts["lot"][:12], "seed": facts["seed"]}


def _programme_full(facts: Facts, names: Names) -> str:
    return _(
        "The %(places)s places approved for %(programme)s were taken by candidates ranked higher; "
        "the last one is number %(rank)s, with average %(average)s."
    ) % {"places": facts["places"], "programme": facts["programme"], **last(facts)}


def _not_open(facts: Facts, names: Names) -> str:
    return _("Preference %(preference)s, %(name)s: not open to %(programme)s.") % named(facts, names)


def _full(facts: Facts, names: Names) -> str:
    if not facts["last"]:
        return _("Preference %(preference)s, %(name)s: it had no places.") % named(facts, names)
    return ngettext(
        "Preference %(preference)s, %(name)s: its %(places)s place went to a candidate ranked higher, "
        "number %(rank)s, with average %(average)s.",
        "Preference %(preference)s, %(name)s: its %(places)s places went to candidates ranked higher; "
        "the last one is number %(rank)s, with average %(average)s.",
        facts["places"],
    ) % {**named(facts, names), **last(facts)}


def _taken(facts: Facts, names: Names) -> str:
    return ngettext(
        "Preference %(preference)s, %(name)s: its only place was free.",
        "Preference %(preference)s, %(name)s: one of its %(places)s places was free.",
        facts["places"],
    ) % named(facts, names)


def _waits(facts: Facts, names: Names) -> str:
    return _("No place was left: number %(rank)s stays in the ranking and waits for a vacancy.") % facts


def _outrank(facts: Facts, names: Names) -> str:
    return _("For %(name)s (preference %(preference)s): rank above number %(rank)s, who has %(average)s.") % {
        **named(facts, names),
        **last(facts),
    } + _tie_break(facts)


def _outrank_programme(facts: Facts, names: Names) -> str:
    return _("For a place of %(programme)s: rank above number %(rank)s, who has %(average)s.") % {
        "programme": facts["programme"],
        **last(facts),
    } + _tie_break(facts)


def _outrank_grant(facts: Facts, names: Names) -> str:
    return _("For a %(scheme)s grant: come before number %(rank)s, who has %(average)s.") % {
        **scheme(facts),
        **last(facts),
    } + _tie_break(facts)


def _tie_break(facts: Facts) -> str:
    if not facts["same_average"]:
        return ""
    return " " + _("The averages are equal: more ECTS, more units or fewer enrolments would have decided.")


RANKING: Writers = {
    "rank": (gettext_lazy("Rank"), _rank),
    "after_admitted": (gettext_lazy("Order of the conditional"), _after_admitted),
    "drawn": (gettext_lazy("Tie drawn by lot"), _drawn),
    "programme_full": (gettext_lazy("Programme's places"), _programme_full),
    "not_open": (gettext_lazy("Destination not open"), _not_open),
    "full": (gettext_lazy("Destination full"), _full),
    "taken": (gettext_lazy("Place"), _taken),
    "waits": (gettext_lazy("Waiting for a vacancy"), _waits),
    "outrank": (gettext_lazy("A higher preference"), _outrank),
    "outrank_programme": (gettext_lazy("A place of the programme"), _outrank_programme),
    "outrank_grant": (gettext_lazy("A grant"), _outrank_grant),
}
