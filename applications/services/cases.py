"""The engine's case of a call: from rows to columns, no model instance per candidate."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import BigIntegerField, F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Cast

from applications.models import Application, Preference
from mobility.models import Call, Programme, ProgrammePlaces
from mobility.regulation.case import Candidates, Case, CaseError, Destination

# ``weighted_grades`` has four digits after the point and credits have two: this unit fits both.
SCALE = 4
CHUNK = 2000


def read_case(call: Call, *, erasmus: int | None, santander: int | None) -> Case:
    """What was submitted to a call; inside ``bulk.snapshot()``, so that all of it is of one instant.

    Without ``input_sha256``: the hash is of the file (``case_files``). Raises ``CaseError`` for rows
    on which the engine couldn't decide.
    """
    codes = dict(Programme.objects.values_list("pk", "code"))
    destinations = _destinations(call, codes)
    candidates = _candidates(call, codes, {pk: code for pk, code, _found in destinations})
    caps = dict(ProgrammePlaces.objects.filter(call=call).values_list("programme__code", "places"))
    named = {code for _pk, _code, found in destinations for code in found.programmes or ()}
    return Case(
        input_sha256="",
        code=call.code,
        kind=call.kind,  # type: ignore[arg-type]  # the table's constraint holds it to the two kinds
        draw_seed=call.draw_seed,
        programmes={code: caps.get(code) for code in sorted(named | caps.keys() | set(candidates.programme))},
        destinations={code: found for _pk, code, found in destinations},
        scale=SCALE,
        candidates=candidates,
        erasmus=erasmus,
        santander=santander,
        redistribute=call.redistribute,
    )


def _destinations(call: Call, codes: Mapping[int, str]) -> list[tuple[int, str, Destination]]:
    """Key, code and engine's form of each pool, by code; places as they are now (Art. 6(3))."""
    through = call.destinations.model.programmes.through
    links = through.objects.filter(destination__call=call).values_list("destination_id", "programme_id")
    open_to: dict[int, set[str]] = {}
    for destination, programme in links:
        open_to.setdefault(destination, set()).add(codes[programme])
    rows = call.destinations.values_list("pk", "code", "places", "mobility_programme__scheme")
    return [
        (
            pk,
            code,
            Destination(
                places=places,
                scheme=scheme,  # type: ignore[arg-type]  # the table's constraint holds it to the two schemes, or none
                programmes=frozenset(open_to[pk]) if pk in open_to else None,
            ),
        )
        for pk, code, places, scheme in sorted(rows, key=itemgetter(1))
    ]


def _candidates(call: Call, codes: Mapping[int, str], destinations: Mapping[int, str]) -> Candidates:
    """Everybody whose application is submitted, in the order in which the applications were begun."""
    rows = list(_rows(call).iterator(chunk_size=CHUNK))
    columns: dict[str, Sequence[Any]] = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True))
    keys = columns.pop("pk")
    terms = columns.pop("term")
    # A form leaves "" where nothing was asked.
    columns["merit"] = [merit or None for merit in columns["merit"]]
    return Candidates(
        preferences=_preferences(call, keys, columns["id"], destinations),
        programme=[codes[pk] for pk in columns.pop("programme")],
        semesters=[2 if term == Application.Term.YEAR else 1 for term in terms],
        **columns,
    )


def _rows(call: Call) -> QuerySet[Any, Any]:
    """The columns of ``_COLUMNS``; exact decimals as the integers that they are in the database."""
    return (
        Application.objects.filter(call=call, state=Application.State.SUBMITTED)
        .annotate(opinion=FilteredRelation("opinions", condition=Q(opinions__in_force=True)))
        .order_by("pk")
        .values_list(*_COLUMNS.values())
    )


def _scaled(name: str, places: int) -> Cast:
    """A sum of the record in the case's unit."""
    return Cast(f"record__{name}", BigIntegerField()) * 10 ** (SCALE - places)


_COLUMNS: dict[str, Any] = {
    "pk": F("pk"),
    "id": F("reference"),
    "programme": F("programme_id"),
    "term": F("term"),
    "first_cycle_ects": _scaled("first_cycle_ects", 2),
    "weighted_grades": _scaled("weighted_grades", 4),
    "graded_ects": _scaled("graded_ects", 2),
    "ects": _scaled("ects", 2),
    "units": F("record__units_completed"),
    "enrolments": F("record__enrolments"),
    "will_meet_requirements": F("will_meet_requirements"),
    "opinion": F("opinion__value"),
    "merit": F("merit"),
    "barred": F("barred"),
    "eligible": F("grant_eligible"),
    "wanted": F("wants_grant"),
    "previous": F("earlier_grant"),
    "santander_lost": F("santander_lost"),
}


def _preferences(
    call: Call, keys: Sequence[int], references: Sequence[str], destinations: Mapping[int, str]
) -> list[list[str]]:
    """Each candidate's destinations, in their order (Art. 6(3))."""
    rows = (
        Preference.objects.filter(application__call=call, application__state=Application.State.SUBMITTED)
        .order_by("application_id", "order")
        .values_list("application_id", "destination_id")
    )
    return list(_matched(rows.iterator(chunk_size=CHUNK), keys, references, destinations))


def _matched(
    rows: Iterable[tuple[int, int]], keys: Sequence[int], references: Sequence[str], destinations: Mapping[int, str]
) -> Iterable[list[str]]:
    chosen = groupby(rows, key=itemgetter(0))
    for key, reference in zip(keys, references, strict=True):
        owner, theirs = next(chosen, (None, ()))
        if owner != key:
            raise CaseError(reference, "has no preferences")
        codes = [destinations.get(pk, "") for _owner, pk in theirs]
        if "" in codes:
            raise CaseError(reference, "prefers a destination of another call")
        yield codes
