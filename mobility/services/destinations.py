"""The destinations of a call, from the places that the agreements in force give."""

from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from mobility.log import take_turn
from mobility.models import AgreementPlaces, Call, Destination, User
from mobility.permissions import is_nmci, is_portal
from mobility.workflow import TransitionRefused, record

CODE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many destinations were created, changed, left alone, removed, and emptied because somebody chose them."""

    created: int
    changed: int
    unchanged: int
    removed: int
    emptied: int


@transaction.atomic
def load_destinations(*, call: Call, by: User | None) -> Loaded:
    """Make the call's destinations what the pools of its year and kind say (Art. 6(2), 6(3)); twice changes nothing.

    A destination whose pool is no longer in force goes away, or keeps no places when an application names it.
    A destination keeps its code. Raises PermissionDenied, TransitionRefused (the call is closed).
    """
    if not (is_nmci | is_portal).test(by):
        raise PermissionDenied("load_destinations")
    take_turn()
    state = Call.objects.select_for_update(no_key=True).values_list("state", flat=True).get(pk=call.pk)
    if state == Call.State.CLOSED:
        raise TransitionRefused(_("The call is closed: its destinations no longer change."))
    pools = {pool.pk: pool for pool in _in_force(call)}
    standing = list(call.destinations.prefetch_related("programmes"))
    removed, emptied = _let_go(call, [destination for destination in standing if destination.pool_id not in pools])
    created, changed = _take(call, pools, standing)
    loaded = Loaded(len(created), len(changed), len(pools) - len(created) - len(changed), removed, emptied)
    if created or changed or removed or emptied:
        data = {"created": loaded.created, "changed": loaded.changed, "removed": removed, "emptied": emptied}
        record(call, "load_destinations", clause="6.3", data=data, by=by)
    return loaded


def _in_force(call: Call) -> list[AgreementPlaces]:
    pools = AgreementPlaces.objects.filter(
        academic_year=call.academic_year,
        kind=call.kind,
        agreement__from_year__lte=call.academic_year,
        agreement__until_year__gte=call.academic_year,
    )
    return list(
        pools.select_related("agreement__institution", "agreement__mobility_programme").prefetch_related("programmes")
    )


def _take(
    call: Call, pools: dict[int, AgreementPlaces], standing: list[Destination]
) -> tuple[list[Destination], list[Destination]]:
    """Create and change destinations, in a number of statements that doesn't grow with them."""
    crowded = Counter(pool.agreement.institution_id for pool in pools.values())
    known = {destination.pool_id: destination for destination in standing}
    taken = {destination.code for destination in standing}
    created, changed, moved = [], [], []
    for pk, pool in pools.items():
        values = {
            "institution_id": pool.agreement.institution_id,
            "mobility_programme_id": pool.agreement.mobility_programme_id,
            "places": pool.places,
            "language": pool.language,
            "language_level": pool.language_level,
        }
        destination = known.get(pk)
        wanted = {programme.pk for programme in pool.programmes.all()}
        if destination is None:
            code = _code(pool, taken, several=crowded[pool.agreement.institution_id] > 1)
            destination = Destination(call=call, pool=pool, code=code, **values)
            created.append(destination)
            moved.append((destination, wanted))
            continue
        opened = wanted != {programme.pk for programme in destination.programmes.all()}
        if opened:
            moved.append((destination, wanted))
        if opened or any(getattr(destination, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(destination, name, value)
            changed.append(destination)
    Destination.objects.bulk_create(created)
    Destination.objects.bulk_update(changed, ["institution", "mobility_programme", "places", "language",
                                              "language_level"])  # fmt: skip
    _open(moved)
    return created, changed


def _open(moved: list[tuple[Destination, set[int]]]) -> None:
    through = Destination.programmes.through
    through._default_manager.filter(destination_id__in=[destination.pk for destination, _wanted in moved]).delete()
    through._default_manager.bulk_create(
        through(destination_id=destination.pk, programme_id=programme)
        for destination, wanted in moved
        for programme in sorted(wanted)
    )


def _let_go(call: Call, gone: list[Destination]) -> tuple[int, int]:
    """Remove destinations without pool; those that an application names, submitted or not, lose their places."""
    drafts = call.applications.exclude(draft={}).values_list("draft", flat=True)
    drafted = {pk for draft in drafts for pk in draft.get("preferences", [])}
    chosen = set(call.destinations.filter(preferences__isnull=False).values_list("pk", flat=True)) | drafted
    kept = [destination.pk for destination in gone if destination.pk in chosen and destination.places]
    call.destinations.filter(pk__in=kept).update(places=0)
    removed = [destination.pk for destination in gone if destination.pk not in chosen]
    call.destinations.filter(pk__in=removed).delete()
    return len(removed), len(kept)


def _code(pool: AgreementPlaces, taken: set[str], *, several: bool) -> str:
    """The institution's key; where it has several pools, the mobility programme and the label too."""
    parts = [pool.agreement.institution.key]
    if several:
        parts += [pool.agreement.mobility_programme.code, pool.label]
    code = " / ".join(part for part in parts if part)[:CODE_LENGTH]
    number = 1
    while code in taken:
        number += 1
        code = f"{code[: CODE_LENGTH - 5]} ({number})"
    taken.add(code)
    return code
