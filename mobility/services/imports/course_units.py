"""Units of the master programmes' curricula, one row per programme and unit."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility.models import CourseUnit, Programme
from mobility.services.imports.columns import Column, Table, credit_points, text
from mobility.services.imports.plan import Plan, Wanted, upsert

COLUMNS = (
    Column("programme", text(20), help=gettext_lazy("Acronym of the programme"), example="MEIC-A"),
    Column("course_id", text(20), help=gettext_lazy("Number in Fénix"), example="846035542881696"),
    Column("acronym", text(20), help=gettext_lazy("Acronym"), example="OD"),
    Column("name", text(200), help=gettext_lazy("Name"), example="Otimização e Decisão"),
    Column("ects", credit_points, help=gettext_lazy("Credits (ECTS)"), example="6"),
    Column("term", text(40), help=gettext_lazy("Term"), example="2º semestre 2022/2023"),
    Column("periods", text(20), required=False, help=gettext_lazy("Periods of the term"), example="3"),
)
IGNORED = ()


def plan(table: Table) -> Plan:
    found = Plan.of(table)
    programmes = dict(Programme.objects.values_list("code", "pk"))
    known = {(unit.programme_id, unit.fenix_id): unit for unit in CourseUnit.objects.all()}
    wanted = []
    for row in table.rows:
        given = row.values
        if given["programme"] not in programmes:
            message = _("there is no programme “%(code)s”. Import the programmes first, or correct it.")
            found.refuse(message % {"code": given["programme"]}, row.number, "programme")
            continue
        key = (programmes[given["programme"]], given["course_id"])
        values = {
            "programme_id": key[0],
            "fenix_id": key[1],
            **{name: given[name] for name in ("acronym", "name", "ects", "term", "periods")},
        }
        wanted.append(Wanted(row.number, key, f"{given['programme']} {given['acronym']}", values, known.get(key)))
    upsert(found, CourseUnit, wanted)
    return found
