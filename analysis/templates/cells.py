"""Small pieces of findings tables: columns, protected counts, wordings of items."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.findings import Cell, Column, Hidden, Interval, Kind
from surveys.model import Instrument, Item
from surveys.privacy import suppress
from surveys.words import Message, Text


def column(column_id: str, label: Message | Text, kind: Kind) -> Column:
    """Make a column."""
    return Column(column_id, label, kind)


def number(value: float) -> Cell:
    """Return a plain float, or ``None`` for one that does not exist."""
    value = float(value)
    return value if math.isfinite(value) else None


def interval(low: float, high: float) -> Cell:
    """Return an interval, or ``None`` where an end does not exist."""
    low, high = float(low), float(high)
    return Interval(low, high) if math.isfinite(low) and math.isfinite(high) else None


def protected(counts: Sequence[int], threshold: int) -> list[Cell]:
    """Return counts of groups that make up a known total, with small and complementary ones hidden."""
    hide = suppress(list(counts), threshold)
    return [Hidden() if hidden else int(count) for count, hidden in zip(counts, hide, strict=True)]


def share(count: Cell, total: int) -> Cell:
    """Return a count as a share of a total; a hidden count stays hidden."""
    if isinstance(count, Hidden) or count is None:
        return count
    if not isinstance(count, int) or total <= 0:
        return None
    return count / total


def wording(item: Item) -> Text | str:
    """Return an item's text, or its id where it has none."""
    return item.text or item.id


def construct_label(instrument: Instrument, construct_id: str) -> Text | str:
    """Return a construct's name, or its id."""
    for construct in instrument.constructs:
        if construct.id == construct_id:
            return construct.label or construct.id
    return construct_id


def family_label(instrument: Instrument, construct_id: str) -> Text | str | None:
    """Return the name of the family a construct belongs to, if any."""
    for construct in instrument.constructs:
        if construct.id == construct_id and construct.family:
            found = [f.label for f in instrument.families if f.id == construct.family]
            return found[0] if found else construct.family
    return None
