"""The programmes of the regulation's Annex (A.1, A.2, A.3), each with its own rules (Art. 4(1))."""

from django.utils.translation import gettext_lazy

from mobility.models import MobilityProgramme, Scheme
from mobility.services.imports.columns import Column, Table, one_of, pattern, text
from mobility.services.imports.plan import Plan, Wanted, upsert

YES_OR_NO = {"yes": True, "no": False}
COLUMNS = (
    Column("code", pattern(r"[a-z0-9-]{1,30}", gettext_lazy("a code of small letters, digits and hyphens")),
           help=gettext_lazy("Code"), example="erasmus"),
    Column("name", text(120), help=gettext_lazy("Name in Portuguese"), example="Erasmus+"),
    Column("name_en", text(120), help=gettext_lazy("Name in English"), example="Erasmus+"),
    Column("clause", pattern(r"A\.[123]", gettext_lazy("a clause of the Annex: A.1, A.2 or A.3")),
           help=gettext_lazy("Clause of the Annex: A.1, A.2 or A.3"), example="A.1"),
    Column("scheme", one_of({scheme.value: scheme.value for scheme in Scheme}), required=False, empty=None,
           help=gettext_lazy("Grants that its destinations give access to: erasmus, santander, or nothing"),
           example="erasmus"),
    Column("awards_degree", one_of(YES_OR_NO), help=gettext_lazy("Whether it awards a degree: yes or no"),
           example="no"),
)  # fmt: skip
IGNORED = ()


def plan(table: Table) -> Plan:
    found = Plan.of(table)
    known = {programme.code: programme for programme in MobilityProgramme.objects.all()}
    upsert(
        found,
        MobilityProgramme,
        [
            Wanted(row.number, row.values["code"], row.values["name"], row.values, known.get(row.values["code"]))
            for row in table.rows
        ],
    )
    return found
