"""How wide the columns of a table are, and how large its type."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from analysis.reports.document import Align, DocumentTable
from analysis.reports.line_breaking import balanced_lines, break_lines, widest_run
from analysis.reports.pdf_fonts import text_width
from analysis.reports.pdf_style import LANDSCAPE, PORTRAIT, TABLE_SIZES, Sheet

GUTTER = 10.0
"""Space between two columns."""

HALF = (PORTRAIT.text_width - 30.0) / 2
"""Width of each half of a long narrow table set in two columns."""

HALF_FROM_ROWS = 24
"""Rows from which a table is pressed into half the width."""

_STEPS: tuple[tuple[Sheet, float, tuple[float, ...]], ...] = (
    (PORTRAIT, 96.0, TABLE_SIZES[:3]),
    (PORTRAIT, 64.0, TABLE_SIZES),
    (LANDSCAPE, 96.0, TABLE_SIZES),
    (LANDSCAPE, 0.0, TABLE_SIZES[-1:]),
)
"""Page, width that a column of running text should have, and sizes of type, in order of trial."""

_HEADER_LINE = 84.0
"""A header up to this long gets one line where there is room."""

_STRETCH_FROM = 0.42
"""A table that fills this share of the line is set to its full width."""

_LONG = 24
_LONG_SIZE = 7.5
"""Largest type of a table with more rows than ``_LONG``."""

_FAR_APART = 60.0
"""Most that a column of numbers is moved away from the one before."""

_ALIKE_FROM = 4
_ALIKE = 2.0
"""So many columns of numbers side by side get the same width, if none needs so many times another."""

_WORTH = 1.1
"""Type is made smaller only if the table would otherwise be this much higher."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Size of type and widths of columns (gutters included) chosen for a table."""

    size: float
    widths: tuple[float, ...]
    wide: bool


@dataclass(frozen=True, slots=True)
class _Demand:
    """What the columns of a table need at one size of type: at the least, and to be at ease."""

    size: float
    least: tuple[float, ...]
    natural: tuple[float, ...]


def fit_columns(table: DocumentTable, latin: bool = False) -> Fit | None:
    """Choose size and widths: large before small, upright before sideways.

    Returns
    -------
    Fit or None
        ``None`` if not even the smallest type on a page turned sideways holds all columns.
    """
    n_words = sum(column.align is Align.LEFT for column in table.columns)
    if len(table.rows) >= HALF_FROM_ROWS and n_words == 1 < len(table.columns) <= 3:
        halved = _demand(table, _LONG_SIZE + 0.5, 80.0, latin)
        if sum(halved.least) <= HALF:
            return Fit(halved.size, _share_out(table, halved, HALF), wide=False)
    largest = _LONG_SIZE if len(table.rows) > _LONG else TABLE_SIZES[0]
    for sheet, comfort, sizes in _STEPS:
        demands = [_demand(table, size, comfort, latin) for size in sizes if size <= largest]
        fitting = [demand for demand in demands if sum(demand.least) <= sheet.text_width]
        if fitting:
            return _largest_worth(table, fitting, sheet, latin)
    return None


