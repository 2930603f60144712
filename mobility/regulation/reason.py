"""Why this result: the facts that explain one candidate's outcome, clause by clause.

`surroundings` is computed once a run and kept with it; `explain` then needs nothing but the
candidate, the outcome and the surroundings, and all it gives can be stored as JSON. The words are
the portal's; the codes below are stable, so that it can have a sentence for each.

Steps, in the order of the regulation. `last` is who got the last place or grant:
`{"rank", "average", "tier"}`, for grants with `"previous"`.

====================== =================== ====================================================
code                   clause              facts
====================== =================== ====================================================
not_barred             6.4                 met
has_average            5.4                 met
first_cycle_ects       5.1                 met, ects, needed
average_admitted       5.1                 met, average, needed
merit                  5.5                 met, merit, average, above
average_minimum        5.4                 met, average, needed
will_meet_requirements 5.3                 met, ects, needed
opinion                5.2, 5.3            met, opinion
tier                   the basis           tier
rank                   7.1                 rank, total, average, ects, units, enrolments
after_admitted         5.3                 admitted (how many rank before all conditional ones)
drawn                  2.4                 tied_with, seed, lot (the lowest lot ranks first)
programme_full         5.7                 programme, places, last
not_open               6.3                 preference, destination, programme
full                   6.3, 5.2, 5.3       preference, destination, places, ahead, last
taken                  6.3                 preference, destination, places
waits                  6.3                 rank
no_scheme              8.3                 destination
not_distributed        8.1, 9.1            scheme
not_eligible           4.2
not_wanted             8.3
right_lost             9.4
previous_grant         8.2, 9.2
grant_guaranteed       8.6.c               semesters, programme
grant_hondt            8.6.d               semesters, programme, votes
grant_redistributed    8.6.e               semesters, programme
grant_best             9.3.b               programme
grant_ranking          9.3.c
part_funded            8.5                 semesters, asked
provisional            7.2.b
grants_used_up         8.6.d, 9.3.c        scheme, programme, received, last
====================== =================== ====================================================

What would have changed the result (`Explanation.change`): the unmet conditions of the clause that
rejected, with the codes above; or

====================== =================== ====================================================
outrank                7.1                 preference, destination, ahead, last, same_average
outrank_programme      5.7                 programme, last, same_average
outrank_grant          8.6.a, 9.3.a        scheme, programme, last, same_average
====================== =================== ====================================================
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from mobility.regulation import admission, ranking
from mobility.regulation.case import Case
from mobility.regulation.decision import Decision, Outcome

Facts = dict[str, Any]


class Step(NamedTuple):
    """One clause applied: the clause, a stable code of the table above, and the figures."""

    clause: str
    code: str
    facts: Facts


class Explanation(NamedTuple):
    """The clauses applied, in order, and what would have changed the result."""

    steps: tuple[Step, ...]
    change: tuple[Step, ...]

    def as_dict(self) -> dict[str, list[Facts]]:
        """As JSON holds it."""
        return {part: [step._asdict() for step in steps] for part, steps in self._asdict().items()}


def surroundings(case: Case, decision: Decision) -> Facts:
    """What every explanation of a run shares: fill of destinations, programmes and budgets."""
    people = case.candidates
    position = {identity: index for index, identity in enumerate(people.id)}
    destinations, programmes = _unfilled(case, decision)
    total = admitted = 0
    last_santander = None
    for outcome in decision.outcomes:
        if outcome.rank is None:
            break
        total += 1
        admitted += outcome.tier != "conditional"
        if outcome.placement is None:
            continue
        index = position[outcome.id]
        programme = programmes[people.programme[index]]
        destination = destinations[outcome.placement]
        destination["filled"] += 1
        programme["placed"] += 1
        destination["last"] = programme["last"] = _person(outcome)
        if outcome.grant is not None:
            holder = _person(outcome) | {"previous": people.previous[index]}
            if outcome.grant.scheme == "santander":
                last_santander = _later(last_santander, holder)
            else:
                programme["last_grant"] = _later(programme["last_grant"], holder)
    return {
        "draw_seed": case.draw_seed,
        "total": total,
        "admitted": admitted,
        "destinations": destinations,
        "programmes": programmes,
        "erasmus": case.erasmus,
        "santander": case.santander,
        "last_santander": last_santander,
    }


def _unfilled(case: Case, decision: Decision) -> tuple[dict[str, Facts], dict[str, Facts]]:
    """Destinations and programmes before anybody is counted."""
    destinations: dict[str, Facts] = {
        code: {
            "places": found.places,
            "scheme": found.scheme,
            "programmes": None if found.programmes is None else sorted(found.programmes),
            "filled": 0,
            "last": None,
        }
        for code, found in case.destinations.items()
    }
    programmes: dict[str, Facts] = {
        code: {"places": cap, "placed": 0, "last": None, "grants": None, "last_grant": None}
        for code, cap in case.programmes.items()
    }
    for grants in decision.programmes:
        programmes[grants.code]["grants"] = grants._asdict()
    return destinations, programmes


def explain(candidate: Mapping[str, Any], outcome: Mapping[str, Any], surroundings: Mapping[str, Any]) -> Explanation:
    """Explain one outcome: both as they stand in the case and in the published decision."""
    steps = [*_admission(candidate, outcome)]
    if outcome["rank"] is None:
        return Explanation(tuple(steps), tuple(_unmet(steps, outcome["basis"])))
    steps += _ranking(candidate, outcome, surroundings)
    steps += _placement(candidate, outcome, surroundings)
    if outcome["placement"] is not None:
        steps += _grant(candidate, outcome, surroundings)
    return Explanation(tuple(steps), tuple(_outranking(steps, outcome)))


def _admission(candidate: Mapping[str, Any], outcome: Mapping[str, Any]) -> Iterator[Step]:
    """Art. 5 again, on the candidate's figures; a missing opinion is not a favourable one."""
    average = outcome["average"]
    found = admission.standing(
        first_cycle_ects=Decimal(candidate["first_cycle_ects"]),
        average=None if average is None else Decimal(average),
        will_meet_requirements=candidate["will_meet_requirements"],
        opinion=candidate["opinion"],
        merit=candidate["merit"],
        barred=candidate["barred"],
    )
    for check in found.checks:
        yield Step(check.clause, check.code, {"met": bool(check.met), **check.facts})
    yield Step(outcome["basis"], "tier", {"tier": outcome["tier"]})


