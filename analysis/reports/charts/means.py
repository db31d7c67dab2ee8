"""Scale means with their intervals, in order, good news and bad news apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.reports.charts.legend import FamilyMarks, draw_legend, legend_height
from analysis.reports.charts.sheet import FAINT, INK, RULE, SOFT, Sheet, wrap
from analysis.reports.formatting import DASH, fixed
from surveys.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LABEL_END = 150.0
_START = 162.0
_END = 415.0
_ROW = 15.0
_HEAD = 20.0


@dataclass(frozen=True, slots=True)
class MeanRow:
    """A scale mean on 0-100 with its interval; ``None`` where hidden.

    ``valence`` is ``"favourable"``, ``"unfavourable"`` or ``"neutral"``.
    """

    words: str
    family: str
    valence: str
    mean: float | None
    interval: tuple[float, float] | None


def means_chart(rows: Sequence[MeanRow], marks: FamilyMarks, words: Words) -> Figure:
    """Draw one dot a scale from 0 to 100, highest first, with a group a valence."""
    groups = [
        (title, _ordered([row for row in rows if row.valence == valence]))
        for valence, title in (
            ("favourable", words("A high score is good news")),
            ("unfavourable", words("A high score is bad news")),
            ("neutral", words("A high score is neither good nor bad")),
        )
    ]
    groups = [(title, members) for title, members in groups if members]
    entries = marks.entries([row.family for row in rows])
    head = legend_height(entries, 453) + (6 if entries else 0)
    height = head + sum(_HEAD + _ROW * len(members) + 6 for _, members in groups) + 16
    sheet = Sheet(height)
    draw_legend(sheet, entries, 0, 0, 453)
    bottom = height - 16
    for tick in (0, 25, 50, 75, 100):
        x = _place(tick)
        sheet.line((x, head + _HEAD - 4), (x, bottom), FAINT if tick != 50 else RULE, 0.6)
        sheet.text(x, bottom + 11, str(tick), 6.8, colour=SOFT, anchor="center")
    y = head
    for title, members in groups:
        sheet.text(0, y + 12, title, 7.5, bold=True)
        y += _HEAD
        for row in members:
            _draw_row(sheet, row, marks, y + _ROW / 2)
            y += _ROW
        y += 6
    return sheet.figure


def _place(value: float) -> float:
    return _START + (_END - _START) * value / 100


def _ordered(rows: list[MeanRow]) -> list[MeanRow]:
    return sorted(rows, key=lambda row: -1.0 if row.mean is None else row.mean, reverse=True)


def _draw_row(sheet: Sheet, row: MeanRow, marks: FamilyMarks, y: float) -> None:
    lines = wrap(row.words, _LABEL_END, 7.5, most=2)
    size = 7.5 if len(lines) == 1 else 6.6
    sheet.lines(_LABEL_END, y, lines, size, 7.6, anchor="right")
    if row.mean is None:
        sheet.hatch(_START, y - 5, _END - _START, 10, RULE, 5)
        sheet.text(453, y + 2.7, DASH, 7.5, anchor="right")
        return
    shape, colour = marks.style(row.family)
    if row.interval:
        low, high = (_place(end) for end in row.interval)
        sheet.line((low, y), (high, y), colour, 1.4)
        for end in (low, high):
            sheet.line((end, y - 2.5), (end, y + 2.5), colour, 0.9)
    sheet.marker(_place(row.mean), y, shape, 6.5, colour)
    value = fixed(row.mean, 1)
    sheet.text(453, y + 2.7, value, 7.5, bold=True, colour=INK, anchor="right")
