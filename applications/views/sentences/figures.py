"""Figures of the engine's facts as the reader writes them."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from mobility.templatetags.portal import decimal2, ects

Facts = Mapping[str, Any]
Names = Mapping[str, str]
# The facts, and the universities' names by the code of their destination, to one sentence.
Writer = Callable[[Facts, Names], str]
# Code -> the title of its step, and who writes its sentence.
Writers = dict[str, tuple[str | Promise, Writer]]

SCHEMES = {"erasmus": "Erasmus+", "santander": "Santander"}


def sums_of(facts: Facts) -> dict[str, str]:
    done, needed = Decimal(facts["ects"]), Decimal(facts["needed"])
    return {"ects": ects(done), "needed": ects(needed), "missing": ects(max(needed - done, Decimal(0)))}


def marks(facts: Facts) -> dict[str, str]:
    return {key: decimal2(facts[key]) for key in ("average", "needed", "above") if key in facts}


def last(facts: Facts) -> dict[str, Any]:
    """Who got the last place or grant."""
    return {"rank": facts["last"]["rank"], "average": decimal2(facts["last"]["average"])}


def named(facts: Facts, names: Names) -> dict[str, Any]:
    return {**facts, "name": names.get(facts["destination"], facts["destination"])}


def scheme(facts: Facts) -> dict[str, str]:
    return {"scheme": SCHEMES[facts["scheme"]]}