def _ranking(
    candidate: Mapping[str, Any], outcome: Mapping[str, Any], surroundings: Mapping[str, Any]
) -> Iterator[Step]:
    """Art. 7(1): the rank and the figures that gave it."""
    facts = {"rank": outcome["rank"], "total": surroundings["total"], "average": outcome["average"]}
    yield Step("7.1", "rank", facts | {name: candidate[name] for name in ("ects", "units", "enrolments")})
    if outcome["tier"] == "conditional":
        yield Step("5.3", "after_admitted", {"admitted": surroundings["admitted"]})
    if outcome["tied_with"]:
        seed = surroundings["draw_seed"]
        lot = ranking.lot(seed, candidate["id"])
        yield Step("2.4", "drawn", {"tied_with": outcome["tied_with"], "seed": seed, "lot": lot})


def _placement(
    candidate: Mapping[str, Any], outcome: Mapping[str, Any], surroundings: Mapping[str, Any]
) -> Iterator[Step]:
    """Each preference in order, up to the one taken (6.3, 5.2, 5.3, 5.7)."""
    programme = candidate["programme"]
    own = surroundings["programmes"][programme]
    placed = outcome["placement"] is not None
    if not placed and own["placed"] == own["places"] and (own["last"] or _FIRST)["rank"] < outcome["rank"]:
        yield Step("5.7", "programme_full", {"programme": programme, "places": own["places"], "last": own["last"]})
        yield Step("6.3", "waits", {"rank": outcome["rank"]})
        return
    behind = {"vacancy": "5.2", "conditional": "5.3"}.get(outcome["tier"], "6.3")
    for number, code in enumerate(candidate["preferences"][: outcome["preference"]], 1):
        found = surroundings["destinations"][code]
        facts = {"preference": number, "destination": code}
        if number == outcome["preference"]:
            yield Step("6.3", "taken", facts | {"places": found["places"]})
        elif found["programmes"] is not None and programme not in found["programmes"]:
            yield Step("6.3", "not_open", facts | {"programme": programme})
        else:
            ahead = {"places": found["places"], "ahead": found["filled"], "last": found["last"]}
            yield Step(behind, "full", facts | ahead)
    if not placed:
        yield Step("6.3", "waits", {"rank": outcome["rank"]})


