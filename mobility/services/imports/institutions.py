"""Holders of the Erasmus Charter for Higher Education, as the European Commission lists them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility.models import Institution, folded
from mobility.services.imports.codes import normalised
from mobility.services.imports.columns import Column, Row, Table, country, date, text
from mobility.services.imports.partners import OID, PIC, Partners
from mobility.services.imports.plan import Plan, Wanted, upsert

COLUMNS = (
    Column("erasmus_code", normalised, help=gettext_lazy("Erasmus code"), example="P  LISBOA109"),
    Column("pic", PIC, help=gettext_lazy("PIC, nine digits"), example="949885305"),
    Column("oid", OID, required=False, empty=None, help=gettext_lazy("OID, an E and eight digits")),
    Column("legal_name", text(300), help=gettext_lazy("Name"), example="UNIVERSIDADE DE LISBOA"),
    Column("city", text(120), required=False, help=gettext_lazy("City"), example="Lisboa"),
    Column("country", country, help=gettext_lazy("Country, two letters (EL for Greece)"), example="PT"),
    Column("website", text(500), required=False, help=gettext_lazy("Website")),
    Column("eche_start", date, required=False, empty=None, help=gettext_lazy("First day of the charter, YYYY-MM-DD")),
    Column("eche_end", date, required=False, empty=None, help=gettext_lazy("Last day of the charter, YYYY-MM-DD")),
)
IGNORED = ("proposal", "street", "post_code")
SOURCE = "ECHE, European Commission"


def plan(table: Table) -> Plan:
    """One institution per row, known by its Erasmus code or, when that changed, by its PIC."""
    found = Plan.of(table)
    partners = Partners()
    _once_each(found, table)
    upsert(found, Institution, [_wanted(found, row, partners) for row in table.rows])
    return found


def _once_each(plan: Plan, table: Table) -> None:
    """A PIC belongs to one row. The official list itself gives one OID to two schools: the first keeps it."""
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        pic, oid = ("pic", row.values["pic"]), ("oid", row.values["oid"])
        if pic in seen:
            plan.refuse(_("repeats row %(row)s.") % {"row": seen[pic]}, row.number, "pic")
        if row.values["oid"] and oid in seen:
            message = _("row %(row)s has the same OID; it was left empty here.")
            plan.note(message % {"row": seen[oid]}, row.number, "oid")
            row.values["oid"] = None
        seen.setdefault(pic, row.number)
        seen.setdefault(oid, row.number)


def _wanted(plan: Plan, row: Row, partners: Partners) -> Wanted[Institution]:
    given = row.values
    existing = partners.get("erasmus_code", given["erasmus_code"]) or partners.get("pic", given["pic"])
    for kind in ("pic", "oid"):
        other = partners.get(kind, given[kind]) if given[kind] else None
        if other is not None and other != existing:
            message = _("“%(value)s” already belongs to %(other)s.")
            plan.refuse(message % {"value": given[kind], "other": other.key}, row.number, kind)
    return Wanted(row.number, given["erasmus_code"], given["legal_name"], _values(given), existing)


def _values(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": given["legal_name"],
        "sort_name": folded(given["legal_name"])[:300],
        "country": given["country"],
        "city": given["city"],
        "erasmus_code": given["erasmus_code"],
        "pic": given["pic"],
        "oid": given["oid"],
        "website": given["website"],
        "charter_from": given["eche_start"],
        "charter_until": given["eche_end"],
        "source": SOURCE,
    }
