"""The home university's departments."""

from django.utils.translation import gettext_lazy

from mobility.models import Department
from mobility.services.imports.columns import Column, Table, text
from mobility.services.imports.plan import Plan, Wanted, upsert

COLUMNS = (
    Column("acronym", text(12), help=gettext_lazy("Acronym"), example="DEI"),
    Column("name", text(200), help=gettext_lazy("Name"), example="Departamento de Engenharia Informática"),
)
IGNORED = ()


def plan(table: Table) -> Plan:
    found = Plan.of(table)
    known = {department.code: department for department in Department.objects.all()}
    upsert(
        found,
        Department,
        [
            Wanted(
                row.number,
                row.values["acronym"],
                row.values["acronym"],
                {"code": row.values["acronym"], "name": row.values["name"]},
                known.get(row.values["acronym"]),
            )
            for row in table.rows
        ],
    )
    return found
