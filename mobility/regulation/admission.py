"""Who is admitted, and under which clause (Art. 5 and 6.4).

Averages are integers in hundredths here: the regulation knows no smaller unit, and thresholds and
ranking use the rounded figure.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from mobility.regulation.case import Case, Merit, Opinion

Tier = Literal["admitted", "vacancy", "conditional", "rejected"]

CREDITS = 120
"""First-cycle credits needed (5.1, 5.2, 5.3)."""

ADMITTED = 1250
"""Average from which a candidate is admitted (5.1), in hundredths."""

MINIMUM = 1200
"""Average under which nobody is (5.4), and above which an exception may be made (5.5)."""


class Verdict(NamedTuple):
    """A tier, and the clause that gives it."""

    tier: Tier
    basis: str


class Check(NamedTuple):
    """One condition looked at: its clause, a stable code, whether it was met, and the figures.

    `met` None: it hangs on an opinion that hasn't been given.
    """

    clause: str
    code: str
    met: bool | None
    facts: dict[str, Any]


class Standing(NamedTuple):
    """Where somebody stands under Art. 5, and every condition that was looked at, in order.

    With `needs_opinion`, `tier` is the one that a favourable opinion would give.
    """

    tier: Tier
    basis: str
    needs_opinion: bool
    checks: tuple[Check, ...]


def hundredths(weighted_grades: int, graded_ects: int) -> int | None:
    """The average in hundredths, half up (5.1); both sums in the same unit. No credits: None."""
    if not graded_ects:
        return None
    return (200 * weighted_grades + graded_ects) // (2 * graded_ects)


def average(weighted_grades: Decimal, graded_ects: Decimal) -> Decimal | None:
    """The average weighted by ECTS, to the hundredth, half up (5.1, 7.1.a). No credits: None.

    `weighted_grades` is the sum of grade x ECTS over the graded units of both cycles.
    """
    if not graded_ects:
        return None
    exact = Fraction(weighted_grades) / Fraction(graded_ects)
    rounded = hundredths(exact.numerator, exact.denominator)
    return None if rounded is None else Decimal(rounded).scaleb(-2)


def verdict(
    *,
    has_credits: bool,
    average: int | None,
    will_meet_requirements: bool,
    opinion: Opinion | None,
    merit: Merit | None,
    barred: bool,
) -> Verdict:
    """The first rule that applies. `average` in hundredths; no opinion is not a favourable one."""
    if barred:
        return _BARRED
    if average is None:
        return _BELOW_MINIMUM
    if has_credits and average >= ADMITTED:
        return _ADMITTED
    if merit == "granted" and average > MINIMUM:
        return _EXCEPTION
    if average < MINIMUM:
        return _BELOW_MINIMUM
    favourable = opinion == "favourable"
    if has_credits:
        return _VACANCY if favourable else _NO_VACANCY
    return _CONDITIONAL if will_meet_requirements and favourable else _NOT_CONDITIONAL


_BARRED = Verdict("rejected", "6.4")
_ADMITTED = Verdict("admitted", "5.1")
_EXCEPTION = Verdict("admitted", "5.5")
_BELOW_MINIMUM = Verdict("rejected", "5.4")
_VACANCY = Verdict("vacancy", "5.2")
_NO_VACANCY = Verdict("rejected", "5.2")
_CONDITIONAL = Verdict("conditional", "5.3")
_NOT_CONDITIONAL = Verdict("rejected", "5.3")


def admit(case: Case) -> tuple[list[int | None], list[Verdict]]:
    """Average and verdict of every candidate of a case, in the case's order (Art. 5)."""
    people = case.candidates
    needed = CREDITS * 10**case.scale
    averages = list(map(hundredths, people.weighted_grades, people.graded_ects))
    columns = zip(
        people.first_cycle_ects,
        averages,
        people.will_meet_requirements,
        people.opinion,
        people.merit,
        people.barred,
        strict=True,
    )
    return averages, [
        verdict(
            has_credits=ects >= needed,
            average=average,
            will_meet_requirements=will_meet,
            opinion=opinion,
            merit=merit,
            barred=barred,
        )
        for ects, average, will_meet, opinion, merit, barred in columns
    ]


def standing(
    *,
    first_cycle_ects: Decimal,
    average: Decimal | None,
    will_meet_requirements: bool,
    opinion: Opinion | None,
    merit: Merit | None,
    barred: bool,
) -> Standing:
    """Where somebody stands with these figures, clause by clause (Art. 5).

    `average` is the rounded one. An opinion that is needed and not there yet is awaited, not
    refused: that is how a student sees it before applying. When a call is decided, an opinion
    that is still missing counts as not favourable.
    """
    cents = None if average is None else int(average.scaleb(2))
    has_credits = first_cycle_ects >= CREDITS
    looked_at = tuple(_checks(first_cycle_ects, average, will_meet_requirements, opinion, merit, barred))
    awaited = any(check.met is None for check in looked_at)
    found = verdict(
        has_credits=has_credits,
        average=cents,
        will_meet_requirements=will_meet_requirements,
        opinion="favourable" if awaited else opinion,
        merit=merit,
        barred=barred,
    )
    return Standing(found.tier, found.basis, awaited, looked_at)


def _checks(
    ects: Decimal,
    average: Decimal | None,
    will_meet_requirements: bool,
    opinion: Opinion | None,
    merit: Merit | None,
    barred: bool,
) -> Iterator[Check]:
    """The conditions of `verdict`, in the same order, as far as they had to be looked at."""
    yield Check("6.4", "not_barred", not barred, {})
    if barred:
        return
    yield Check("5.4", "has_average", average is not None, {})
    if average is None:
        return
    mark = {"average": f"{average:.2f}"}
    has_credits, high = ects >= CREDITS, average >= _decimal(ADMITTED)
    done = {"ects": f"{ects:f}", "needed": CREDITS}
    yield Check("5.1", "first_cycle_ects", has_credits, done)
    yield Check("5.1", "average_admitted", high, mark | {"needed": text(ADMITTED)})
    if has_credits and high:
        return
    if merit is not None:
        granted = merit == "granted" and average > _decimal(MINIMUM)
        yield Check("5.5", "merit", granted, mark | {"merit": merit, "above": text(MINIMUM)})
        if granted:
            return
    enough = average >= _decimal(MINIMUM)
    yield Check("5.4", "average_minimum", enough, mark | {"needed": text(MINIMUM)})
    if not enough:
        return
    favourable = None if opinion is None else opinion == "favourable"
    if has_credits:
        yield Check("5.2", "opinion", favourable, {"opinion": opinion})
        return
    yield Check("5.3", "will_meet_requirements", will_meet_requirements, done)
    if will_meet_requirements:
        yield Check("5.3", "opinion", favourable, {"opinion": opinion})


def _decimal(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def text(cents: int) -> str:
    """An average as it is written: 1250 hundredths are "12.50"."""
    return f"{cents // 100}.{cents % 100:02d}"
