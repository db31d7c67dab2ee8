"""Numbers as they are handed out: rounded by what they are, in the manner of the language.

Privacy rule P5 lives here: numbers of people are rounded to five and proportions to whole per cents
in everything that leaves the project. Charts draw from the same rounded values, since the length of
a bar could be read off a vector picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.errors import AnalysisError
from analysis.findings import Cell, Column, Hidden, Interval, Kind, Table
from surveys.words import Message, Text, Words, message

DASH = "–"
MINUS = "−"

_DECIMALS = {Kind.INDEX: 1, Kind.ESTIMATE: 2, Kind.PRECISE: 3}
_KEYS = {
    "favourable": message("high is good"),
    "unfavourable": message("high is bad"),
    "neutral": message("neither"),
}


def rounded_count(n: float) -> int:
    """Round a number of people to the nearest five."""
    return 5 * round(n / 5)


def whole_percent(share: float) -> int:
    """Round a proportion to whole per cents, halves away from zero."""
    return int(math.copysign(math.floor(abs(share) * 100 + 0.5), share))


def shown_percents(share: Cell) -> int | None:
    """Return the whole per cents of a share cell, or ``None`` where it is hidden or absent."""
    if isinstance(share, (int, float)) and not isinstance(share, bool):
        return None if math.isnan(share) else whole_percent(share)
    return None


def shown_number(cell: Cell, kind: Kind = Kind.ESTIMATE) -> float | None:
    """Return a number rounded as it is printed, or ``None`` where it is hidden or absent."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or math.isnan(cell):
        return None
    if kind is Kind.COUNT:
        return float(rounded_count(cell))
    if kind is Kind.SHARE:
        return float(whole_percent(cell))
    return round(float(cell), _DECIMALS.get(kind, 2))


def shown_interval(cell: Cell, kind: Kind = Kind.ESTIMATE) -> tuple[float, float] | None:
    """Return the ends of an interval rounded as they are printed, or ``None``."""
    if not isinstance(cell, Interval):
        return None
    low, high = shown_number(cell.low, kind), shown_number(cell.high, kind)
    return None if low is None or high is None else (low, high)


def count_text(n: float, words: Words) -> str:
    """Word a number of people, rounded to five: ``3,190`` in English, ``3190`` in Chinese."""
    return grouped(rounded_count(n), words)


def grouped(n: int, words: Words) -> str:
    """Word a whole number with the separators of the language."""
    text = f"{n:,}" if words.language == "en" else str(n)
    return text.replace("-", MINUS)


def fixed(value: float, decimals: int) -> str:
    """Word a number with a fixed number of decimals, a true minus, and no negative zero."""
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{value:.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if float(text) == 0 else MINUS + text[1:]
    return text


def probability_text(p: float) -> str:
    """Word a p-value with three decimals, the smallest as ``<0.001``."""
    return "<0.001" if p < 0.0005 else fixed(p, 3)


def interval_kind(columns: Sequence[Column], position: int) -> Kind:
    """Return the kind of the number an interval belongs to: the nearest one on its left."""
    for column in reversed(columns[:position]):
        if column.kind in _DECIMALS or column.kind is Kind.SHARE:
            return column.kind
    return Kind.ESTIMATE


def cell_text(table: Table, row: int, position: int, words: Words) -> str:
    """Word one cell of a table of findings.

    A hidden cell is a dash, a value that does not exist is empty.

    Raises
    ------
    AnalysisError
        If the cell does not hold what its column's kind says.
    """
    column, cell = table.columns[position], table.rows[row][position]
    if isinstance(cell, Hidden):
        return DASH
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    shown = _shown(cell, column.kind, interval_kind(table.columns, position), words)
    if shown is None:
        raise AnalysisError(
            "column {column} of table {table} should hold {kind}, but row {row} holds something else",
            column=column.id,
            table=table.id,
            kind=column.kind.value,
            row=row + 1,
        )
    return shown


def _shown(cell: Cell, kind: Kind, interval_as: Kind, words: Words) -> str | None:
    if kind in (Kind.LABEL, Kind.KEY):
        return _label(cell, kind, words)
    if kind is Kind.INTERVAL:
        return _interval(cell, interval_as) if isinstance(cell, Interval) else None
    if kind is Kind.MARK:
        return (words("yes") if cell else "") if isinstance(cell, bool) else None
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return None
    return _number(cell, kind, words)


def _label(cell: Cell, kind: Kind, words: Words) -> str | None:
    if isinstance(cell, (bool, Interval)):
        return None
    if kind is Kind.KEY and isinstance(cell, str) and cell in _KEYS:
        return words.say(_KEYS[cell])
    if isinstance(cell, int):
        return grouped(cell, words)
    if isinstance(cell, float):
        return fixed(cell, 2)
    return words.say(cell) if isinstance(cell, (str, Text, Message)) else None


def _number(cell: float, kind: Kind, words: Words) -> str:
    if kind is Kind.COUNT:
        return count_text(cell, words)
    if kind is Kind.WHOLE:
        return grouped(round(cell), words)
    if kind is Kind.SHARE:
        return f"{whole_percent(cell)}%".replace("-", MINUS)
    if kind is Kind.PROBABILITY:
        return probability_text(cell)
    return fixed(cell, _DECIMALS[kind])


def _interval(cell: Interval, kind: Kind) -> str:
    if kind is Kind.SHARE:
        low, high = (str(whole_percent(x)).replace("-", MINUS) for x in (cell.low, cell.high))
        return f"[{low}%, {high}%]"
    decimals = _DECIMALS[kind]
    return f"[{fixed(cell.low, decimals)}, {fixed(cell.high, decimals)}]"
