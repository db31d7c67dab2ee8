"""What was answered: two aligned frames, the values and the kind of each missing one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from surveys.model import Item, ItemKind

if TYPE_CHECKING:
    import pandas as pd


class Missing(IntEnum):
    """Why there is no value. Stored as one byte an answer; 0 means there is one."""

    ANSWERED = 0
    SKIPPED = 1
    NOT_APPLICABLE = 2
    PREFER_NOT = 3
    NOT_REACHED = 4
    ILLEGIBLE = 5
    OUT_OF_RANGE = 6


MISSING_CODES: dict[int, Missing] = {
    -97: Missing.NOT_APPLICABLE,
    -98: Missing.PREFER_NOT,
    -99: Missing.NOT_REACHED,
    -96: Missing.ILLEGIBLE,
    -95: Missing.OUT_OF_RANGE,
}
"""Codes by which files and paper say that a value is missing; inside the program they never occur."""


def dtype_of(item: Item) -> str:
    """Return the pandas dtype of an item's column(s) in :attr:`Answers.values`."""
    match item.kind:
        case ItemKind.TEXT | ItemKind.CODE:
            return "string"
        case ItemKind.NUMBER:
            return "Float64"
        case ItemKind.DATE:
            return "datetime64[s]"
        case _:
            return "Int16"


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of all final entries.

    Attributes
    ----------
    values
        One row an entry (index: entry id), one column an item in order of presentation; a
        multiple-choice item has one 0/1 column an option, ``ITEM.CODE``. NA where missing. Dtypes
        are those of :func:`dtype_of`.
    missing
        Same shape, ``uint8``: the :class:`Missing` kind of each cell, 0 where there is a value.
    about
        Same index: ``serial`` (string), ``seconds`` (Float64, time taken, NA where unknown),
        ``batch`` (string). Nothing in it identifies a person.
    """

    values: pd.DataFrame
    missing: pd.DataFrame
    about: pd.DataFrame

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.values)
