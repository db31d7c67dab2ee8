"""What goes with the outcome: coefficients with intervals, and their importance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.reports.charts.legend import Entry, FamilyMarks, draw_legend, legend_height
from analysis.reports.charts.sheet import ACCENT, FAINT, INK, RULE, SOFT, Sheet, wrap
from analysis.reports.formatting import DASH, fixed
from surveys.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LABEL_END = 150.0
_START = 162.0
_END = 372.0
_ROW = 17.0


@dataclass(frozen=True, slots=True)
class EffectRow:
    """A coefficient with its interval; ``None`` where hidden or not computed.

    ``clear`` tells whether the interval leaves out zero before it is rounded.
    """

    words: str
    family: str
    estimate: float | None
    interval: tuple[float, float] | None
    clear: bool


@dataclass(frozen=True, slots=True)
class ImportanceRow:
    """A share of the explained variance in whole per cents; ``clear`` if the effect is not near 0."""

    words: str
    family: str
    percent: int | None
    interval: tuple[float, float] | None
    clear: bool


def forest_chart(
    rows: Sequence[EffectRow], marks: FamilyMarks, words: Words, low: str = "", high: str = ""
) -> Figure:
    """Draw the coefficients in order around the zero line.

    A filled mark has an interval that leaves out zero.

    Parameters
    ----------
    low, high
        What the left and the right side mean, written at the foot.
    """
    ordered = sorted(rows, key=lambda r: math.inf if r.estimate is None else r.estimate)
    reach = _reach(ordered)
    entries = [
        *marks.entries([row.family for row in rows]),
        Entry(
            words("interval includes 0"),
            lambda s, x, y: s.marker(x + 5, y, "circle", 6.5, SOFT, False),
        ),
    ]
    head = legend_height(entries, 453) + 8
    bottom = head + _ROW * len(ordered) + 4
    sheet = Sheet(bottom + 28)
    draw_legend(sheet, entries, 0, 0, 453)

    def place(value: float) -> float:
        return (_START + _END) / 2 + (_END - _START) / 2 * value / reach

    for tick in (-reach, -reach / 2, 0.0, reach / 2, reach):
        x = place(tick)
        sheet.line((x, head), (x, bottom), SOFT if tick == 0 else FAINT, 0.7)
        sheet.text(x, bottom + 10, fixed(tick, 2), 6.8, colour=SOFT, anchor="center")
    for number, row in enumerate(ordered):
        y = head + _ROW * (number + 0.5)
        _label(sheet, row.words, y)
        if row.estimate is None:
            sheet.hatch(_START, y - 5, _END - _START, 10, RULE, 5)
            sheet.text(453, y + 2.6, DASH, 7.2, anchor="right")
            continue
        shape, colour = marks.style(row.family)
        if row.interval:
            sheet.line((place(row.interval[0]), y), (place(row.interval[1]), y), colour, 1.3)
        sheet.marker(place(row.estimate), y, shape, 6.5, colour, filled=row.clear)
        _values(sheet, fixed(row.estimate, 2), row.interval, y, 2)
    if low:
        sheet.text(place(0) - 8, bottom + 22, "← " + low, 7, colour=SOFT, anchor="right")
    if high:
        sheet.text(place(0) + 8, bottom + 22, high + " →", 7, colour=SOFT)
    return sheet.figure


def importance_chart(rows: Sequence[ImportanceRow], marks: FamilyMarks, words: Words) -> Figure:
    """Draw a bar a driver, largest first, with its interval.

    A filled bar has an effect whose interval leaves out zero; an open, hatched one has not, and is
    no ground for a recommendation.
    """
    ordered = sorted(rows, key=lambda r: -1 if r.percent is None else r.percent, reverse=True)
    entries = [
        Entry(words("effect clearly not 0"), _filled_sample),
        Entry(words("effect may be 0"), _open_sample),
        *marks.entries([row.family for row in rows]),
    ]
    head = legend_height(entries, 453) + 8
    bottom = head + _ROW * len(ordered) + 4
    sheet = Sheet(bottom + 16)
    draw_legend(sheet, entries, 0, 0, 453)
    ends = [row.interval[1] if row.interval else row.percent or 0 for row in ordered]
    most = 10 * math.ceil(max([*ends, *(row.percent or 0 for row in ordered), 10]) / 10)

    def place(percent: float) -> float:
        return _START + (_END - _START) * percent / most

    for tick in range(0, most + 1, 10 if most <= 50 else 20):
        sheet.line((place(tick), head), (place(tick), bottom), RULE if tick == 0 else FAINT, 0.6)
        sheet.text(place(tick), bottom + 10, f"{tick}%", 6.8, colour=SOFT, anchor="center")
    for number, row in enumerate(ordered):
        y = head + _ROW * (number + 0.5)
        _label(sheet, row.words, y, indent=10)
        shape, colour = marks.style(row.family)
        sheet.marker(_LABEL_END - 1, y, shape, 5, colour)
        if row.percent is None:
            sheet.hatch(_START, y - 5, _END - _START, 10, RULE, 5)
            sheet.text(453, y + 2.6, DASH, 7.2, anchor="right")
            continue
        width = place(row.percent) - _START
        sheet.rect(
            _START, y - 4.5, width, 9, _tint(colour) if row.clear else "#FFFFFF", colour, 0.8
        )
        if not row.clear:
            sheet.hatch(_START, y - 4.5, width, 9, colour, 4)
        if row.interval:
            low, high = (place(end) for end in row.interval)
            sheet.line((low, y), (high, y), INK, 0.9)
            for end in (low, high):
                sheet.line((end, y - 2.5), (end, y + 2.5), INK, 0.9)
        _values(sheet, f"{row.percent}%", row.interval, y, 0)
    return sheet.figure


def _label(sheet: Sheet, words: str, y: float, indent: float = 0.0) -> None:
    lines = wrap(words, _LABEL_END - indent, 7.5, most=2)
    sheet.lines(_LABEL_END - indent, y, lines, 7.5 if len(lines) == 1 else 6.6, 7.6, anchor="right")


def _values(
    sheet: Sheet, value: str, interval: tuple[float, float] | None, y: float, decimals: int
) -> None:
    sheet.text(397, y + 2.6, value, 7.2, bold=True, anchor="right")
    if interval:
        low, high = (fixed(end, decimals) for end in interval)
        sheet.text(453, y + 2.6, f"[{low}, {high}]", 6.8, colour=SOFT, anchor="right")


def _reach(rows: Sequence[EffectRow]) -> float:
    ends = [abs(end) for row in rows for end in (row.interval or (row.estimate or 0.0,))]
    largest = max([*ends, 0.05])
    return next(
        (r for r in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0) if largest <= r), largest
    )


def _tint(colour: str) -> str:
    """Return a colour mixed with white, so that a dark line on it is seen."""
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(0.45 * c + 0.55 * 255):02X}" for c in channels)


def _filled_sample(sheet: Sheet, x: float, y: float) -> None:
    sheet.rect(x, y - 3.5, 11, 7, _tint(ACCENT), ACCENT, 0.8)


def _open_sample(sheet: Sheet, x: float, y: float) -> None:
    sheet.rect(x, y - 3.5, 11, 7, "#FFFFFF", ACCENT, 0.8)
    sheet.hatch(x, y - 3.5, 11, 7, ACCENT, 4)
