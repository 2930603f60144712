"""What a coordinator reads before confirming a programme's ranking (Art. 3(3)(a)); nothing is decided here."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from applications.models import Confirmation, Entry, Opinion, Run
from mobility.models import Programme, User


@dataclass(frozen=True)
class Ranking:
    """One programme's part of a run. Lists hold the exceptions: what a computed order can't settle alone."""

    run: Run
    programme: Programme
    confirmation: Confirmation | None
    tiers: dict[str, int]
    placed: int
    unplaced: int
    tied: list[Entry]
    unheard: list[Entry]
    changed: list[Entry]
    waiting_for: list[Programme]

    @property
    def candidates(self) -> int:
        return sum(self.tiers.values())


def entries(run: Run, programme: Programme) -> QuerySet[Entry]:
    """The programme's candidates in rank order, then the rejected."""
    return (
        Entry.objects.filter(run=run, programme=programme)
        .select_related("application__student__user", "placement__institution")
        .order_by("position")
    )


def ranking(run: Run, programme: Programme) -> Ranking:
    """A fixed number of queries, whatever the number of candidates; only the exceptions become objects."""
    mine = entries(run, programme)
    counted = list(mine.order_by().values_list("tier", "placement"))
    tiers = Counter(tier for tier, _ in counted)
    newer = Opinion.objects.filter(application=OuterRef("application"), in_force=True, at__gt=run.created_at)
    return Ranking(
        run=run,
        programme=programme,
        confirmation=run.confirmations.filter(programme=programme).select_related("by", "on_behalf_of").first(),
        tiers={tier: tiers[tier] for tier in ("admitted", "vacancy", "conditional", "rejected")},
        placed=sum(placement is not None for _, placement in counted),
        unplaced=sum(placement is None and tier != "rejected" for tier, placement in counted),
        tied=list(mine.exclude(tied_with=[])),
        unheard=[e for e in mine.filter(tier="rejected", basis__in=["5.2", "5.3"]) if _unheard(e)],
        changed=list(mine.filter(Exists(newer))),
        waiting_for=list(
            Programme.objects.filter(pk__in=run.entries.order_by().values("programme").distinct())
            .exclude(pk__in=run.confirmations.order_by().values("programme"))
            .exclude(pk=programme.pk)
        ),
    )


def _unheard(entry: Entry) -> bool:
    """Turned away only because nobody had given the opinion that Art. 5(2) or 5(3) asks for."""
    figures = entry.figures
    return figures.get("opinion") is None and (entry.basis == "5.2" or bool(figures.get("will_meet_requirements")))


@dataclass(frozen=True)
class RankingToDo:
    """A programme's ranking and whether it is confirmed, for lists."""

    run: Run
    programme: Programme
    candidates: int
    confirmed: bool


def rankings(runs: Iterable[Run], programmes: Iterable[Programme]) -> list[RankingToDo]:
    """The programmes' rankings in these runs; those to confirm first; two queries."""
    by_run, by_programme = {r.pk: r for r in runs}, {p.pk: p for p in programmes}
    done = set(Confirmation.objects.filter(run__in=by_run).order_by().values_list("run_id", "programme_id"))
    counted = (
        Entry.objects.filter(run__in=by_run, programme__in=by_programme)
        .order_by()
        .values_list("run_id", "programme_id")
        .annotate(n=Count("pk"))
    )
    rows = [RankingToDo(by_run[r], by_programme[p], n, (r, p) in done) for r, p, n in counted]
    return sorted(rows, key=lambda row: (row.confirmed, -row.run.pk, row.programme.code))


def barred(runs: Iterable[Run], by: User) -> set[tuple[int, int]]:
    """Run and programme of the rankings in which somebody stands with whom the person has a conflict of interest.

    A ranking is one act over all of its candidates, so that one conflict bars all of it: another coordinator or a
    substitute confirms (Art. 2(3), 3(3)(a)).
    """
    if not by.conflicting_student_ids:
        return set()
    found = Entry.objects.filter(run__in=list(runs), application__student__in=by.conflicting_student_ids)
    return set(found.order_by().values_list("run_id", "programme_id"))


@dataclass
class RankingAtAGlance:
    """A programme's ranking in figures; `exceptions` are what one reads before confirming."""

    programme: Programme
    candidates: int = 0
    placed: int = 0
    tied: int = 0
    unheard: int = 0

    @property
    def exceptions(self) -> int:
        return self.tied + self.unheard


def at_a_glance(run: Run, programmes: Iterable[Programme]) -> list[RankingAtAGlance]:
    """The rankings of these programmes that wait for confirmation, by code; two queries."""
    done = set(run.confirmations.order_by().values_list("programme_id", flat=True))
    found: dict[int, RankingAtAGlance] = {}
    by_programme = {programme.pk: programme for programme in programmes if programme.pk not in done}
    columns = ("programme_id", "tier", "basis", "placement_id", "tied_with", "figures")
    for entry in Entry.objects.filter(run=run, programme__in=by_programme).order_by().only(*columns):
        row = found.setdefault(entry.programme_id, RankingAtAGlance(by_programme[entry.programme_id]))
        row.candidates += 1
        row.placed += entry.placement_id is not None
        row.tied += bool(entry.tied_with)
        row.unheard += entry.tier == "rejected" and entry.basis in {"5.2", "5.3"} and _unheard(entry)
    return sorted(found.values(), key=lambda row: row.programme.code)
