"""Plain bars: who answered, and how many answered without care."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.reports.charts.sheet import (
    ACCENT,
    FAINT,
    RULE,
    SOFT,
    TEXT_WIDTH,
    Sheet,
    text_width,
    wrap,
)
from analysis.reports.formatting import DASH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROW = 12.5
_GAP = 18.0
_LABEL_SHARES = (0.3, 0.52)
"""Least and largest share of a column for the labels."""

_VALUE_ROOM = 26.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A share in whole per cents; ``None`` where hidden. A soft bar stands for no answer."""

    words: str
    percent: int | None
    soft: bool = False


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Bars under one heading."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    """Where a column of groups stands on the sheet."""

    left: float
    width: float
    most: int
    label_share: float

    @property
    def zero(self) -> float:
        """Where the bars begin."""
        return self.left + self.width * self.label_share

    def length(self, percent: int) -> float:
        """Return the length of a bar."""
        return (self.left + self.width - _VALUE_ROOM - self.zero) * percent / self.most


def bars_chart(groups: Sequence[BarGroup], n_columns: int = 1) -> Figure:
    """Draw horizontal bars on one common scale of per cents.

    Parameters
    ----------
    groups
        Bars with their headings; a group is never divided.
    n_columns
        How many columns the groups are set in, down the first and on in the next.
    """
    width = (TEXT_WIDTH - _GAP * (n_columns - 1)) / n_columns
    columns = _share_out(groups, n_columns, width)
    shown = [bar.percent for group in groups for bar in group.bars if bar.percent is not None]
    most = next((m for m in (10, 25, 50, 75) if max(shown, default=0) <= m), 100)
    sheet = Sheet(max(sum(_height(group, width) for group in column) for column in columns))
    for number, column in enumerate(columns):
        field = _Field(number * (width + _GAP), width, most, _label_share(groups, width))
        y = 0.0
        for group in column:
            y = _draw_group(sheet, group, field, y)
    return sheet.figure


def _label_share(groups: Sequence[BarGroup], width: float) -> float:
    """Return the share of a column that the longest label needs, within bounds."""
    longest = max((text_width(bar.words, 7.0) for g in groups for bar in g.bars), default=0.0)
    low, high = _LABEL_SHARES
    return min(max((longest + 8) / width, low), high)


def _share_out(groups: Sequence[BarGroup], n_columns: int, width: float) -> list[list[BarGroup]]:
    """Divide the groups, in order, into columns of about the same height."""
    heights = [_height(group, width) for group in groups]
    target = sum(heights) / n_columns
    columns: list[list[BarGroup]] = [[]]
    used = 0.0
    for group, height in zip(groups, heights, strict=True):
        full = used + height / 2 > target and len(columns) < n_columns
        if columns[-1] and full:
            columns.append([])
            used = 0.0
        columns[-1].append(group)
        used += height
    return columns


def _title_lines(group: BarGroup, width: float) -> list[str]:
    return wrap(group.title, width, 7.5, most=2, bold=True) if group.title else []


def _height(group: BarGroup, width: float) -> float:
    return 9.5 * len(_title_lines(group, width)) + 5 + _ROW * len(group.bars) + 10


def _draw_group(sheet: Sheet, group: BarGroup, field: _Field, y: float) -> float:
    end = y + _height(group, field.width)
    for line in _title_lines(group, field.width):
        y += 9.5
        sheet.text(field.left, y - 1.5, line, 7.5, bold=True)
    y += 5
    sheet.line((field.zero, y - 1), (field.zero, end - 9), RULE, 0.6)
    for bar in group.bars:
        _draw_bar(sheet, bar, field, y + _ROW / 2)
        y += _ROW
    return end


def _draw_bar(sheet: Sheet, bar: Bar, field: _Field, middle: float) -> None:
    room = field.zero - field.left - 5
    size = 7.0 if text_width(bar.words, 7.0) <= room else 6.0
    lines = wrap(bar.words, room, size, most=2)
    sheet.lines(field.zero - 5, middle, lines, size, 6.2, anchor="right")
    if bar.percent is None:
        sheet.hatch(field.zero, middle - 4, 34, 8, SOFT, 4.5)
        sheet.text(field.zero + 38, middle + 2.5, DASH, 7)
        return
    width = field.length(bar.percent)
    sheet.rect(field.zero, middle - 4, width, 8, FAINT if bar.soft else ACCENT)
    if bar.soft and width > 0:
        sheet.hatch(field.zero, middle - 4, width, 8, SOFT, 4.5)
    sheet.text(field.zero + width + 3, middle + 2.5, f"{bar.percent}%", 7)