def _grant(candidate: Mapping[str, Any], outcome: Mapping[str, Any], surroundings: Mapping[str, Any]) -> Iterator[Step]:
    """Art. 8(6) or 9(3), by the scheme of the place taken."""
    scheme = surroundings["destinations"][outcome["placement"]]["scheme"]
    asked = candidate["grant"]
    if scheme is None:
        yield Step("8.3", "no_scheme", {"destination": outcome["placement"]})
    elif surroundings[scheme] is None:
        yield Step("8.1" if scheme == "erasmus" else "9.1", "not_distributed", {"scheme": scheme})
    elif scheme == "erasmus" and not asked["eligible"]:
        yield Step("4.2", "not_eligible", {})
    elif not asked["wanted"]:
        yield Step("8.3", "not_wanted", {})
    elif scheme == "santander" and asked["santander_lost"]:
        yield Step("9.4", "right_lost", {})
    else:
        if asked["previous"]:
            yield Step("8.2" if scheme == "erasmus" else "9.2", "previous_grant", {})
        yield from (_received if outcome["grant"] else _used_up)(scheme, candidate, outcome, surroundings)


def _received(
    scheme: str, candidate: Mapping[str, Any], outcome: Mapping[str, Any], surroundings: Mapping[str, Any]
) -> Iterator[Step]:
    """A grant, round by round (8.6.c to 8.6.e, 9.3.b and 9.3.c)."""
    grant, programme = outcome["grant"], candidate["programme"]
    for awarded in dict.fromkeys(grant["rounds"]):
        clause, code = _ROUNDS[awarded]
        facts: Facts = {} if awarded == "ranking" else {"programme": programme}
        if scheme == "erasmus":
            facts["semesters"] = grant["rounds"].count(awarded)
        if awarded == "hondt":
            facts["votes"] = surroundings["programmes"][programme]["grants"]["votes"]
        yield Step(clause, code, facts)
    if scheme == "erasmus" and grant["semesters"] < candidate["semesters"]:
        yield Step("8.5", "part_funded", {"semesters": grant["semesters"], "asked": candidate["semesters"]})
    if grant["provisional"]:
        yield Step("7.2.b", "provisional", {})


def _used_up(
    scheme: str, candidate: Mapping[str, Any], outcome: Mapping[str, Any], surroundings: Mapping[str, Any]
) -> Iterator[Step]:
    """No grant left when it was this candidate's turn."""
    programme = candidate["programme"]
    own = surroundings["programmes"][programme]
    if scheme == "erasmus":
        facts = {"programme": programme, "received": own["grants"]["used"], "last": own["last_grant"]}
        yield Step("8.6.d", "grants_used_up", {"scheme": scheme} | facts)
    else:
        facts = {"programme": None, "received": surroundings["santander"], "last": surroundings["last_santander"]}
        yield Step("9.3.c", "grants_used_up", {"scheme": scheme} | facts)


def _unmet(steps: list[Step], basis: str) -> Iterator[Step]:
    """The conditions of the rejecting clause that weren't met, and those of 5.1 before it."""
    for step in steps:
        if step.facts.get("met") is False and step.clause in ("5.1", basis):
            yield step


def _outranking(steps: list[Step], outcome: Mapping[str, Any]) -> Iterator[Step]:
    """Who would have had to be outranked for each higher preference, and for a grant."""
    for step in steps:
        last = step.facts.get("last")
        if not last:
            continue
        facts = {"last": last, "same_average": last["average"] == outcome["average"]}
        if step.code == "full":
            yield Step("7.1", "outrank", {k: step.facts[k] for k in ("preference", "destination", "ahead")} | facts)
        elif step.code == "programme_full":
            yield Step("5.7", "outrank_programme", {"programme": step.facts["programme"]} | facts)
        elif step.code == "grants_used_up":
            clause = "8.6.a" if step.facts["scheme"] == "erasmus" else "9.3.a"
            facts |= {"scheme": step.facts["scheme"], "programme": step.facts["programme"]}
            yield Step(clause, "outrank_grant", facts)


def _person(outcome: Outcome) -> Facts:
    return {"rank": outcome.rank, "average": outcome.average, "tier": outcome.tier}


def _later(one: Facts | None, other: Facts) -> Facts:
    """Who of two stands later in the order of the grants (8.2, 9.2, then rank)."""
    if one is None:
        return other
    return max(one, other, key=lambda person: (person["previous"], person["rank"]))


_FIRST = {"rank": 0}

_ROUNDS = {
    "guaranteed": ("8.6.c", "grant_guaranteed"),
    "hondt": ("8.6.d", "grant_hondt"),
    "redistributed": ("8.6.e", "grant_redistributed"),
    "best_of_programme": ("9.3.b", "grant_best"),
    "ranking": ("9.3.c", "grant_ranking"),
}
