"""The geometry of the pictures: data in, boxes and labels out; the templates draw them.

Lengths are in SVG user units, which the stylesheet shows one to one with CSS pixels. Nothing here
knows a colour: the templates give classes, the stylesheet gives both themes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

LABEL = 92
CELL_WIDTH = 64
CELL_HEIGHT = 40
HEADER = 36
GAP = 4

# A telephone shows this much without scrolling.
BAR_AREA = 290
BAR_ROW = 58
BAR_HEIGHT = 14


@dataclass(frozen=True)
class Cell:
    """One quotient; ``seat`` is its number in the order of award, None when it won nothing."""

    x: int
    y: int
    divisor: int
    quotient: Decimal
    seat: int | None
    round: str

    @property
    def text_x(self) -> int:
        return self.x + (CELL_WIDTH - GAP) // 2

    @property
    def seat_y(self) -> int:
        return self.y + 16

    @property
    def quotient_y(self) -> int:
        return self.y + (31 if self.seat else 25)


@dataclass(frozen=True)
class GridRow:
    """One programme: its code, its votes, and its quotients."""

    code: str
    votes: int
    y: int
    cells: Sequence[Cell]

    @property
    def code_y(self) -> int:
        return self.y + 18

    @property
    def votes_y(self) -> int:
        return self.y + 32


@dataclass(frozen=True)
class Grid:
    """The D'Hondt table of a run: programmes by divisors, with the awards numbered in order."""

    width: int
    height: int
    divisors: Sequence[tuple[int, int]]
    rows: Sequence[GridRow]
    redistributed: bool
    # Where the quotients begin: on the screen the labels before it stay in view.
    labels: int = LABEL
    header_y: int = 23
    cell_width: int = CELL_WIDTH - GAP
    cell_height: int = CELL_HEIGHT - GAP

    @property
    def cells_width(self) -> int:
        return self.width - self.labels


def quotient(votes: int, divisor: int) -> Decimal:
    """Votes by divisor to the hundredth, half up: for the eye; the comparison was made on the fraction."""
    return Decimal((200 * votes + divisor) // (2 * divisor)).scaleb(-2)


def grid(votes: Mapping[str, int], awards: Iterable[tuple[int, str, int, str]]) -> Grid:
    """Lay out the D'Hondt table (Art. 8(6)(d)).

    ``votes`` of every programme, in the order of the rows; ``awards`` as (seat, programme, divisor, round).
    One divisor more than the last that won is shown, so that the quotients that just lost are there too.
    """
    won = {(code, divisor): (seat, round_) for seat, code, divisor, round_ in awards}
    most = max((divisor for _, divisor in won), default=0) + 1
    rows = []
    for index, (code, cast) in enumerate(votes.items()):
        y = HEADER + index * CELL_HEIGHT
        rows.append(GridRow(code, cast, y, [_cell(won, code, cast, d, y) for d in range(1, most + 1)] if cast else []))
    return Grid(
        width=LABEL + most * CELL_WIDTH,
        height=HEADER + len(rows) * CELL_HEIGHT,
        divisors=[(d, LABEL + (d - 1) * CELL_WIDTH + (CELL_WIDTH - GAP) // 2) for d in range(1, most + 1)],
        rows=rows,
        redistributed=any(round_ == "redistributed" for _, round_ in won.values()),
    )


def _cell(won: Mapping[tuple[str, int], tuple[int, str]], code: str, votes: int, divisor: int, y: int) -> Cell:
    seat, round_ = won.get((code, divisor), (None, ""))
    return Cell(LABEL + (divisor - 1) * CELL_WIDTH, y, divisor, quotient(votes, divisor), seat, round_)


@dataclass(frozen=True)
class Pair:
    """Two bars of one destination: what there is, and what is asked for or taken."""

    label: str
    y: int
    there: int
    asked: int
    there_width: int
    asked_width: int

    @property
    def label_y(self) -> int:
        return self.y + 13

    @property
    def there_y(self) -> int:
        return self.y + 20

    @property
    def asked_y(self) -> int:
        return self.there_y + BAR_HEIGHT + 1

    @property
    def there_text_y(self) -> int:
        return self.there_y + 12

    @property
    def asked_text_y(self) -> int:
        return self.asked_y + 12

    @property
    def there_text_x(self) -> int:
        return self.there_width + 6

    @property
    def asked_text_x(self) -> int:
        return self.asked_width + 6


@dataclass(frozen=True)
class Bars:
    width: int
    height: int
    pairs: Sequence[Pair]
    bar_height: int = BAR_HEIGHT


def bars(rows: Iterable[tuple[str, int, int]], *, most: int = 20) -> Bars:
    """Paired bars, one pair a destination: (name, what there is, what is asked for).

    The ``most`` contested are drawn, the most asked for per place first; the table beside has them all.
    """
    chosen = sorted(rows, key=lambda row: (-Fraction(row[2], max(row[1], 1)), -row[2], row[0]))[:most]
    longest = max((max(there, asked) for _, there, asked in chosen), default=0) or 1
    pairs = [
        Pair(
            _short(label),
            index * BAR_ROW,
            there,
            asked,
            there * BAR_AREA // longest,
            asked * BAR_AREA // longest,
        )
        for index, (label, there, asked) in enumerate(chosen)
    ]
    return Bars(width=BAR_AREA + 50, height=len(pairs) * BAR_ROW, pairs=pairs)


def _short(label: str, length: int = 46) -> str:
    return label if len(label) <= length else label[: length - 1].rstrip() + "…"
