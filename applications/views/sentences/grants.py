"""Art. 8 and 9 in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.views.sentences.figures import Facts, Names, Writers, last, named, scheme


def _no_scheme(facts: Facts, names: Names) -> str:
    return _("No grant scheme goes with %(name)s: mobility with zero grant, with all other rights.") % named(
        facts, names
    )


def _not_distributed(facts: Facts, names: Names) -> str:
    return _("%(scheme)s grants were not distributed in this run.") % scheme(facts)


def _not_eligible(facts: Facts, names: Names) -> str:
    return _("Not eligible for an Erasmus+ grant: mobility with zero grant, with all other rights.")


def _not_wanted(facts: Facts, names: Names) -> str:
    return _("No grant was asked for: mobility with zero grant, with all other rights.")


def _right_lost(facts: Facts, names: Names) -> str:
    return _("The right to a Santander grant was lost by changing destination after the ranking.")


def _previous_grant(facts: Facts, names: Names) -> str:
    return _("There was an earlier grant in this cycle: those without one come first.")


def _guaranteed(facts: Facts, names: Names) -> str:
    return _("The grant that is guaranteed to %(programme)s, because it has admitted candidates.") % facts


def _hondt(facts: Facts, names: Names) -> str:
    return ngettext(
        "%(semesters)s semester from the grants of %(programme)s by D'Hondt, with its %(votes)s votes.",
        "%(semesters)s semesters from the grants of %(programme)s by D'Hondt, with its %(votes)s votes.",
        facts["semesters"],
    ) % dict(facts)


def _redistributed(facts: Facts, names: Names) -> str:
    return ngettext(
        "%(semesters)s semester from the grants left over elsewhere and redistributed to %(programme)s.",
        "%(semesters)s semesters from the grants left over elsewhere and redistributed to %(programme)s.",
        facts["semesters"],
    ) % dict(facts)


def _grant_best(facts: Facts, names: Names) -> str:
    return _("Santander grant for the best ranked candidate of %(programme)s.") % facts


def _grant_ranking(facts: Facts, names: Names) -> str:
    return _("Santander grant by the ranking, whatever the programme.")


def _part_funded(facts: Facts, names: Names) -> str:
    return _("Of %(asked)s semesters, %(semesters)s is funded; the rest is with zero grant.") % facts


def _provisional(facts: Facts, names: Names) -> str:
    return _("The grant is provisional until the coordinator has checked that the conditions are met.")


def _grants_used_up(facts: Facts, names: Names) -> str:
    received = {"received": facts["received"], **scheme(facts)}
    if not facts["last"]:
        return _("No %(scheme)s grant was left.") % received
    return _(
        "The %(received)s %(scheme)s grants went to candidates who come first; the last one is number %(rank)s, "
        "with average %(average)s. Mobility with zero grant, with all other rights."
    ) % {**received, **last(facts)}


GRANTS: Writers = {
    "no_scheme": (gettext_lazy("Grant"), _no_scheme),
    "not_distributed": (gettext_lazy("Grant"), _not_distributed),
    "not_eligible": (gettext_lazy("Grant"), _not_eligible),
    "not_wanted": (gettext_lazy("Grant"), _not_wanted),
    "right_lost": (gettext_lazy("Grant"), _right_lost),
    "previous_grant": (gettext_lazy("Earlier grant"), _previous_grant),
    "grant_guaranteed": (gettext_lazy("Guaranteed grant"), _guaranteed),
    "grant_hondt": (gettext_lazy("Grant by D'Hondt"), _hondt),
    "grant_redistributed": (gettext_lazy("Redistributed grant"), _redistributed),
    "grant_best": (gettext_lazy("Santander grant"), _grant_best),
    "grant_ranking": (gettext_lazy("Santander grant"), _grant_ranking),
    "part_funded": (gettext_lazy("Part of the period"), _part_funded),
    "provisional": (gettext_lazy("Provisional grant"), _provisional),
    "grants_used_up": (gettext_lazy("Grants used up"), _grants_used_up),
}
