"""Tables of findings, worded and rounded for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.errors import AnalysisError
from analysis.findings import Column, Hidden, Kind, Table
from analysis.reports.document import Align, DocumentTable, TableColumn
from analysis.reports.formatting import cell_text
from surveys.words import Message, Words, message

_LEFT = frozenset({Kind.LABEL, Kind.KEY})
_WEIGHTS = {Kind.LABEL: 1.0, Kind.KEY: 0.15}

HIDDEN_NOTE = message(
    "Hatched: not shown, because fewer than {threshold} people stand behind it, because it would let "
    "such a group be worked out, or because nearly all gave the same answer."
)


def hidden_note(threshold: int) -> Message:
    """Return the note under a table with hidden cells."""
    return Message(HIDDEN_NOTE.text, {"threshold": threshold})


def document_table(
    table: Table, title: str, words: Words, threshold: int, without: Sequence[str] = ()
) -> DocumentTable:
    """Word a table of findings for the page.

    Parameters
    ----------
    table
        Table of findings; hidden cells become a dash and are marked for hatching.
    title
        Its worded title with its number.
    words
        Language.
    threshold
        Named in the note that explains hidden cells.
    without
        Ids of columns left out because they stand elsewhere on the page.

    Raises
    ------
    AnalysisError
        If a row has too few or too many cells, or a cell does not fit its column.
    """
    _check_rows(table)
    kept = [i for i, column in enumerate(table.columns) if column.id not in without]
    rows = tuple(
        tuple(cell_text(table, row, position, words) for position in kept)
        for row in range(len(table.rows))
    )
    hatched = frozenset(
        (row, place)
        for row, cells in enumerate(table.rows)
        for place, position in enumerate(kept)
        if isinstance(cells[position], Hidden)
    )
    return DocumentTable(
        title=title,
        columns=tuple(_column(table.columns[position], words) for position in kept),
        rows=rows,
        notes=_notes([table], words, threshold, bool(hatched)),
        hatched=hatched,
    )


def wordless(table: Table, words: Words) -> bool:
    """Tell whether the wording of every item is no more than its id, as in a bare data file."""
    names = {column.id for column in table.columns}
    if not {"item", "text"} <= names:
        return False
    items, texts = table.column("item"), table.column("text")
    return all(words.say(a) == words.say(b) for a, b in zip(items, texts, strict=True))


def merged_table(
    tables: Sequence[Table], title: str, words: Words, threshold: int
) -> DocumentTable:
    """Put tables with the same columns into one, each under its own title as a bold row.

    Raises
    ------
    AnalysisError
        If the columns differ, or a cell does not fit its column.
    """
    first = tables[0]
    kinds = [(column.id, column.kind) for column in first.columns]
    rows: list[tuple[str, ...]] = []
    hatched: set[tuple[int, int]] = set()
    strong: set[int] = set()
    for table in tables:
        if [(column.id, column.kind) for column in table.columns] != kinds:
            raise AnalysisError(
                "the tables {first} and {other} have different columns and cannot be printed as one",
                first=first.id,
                other=table.id,
            )
        part = document_table(table, "", words, threshold)
        strong.add(len(rows))
        rows.append((words.say(table.title), *[""] * (len(kinds) - 1)))
        hatched.update((len(rows) + row, column) for row, column in part.hatched)
        rows.extend(part.rows)
    return DocumentTable(
        title=title,
        columns=tuple(_column(column, words) for column in first.columns),
        rows=tuple(rows),
        notes=_notes(tables, words, threshold, bool(hatched)),
        hatched=frozenset(hatched),
        strong=frozenset(strong),
    )


def grouped_table(
    table: Table,
    title: str,
    words: Words,
    threshold: int,
    by: str,
    without: Sequence[str] = (),
) -> DocumentTable:
    """Word a table whose rows belong to groups, each under its name as a bold row.

    Parameters
    ----------
    by
        Id of the column that names the group; it is not printed as a column.
    without
        Ids of other columns left out.
    """
    flat = document_table(table, title, words, threshold, without=(by, *without))
    place = [column.id for column in table.columns].index(by)
    rows: list[tuple[str, ...]] = []
    hatched: set[tuple[int, int]] = set()
    strong: set[int] = set()
    before = None
    for number, row in enumerate(flat.rows):
        group = cell_text(table, number, place, words)
        if group != before:
            strong.add(len(rows))
            rows.append((group, *[""] * (len(row) - 1)))
            before = group
        hatched.update((len(rows), column) for r, column in flat.hatched if r == number)
        rows.append(row)
    return replace(flat, rows=tuple(rows), hatched=frozenset(hatched), strong=frozenset(strong))


def _notes(
    tables: Sequence[Table], words: Words, threshold: int, any_hidden: bool
) -> tuple[str, ...]:
    notes = list(dict.fromkeys(words.say(note) for table in tables for note in table.notes))
    if any_hidden:
        notes.append(words.say(hidden_note(threshold)))
    return tuple(notes)


def _column(column: Column, words: Words) -> TableColumn:
    left = column.kind in _LEFT
    return TableColumn(
        header=words.say(column.label),
        align=Align.LEFT if left else Align.CENTRE if column.kind is Kind.MARK else Align.RIGHT,
        weight=_WEIGHTS.get(column.kind, 1.0),
    )


def _check_rows(table: Table) -> None:
    for number, row in enumerate(table.rows, start=1):
        if len(row) != len(table.columns):
            raise AnalysisError(
                "row {row} of table {table} has {cells} cells for {columns} columns",
                row=number,
                table=table.id,
                cells=len(row),
                columns=len(table.columns),
            )
