"""The columns of a table as typed answers of items, and every cell that is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.answers import MISSING_CODES, Missing
from surveys.formats.table import Column, RawTable
from surveys.importing.cells import (
    ABSENT_TOKENS,
    CellReader,
    Reading,
    chosen_in_column,
    expected,
    whole_number,
)
from surveys.importing.column_mapping import EVERY_COLUMN, ColumnMapping
from surveys.importing.matching import ColumnUse
from surveys.model import Instrument, Item, ItemKind, Option
from surveys.problems import Problem, Severity
from surveys.words import Message, Text, message

MAX_LISTED = 50
"""Most bad cells listed one by one; the number of all is given besides."""

_LONGEST_SHOWN = 24
_TRACEABLE = re.compile(r"\d{7}|@|\d+\.\d+\.\d+\.\d+")
_HINTS: tuple[tuple[Missing, tuple[str, ...]], ...] = (
    (Missing.PREFER_NOT, ("拒", "不愿", "不便", "refus", "prefer not")),
    (Missing.NOT_REACHED, ("未作答到", "中止", "not reached", "broke off", "break-off")),
    (Missing.ILLEGIBLE, ("无法辨认", "看不清", "illegible")),
    (
        Missing.NOT_APPLICABLE,
        ("不适用", "不清楚", "不知道", "n/a", "not applicable", "inapplicable", "don't know"),
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class TypedColumn:
    """The answers to one item.

    Attributes
    ----------
    item
        The item.
    readings
        The different readings there are.
    codes
        For each row the index of its reading, int32.
    labels
        Cells that held the wording of an answer, with the code it stands for.
    """

    item: Item
    readings: tuple[Reading, ...]
    codes: NDArray[np.int32]
    labels: dict[str, int]

    def has_kind(self, kind: Missing) -> NDArray[np.bool_]:
        """Tell for each row whether the answer is missing in a certain way."""
        found = np.array([reading.missing is kind for reading in self.readings], dtype=bool)
        return found[self.codes]


@dataclass(frozen=True, slots=True, eq=False)
class TypedColumns:
    """All typed columns with the bad cells among them.

    Attributes
    ----------
    columns
        One an item that the table has.
    bad_cells
        Problems of cells, at most :data:`MAX_LISTED`, in the order of the rows.
    n_bad
        Number of all bad cells.
    warnings
        Labels in the file that contradict the questionnaire's.
    notes
        What was decided about missing values.
    """

    columns: tuple[TypedColumn, ...]
    bad_cells: tuple[Problem, ...]
    n_bad: int
    warnings: tuple[Problem, ...]
    notes: tuple[Message, ...]


def read_columns(
    table: RawTable,
    instrument: Instrument,
    uses: Sequence[ColumnUse],
    mapping: ColumnMapping,
) -> TypedColumns:
    """Read all cells that belong to items.

    Parameters
    ----------
    table
        The file.
    instrument
        The questionnaire.
    uses
        What each column is; only items and options are read.
    mapping
        Its ``missing`` gives further cells that mean that there is no answer.
    """
    by_item: dict[str, list[ColumnUse]] = {}
    for use in uses:
        if use.item is not None:
            by_item.setdefault(use.item, []).append(use)
    typed: list[TypedColumn] = []
    bad: list[tuple[int, str, Problem]] = []
    n_bad = 0
    warnings: list[Problem] = []
    notes: list[Message] = []
    for item_id, parts in by_item.items():
        item = instrument.item(item_id)
        if parts[0].option is not None:
            column = _read_options(table, item, parts, mapping)
            names = [part.column for part in parts]
        else:
            raw = table.column(parts[0].column)
            column = _read_column(table, item, raw, mapping)
            names = [raw.name]
            notes += _absent_notes(column, raw)
            warnings += _contradictions(item, raw)
        typed.append(column)
        n, found = _bad_cells(table, column, names)
        n_bad += n
        bad += found
    bad.sort(key=lambda entry: entry[0])
    listed = tuple(problem for _, _, problem in bad[:MAX_LISTED])
    return TypedColumns(tuple(typed), listed, n_bad, tuple(warnings), tuple(notes))


def _read_column(
    table: RawTable, item: Item, column: Column, mapping: ColumnMapping
) -> TypedColumn:
    absent = absent_cells(column, mapping)
    reader = CellReader(item, decimal=table.source.decimal, absent=absent)
    readings = tuple(reader.read(cell) for cell in column.distinct)
    labels = {
        cell.strip(): reading.value
        for cell, reading in zip(column.distinct, readings, strict=True)
        if reading.label and isinstance(reading.value, int)
    }
    return TypedColumn(item, readings, column.codes, labels)


def absent_cells(column: Column, mapping: ColumnMapping) -> dict[str, Missing]:
    """Return the cells of a column that mean that there is no answer, and why.

    What the file declares is joined by what the user says. A declared value with a label such as
    “refused” gets that kind of missing; one without is a skipped item.
    """
    absent: dict[str, Missing] = {}
    for text in column.distinct:
        if text.strip() and column.declared_missing(text.strip()):
            absent[text.strip()] = _declared_kind(text.strip(), column.value_labels.get(text))
    for name in (EVERY_COLUMN, column.name):
        for cell in mapping.missing.get(name, ()):
            text = f"{cell:g}" if isinstance(cell, float) else str(cell).strip()
            absent.setdefault(text, _declared_kind(text, column.value_labels.get(text)))
    return absent


def _declared_kind(text: str, label: Text | None) -> Missing:
    number = whole_number(text)
    if number in MISSING_CODES:
        return MISSING_CODES[number]
    worded = " ".join(label.by_language.values()).casefold() if label else ""
    for kind, hints in _HINTS:
        if any(hint in worded for hint in hints):
            return kind
    return Missing.SKIPPED


def _absent_notes(typed: TypedColumn, column: Column) -> Iterable[Message]:
    counts = column.counts()
    for place, text in enumerate(column.distinct):
        if text.strip() in ABSENT_TOKENS and typed.readings[place].missing is Missing.SKIPPED:
            yield message(
                "Column {name}: {n} cells with {token} are taken as not answered.",
                name=column.name,
                n=int(counts[place]),
                token=text.strip(),
            )


def _contradictions(item: Item, column: Column) -> Iterable[Problem]:
    """Warn where the file gives a code the wording that the questionnaire gives to another code."""
    reader = CellReader(item)
    for text, label in column.value_labels.items():
        code = whole_number(text)
        if code is None or item.kind in {ItemKind.TEXT, ItemKind.CODE, ItemKind.NUMBER}:
            continue
        for wording in label.by_language.values():
            meant = reader.read(wording)
            if meant.label and meant.value != code:
                yield Problem(
                    "labels-differ",
                    message("Column {name}", name=column.name),
                    message(
                        "The file calls the code {code} “{label}”; in the questionnaire that is {other}.",
                        code=code,
                        label=wording,
                        other=str(meant.value),
                    ),
                    message("Check which is right before using the answers."),
                    Severity.WARNING,
                )


def _read_options(
    table: RawTable, item: Item, parts: Sequence[ColumnUse], mapping: ColumnMapping
) -> TypedColumn:
    """Read a multiple choice with a column an option; each combination of cells is read once."""
    options = {option.code: option for option in item.options}
    columns = [table.column(part.column) for part in parts]
    chosen = [options[part.option] for part in parts if part.option is not None]
    stacked = np.column_stack([column.codes for column in columns])
    combinations, codes = np.unique(stacked, axis=0, return_inverse=True)
    absent = [absent_cells(column, mapping) for column in columns]
    readings = tuple(
        _read_combination(
            chosen,
            [column.distinct[place] for column, place in zip(columns, row, strict=True)],
            absent,
        )
        for row in combinations.tolist()
    )
    return TypedColumn(item, readings, codes.reshape(-1).astype(np.int32), {})


def _read_combination(
    options: Sequence[Option], cells: Sequence[str], absent: Sequence[Mapping[str, Missing]]
) -> Reading:
    states = [
        chosen_in_column(option, cell, known)
        for option, cell, known in zip(options, cells, absent, strict=True)
    ]
    kinds = [state for state in states if isinstance(state, Missing)]
    reasons = [kind for kind in kinds if kind is not Missing.SKIPPED]
    codes = [o.code for o, state in zip(options, states, strict=True) if state is True]
    if None in states or (codes and reasons):
        written = "; ".join(f"{o.code}={cell}" for o, cell in zip(options, cells, strict=True))
        return Reading(None, Missing.OUT_OF_RANGE, written)
    if reasons or len(kinds) == len(states):
        return Reading(None, reasons[0] if reasons else Missing.SKIPPED)
    return Reading(tuple(sorted(codes)), Missing.ANSWERED)


def _bad_cells(
    table: RawTable, column: TypedColumn, names: Sequence[str]
) -> tuple[int, list[tuple[int, str, Problem]]]:
    bad = np.array([not reading.fits for reading in column.readings], dtype=bool)
    rows = np.flatnonzero(bad[column.codes])
    problems = [
        (row, column.item.id, _bad_cell(table, row, column, names))
        for row in rows[:MAX_LISTED].tolist()
    ]
    return len(rows), problems


def _bad_cell(table: RawTable, row: int, column: TypedColumn, names: Sequence[str]) -> Problem:
    written = column.readings[column.codes[row]].written.strip()
    return Problem(
        "bad-cell",
        message("{place}, column {name}", place=table.place(row), name=list(names)),
        message(
            "{cell} is no answer to {item}.",
            cell=f"“{written}”" if _may_be_shown(written) else message("the text"),
            item=column.item.id,
        ),
        message("Expected is {expected}.", expected=expected(column.item)),
    )


def _may_be_shown(written: str) -> bool:
    """Tell whether a bad cell is short and no number or address that leads to a person."""
    return len(written) <= _LONGEST_SHOWN and not _TRACEABLE.search(written)
