"""Places per destination and programme, for one academic year and kind of mobility (Art. 6(3), 5(8))."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility.models import Agreement, AgreementPlaces, Institution, Kind, MobilityProgramme, Programme
from mobility.services.imports.columns import Column, Row, Table, academic_year, language, one_of, text, whole
from mobility.services.imports.partners import KEYS, Partners
from mobility.services.imports.plan import Change, Plan

COLUMNS = (
    *KEYS,
    Column("mobility_programme", text(30), help=gettext_lazy("Code of the mobility programme"), example="erasmus"),
    Column("academic_year", academic_year, help=gettext_lazy("Academic year"), example="2027/2028"),
    Column("kind", one_of({kind.value.lower(): kind.value for kind in Kind}),
           help=gettext_lazy("SMS (studies) or SMP (traineeship)"), example="SMS"),
    Column("places", whole(1000), help=gettext_lazy("Places, a whole number"), example="2"),
    Column("programmes", text(500), required=False, example="MEIC-A MEIC-T",
           help=gettext_lazy("Acronyms of the programmes that may go, with spaces between; empty: all")),
    Column("label", text(40), required=False,
           help=gettext_lazy("Tells several pools at one institution apart; empty for the only one")),
    Column("language", language, required=False,
           help=gettext_lazy("Language of teaching: its code (en) or its name (English, inglês)"), example="en"),
    Column("language_level", text(6), required=False, help=gettext_lazy("Level asked for"), example="B2"),
    Column("valid_from", academic_year, required=False, empty=None,
           help=gettext_lazy("First academic year of the agreement; empty: this one")),
    Column("valid_until", academic_year, required=False, empty=None,
           help=gettext_lazy("Last academic year of the agreement; empty: this one")),
)  # fmt: skip
IGNORED = ()
SOURCE = "places"


def plan(table: Table) -> Plan:
    """One pool per row. Pools that the file doesn't name stay as they are."""
    return _Places(table).plan


