"""Who may have an Erasmus+ grant (Art. 4(2)); who may not goes with a zero grant (8.3)."""

import datetime
from dataclasses import dataclass
from typing import Literal

# fmt: off
MEMBER_STATES = frozenset([
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
])
# fmt: on
"""The member states of the European Union, ISO 3166 (Treaty on European Union, Art. 52)."""

ASSOCIATED_COUNTRIES = frozenset(["IS", "LI", "MK", "NO", "RS", "TR"])
"""Countries outside the Union associated to Erasmus+ 2021-2027: "outro país elegível".

Source: Regulation (EU) 2021/817, Art. 19, and the Erasmus+ Programme Guide 2026, "Eligible countries",
EU Member States and third countries associated to the Programme.
"""

Reason = Literal[
    "member_state",
    "associated_country",
    "refugee_or_stateless",
    "residence_permit",
    "no_permit",
    "permit_expired",
    "no_degree",
    "nationality_unknown",
]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a grant is possible, the clause that says so, and why, as a code that the portal words.

    `clause` is the letter that applies; for who is not eligible, the letter that came nearest.
    """

    eligible: bool
    clause: Literal["4.2.a", "4.2.b", "4.2.c"]
    reason: Reason


def erasmus_grant(
    *,
    nationality: str,
    residence_permit_until: datetime.date | None,
    refugee_or_stateless: bool,
    on: datetime.date,
    in_degree_programme: bool = True,
) -> Eligibility:
    """The first letter of Art. 4(2) that applies on a day; `nationality` is an ISO 3166 two-letter code, or empty.

    A residence permit is valid through the day that it names.
    """
    if nationality in MEMBER_STATES:
        return Eligibility(True, "4.2.a", "member_state")
    if nationality in ASSOCIATED_COUNTRIES:
        return Eligibility(True, "4.2.a", "associated_country")
    if refugee_or_stateless:
        return Eligibility(True, "4.2.c", "refugee_or_stateless")
    if not nationality and residence_permit_until is None:
        return Eligibility(False, "4.2.a", "nationality_unknown")
    if residence_permit_until is None:
        return Eligibility(False, "4.2.b", "no_permit")
    if residence_permit_until < on:
        return Eligibility(False, "4.2.b", "permit_expired")
    if not in_degree_programme:
        return Eligibility(False, "4.2.b", "no_degree")
    return Eligibility(True, "4.2.b", "residence_permit")
