"""Erasmus codes: a country of up to three letters, padded with spaces to three, and the institution.

``P  LISBOA109``, ``NL EINDHOV17``, ``IRLDUBLIN01``. People write them with one space, none, or a
non-breaking one; compared without spaces they are still all different.
"""

import re

from django.utils.translation import gettext as _

from mobility.services.imports.columns import CellError

# Letters of the country as the codes write it: mostly those of the cars, not ISO 3166.
# fmt: off
COUNTRIES = frozenset([
    "A", "AL", "B", "BA", "BE", "BG", "CH", "CY", "CZ", "D", "DK", "E", "EE",
    "F", "G", "HR", "HU", "I", "IRL", "IS", "LI", "LT", "LUX", "LV", "ME", "MK",
    "MT", "N", "NL", "P", "PL", "RO", "RS", "RSP", "S", "SF", "SI", "SK", "TR",
    "UK", "XK",
])
# fmt: on
_INSTITUTION = re.compile(r"[A-Z][A-Z-]*[0-9]{1,3}")


def normalised(cell: str) -> str:
    """The code as it is stored. Raises CellError."""
    country, *rest = cell.upper().split()
    if not rest:
        country, rest = country[:3], [country[3:]]
    institution = "".join(rest)
    if country not in COUNTRIES or not _INSTITUTION.fullmatch(institution):
        raise CellError(
            _("“%(cell)s” isn't an Erasmus code: country, spaces up to three characters, institution, as P  LISBOA109.")
            % {"cell": cell[:60]}
        )
    return country.ljust(3) + institution


def compact(code: str) -> str:
    """The code for comparison: no spaces of any kind, capital letters."""
    return re.sub(r"\s+", "", code).upper()
