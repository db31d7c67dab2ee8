"""What the cells of one column look like, before anything is known about the questionnaire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from surveys.answers import MISSING_CODES, Missing
from surveys.formats.table import Column
from surveys.importing.cells import ABSENT_TOKENS, NUMBER, has_clock, read_date, whole_number
from surveys.importing.column_mapping import ColumnMapping
from surveys.importing.typed_columns import absent_cells

_NO_NUMBER = re.compile(r"0\d+|[-+]?\d{16,}")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,39}")
_SENTENCE = re.compile(r"[。！？；，,!?;]|\.\s|\.$")

USUAL_MISSING = frozenset({9, 99, 999, 9999, 8, 88, 888, 98, 998, -1, -9, -8})
"""Codes by which other programs say that a value is missing; never applied without being asked."""


class Sort(StrEnum):
    """What the cells of a column are."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    CLOCK = "clock"
    CODE = "code"
    CATEGORY = "category"
    TEXT = "text"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a column looks like.

    Attributes
    ----------
    column
        The column.
    sort
        What its cells are.
    n_valid
        Number of cells that are neither empty nor missing.
    numbers
        The different whole numbers, ascending; empty unless all cells are whole numbers.
    texts
        The different valid cells, in order of appearance.
    """

    column: Column
    sort: Sort
    n_valid: int
    numbers: tuple[int, ...]
    texts: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.column.name

    @property
    def low(self) -> int:
        """The smallest whole number."""
        return self.numbers[0]

    @property
    def high(self) -> int:
        """The largest whole number."""
        return self.numbers[-1]

    @property
    def constant(self) -> bool:
        """Tell whether all valid cells are the same."""
        return len(self.texts) == 1

    def doubtful(self) -> tuple[int, ...]:
        """Return numbers far from the others that elsewhere stand for missing values."""
        core = {n for n in self.numbers if n not in USUAL_MISSING}
        if self.sort is not Sort.INTEGER or not core or max(core) - min(core) > 12:
            return ()
        # What continues the other numbers without a gap is an answer like them.
        for n in (8, 9):
            if n in self.numbers and n - 1 in core:
                core.add(n)
        outside = [n for n in self.numbers if n not in core]
        return tuple(n for n in outside if n > 0 or min(core) > 0)


def profile(column: Column, mapping: ColumnMapping, decimal: str) -> Profile:
    """Look at the cells of a column, leaving aside what is known to be missing.

    Parameters
    ----------
    column
        The column.
    mapping
        What the user says is missing, besides what the file declares.
    decimal
        The decimal sign.
    """
    absent = absent_cells(column, mapping)
    counts = column.counts().tolist()
    valid = {
        text.strip(): n
        for text, n in zip(column.distinct, counts, strict=True)
        if n and text.strip() and text.strip() not in absent
    }
    without = {text: n for text, n in valid.items() if not _is_absent(text)}
    numbers = [whole_number(text) for text in without]
    whole = [number for number in numbers if number is not None]
    # Leading zeros and digits beyond the precision of a number would be lost.
    zeros = any(_NO_NUMBER.fullmatch(text) for text in without)
    if without and len(whole) == len(without) and not zeros:
        unique = tuple(sorted(set(whole)))
        return Profile(column, Sort.INTEGER, sum(without.values()), unique, tuple(without))
    if without and not zeros and all(NUMBER.fullmatch(_pointed(t, decimal)) for t in without):
        return Profile(column, Sort.DECIMAL, sum(without.values()), (), tuple(without))
    if without and all(map(read_date, without)):
        sort = Sort.CLOCK if any(map(has_clock, without)) else Sort.DATE
        return Profile(column, sort, sum(without.values()), (), tuple(without))
    # In text, NA and None are words like any other; only the codes of missing values are not.
    words = {text: n for text, n in valid.items() if _kind(text) is None}
    return Profile(column, _sort_of_texts(words), sum(words.values()), (), tuple(words))


def _is_absent(text: str) -> bool:
    return text in ABSENT_TOKENS or _kind(text) is not None


def _kind(text: str) -> Missing | None:
    number = whole_number(text) if text.startswith("-") else None
    return None if number is None else MISSING_CODES.get(number)


def _pointed(text: str, decimal: str) -> str:
    return text.replace(",", ".") if decimal == "," else text


def _sort_of_texts(words: dict[str, int]) -> Sort:
    n = sum(words.values())
    if not n:
        return Sort.EMPTY
    longest = max(map(len, words))
    repeated = len(words) <= max(2, n // 3)
    codes = all(_CODE.fullmatch(text) and re.search(r"\d", text) for text in words)
    if codes:
        return Sort.CODE
    sentences = any(map(_SENTENCE.search, words))
    if repeated and len(words) <= 20 and longest <= 40 and not sentences:
        return Sort.CATEGORY
    return Sort.TEXT
