"""Art. 4(2), 5 and 6(4) in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.views.sentences.figures import Facts, Names, Writers, marks, sums_of

GRANT_REASONS: dict[str, str | Promise] = {
    "member_state": gettext_lazy("Nationality of a member state of the European Union."),
    "associated_country": gettext_lazy("Nationality of another country that takes part in Erasmus+."),
    "refugee_or_stateless": gettext_lazy("Recognised by Portugal as a refugee or a stateless person."),
    "residence_permit": gettext_lazy("A valid residence permit, and enrolment in a degree."),
    "no_permit": gettext_lazy(
        "The portal knows of no valid residence permit. If there is one, show it to the mobility office (NMCI)."
    ),
    "permit_expired": gettext_lazy(
        "The residence permit on file has expired. Show the renewed one to the mobility office (NMCI)."
    ),
    "no_degree": gettext_lazy("Not enrolled in a programme that leads to a degree."),
    "nationality_unknown": gettext_lazy("The portal doesn't know the nationality yet: say it in “My record”."),
}


def _not_barred(facts: Facts, names: Names) -> str:
    if facts["met"]:
        return _("No earlier late withdrawal stands in the way.")
    return _("An earlier withdrawal out of time takes away the right to mobility in this academic year.")


def _has_average(facts: Facts, names: Names) -> str:
    return (
        _("There are graded units, so there is an average.") if facts["met"] else _("No graded units yet: no average.")
    )


def _first_cycle_ects(facts: Facts, names: Names) -> str:
    if facts["met"]:
        return _("First-cycle credits: %(ects)s ECTS done; %(needed)s are needed.") % sums_of(facts)
    return _("First-cycle credits: %(ects)s ECTS done; %(missing)s are missing to the %(needed)s needed.") % sums_of(
        facts
    )


def _average_admitted(facts: Facts, names: Names) -> str:
    if facts["met"]:
        return _("Average %(average)s; %(needed)s is enough to be admitted.") % marks(facts)
    return _("Average %(average)s, under the %(needed)s that admits by itself.") % marks(facts)


def _merit(facts: Facts, names: Names) -> str:
    if facts["met"]:
        return _("Exception of merit granted, with an average above %(above)s.") % marks(facts)
    if facts["merit"] == "granted":
        return _("Exception of merit granted, but the average of %(average)s is not above %(above)s.") % marks(facts)
    return _("Exception of merit refused.")


def _average_minimum(facts: Facts, names: Names) -> str:
    if facts["met"]:
        return _("Average %(average)s; the minimum is %(needed)s.") % marks(facts)
    return _("Average %(average)s, under the minimum of %(needed)s.") % marks(facts)


def _will_meet(facts: Facts, names: Names) -> str:
    if facts["met"]:
        return _("With the units enrolled in, the %(needed)s first-cycle ECTS will be reached this year.") % sums_of(
            facts
        )
    return _("The units enrolled in do not reach the %(needed)s first-cycle ECTS this year.") % sums_of(facts)


def _opinion(facts: Facts, names: Names) -> str:
    if facts["met"]:
        return _("Favourable opinion of the programme's coordinator.")
    if facts["met"] is None:
        return _("Depends on a favourable opinion of the programme's coordinator, given after applying.")
    if facts["opinion"] is None:
        return _("No opinion of the programme's coordinator was given, and a favourable one was needed.")
    return _("Unfavourable opinion of the programme's coordinator.")


def _tier(facts: Facts, names: Names) -> str:
    return {
        "admitted": _("Outcome: admitted."),
        "vacancy": _("Outcome: admitted if places remain after those with 12.50 or more."),
        "conditional": _("Outcome: conditionally admitted, after everybody who already meets the requirements."),
        "rejected": _("Outcome: not admitted."),
    }[facts["tier"]]


ADMISSION: Writers = {
    "not_barred": (gettext_lazy("Right to mobility"), _not_barred),
    "has_average": (gettext_lazy("Average"), _has_average),
    "first_cycle_ects": (gettext_lazy("First-cycle credits"), _first_cycle_ects),
    "average_admitted": (gettext_lazy("Average to be admitted"), _average_admitted),
    "merit": (gettext_lazy("Exception of merit"), _merit),
    "average_minimum": (gettext_lazy("Minimum average"), _average_minimum),
    "will_meet_requirements": (gettext_lazy("Credits by the end of the year"), _will_meet),
    "opinion": (gettext_lazy("Coordinator's opinion"), _opinion),
    "tier": (gettext_lazy("Admission"), _tier),
}
