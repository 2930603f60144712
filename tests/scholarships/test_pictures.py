"""What the pictures show is what was decided."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from scholarships.pictures import BAR_AREA, bars, grid, quotient

CASES = Path(__file__).parents[1] / "regulation" / "cases"


def drawn(name):
    decision = json.loads((CASES / f"{name}.decision.json").read_text("utf-8"))
    awards = [
        (award["seat"], award["programme"], int(award["quotient"].split("/")[1]), award["round"])
        for award in decision["hondt"]
    ]
    return decision, grid({p["code"]: p["votes"] for p in decision["programmes"]}, awards)


@pytest.mark.clause("8.6.d")
@pytest.mark.parametrize("name", ["hondt", "hondt-tie", "year-and-leftovers", "two-hundred"])
def test_the_numbered_cells_are_the_awards_in_order(name):
    decision, picture = drawn(name)
    cells = {cell.seat: (row.code, row.votes, cell) for row in picture.rows for cell in row.cells if cell.seat}
    numbered = [
        {"seat": seat, "programme": code, "quotient": f"{votes}/{cell.divisor}", "round": cell.round}
        for seat, (code, votes, cell) in sorted(cells.items())
    ]
    assert numbered == decision["hondt"] != []


@pytest.mark.clause("8.6.d")
def test_the_first_quotient_that_won_nothing_is_there_too():
    _, picture = drawn("hondt")
    assert len(picture.divisors) == max(c.divisor for row in picture.rows for c in row.cells if c.seat) + 1


def test_a_programme_without_votes_has_a_row_and_no_quotients():
    picture = grid({"MEEC": 2, "MA": 0}, [(1, "MEEC", 1, "hondt")])
    assert [(row.code, len(row.cells)) for row in picture.rows] == [("MEEC", 2), ("MA", 0)]


def test_cells_do_not_overlap_and_stay_inside():
    _, picture = drawn("two-hundred")
    corners = [(cell.x, cell.y) for row in picture.rows for cell in row.cells]
    assert len(set(corners)) == len(corners)
    assert max(x for x, _ in corners) + picture.cell_width <= picture.width
    assert max(y for _, y in corners) + picture.cell_height <= picture.height


@pytest.mark.parametrize(
    ("votes", "divisor", "shown"), [(12, 4, "3.00"), (2, 3, "0.67"), (1, 8, "0.13"), (1, 3, "0.33")]
)
def test_quotients_are_shown_half_up(votes, divisor, shown):
    assert quotient(votes, divisor) == Decimal(shown)


def test_bars_are_in_proportion_and_the_most_contested_come_first():
    picture = bars([("Quiet", 10, 1), ("Wanted", 2, 20)])
    assert [(pair.label, pair.there_width, pair.asked_width) for pair in picture.pairs] == [
        ("Wanted", BAR_AREA // 10, BAR_AREA),
        ("Quiet", BAR_AREA // 2, BAR_AREA // 20),
    ]


def test_a_long_list_is_cut_and_nothing_at_all_is_no_error():
    assert len(bars([(f"U{n}", 1, n) for n in range(30)]).pairs) == 20
    assert bars([("Nobody", 0, 0)]).pairs[0].asked_width == 0
    assert bars([]).pairs == []
