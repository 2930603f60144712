"""The home university's master programmes, to which places and grants go (Art. 5(7), 8(6)(b))."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility.models import Department, Programme
from mobility.services.imports.columns import Column, Row, Table, text
from mobility.services.imports.plan import Plan, Wanted, upsert

COLUMNS = (
    Column("acronym", text(20), help=gettext_lazy("Acronym"), example="MEIC-A"),
    Column("name", text(200), help=gettext_lazy("Name"), example="Engenharia Informática e de Computadores - Alameda"),
    Column("fenix_id", text(20), required=False, help=gettext_lazy("Number in Fénix")),
    Column("department", text(12), required=False, help=gettext_lazy("Acronym of the department")),
)
IGNORED = ("academic_term", "n_courses")
SOURCE = "Fénix, 2022/2023"


def plan(table: Table) -> Plan:
    """A row without department leaves the one that the programme has."""
    found = Plan.of(table)
    known = {programme.code: programme for programme in Programme.objects.all()}
    departments = dict(Department.objects.values_list("code", "pk"))
    wanted = []
    for row in table.rows:
        department = row.values["department"]
        if department and department not in departments:
            found.refuse(_("there is no department “%(code)s”.") % {"code": department}, row.number, "department")
            continue
        wanted.append(_wanted(row, departments.get(department), known.get(row.values["acronym"])))
    upsert(found, Programme, wanted)
    return found


def _wanted(row: Row, department: int | None, existing: Programme | None) -> Wanted[Programme]:
    values = {
        "code": row.values["acronym"],
        "name": row.values["name"],
        "fenix_id": row.values["fenix_id"],
        "source": SOURCE,
    }
    if department is not None:
        values["department_id"] = department
    return Wanted(row.number, row.values["acronym"], row.values["acronym"], values, existing)
