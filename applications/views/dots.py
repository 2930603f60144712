"""The averages of a call as dots, one per candidate, so that a reader can find the place of one's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

# Columns of a quarter: 12 to 20 then fits a telephone without scrolling.
PER_VALUE = 4
STEP = Decimal(1) / PER_VALUE
# A column higher than this would leave the screen: each dot then stands for several candidates.
HIGHEST = 36
SIZE = 10
# For the label of the first threshold, which ends where the axis begins.
LEFT = 40
LABEL = 36
FOOT = 40
HEAD = 34


@dataclass(frozen=True)
class Dot:
    x: int
    y: int
    own: bool


@dataclass(frozen=True)
class Line:
    x: int
    label: Decimal


@dataclass(frozen=True)
class DotPlot:
    """In SVG units; ``each`` is how many candidates a dot stands for. ``bands``: from, to, how many, own."""

    width: int
    height: int
    base: int
    each: int
    dots: list[Dot]
    ticks: list[Line]
    thresholds: list[Line]
    own_x: int | None
    label_x: int | None
    bands: list[tuple[Decimal, Decimal, int, bool]]


def dot_plot(counted: Iterable[tuple[Decimal, int]], own: Decimal | None) -> DotPlot | None:
    """``counted``: each average and how many have it. Nobody with an average: no picture."""
    columns: dict[int, int] = {}
    bands: dict[int, int] = {}
    for average, people in counted:
        columns[_column(average)] = columns.get(_column(average), 0) + people
        bands[_band(average)] = bands.get(_band(average), 0) + people
    if not columns:
        return None
    first = min(_column(Decimal(12)), *columns) // PER_VALUE * PER_VALUE
    past = (max(_column(Decimal(13)), *columns) // PER_VALUE + 1) * PER_VALUE
    each = -(-max(columns.values()) // HIGHEST)
    tallest = max(-(-people // each) for people in columns.values())
    base = HEAD + tallest * SIZE

    def x(average: Decimal) -> int:
        return int((average / STEP - first) * SIZE) + LEFT

    def middle(column: int) -> int:
        return (column - first) * SIZE + LEFT + SIZE // 2

    width = (past - first) * SIZE + LEFT + SIZE
    own_column = None if own is None else _column(own)
    dots = [
        Dot(middle(column), base - SIZE // 2 - row * SIZE, column == own_column and row == 0)
        for column, people in sorted(columns.items())
        for row in range(-(-people // each))
    ]
    marks = [Decimal(whole) for whole in range(first // PER_VALUE, past // PER_VALUE + 1)]
    return DotPlot(
        width=width,
        height=base + FOOT,
        base=base,
        each=each,
        dots=dots,
        ticks=[Line(x(mark), mark) for mark in marks],
        thresholds=[Line(x(mark), mark) for mark in (Decimal("12.00"), Decimal("12.50"))],
        own_x=None if own_column is None else middle(own_column),
        # The words under one's own dot stay inside the picture.
        label_x=None if own_column is None else min(max(middle(own_column), LABEL), width - LABEL),
        bands=[
            (
                Decimal(band) / 2,
                Decimal(band + 1) / 2 - Decimal("0.01"),
                bands[band],
                own is not None and _band(own) == band,
            )
            for band in sorted(bands)
        ],
    )


def _column(average: Decimal) -> int:
    return int((average / STEP).to_integral_value(ROUND_FLOOR))


def _band(average: Decimal) -> int:
    """Half a value wide: 12.00 to 12.49, 12.50 to 12.99."""
    return int((average * 2).to_integral_value(ROUND_FLOOR))
