"""Universities outside the Erasmus+ programme: no code, so name and country identify them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mobility.models import Institution, folded
from mobility.services.imports.columns import Column, Table, country, text
from mobility.services.imports.partners import Partners
from mobility.services.imports.plan import Plan, Wanted, upsert

COLUMNS = (
    Column("name", text(300), help=gettext_lazy("Name"), example="Universidade de São Paulo"),
    Column("alpha_two_code", country, help=gettext_lazy("Country, two letters (ISO 3166)"), example="BR"),
    Column("web_pages", text(500), required=False, help=gettext_lazy("Website")),
)
IGNORED = ("domains", "country", "state-province")
SOURCE = "Hipo university-domains-list"


def plan(table: Table) -> Plan:
    """One institution per name and country; countries of the charter list are left to that list."""
    found = Plan.of(table)
    partners = Partners()
    charter = set(
        Institution.objects.filter(charter_from__isnull=False).order_by().values_list("country", flat=True).distinct()
    )
    wanted = []
    seen = set()
    skipped = 0
    for row in table.rows:
        name, place = row.values["name"], row.values["alpha_two_code"]
        key = (folded(name)[:300], place)
        if place in charter:
            skipped += 1
            continue
        if key in seen:
            found.note(_("“%(name)s” is there twice; the first row counts.") % {"name": name}, row.number, "name")
            continue
        seen.add(key)
        values = {
            "name": name,
            "sort_name": key[0],
            "country": place,
            "website": row.values["web_pages"],
            "source": SOURCE,
        }
        wanted.append(Wanted(row.number, key, name, values, partners.named(name, place)))
    upsert(found, Institution, wanted)
    if skipped:
        message = ngettext(
            "%(count)s row is of a country in the Erasmus+ programme and was left to the list of charter holders.",
            "%(count)s rows are of countries in the Erasmus+ programme and were left to the list of charter holders.",
            skipped,
        )
        found.note(message % {"count": skipped})
    return found
