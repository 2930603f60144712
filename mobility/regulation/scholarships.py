"""Erasmus+ grants: how many to each master programme, and to whom in it (Art. 8.6).

One kind of mobility (SMS or SMP) a run; one grant is one semester (8.6.b).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from mobility.regulation.admission import Verdict
from mobility.regulation.case import Case, Scheme
from mobility.regulation.dhondt import Award, allocate
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


@dataclass(slots=True)
class _Programme:
    """Those of one programme who count for 8.6: placed at a destination of the scheme."""

    admitted: int = 0
    conditional: int = 0
    best: int | None = None
    first: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)

    @property
    def votes(self) -> int:
        """Admitted, and the conditional ones at 50%, half up (8.6.d)."""
        return self.admitted + (self.conditional + 1) // 2

    @property
    def semesters(self) -> list[int]:
        """Rank of who takes the programme's 1st, 2nd, 3rd ... grant.

        Those without an earlier grant first (8.2), then by rank (8.6.a); a candidate for a year
        stands here twice in a row.
        """
        return self.first + self.after


def distribute(
    case: Case,
    order: Sequence[int],
    verdicts: Sequence[Verdict],
    placed: Sequence[Placement | None],
) -> Erasmus:
    """Distribute the Erasmus+ grants (8.6). Without a budget (null) nothing is distributed."""
    if case.erasmus is None:
        return Erasmus({}, [], [], None)
    counted = _count(case, order, verdicts, placed)
    votes = {code: programme.votes for code, programme in counted.items()}
    queues = {code: programme.semesters for code, programme in counted.items()}
    guaranteed = _guarantee(counted, case.erasmus)
    nobody = len(order)

    def next_in_line(code: str, held: int) -> int:
        """Rank of a programme's next candidate not wholly funded (8.6.d, equal quotients)."""
        taken = guaranteed[code] + held
        return queues[code][taken] if taken < len(queues[code]) else nobody

    hondt = allocate(votes, case.erasmus - sum(guaranteed.values()), turn=next_in_line)
    received = {code: guaranteed[code] + hondt.seats[code] for code in votes}
    unused = {code: max(0, received[code] - len(queues[code])) for code in votes}
    left = hondt.left + sum(unused.values())
    again = allocate(
        votes,
        left if case.redistribute else 0,
        held=hondt.seats,
        at_most={code: max(0, len(queues[code]) - guaranteed[code]) for code in votes},
        turn=next_in_line,
    )
    rounds = {code: _rounds(guaranteed[code], hondt.seats[code], again.seats[code]) for code in votes}
    return Erasmus(
        grants=_grants(order, verdicts, queues, rounds),
        programmes=[_summary(code, counted[code], len(queues[code]), rounds[code], unused[code]) for code in votes],
        awards=_working(votes, hondt.awards, again.awards),
        left=left - len(again.awards),
    )


def _count(
    case: Case,
    order: Sequence[int],
    verdicts: Sequence[Verdict],
    placed: Sequence[Placement | None],
) -> dict[str, _Programme]:
    """Those placed at a destination of the scheme, by programme (8.6.b), in ranking order."""
    people = case.candidates
    scheme = {code for code, found in case.destinations.items() if found.scheme == "erasmus"}
    counted = {code: _Programme() for code in case.programmes}
    for rank, index in enumerate(order):
        place = placed[index]
        if place is None or place.destination not in scheme:
            continue
        programme = counted[people.programme[index]]
        if verdicts[index].tier == "conditional":
            programme.conditional += 1
        else:
            programme.admitted += 1
            if programme.best is None:
                programme.best = rank
        if people.eligible[index] and people.wanted[index]:
            queue = programme.after if people.previous[index] else programme.first
            queue.extend([rank] * people.semesters[index])
    return counted


def _guarantee(counted: Mapping[str, _Programme], grants: int) -> dict[str, int]:
    """One grant to each programme with an admitted candidate (8.6.c), best ranked ones first."""
    entitled = {code: programme.best for code, programme in counted.items() if programme.best is not None}
    served = set(sorted(entitled, key=entitled.__getitem__)[:grants])
    return {code: int(code in served) for code in counted}


def _rounds(guaranteed: int, hondt: int, redistributed: int) -> list[Round]:
    """The round of a programme's 1st, 2nd, 3rd ... grant; seats redistributed go on from hondt."""
    rounds: list[Round] = ["guaranteed"] * guaranteed
    rounds += ["hondt"] * hondt
    rounds += ["redistributed"] * (redistributed - hondt)
    return rounds


def _grants(
    order: Sequence[int],
    verdicts: Sequence[Verdict],
    queues: Mapping[str, Sequence[int]],
    rounds: Mapping[str, Sequence[Round]],
) -> dict[int, Grant]:
    """The grants inside each programme (8.6.a, 8.6.b), by candidate."""
    received: dict[int, list[Round]] = {}
    for code, queue in queues.items():
        for rank, awarded in zip(queue, rounds[code], strict=False):
            received.setdefault(order[rank], []).append(awarded)
    return {
        index: Grant("erasmus", len(awarded), verdicts[index].tier == "conditional", tuple(awarded))
        for index, awarded in received.items()
    }


def _summary(code: str, programme: _Programme, wanted: int, rounds: Sequence[Round], unused: int) -> ProgrammeGrants:
    return ProgrammeGrants(
        code=code,
        admitted=programme.admitted,
        conditional=programme.conditional,
        votes=programme.votes,
        guaranteed=rounds.count("guaranteed"),
        hondt=rounds.count("hondt"),
        redistributed=rounds.count("redistributed"),
        used=min(wanted, len(rounds)),
        unused=unused,
    )


def _working(votes: Mapping[str, int], hondt: Sequence[Award], redistributed: Sequence[Award]) -> list[HondtAward]:
    """Every award in order, with its quotient unreduced: 12/4, not 3/1."""
    holds = dict.fromkeys(votes, 0)
    working = []
    for seat, award in enumerate((*hondt, *redistributed), 1):
        holds[award.key] += 1
        quotient = f"{votes[award.key]}/{holds[award.key]}"
        awarded: Round = "hondt" if seat <= len(hondt) else "redistributed"
        working.append(HondtAward(seat, award.key, quotient, awarded))
    return working