def split_columns(table: DocumentTable, latin: bool = False) -> list[DocumentTable]:
    """Divide a table that no page can hold into tables side by side.

    The first column is repeated on each.
    """
    n = len(table.columns)
    for parts in range(2, max(3, n)):
        per_part = -(-(n - 1) // parts)
        choices = [range(start, min(start + per_part, n)) for start in range(1, n, per_part)]
        divided = [_select(table, [0, *choice]) for choice in choices]
        if all(fit_columns(part, latin) for part in divided):
            return divided
    return [_select(table, [0, column]) for column in range(1, n)]


def cell_lines(
    text: str, width: float, size: float, bold: bool, latin: bool, whole: bool
) -> list[str]:
    """Break the text of a cell into lines; a number stays whole."""
    if whole:
        return text.split("\n")
    return break_lines(text, width, partial(text_width, size=size, bold=bold, latin=latin))


def header_lines(text: str, width: float, size: float, latin: bool) -> list[str]:
    """Break a header into lines of about the same length."""
    return balanced_lines(text, width, partial(text_width, size=size, bold=True, latin=latin))


def spans(table: DocumentTable, row: int) -> bool:
    """Tell whether a row is a heading inside the table: bold, with nothing but its first cell."""
    return row in table.strong and len(table.columns) > 1 and not any(table.rows[row][1:])


def _select(table: DocumentTable, positions: Sequence[int]) -> DocumentTable:
    place = {old: new for new, old in enumerate(positions)}
    return DocumentTable(
        title=table.title,
        columns=tuple(table.columns[i] for i in positions),
        rows=tuple(tuple(row[i] for i in positions) for row in table.rows),
        notes=table.notes,
        hatched=frozenset((r, place[c]) for r, c in table.hatched if c in place),
        strong=table.strong,
    )


def _largest_worth(table: DocumentTable, demands: list[_Demand], sheet: Sheet, latin: bool) -> Fit:
    """Take the largest type, unless a smaller one saves much height by breaking fewer lines."""
    fits = [
        Fit(demand.size, _share_out(table, demand, sheet.text_width), sheet is LANDSCAPE)
        for demand in demands
    ]
    heights = [_height(table, fit, latin) for fit in fits]
    return next(
        fit for fit, height in zip(fits, heights, strict=True) if height <= _WORTH * min(heights)
    )


def _height(table: DocumentTable, fit: Fit, latin: bool) -> float:
    """Estimate the height of all rows."""
    total = 0.0
    last = len(table.columns) - 1
    for number, row in enumerate(table.rows):
        lines = 1
        for position, column in enumerate(table.columns):
            if column.align is Align.LEFT and not spans(table, number):
                room = fit.widths[position] - (GUTTER if position < last else 0.0)
                full = text_width(row[position], fit.size, number in table.strong, latin)
                if full > room + 0.1:
                    lines = max(lines, math.ceil(full / max(room, 1.0) * 1.04))
        total += lines * fit.size * 1.35 + 5
    return total


def _demand(table: DocumentTable, size: float, comfort: float, latin: bool) -> _Demand:
    """Return least and natural width of each column, gutters included."""
    columns = [_column_demand(table, i, size, comfort, latin) for i in range(len(table.columns))]
    last = len(columns) - 1
    alike = _alike(table, columns)
    if sum(full for _, full in alike) + last * GUTTER <= PORTRAIT.text_width:
        columns = alike
    return _Demand(
        size,
        tuple(low + (GUTTER if i < last else 0.0) for i, (low, _) in enumerate(columns)),
        tuple(full + (GUTTER if i < last else 0.0) for i, (_, full) in enumerate(columns)),
    )


def _column_demand(
    table: DocumentTable, position: int, size: float, comfort: float, latin: bool
) -> tuple[float, float]:
    column = table.columns[position]
    bold_width = partial(text_width, size=size, bold=True, latin=latin)
    header = bold_width(column.header)
    header_run = widest_run(column.header, bold_width)
    run = full = 0.0
    for number, row in enumerate(table.rows):
        if spans(table, number) and position == 0:
            continue
        width = partial(text_width, size=size, bold=number in table.strong, latin=latin)
        line = max(width(part) for part in row[position].split("\n"))
        full = max(full, line)
        run = max(run, widest_run(row[position], width) if column.align is Align.LEFT else line)
    wanted = max(full, min(header, _HEADER_LINE))
    least = max(run, header_run, min(header, 3.1 * size))
    if column.align is Align.LEFT:
        least = max(least, min(wanted, comfort))
    return least, max(wanted, least)


def _alike(table: DocumentTable, columns: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Give the columns of numbers that stand side by side the width of the broadest of them."""
    numbers = [i for i, column in enumerate(table.columns) if column.align is Align.RIGHT]
    runs: list[list[int]] = []
    for i in numbers:
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    for run in runs:
        width = max(columns[i][0] for i in run)
        if len(run) >= _ALIKE_FROM and width <= _ALIKE * min(columns[i][0] for i in run):
            columns = list(columns)
            for i in run:
                columns[i] = (columns[i][0], width)
    return columns


def _share_out(table: DocumentTable, demand: _Demand, width: float) -> tuple[float, ...]:
    least, natural = demand.least, demand.natural
    total = sum(natural)
    if total > width:
        # numbers are served with what they need, words get the rest
        wishes = [
            (full - low) * column.weight if column.align is Align.LEFT else 0.0
            for full, low, column in zip(natural, least, table.columns, strict=True)
        ]
        if not any(wishes):
            wishes = [full - low for full, low in zip(natural, least, strict=True)]
        spare = width - sum(least)
        share = sum(wishes)
        return tuple(low + spare * wish / share for low, wish in zip(least, wishes, strict=True))
    if total < _STRETCH_FROM * width:
        return natural
    return _stretch(table, natural, width)


def _stretch(table: DocumentTable, natural: tuple[float, ...], width: float) -> tuple[float, ...]:
    """Fill the line: numbers move apart a little, the rest goes to the columns of words."""
    spare = width - sum(natural)
    numbers = [i for i, c in enumerate(table.columns) if c.align is not Align.LEFT and i > 0]
    words = [i for i, c in enumerate(table.columns) if c.align is Align.LEFT]
    widths = list(natural)
    if numbers:
        apart = min(_FAR_APART, spare / (len(numbers) + len(words)))
        for i in numbers:
            widths[i] += apart
        spare -= apart * len(numbers)
    shares = [table.columns[i].weight for i in words]
    for i, share in zip(words, shares, strict=True):
        widths[i] += spare * share / sum(shares)
    if not words:
        widths = [w + spare / len(widths) for w in widths]
    return tuple(widths)
