"""Erasmus+ grants: how many to each master programme, and to whom in it (Art. 8.6).

One kind of mobility (SMS or SMP) a run; one grant is one semester (8.6.b).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from operator import and_
from typing import Literal, NamedTuple

from mobility.regulation.admission import Verdict
from mobility.regulation.case import Case, Scheme
from mobility.regulation.dhondt import serve
from mobility.regulation.placement import Placement

Round = Literal["guaranteed", "hondt", "redistributed", "best_of_programme", "ranking"]


class Grant(NamedTuple):
    """What one student gets. `semesters` None: a Santander grant, whatever the length.

    `rounds` has the round of each semester's grant; `provisional`: its holder is conditional.
    """

    scheme: Scheme
    semesters: int | None
    provisional: bool
    rounds: tuple[Round, ...]


class ProgrammeGrants(NamedTuple):
    """A programme's counts, votes and grants by round; `unused`: of the first two rounds."""

    code: str
    admitted: int
    conditional: int
    votes: int
    guaranteed: int
    hondt: int
    redistributed: int
    used: int
    unused: int


class HondtAward(NamedTuple):
    """One grant of the D'Hondt sequence, `quotient` as votes/divisor."""

    seat: int
    programme: str
    quotient: str
    round: Round


@dataclass(frozen=True, slots=True)
class Erasmus:
    """The distribution: grants by candidate, programmes in the case's order, working, rest."""

    grants: Mapping[int, Grant]
    programmes: Sequence[ProgrammeGrants]
    awards: Sequence[HondtAward]
    left: int | None


@dataclass(frozen=True, slots=True)
class _Programme:
    """Ranks of those of one programme who count for 8.6: placed at a destination of the scheme.

    `first` and `after` hold the ranks of those who can and want to have a grant, without and
    with an earlier one in the cycle (8.2), once for each semester.
    """

    admitted: list[int] = field(default_factory=list)
    conditional: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)

    @property
    def votes(self) -> int:
        """Admitted, and the conditional ones at 50%, half up (8.6.d)."""
        return len(self.admitted) + (len(self.conditional) + 1) // 2


def distribute(case: Case, order: Sequence[int], verdicts: Sequence[Verdict], placed: Placement) -> Erasmus:
    """Distribute the Erasmus+ grants (8.6). Without a budget (null) nothing is distributed."""
    if case.erasmus is None:
        return Erasmus({}, [], [], None)
    counted = _count(case, order, verdicts, placed)
    votes = {code: programme.votes for code, programme in counted.items()}
    queues = {code: programme.first + programme.after for code, programme in counted.items()}
    guaranteed = _guarantee(counted, case.erasmus)
    nobody = len(order)

    def next_in_line(code: str, held: int) -> int:
        """Rank of a programme's next candidate not wholly funded (8.6.d, equal quotients)."""
        taken = guaranteed[code] + held
        return queues[code][taken] if taken < len(queues[code]) else nobody

    rest = case.erasmus - sum(guaranteed.values())
    hondt = serve(votes, rest, at_most={}, held={}, turn=next_in_line)
    seats = Counter(code for code, _ in hondt)
    unused = {code: max(0, guaranteed[code] + seats[code] - len(queues[code])) for code in votes}
    left = rest - len(hondt) + sum(unused.values())
    can_use = {code: max(0, len(queues[code]) - guaranteed[code]) for code in votes}
    spread = left if case.redistribute else 0
    redistributed = serve(votes, spread, at_most=can_use, held=seats, turn=next_in_line)
    more = Counter(code for code, _ in redistributed)
    rounds = {code: _rounds(guaranteed[code], seats[code], more[code]) for code in votes}
    return Erasmus(
        grants=_grants(order, verdicts, queues, rounds),
        programmes=[_summary(code, counted[code], rounds[code], unused[code]) for code in votes],
        awards=[*_working(votes, hondt, "hondt"), *_working(votes, redistributed, "redistributed", len(hondt))],
        left=left - len(redistributed),
    )


def _count(case: Case, order: Sequence[int], verdicts: Sequence[Verdict], placed: Placement) -> dict[str, _Programme]:
    """Those placed at a destination of the scheme, by programme (8.6.b), in ranking order (8.6.a)."""
    people = case.candidates
    scheme = {code for code, found in case.destinations.items() if found.scheme == "erasmus"}
    counted = {code: _Programme() for code in case.programmes}
    # A byte a candidate: read in ranking order, a column of a million stays in the processor's cache.
    conditional = bytes(verdict.tier == "conditional" for verdict in verdicts)
    asks = bytes(map(and_, people.eligible, people.wanted))
    previous, semesters = bytes(people.previous), bytes(people.semesters)
    for rank, index in enumerate(order):
        if placed.destination[index] not in scheme:
            continue
        programme = counted[people.programme[index]]
        (programme.conditional if conditional[index] else programme.admitted).append(rank)
        if asks[index]:
            queue = programme.after if previous[index] else programme.first
            queue.extend(repeat(rank, semesters[index]))
    return counted


def _guarantee(counted: Mapping[str, _Programme], grants: int) -> dict[str, int]:
    """One grant to each programme with an admitted candidate (8.6.c), best ranked ones first."""
    best = {code: programme.admitted[0] for code, programme in counted.items() if programme.admitted}
    served = set(sorted(best, key=best.__getitem__)[:grants])
    return {code: int(code in served) for code in counted}


def _rounds(guaranteed: int, hondt: int, redistributed: int) -> list[Round]:
    """The round of a programme's 1st, 2nd, 3rd ... grant."""
    rounds: list[Round] = ["guaranteed"] * guaranteed
    rounds += ["hondt"] * hondt
    rounds += ["redistributed"] * redistributed
    return rounds


def _grants(
    order: Sequence[int],
    verdicts: Sequence[Verdict],
    queues: Mapping[str, Sequence[int]],
    rounds: Mapping[str, Sequence[Round]],
) -> dict[int, Grant]:
    """The grants inside each programme (8.6.a, 8.6.b), by candidate."""

    # There are few different grants and many who get one: equal grants are one object.
    @cache
    def grant(provisional: bool, *awarded: Round) -> Grant:
        return Grant("erasmus", len(awarded), provisional, awarded)

    grants: dict[int, Grant] = {}
    for code, queue in queues.items():
        for rank, awarded in zip(queue, rounds[code], strict=False):
            index = order[rank]
            earlier = grants[index].rounds if index in grants else ()
            grants[index] = grant(verdicts[index].tier == "conditional", *earlier, awarded)
    return grants


def _summary(code: str, programme: _Programme, rounds: Sequence[Round], unused: int) -> ProgrammeGrants:
    return ProgrammeGrants(
        code=code,
        admitted=len(programme.admitted),
        conditional=len(programme.conditional),
        votes=programme.votes,
        guaranteed=rounds.count("guaranteed"),
        hondt=rounds.count("hondt"),
        redistributed=rounds.count("redistributed"),
        used=len(rounds) - unused,
        unused=unused,
    )


def _working(
    votes: Mapping[str, int], served: Sequence[tuple[str, int]], awarded: Round, before: int = 0
) -> list[HondtAward]:
    """Every award in order, with its quotient as it was compared: 12/4, not 3/1."""
    return [
        HondtAward(seat, code, f"{votes[code]}/{divisor}", awarded)
        for seat, (code, divisor) in enumerate(served, before + 1)
    ]