class _Places:
    """The plan while it is being made, with what the rows refer to, each read in one query."""

    def __init__(self, table: Table) -> None:
        self.plan = Plan.of(table)
        self.partners = Partners()
        self.programmes = {programme.code.casefold(): programme for programme in Programme.objects.all()}
        self.mobility = {programme.code: programme for programme in MobilityProgramme.objects.all()}
        self.agreements = {(a.institution_id, a.mobility_programme_id): a for a in Agreement.objects.all()}
        years = {row.values["academic_year"] for row in table.rows}
        pools = AgreementPlaces.objects.filter(academic_year__in=years).prefetch_related("programmes")
        self.pools = {(p.agreement_id, p.academic_year, p.kind, p.label): p for p in pools}
        self.seen: dict[Any, int] = {}
        # What changed of an agreement's years, told on the first row that has a pool of it.
        self.years: dict[int, list[tuple[str, str, str]]] = {}
        self.new_agreements: list[Agreement] = []
        self.changed_agreements: list[Agreement] = []
        self.new_pools: list[AgreementPlaces] = []
        self.changed_pools: list[AgreementPlaces] = []
        self.open_to: list[tuple[AgreementPlaces, list[Programme]]] = []
        for row in table.rows:
            self._row(row)
        self.plan.steps = self._steps()

    def _row(self, row: Row) -> None:
        given = row.values
        institution = self.partners.find(self.plan, row.number, given)
        mobility = self.mobility.get(given["mobility_programme"].casefold())
        if mobility is None:
            message = _("there is no mobility programme “%(code)s”. There are: %(known)s.")
            known = {"code": given["mobility_programme"], "known": ", ".join(self.mobility) or "–"}
            self.plan.refuse(message % known, row.number, "mobility_programme")
        programmes = self._programmes(row)
        if institution is None or mobility is None or programmes is None:
            return
        agreement = self._agreement(row, institution, mobility)
        if agreement is not None:
            self._pool(row, agreement, programmes)

    def _programmes(self, row: Row) -> list[Programme] | None:
        codes = row.values["programmes"].replace(",", " ").replace(";", " ").split()
        unknown = [code for code in codes if code.casefold() not in self.programmes]
        if unknown:
            message = _("there is no programme “%(code)s”. Import the programmes first, or correct it.")
            self.plan.refuse(message % {"code": unknown[0]}, row.number, "programmes")
            return None
        return list(dict.fromkeys(self.programmes[code.casefold()] for code in codes))

    def _agreement(self, row: Row, institution: Institution, mobility: MobilityProgramme) -> Agreement | None:
        """The agreement of the row, new or with its years changed; None and a problem when the year lies outside."""
        given = row.values
        year = given["academic_year"]
        agreement = self.agreements.get((institution.pk, mobility.pk))
        first = given["valid_from"] or (agreement.from_year if agreement else year)
        last = given["valid_until"] or (agreement.until_year if agreement else year)
        if not first <= year <= last:
            message = _("the agreement is valid from %(first)s to %(last)s; correct valid_from or valid_until.")
            self.plan.refuse(message % {"first": first, "last": last}, row.number, "academic_year")
            return None
        if agreement is None:
            agreement = Agreement(
                institution=institution, mobility_programme=mobility, from_year=first, until_year=last, source=SOURCE
            )
            self.agreements[institution.pk, mobility.pk] = agreement
            self.new_agreements.append(agreement)
        elif (agreement.from_year, agreement.until_year) != (first, last):
            before = f"{agreement.from_year}-{agreement.until_year}"
            agreement.from_year, agreement.until_year = first, last
            if agreement.pk:
                self.changed_agreements.append(agreement)
                self.years[agreement.pk] = [("agreement", before, f"{first}-{last}")]
        return agreement

    def _pool(self, row: Row, agreement: Agreement, programmes: list[Programme]) -> None:
        given = row.values
        name = f"{agreement.institution.key} {given['label']}".strip()
        key = (agreement.institution_id, agreement.mobility_programme_id, given["academic_year"], given["kind"],
               given["label"])  # fmt: skip
        if key in self.seen:
            message = _("repeats row %(row)s. Two pools of one agreement need different labels.")
            self.plan.refuse(message % {"row": self.seen[key]}, row.number)
            return
        self.seen[key] = row.number
        values = {field: given[field] for field in ("places", "language", "language_level")}
        pool = self.pools.get((agreement.pk, *key[2:])) if agreement.pk else None
        if pool is None:
            pool = AgreementPlaces(agreement=agreement, academic_year=key[2], kind=key[3], label=key[4], **values)
            self.new_pools.append(pool)
            self.open_to.append((pool, programmes))
            self.plan.changes.append(Change(row.number, name, True))
            return
        self._compare(row, pool, name, values, programmes)

    def _compare(self, row: Row, pool: AgreementPlaces, name: str, values: dict[str, Any], wanted: Any) -> None:
        details = [(field, str(getattr(pool, field)), str(new)) for field, new in values.items()
                   if getattr(pool, field) != new]  # fmt: skip
        for field, new in values.items():
            setattr(pool, field, new)
        before = {programme.code for programme in pool.programmes.all()}
        if before != {programme.code for programme in wanted}:
            details.append(("programmes", " ".join(sorted(before)), " ".join(sorted(p.code for p in wanted))))
            self.open_to.append((pool, wanted))
        details += self.years.pop(pool.agreement_id, [])
        if not details:
            self.plan.unchanged += 1
            return
        self.changed_pools.append(pool)
        self.plan.changes.append(Change(row.number, name, False, tuple(details)))

    def _steps(self) -> list[Callable[[], object]]:
        return [
            lambda: Agreement.objects.bulk_create(self.new_agreements),
            lambda: Agreement.objects.bulk_update(self.changed_agreements, ["from_year", "until_year"]),
            lambda: AgreementPlaces.objects.bulk_create(self.new_pools),
            lambda: AgreementPlaces.objects.bulk_update(self.changed_pools, ["places", "language", "language_level"]),
            self._write_programmes,
        ]

    def _write_programmes(self) -> None:
        through = AgreementPlaces.programmes.through
        through._default_manager.filter(agreementplaces_id__in=[pool.pk for pool, _programmes in self.open_to]).delete()
        through._default_manager.bulk_create(
            through(agreementplaces_id=pool.pk, programme_id=programme.pk)
            for pool, programmes in self.open_to
            for programme in programmes
        )
