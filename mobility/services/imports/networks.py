"""Networks that the university belongs to, and their members."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility.models import Institution, Network, NetworkMember, folded
from mobility.services.imports.columns import Column, Row, Table, pattern, text
from mobility.services.imports.partners import KEYS, Partners
from mobility.services.imports.plan import Change, Plan

COLUMNS = (
    Column("network", pattern(r"[a-z0-9-]{1,30}", gettext_lazy("a code of small letters, digits and hyphens")),
           help=gettext_lazy("Code of the network"), example="cluster"),
    Column("network_name", text(120), help=gettext_lazy("Name of the network"), example="CLUSTER"),
    Column("source", text(300), required=False, help=gettext_lazy("Where the membership is from")),
    *KEYS,
)  # fmt: skip
IGNORED = ()


def plan(table: Table) -> Plan:
    """One membership per row. A member without any code that isn't known yet becomes an institution."""
    found = Plan.of(table)
    partners = Partners()
    networks = {network.code: network for network in Network.objects.all()}
    members = set(NetworkMember.objects.values_list("network__code", "institution_id"))
    new: tuple[list[Network], list[Institution], list[NetworkMember]] = ([], [], [])
    seen: dict[tuple[str, int], int] = {}
    for row in table.rows:
        institution = _member(found, row, partners, new[1])
        if institution is None:
            continue
        network = _network(row.values, networks, new[0])
        key = (network.code, id(institution))
        if key in seen:
            found.refuse(_("repeats row %(row)s.") % {"row": seen[key]}, row.number)
        elif (network.code, institution.pk) in members:
            found.unchanged += 1
        else:
            new[2].append(NetworkMember(network=network, institution=institution))
            found.changes.append(Change(row.number, f"{network.name}: {institution.name}", True))
        seen[key] = row.number
    found.steps = [
        lambda: Network.objects.bulk_create(new[0]),
        lambda: Institution.objects.bulk_create(new[1]),
        lambda: NetworkMember.objects.bulk_create(new[2]),
    ]
    return found


def _network(given: dict[str, Any], networks: dict[str, Network], new: list[Network]) -> Network:
    if given["network"] not in networks:
        networks[given["network"]] = Network(code=given["network"], name=given["network_name"], source=given["source"])
        new.append(networks[given["network"]])
    return networks[given["network"]]


def _member(plan: Plan, row: Row, partners: Partners, new: list[Institution]) -> Institution | None:
    given = row.values
    if any(given[kind] for kind in ("erasmus_code", "pic", "oid")) or not (given["name"] and given["country"]):
        return partners.find(plan, row.number, given)
    known = partners.named(given["name"], given["country"])
    if known is None:
        known = Institution(
            name=given["name"],
            sort_name=folded(given["name"])[:300],
            country=given["country"],
            source=given["source"][:200],
        )
        partners.add(known)
        new.append(known)
        message = _("“%(name)s” isn't known yet and is created with the membership.")
        plan.note(message % {"name": given["name"]}, row.number, "name")
    return known
