"""Keys of a chart: the marks in use and what they mean, set in rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.reports.charts.sheet import ACCENT, SOFT, Shape, Sheet, text_width

ROW_HEIGHT = 13.0
_SIZE = 7.0
_GAP = 14.0
_MARK = 15.0

_SHAPES: tuple[Shape, ...] = ("circle", "square", "diamond", "triangle", "down", "bar")
_COLOURS = (ACCENT, "#A5521F", "#3C6E47", "#4A4A4A", "#6B4C86", "#7A6A1F")

Draw = Callable[[Sheet, float, float], None]
"""Draws a sample of a mark with its middle left end at a point."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One mark of a key and its meaning."""

    words: str
    draw: Draw


@dataclass(frozen=True, slots=True)
class FamilyMarks:
    """A shape and a colour for each family of constructs, the same on every chart.

    Attributes
    ----------
    families
        Wordings of the families in their fixed order.
    """

    families: tuple[str, ...]

    def style(self, family: str) -> tuple[Shape, str]:
        """Return shape and colour of a family; one that is not known gets the last of each."""
        place = self.families.index(family) if family in self.families else -1
        last = len(_SHAPES) - 1
        place = last if place < 0 else min(place, last)
        return _SHAPES[place], _COLOURS[place]

    def entries(self, used: Sequence[str]) -> list[Entry]:
        """Return the key to the families that occur, in their fixed order."""
        present = [family for family in self.families if family in used]
        present += sorted({f for f in used if f and f not in self.families})
        return [Entry(family, self._sample(family)) for family in present]

    def _sample(self, family: str) -> Draw:
        shape, colour = self.style(family)
        return lambda sheet, x, y: sheet.marker(x + 5, y, shape, 6.5, colour)


def legend_rows(entries: Sequence[Entry], width: float) -> list[list[Entry]]:
    """Share the entries of a key out over rows no wider than ``width``."""
    rows: list[list[Entry]] = []
    used = 0.0
    for entry in entries:
        needed = _MARK + text_width(entry.words, _SIZE) + _GAP
        if not rows or used + needed > width + _GAP:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += needed
    return rows


def legend_height(entries: Sequence[Entry], width: float) -> float:
    """Return the height of a key in points."""
    return ROW_HEIGHT * len(legend_rows(entries, width))


def draw_legend(sheet: Sheet, entries: Sequence[Entry], x: float, y: float, width: float) -> None:
    """Draw a key with its top left corner at a point."""
    for number, row in enumerate(legend_rows(entries, width)):
        middle = y + ROW_HEIGHT * (number + 0.5)
        at = x
        for entry in row:
            entry.draw(sheet, at, middle)
            sheet.text(at + _MARK, middle + _SIZE * 0.36, entry.words, _SIZE, colour=SOFT)
            at += _MARK + text_width(entry.words, _SIZE) + _GAP
