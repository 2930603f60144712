"""Finding the institution that a row means: by Erasmus code, PIC, OID, or name and country."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility.models import Institution, folded
from mobility.services.imports.codes import compact
from mobility.services.imports.columns import Column, country, pattern, text
from mobility.services.imports.plan import Plan

PIC = pattern(r"[0-9]{9}", gettext_lazy("a PIC, which has nine digits"))
OID = pattern(r"E[0-9]{8}", gettext_lazy("an OID, which is an E and eight digits"))

# Any of the keys is enough; a partner outside Erasmus+ has a name and a country.
KEYS = (
    Column("erasmus_code", text(20), required=False, help=gettext_lazy("Erasmus code"), example="S  STOCKHO04"),
    Column("pic", PIC, required=False, help=gettext_lazy("PIC, nine digits")),
    Column("oid", OID, required=False, help=gettext_lazy("OID, an E and eight digits")),
    Column("name", text(300), required=False, help=gettext_lazy("Name, for partners without a code")),
    Column("country", country, required=False, help=gettext_lazy("Country, two letters (ISO 3166)")),
)


class Partners:
    """Every institution by each of its keys, in one query."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[str, str], Institution] = {}
        for institution in Institution.objects.all():
            self.add(institution)

    def add(self, institution: Institution) -> None:
        for kind in ("erasmus_code", "pic", "oid"):
            value = getattr(institution, kind)
            if value:
                self.by_key[kind, compact(value)] = institution
        named = ("name", f"{folded(institution.name)}|{institution.country}")
        # Of two with one name, the one without a code is the one that can be found by no other key.
        if named not in self.by_key or institution.key == institution.name:
            self.by_key[named] = institution

    def get(self, kind: str, value: str) -> Institution | None:
        return self.by_key.get((kind, compact(value)))

    def named(self, name: str, country: str) -> Institution | None:
        return self.by_key.get(("name", f"{folded(name)}|{country}"))

    def find(self, plan: Plan, row: int, values: dict[str, Any]) -> Institution | None:
        """The institution of a row; None and a problem in the plan when a key is given that isn't known."""
        for kind in ("erasmus_code", "pic", "oid"):
            if values[kind]:
                found = self.get(kind, values[kind])
                if found is None:
                    message = _("no institution has the code “%(code)s”. Import the institutions first, or correct it.")
                    plan.refuse(message % {"code": values[kind]}, row, kind)
                return found
        if not values["name"] or not values["country"]:
            plan.refuse(_("give an Erasmus code, a PIC, an OID, or a name with its country."), row, "erasmus_code")
            return None
        found = self.named(values["name"], values["country"])
        if found is None:
            message = _("no institution in %(country)s is called “%(name)s”.")
            plan.refuse(message % {"country": values["country"], "name": values["name"]}, row, "name")
        return found
