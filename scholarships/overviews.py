"""What the pages and the documents of a run show; nothing is decided here and nothing is written."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from applications.models import Confirmation, Entry, Homologation, Run
from mobility.models import Destination, LogEntry, Membership, Programme, Role
from mobility.templatetags.states import TIERS
from scholarships.models import Award, HondtAward, ProgrammeShare
from scholarships.pictures import Grid, grid


@dataclass(frozen=True)
class Totals:
    """Candidates by tier, placed, without a place, tied, and grants in semesters (Erasmus+) and heads (Santander)."""

    candidates: int
    admitted: int
    vacancy: int
    conditional: int
    rejected: int
    placed: int
    unplaced: int
    tied: int
    erasmus: int
    santander: int
    provisional: int


def totals(run: Run) -> Totals:
    """Counted from the rows, not remembered: two queries."""
    tiers = {tier: Count("pk", filter=Q(tier=tier)) for tier in ("admitted", "vacancy", "conditional", "rejected")}
    counted = run.entries.order_by().aggregate(
        candidates=Count("pk"),
        placed=Count("pk", filter=Q(placement__isnull=False)),
        unplaced=Count("pk", filter=Q(placement__isnull=True, rank__isnull=False)),
        tied=Count("pk", filter=~Q(tied_with=[])),
        **tiers,
    )
    granted = Award.objects.filter(entry__run=run).aggregate(
        erasmus=Sum("semesters", filter=Q(scheme="erasmus"), default=0),
        santander=Count("pk", filter=Q(scheme="santander")),
        provisional=Count("pk", filter=Q(provisional=True)),
    )
    return Totals(**counted, **granted)


def homologation(run: Run) -> Homologation | None:
    """What the board decided, if it has."""
    return getattr(run, "homologation", None)


def with_awards(entries: Iterable[Entry]) -> list[tuple[Entry, Award | None]]:
    """Each entry with its grant, if it has one; the caller has selected ``award``."""
    return [(entry, getattr(entry, "award", None)) for entry in entries]


def by_clause(run: Run) -> list[dict[str, Any]]:
    """How many candidates each clause of Art. 5 (and 6(4)) admitted or turned away."""
    counted = run.entries.order_by("basis").values("tier", "basis").annotate(n=Count("pk"))
    return sorted(map(dict, counted), key=lambda row: list(TIERS).index(row["tier"]))


def opinions_never_given(run: Run) -> int:
    """Candidates turned away because an opinion that they needed was missing at the close (Art. 5(2), 5(3))."""
    turned_away = run.entries.filter(tier="rejected", basis__in=["5.2", "5.3"]).order_by()
    return sum(
        1
        for basis, opinion, will_meet in turned_away.values_list(
            "basis", "figures__opinion", "figures__will_meet_requirements"
        )
        if opinion is None and (basis == "5.2" or will_meet)
    )


@dataclass(frozen=True)
class Changes:
    """How many candidates fared differently in the previous run of the call."""

    previous: Run
    joined: int
    gone: int
    tier: int
    rank: int
    placement: int
    grant: int

    @property
    def none(self) -> bool:
        return not any((self.joined, self.gone, self.tier, self.rank, self.placement, self.grant))


def changes(run: Run) -> Changes | None:
    """Against the newest earlier run of the call that has an outcome; None: this is the first."""
    earlier = Run.objects.filter(call=run.call_id, number__lt=run.number, state__in=Run.WITH_OUTCOME).first()
    if earlier is None:
        return None
    before, now = _outcomes(earlier), _outcomes(run)
    differ = Counter[int]()
    for application in before.keys() & now.keys():
        differ.update(
            i for i, pair in enumerate(zip(before[application], now[application], strict=True)) if pair[0] != pair[1]
        )
    return Changes(
        earlier, len(now.keys() - before.keys()), len(before.keys() - now.keys()), *(differ[i] for i in range(4))
    )


def _outcomes(run: Run) -> dict[int, tuple[Any, ...]]:
    rows = run.entries.order_by().values_list(
        "application_id", "tier", "rank", "placement_id", "award__scheme", "award__semesters"
    )
    return {row[0]: (*row[1:4], row[4:]) for row in rows.iterator()}


def timeline(run: Run) -> QuerySet[LogEntry]:
    return LogEntry.objects.about(run)


@dataclass(frozen=True)
class ConfirmationRow:
    """A programme of a run, who may confirm its ranking today, and who did."""

    programme: Programme
    candidates: int
    confirmation: Confirmation | None
    coordinators: Sequence[str]


def confirmations(run: Run) -> list[ConfirmationRow]:
    """Every programme with candidates (Art. 3(3)(a)), by code."""
    return confirmations_of([run])[run.pk]


def confirmations_of(runs: Sequence[Run]) -> dict[int, list[ConfirmationRow]]:
    """The same for several runs, by id; four queries."""
    counted = list(
        Entry.objects.filter(run__in=runs).order_by().values_list("run", "programme").annotate(candidates=Count("pk"))
    )
    codes = {programme for _, programme, _ in counted}
    programmes = Programme.objects.in_bulk(codes)
    done = {
        (row.run_id, row.programme_id): row
        for row in Confirmation.objects.filter(run__in=runs).select_related("by", "on_behalf_of")
    }
    coordinators = _coordinators(codes)
    found: dict[int, list[ConfirmationRow]] = {run.pk: [] for run in runs}
    for run_id, pk, candidates in sorted(counted, key=lambda row: programmes[row[1]].code):
        found[run_id].append(
            ConfirmationRow(programmes[pk], candidates, done.get((run_id, pk)), coordinators.get(pk, []))
        )
    return found


def _coordinators(programmes: Collection[int]) -> dict[int, list[str]]:
    """Names of those who coordinate each programme today."""
    in_force = Membership.objects.in_force(timezone.localdate()).filter(
        role=Role.COORDINATOR, programme__in=programmes, user__is_active=True
    )
    names: dict[int, list[str]] = {}
    for programme, name in in_force.order_by("user__name").values_list("programme_id", "user__name"):
        names.setdefault(programme, []).append(name)
    return names


def shares(run: Run) -> list[ProgrammeShare]:
    """The programmes' grants in the order of the picture: most votes first."""
    return list(run.shares.select_related("programme").order_by("-votes", "programme__code"))


