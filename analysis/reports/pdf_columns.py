"""How wide the columns of a table are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from analysis.reports.document import Align, DocumentTable
from analysis.reports.line_breaking import break_lines, widest_run
from analysis.reports.pdf_fonts import text_width
from analysis.reports.pdf_style import LANDSCAPE, PORTRAIT, TABLE_SIZES, TextStyle

GUTTER = 10.0
"""Space between two columns."""

_STEPS = (
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


@dataclass(frozen=True, slots=True)
class Fit:
    """Size of type and widths of columns (gutters included) chosen for a table."""

    size: float
    widths: tuple[float, ...]
    wide: bool


def fit_columns(table: DocumentTable) -> Fit | None:
    """Choose size and widths: large before small, upright before sideways.

    Returns
    -------
    Fit or None
        ``None`` if not even the smallest type on a page turned sideways holds all columns.
    """
    largest = _LONG_SIZE if len(table.rows) > _LONG else TABLE_SIZES[0]
    for sheet, comfort, sizes in _STEPS:
        for size in (size for size in sizes if size <= largest):
            least, natural = _demands(table, size, comfort)
            if sum(least) <= sheet.text_width:
                widths = _share_out(table, least, natural, sheet.text_width)
                return Fit(size, widths, sheet is LANDSCAPE)
    return None


def split_columns(table: DocumentTable) -> list[DocumentTable]:
    """Divide a table that no page can hold into tables side by side.

    The first column is repeated on each.
    """
    n = len(table.columns)
    for parts in range(2, max(3, n)):
        per_part = -(-(n - 1) // parts)
        choices = [range(start, min(start + per_part, n)) for start in range(1, n, per_part)]
        divided = [_select(table, [0, *choice]) for choice in choices]
        if all(fit_columns(part) for part in divided):
            return divided
    return [_select(table, [0, column]) for column in range(1, n)]


def cell_lines(text: str, width: float, style: TextStyle, whole: bool) -> list[str]:
    """Break the text of a cell into lines; a number stays whole."""
    if whole:
        return text.split("\n")
    return break_lines(text, width, lambda words: text_width(words, style.size, style.bold))


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


def _demands(table: DocumentTable, size: float, comfort: float) -> tuple[list[float], list[float]]:
    """Return least and natural width of each column."""
    least, natural = [], []
    last = len(table.columns) - 1
    for position, column in enumerate(table.columns):
        gutter = GUTTER if position < last else 0.0
        header_run = widest_run(column.header, lambda t: text_width(t, size, bold=True))
        header = text_width(column.header, size, bold=True)
        run = full = 0.0
        for number, row in enumerate(table.rows):
            bold = number in table.strong
            if spans(table, number) and position == 0:
                continue
            text = row[position]
            line = max(text_width(part, size, bold) for part in text.split("\n"))
            full = max(full, line)
            if column.align is Align.LEFT:
                run = max(run, widest_run(text, partial(text_width, size=size, bold=bold)))
            else:
                run = max(run, line)
        wanted = max(full, min(header, _HEADER_LINE))
        room = max(run, header_run, min(header, 2.4 * size))
        if column.align is Align.LEFT:
            room = max(room, min(wanted, comfort))
        least.append(room + gutter)
        natural.append(max(wanted, room) + gutter)
    return least, natural


def spans(table: DocumentTable, row: int) -> bool:
    """Tell whether a row is a heading inside the table: bold, with nothing but its first cell."""
    return row in table.strong and len(table.columns) > 1 and not any(table.rows[row][1:])


def _share_out(
    table: DocumentTable, least: list[float], natural: list[float], width: float
) -> tuple[float, ...]:
    total = sum(natural)
    if total > width:
        wishes = [
            (n - small) * column.weight
            for n, small, column in zip(natural, least, table.columns, strict=True)
        ]
        spare = width - sum(least)
        share = sum(wishes) or 1.0
        return tuple(
            small + spare * wish / share for small, wish in zip(least, wishes, strict=True)
        )
    if total < _STRETCH_FROM * width:
        return tuple(natural)
    return _stretch(table, natural, width)


def _stretch(table: DocumentTable, natural: list[float], width: float) -> tuple[float, ...]:
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
