"""A table as a file holds it: every cell as text, nothing yet understood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from surveys.problems import SurveyError
from surveys.words import Message, Text, message

MAX_CELLS = 20_000_000
"""Most cells a file may have: 100,000 respondents with 200 columns."""

_CHUNK = 8192


@dataclass(frozen=True, slots=True)
class MissingRange:
    """Values that a file itself declares to be missing: one number, a run of numbers, or a text."""

    low: float | str
    high: float | str

    def holds(self, text: str) -> bool:
        """Tell whether a cell lies in the range."""
        if isinstance(self.low, str) or isinstance(self.high, str):
            return text == self.low
        try:
            return self.low <= float(text) <= self.high
        except ValueError:
            return False


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column, stored as its distinct cells and, for each row, the place among them.

    Surveys repeat few answers many times, so that whatever is worked out for the distinct cells is
    worked out for the column.

    Attributes
    ----------
    name
        The heading, without surrounding spaces.
    distinct
        The different cells as text, in order of appearance. Whole numbers have no decimal point,
        dates are ISO 8601; otherwise a cell is as the file has it, leading zeros and ``NA``
        included.
    codes
        One index into ``distinct`` a row, int32.
    label
        The wording of the question, if the file has one.
    value_labels
        Wordings of cells, by the cell's text.
    missing
        What the file declares to be missing.
    measure
        ``"nominal"``, ``"ordinal"``, ``"scale"``, or None where the file does not say.
    """

    name: str
    distinct: tuple[str, ...]
    codes: NDArray[np.int32]
    label: Text | None = None
    value_labels: dict[str, Text] = field(default_factory=dict)
    missing: tuple[MissingRange, ...] = ()
    measure: str | None = None

    def texts(self) -> list[str]:
        """Return the cell of each row."""
        return [self.distinct[code] for code in self.codes.tolist()]

    def counts(self) -> NDArray[np.int64]:
        """Return how many rows hold each of the distinct cells."""
        return np.bincount(self.codes, minlength=len(self.distinct))

    def is_blank(self) -> bool:
        """Tell whether no cell has anything in it."""
        return not any(text.strip() for text in self.distinct)

    def declared_missing(self, text: str) -> bool:
        """Tell whether the file declares a cell to be missing."""
        return any(missing.holds(text) for missing in self.missing)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table came from.

    Attributes
    ----------
    name
        The file's name without its folder.
    format
        ``"csv"``, ``"xlsx"``, ``"xls"``, ``"ods"`` or ``"sav"``; found by content.
    sha256
        Digest of the file's bytes.
    encoding, separator
        For text files.
    decimal
        The decimal sign of numbers in the cells.
    sheet
        For spreadsheets.
    notes
        What the reader decided or left out, for the user.
    """

    name: str
    format: str
    sha256: str
    encoding: str | None = None
    separator: str | None = None
    decimal: str = "."
    sheet: str | None = None
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """A table as a file holds it.

    Attributes
    ----------
    columns
        At least one.
    lines
        For each row the number by which the user finds it: the line of the text file, or the row of
        the sheet; counted from 1, the heading included.
    source
        Where it came from.
    """

    columns: tuple[Column, ...]
    lines: NDArray[np.int32]
    source: Source

    @property
    def n_rows(self) -> int:
        """Number of rows, the heading not counted."""
        return len(self.lines)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return a column by its name; raises ``KeyError`` if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def place(self, row: int) -> Message:
        """Say where a row stands in the file."""
        number = int(self.lines[row])
        if self.source.format == "csv":
            return message("Line {line}", line=number)
        return message("Row {row}", row=number)

    def rows(self, keep: NDArray[np.bool_]) -> RawTable:
        """Return the table with the rows for which ``keep`` is true."""
        columns = tuple(replace(column, codes=column.codes[keep]) for column in self.columns)
        return RawTable(columns, self.lines[keep], self.source)

    def blank_rows(self) -> NDArray[np.bool_]:
        """Tell for each row whether all its cells are empty."""
        blank = np.ones(self.n_rows, dtype=bool)
        for column in self.columns:
            empty = np.array([not text.strip() for text in column.distinct], dtype=bool)
            blank &= empty[column.codes] if len(empty) else True
        return blank


class TableBuilder:
    """Takes rows of cells one after the other and stores them by column.

    Parameters
    ----------
    width
        Number of cells in each row.
    name
        Name of the file, for the sentence when it is too large.
    """

    def __init__(self, width: int, name: str) -> None:
        self._name = name
        self._width = width
        self._places: list[dict[str, int]] = [{} for _ in range(width)]
        self._codes: list[list[NDArray[np.int32]]] = [[] for _ in range(width)]
        self._waiting: list[Sequence[str]] = []
        self._lines: list[int] = []

    def add(self, row: Sequence[str], line: int) -> None:
        """Take one row of ``width`` cells."""
        self._waiting.append(row)
        self._lines.append(line)
        if len(self._waiting) >= _CHUNK:
            self._store()

    def _store(self) -> None:
        if len(self._lines) * self._width > MAX_CELLS:
            raise too_large(self._name)
        for index, cells in enumerate(zip(*self._waiting, strict=True)):
            places = self._places[index]
            for text in dict.fromkeys(cells):
                places.setdefault(text, len(places))
            codes = np.fromiter(map(places.__getitem__, cells), np.int32, len(cells))
            self._codes[index].append(codes)
        self._waiting = []

    def lines(self) -> NDArray[np.int32]:
        """Return the line of each row taken."""
        return np.array(self._lines, dtype=np.int32)

    def columns(self, names: Sequence[str]) -> tuple[Column, ...]:
        """Return the columns under their names."""
        if self._waiting:
            self._store()
        empty = np.empty(0, dtype=np.int32)
        return tuple(
            Column(name, tuple(places), np.concatenate(codes) if codes else empty)
            for name, places, codes in zip(names, self._places, self._codes, strict=True)
        )


def column_of(name: str, cells: Iterable[str]) -> Column:
    """Make a column from its cells."""
    builder = TableBuilder(1, name)
    for line, cell in enumerate(cells, 1):
        builder.add((cell,), line)
    return builder.columns([name])[0]


def number_text(number: float) -> str:
    """Return a number as the shortest text that reads back as the same number."""
    if isinstance(number, int) or (number.is_integer() and abs(number) < 1e15):
        return str(int(number))
    return repr(float(number))


def cell_text(cell: object) -> str:
    """Return a cell as text: numbers as short as can be, dates in ISO 8601, nothing as nothing."""
    if cell is None or cell != cell:  # noqa: PLR0124 - not a number
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        return number_text(cell)
    if isinstance(cell, dt.timedelta):
        return number_text(cell.total_seconds())
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def too_large(name: str) -> SurveyError:
    """Return the error for a file with more cells than :data:`MAX_CELLS`."""
    return SurveyError(
        "{file} has more than {limit} cells. Split it into several files and import them one by one.",
        file=name,
        limit=f"{MAX_CELLS:,}",
    )