def sums(shares: Sequence[ProgrammeShare]) -> dict[str, int]:
    columns = ("admitted", "conditional", "votes", "guaranteed", "hondt", "redistributed", "used", "unused")
    return {column: sum(getattr(share, column) for share in shares) for column in columns}


def sequence(run: Run) -> list[HondtAward]:
    return list(run.hondt_awards.select_related("programme"))


def hondt_grid(shares: Sequence[ProgrammeShare], sequence: Sequence[HondtAward]) -> Grid:
    return grid(
        {share.programme.code: share.votes for share in shares},
        ((award.seat, award.programme.code, award.divisor, award.round) for award in sequence),
    )


@dataclass(frozen=True)
class Filled:
    """A destination, how many were placed there, and the average and rank of the last of them."""

    destination: Destination
    filled: int
    cutoff: Decimal | None
    last_rank: int | None

    @property
    def free(self) -> int:
        return self.destination.places - self.filled


def placements(run: Run) -> list[Filled]:
    """Every destination of the call, by country and name; two queries."""
    counted = {
        row["placement"]: row
        for row in run.entries.filter(placement__isnull=False)
        .order_by()
        .values("placement")
        .annotate(filled=Count("pk"), cutoff=Min("average"), last_rank=Max("rank"))
    }
    nobody: dict[str, Any] = {"filled": 0, "cutoff": None, "last_rank": None}
    rows = []
    for destination in run.call.destinations.select_related("institution", "mobility_programme"):
        found = counted.get(destination.pk, nobody)
        rows.append(Filled(destination, found["filled"], found["cutoff"], found["last_rank"]))
    return rows


def santander(run: Run) -> QuerySet[Award]:
    return (
        Award.objects.filter(entry__run=run, scheme="santander")
        .select_related("entry__application__student__user", "entry__programme", "entry__placement__institution")
        .order_by("entry__position")
    )


@dataclass(frozen=True)
class Lot:
    """One candidate of a tie: what was hashed, and the hash that gave the order."""

    position: int
    reference: str
    programme: str
    text: str
    sha256: str


def ties(run: Run) -> list[list[Lot]]:
    """The ties that the regulation leaves open, each in the order drawn: ascending SHA-256 of "seed:reference"."""
    rows = (
        run.entries.exclude(tied_with=[])
        .order_by("position")
        .values_list("position", "application__reference", "programme__code", "tied_with")
    )
    return [
        [_lot(run.call.draw_seed, *row[:3]) for row in group]
        for _, group in groupby(rows, key=lambda row: tuple(sorted((row[1], *row[3]))))
    ]


def _lot(seed: str, position: int, reference: str, programme: str) -> Lot:
    text = f"{seed}:{reference}"
    return Lot(position, reference, programme, text, hashlib.sha256(text.encode()).hexdigest())


def waiting(runs: Sequence[Run]) -> dict[int, list[ConfirmationRow]]:
    """Of each decided run, the programmes whose ranking nobody has confirmed."""
    return {pk: [row for row in rows if row.confirmation is None] for pk, rows in confirmations_of(runs).items()}
