"""Every kind of file that can be imported, in the order in which they build on each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mobility.services.imports import (
    course_units,
    departments,
    institutions,
    mobility_programmes,
    networks,
    places,
    programmes,
    world,
)
from mobility.services.imports.columns import Column, Table
from mobility.services.imports.plan import Plan


@dataclass(frozen=True)
class FileKind:
    """``shipped``: the file of this kind that comes with the portal, in ``mobility/data``; none: empty."""

    code: str
    name: str | Promise
    columns: Sequence[Column]
    ignored: Sequence[str]
    plan: Callable[[Table], Plan]
    shipped: str = ""


KINDS = {
    kind.code: kind
    for kind in (
        FileKind("mobility-programmes", _("Mobility programmes (Annex)"), mobility_programmes.COLUMNS,
                 mobility_programmes.IGNORED, mobility_programmes.plan, "mobility-programmes.csv"),
        FileKind("institutions", _("Institutions with an Erasmus charter (ECHE)"), institutions.COLUMNS,
                 institutions.IGNORED, institutions.plan, "institutions.csv"),
        FileKind("world-universities", _("Universities outside the Erasmus+ programme"), world.COLUMNS,
                 world.IGNORED, world.plan, "world-universities.json"),
        FileKind("networks", _("Networks and their members"), networks.COLUMNS, networks.IGNORED, networks.plan,
                 "networks.csv"),
        FileKind("departments", _("Departments"), departments.COLUMNS, departments.IGNORED, departments.plan,
                 "departments.csv"),
        FileKind("programmes", _("Master programmes"), programmes.COLUMNS, programmes.IGNORED, programmes.plan,
                 "programmes.csv"),
        FileKind("course-units", _("Course units"), course_units.COLUMNS, course_units.IGNORED, course_units.plan,
                 "course-units.csv"),
        FileKind("places", _("Places per destination"), places.COLUMNS, places.IGNORED, places.plan),
    )
}  # fmt: skip
