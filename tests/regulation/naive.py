"""The decision a second time: slow, plain, written from the regulation's text and on its own.

Fractions everywhere, no ranking key, no heap, nothing kept from one step to the next. It shares
no code with `mobility.regulation`; the properties compare the two.
"""

import hashlib
import json
import math
from fractions import Fraction


def decide(case):
    people = {person["id"]: person for person in case["candidates"]}
    average = {who: _average(person) for who, person in people.items()}
    found = {who: _admission(person, average[who]) for who, person in people.items()}
    tier = {who: found[who][0] for who in people}
    order, ties = _ranking(case, people, average, tier)
    placed = _placement(case, people, order)
    erasmus = _erasmus(case, people, order, tier, placed)
    grants = erasmus["grants"] | _santander(case, people, order, tier, placed)
    rejected = sorted(who for who in people if tier[who] == "rejected")
    canonical = json.dumps(case, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    santander = case["grants"]["santander"]
    used = sum(grant["scheme"] == "santander" for grant in grants.values())
    return {
        "edition": "2018-12",
        "call": case["call"]["code"],
        "input_sha256": hashlib.sha256(canonical).hexdigest(),
        "candidates": [
            {
                "id": who,
                "average": None if average[who] is None else f"{int(average[who])}.{int(average[who] * 100) % 100:02d}",
                "tier": tier[who],
                "basis": found[who][1],
                "rank": order.index(who) + 1 if who in order else None,
                "tied_with": sorted(ties.get(who, [])),
                "placement": placed[who][0] if who in placed else None,
                "preference": placed[who][1] if who in placed else None,
                "grant": grants.get(who),
            }
            for who in order + rejected
        ],
        "programmes": erasmus["programmes"],
        "hondt": erasmus["hondt"],
        "left_over": {"erasmus": erasmus["left"], "santander": None if santander is None else santander - used},
    }


def _average(person):
    if Fraction(person["graded_ects"]) == 0:
        return None
    exact = Fraction(person["weighted_grades"]) / Fraction(person["graded_ects"])
    return Fraction(math.floor(exact * 100 + Fraction(1, 2)), 100)


def _admission(person, average):
    enough = Fraction(person["first_cycle_ects"]) >= 120
    favourable = person["opinion"] == "favourable"
    if person["barred"]:
        return "rejected", "6.4"
    if average is None:
        return "rejected", "5.4"
    if enough and average >= Fraction("12.5"):
        return "admitted", "5.1"
    if person["merit"] == "granted" and average > 12:
        return "admitted", "5.5"
    if average < 12:
        return "rejected", "5.4"
    if enough:
        return ("vacancy" if favourable else "rejected"), "5.2"
    return ("conditional" if person["will_meet_requirements"] and favourable else "rejected"), "5.3"


def _ranking(case, people, average, tier):
    def criteria(who):
        person = people[who]
        ects = Fraction(person["ects"])
        ratio = Fraction(person["enrolments"]) / ects if ects else None
        return (
            tier[who] == "conditional",
            -average[who],
            -ects,
            -person["units"],
            (ratio is None, ratio or 0),
        )

    def lot(who):
        return hashlib.sha256((case["call"]["draw_seed"] + ":" + who).encode()).hexdigest()

    ranked = [who for who in people if tier[who] != "rejected"]
    ties = {who: [other for other in ranked if other != who and criteria(other) == criteria(who)] for who in ranked}
    return sorted(ranked, key=lambda who: (criteria(who), lot(who))), ties


def _placement(case, people, order):
    placed = {}
    for who in order:
        programme = people[who]["programme"]
        cap = next(row["places"] for row in case["programmes"] if row["code"] == programme)
        if cap is not None and sum(people[other]["programme"] == programme for other in placed) >= cap:
            continue
        for number, code in enumerate(people[who]["preferences"]):
            host = next(row for row in case["destinations"] if row["code"] == code)
            is_open = "programmes" not in host or programme in host["programmes"]
            if is_open and sum(taken == code for taken, _ in placed.values()) < host["places"]:
                placed[who] = code, number + 1
                break
    return placed


def _of_scheme(case, placed, scheme):
    hosts = [row["code"] for row in case["destinations"] if row["scheme"] == scheme]
    return [who for who in placed if placed[who][0] in hosts]


def _erasmus(case, people, order, tier, placed):
    total = case["grants"]["erasmus"]
    if total is None:
        return {"grants": {}, "programmes": [], "hondt": [], "left": None}
    counted = [who for who in order if who in _of_scheme(case, placed, "erasmus")]
    codes = [row["code"] for row in case["programmes"]]
    admitted, conditional, votes, line, given = {}, {}, {}, {}, {}
    for code in codes:
        mine = [who for who in counted if people[who]["programme"] == code]
        admitted[code] = [who for who in mine if tier[who] != "conditional"]
        conditional[code] = [who for who in mine if tier[who] == "conditional"]
        votes[code] = len(admitted[code]) + math.floor(Fraction(len(conditional[code]), 2) + Fraction(1, 2))
        asking = [who for who in mine if people[who]["grant"]["eligible"] and people[who]["grant"]["wanted"]]
        asking.sort(key=lambda who: people[who]["grant"]["previous"])
        line[code] = [who for who in asking for _ in range(people[who]["semesters"])]
        given[code] = []

    for code in sorted((code for code in codes if admitted[code]), key=lambda code: order.index(admitted[code][0])):
        if total:
            given[code].append("guaranteed")
            total -= 1

    hondt = []

    def award(among, label):
        def priority(code):
            divisor = 1 + sum(label != "guaranteed" for label in given[code])
            waiting = line[code][len(given[code]) :]
            rank = order.index(waiting[0]) if waiting else len(order)
            return -Fraction(votes[code], divisor), votes[code], rank, code

        winner = min(among, key=priority)
        divisor = 1 + sum(label != "guaranteed" for label in given[winner])
        given[winner].append(label)
        quotient = f"{votes[winner]}/{divisor}"
        hondt.append({"seat": len(hondt) + 1, "programme": winner, "quotient": quotient, "round": label})

    voting = [code for code in codes if votes[code]]
    while total and voting:
        award(voting, "hondt")
        total -= 1
    unused = {code: max(0, len(given[code]) - len(line[code])) for code in codes}
    total += sum(unused.values())
    if case["grants"]["redistribute"]:
        while total and (lacking := [code for code in codes if len(given[code]) < len(line[code])]):
            award(lacking, "redistributed")
            total -= 1

    grants = {}
    for code in codes:
        for who, label in zip(line[code], given[code], strict=False):
            empty = {"scheme": "erasmus", "semesters": 0, "provisional": tier[who] == "conditional", "rounds": []}
            grant = grants.setdefault(who, empty)
            grant["semesters"] += 1
            grant["rounds"].append(label)
    programmes = [
        {
            "code": code,
            "admitted": len(admitted[code]),
            "conditional": len(conditional[code]),
            "votes": votes[code],
            "guaranteed": given[code].count("guaranteed"),
            "hondt": given[code].count("hondt"),
            "redistributed": given[code].count("redistributed"),
            "used": min(len(line[code]), len(given[code])),
            "unused": unused[code],
        }
        for code in codes
    ]
    return {"grants": grants, "programmes": programmes, "hondt": hondt, "left": total}


def _santander(case, people, order, tier, placed):
    budget = case["grants"]["santander"] or 0
    counted = [who for who in order if who in _of_scheme(case, placed, "santander")]
    counted = [who for who in counted if people[who]["grant"]["wanted"] and not people[who]["grant"]["santander_lost"]]
    grants, served = {}, []

    def give(who, label):
        provisional = tier[who] == "conditional"
        grants[who] = {"scheme": "santander", "semesters": None, "provisional": provisional, "rounds": [label]}

    for previous in (False, True):
        group = [who for who in counted if people[who]["grant"]["previous"] is previous]
        for who in group:
            if len(grants) < budget and tier[who] != "conditional" and people[who]["programme"] not in served:
                served.append(people[who]["programme"])
                give(who, "best_of_programme")
        for who in group:
            if len(grants) < budget and who not in grants:
                give(who, "ranking")
    return grants
