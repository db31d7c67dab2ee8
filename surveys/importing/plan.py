"""What importing a foreign file would do, with every problem in it; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from surveys.checks import check
from surveys.formats.reading import read_table
from surveys.formats.table import Column, RawTable
from surveys.importing.column_mapping import ColumnMapping
from surveys.importing.column_roles import Role, says_synthetic, seconds
from surveys.importing.inference import Inference, infer_instrument
from surveys.importing.matching import ColumnUse, item_problems, match
from surveys.importing.typed_columns import MAX_LISTED, TypedColumns, read_columns
from surveys.model import Instrument
from surveys.problems import Problem, Severity
from surveys.words import Message, message

BadCells = Literal["refuse", "keep"]
Tick = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class ImportPlan:
    """What an import would do; nothing has been written yet.

    Attributes
    ----------
    table
        The file as read, without its empty rows.
    instrument
        The questionnaire: the given one, or the one guessed.
    inference
        How it was guessed; None if it was given.
    uses
        What each column is, in the order of the file.
    labels
        Item id to the words found in its cells in place of codes, with the code of each.
    problems
        What is wrong, errors first; cells are listed up to a limit.
    n_bad_cells
        Number of all cells that are no answer of their item.
    notes
        What was decided or left out.
    on_bad_cells
        ``"refuse"``: such cells stop the import; ``"keep"``: they are stored as out of range with
        the text as written.
    synthetic
        The file says that its answers are made up.
    typed
        The answers of each item, in memory only.
    """

    table: RawTable
    instrument: Instrument
    inference: Inference | None
    uses: tuple[ColumnUse, ...]
    labels: dict[str, dict[str, int]]
    problems: tuple[Problem, ...]
    n_bad_cells: int
    notes: tuple[Message, ...]
    on_bad_cells: BadCells
    synthetic: bool
    typed: TypedColumns

    @property
    def n_rows(self) -> int:
        """Number of forms that would be added."""
        return self.table.n_rows

    def columns(self, role: Role) -> list[Column]:
        """Return the columns of a role, in the order of the file."""
        return [self.table.column(use.column) for use in self.uses if use.role is role]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop the import."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)

    @property
    def n_errors(self) -> int:
        """Number of all errors, cells that are not listed included."""
        unlisted = self.n_bad_cells - len(self.typed.bad_cells)
        return len(self.errors) + (unlisted if self.on_bad_cells == "refuse" else 0)


def plan_import(
    path: Path,
    instrument: Instrument | None = None,
    *,
    mapping: ColumnMapping | None = None,
    format: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    on_bad_cells: BadCells = "refuse",
) -> ImportPlan:
    """Read a file and say what importing it would do.

    Parameters
    ----------
    path
        A table: CSV, .xlsx, .xls, .ods or .sav.
    instrument
        The questionnaire that was answered; None: guess it from the file.
    mapping
        What the columns are, where their names do not say it, and further missing values.
    format, encoding, separator, sheet
        See :func:`surveys.formats.reading.read_table`.
    on_bad_cells
        What to do with cells that are no answer of their item.

    Raises
    ------
    SurveyError
        If the file cannot be read as a table. What is wrong with its content is in the plan.
    """
    if on_bad_cells not in {"refuse", "keep"}:
        raise ValueError(f"on_bad_cells is refuse or keep, not {on_bad_cells!r}")
    table = read_table(path, format=format, encoding=encoding, separator=separator, sheet=sheet)
    return plan_table(table, instrument, mapping=mapping, on_bad_cells=on_bad_cells)


def plan_table(
    table: RawTable,
    instrument: Instrument | None = None,
    *,
    mapping: ColumnMapping | None = None,
    on_bad_cells: BadCells = "refuse",
) -> ImportPlan:
    """Say what importing a table would do; see :func:`plan_import`."""
    mapping = mapping or ColumnMapping()
    notes = list(table.source.notes)
    blank = table.blank_rows()
    if blank.any():
        table = table.rows(~blank)
        notes.append(message("Empty rows were left out: {n}.", n=int(blank.sum())))
    inference: Inference | None = None
    if instrument is None:
        inference = infer_instrument(table, Path(table.source.name).stem, mapping)
        instrument, uses = inference.instrument, inference.uses
        problems = item_problems(table, uses, instrument, mapping)
        problems += [p for p in check(instrument) if p.severity is Severity.ERROR]
        notes += [*inference.guesses, *inference.questions]
    else:
        matched = match(table, instrument, mapping)
        uses, problems = matched.uses, list(matched.problems)
    notes += _describe(table, uses)
    typed = read_columns(table, instrument, uses, mapping)
    problems += [*typed.warnings, *_cells(typed, on_bad_cells), *_serial_problems(table, uses)]
    problems += _status_problems(table, uses)
    return ImportPlan(
        table=table,
        instrument=instrument,
        inference=inference,
        uses=uses,
        labels={column.item.id: column.labels for column in typed.columns if column.labels},
        problems=tuple(sorted(problems, key=lambda p: p.severity is not Severity.ERROR)),
        n_bad_cells=typed.n_bad,
        notes=(*notes, *typed.notes),
        on_bad_cells=on_bad_cells,
        synthetic=any(says_synthetic(table.column(use.column)) for use in _of(uses, Role.STATUS)),
        typed=typed,
    )


def _of(uses: Sequence[ColumnUse], role: Role) -> list[ColumnUse]:
    return [use for use in uses if use.role is role]


def _describe(table: RawTable, uses: Sequence[ColumnUse]) -> Iterator[Message]:
    """Say what the columns are that are no items."""
    for use in uses:
        match use.role:
            case Role.IDENTIFIER | Role.DROPPED:
                yield message("Column {name} is left out: {why}", name=use.column, why=use.why)
            case Role.SERIAL:
                yield message(
                    "Column {name} is taken for the number of the form; it is never shown in results.",
                    name=use.column,
                )
            case Role.SECONDS:
                yield message(
                    "Column {name} is taken for the time taken, in seconds.", name=use.column
                )
                column = table.column(use.column)
                counts = zip(column.distinct, column.counts().tolist(), strict=True)
                if n := sum(n for text, n in counts if text.strip() and seconds(text) is None):
                    yield message(
                        "Column {name}: {n} cells are no duration; the time taken is unknown there.",
                        name=use.column,
                        n=n,
                    )
            case Role.STATUS:
                yield message(
                    "Column {name} says whether the answers are made up.", name=use.column
                )


def _cells(typed: TypedColumns, on_bad_cells: BadCells) -> Iterator[Problem]:
    for problem in typed.bad_cells:
        if on_bad_cells == "refuse":
            yield problem
        else:
            yield msgspec.structs.replace(
                problem,
                remedy=message("It is stored as out of range, with the text as written."),
                severity=Severity.WARNING,
            )


def _serial_problems(table: RawTable, uses: Sequence[ColumnUse]) -> Iterator[Problem]:
    """Find numbers of forms that several rows have; the numbers themselves are not shown."""
    for use in _of(uses, Role.SERIAL)[:1]:
        column = table.column(use.column)
        repeated = [
            place
            for place, n in enumerate(column.counts().tolist())
            if n > 1 and column.distinct[place].strip()
        ]
        for place in repeated[:MAX_LISTED]:
            rows = np.flatnonzero(column.codes == place)
            yield Problem(
                "duplicate-serial",
                message(
                    "{places}, column {name}",
                    places=[table.place(row) for row in rows[:10].tolist()],
                    name=use.column,
                ),
                message("{n} rows have the same number of the form.", n=len(rows)),
                message(
                    "Remove the copies; or, if the column is no number of the form, leave it out in the mapping."
                ),
            )
        if len(repeated) > MAX_LISTED:
            yield Problem(
                "duplicate-serial",
                message("Column {name}", name=use.column),
                message("{n} numbers of forms occur more than once.", n=len(repeated)),
                message("Only the first of them are listed."),
            )


def _status_problems(table: RawTable, uses: Sequence[ColumnUse]) -> Iterator[Problem]:
    for use in _of(uses, Role.STATUS):
        column = table.column(use.column)
        if says_synthetic(column) and len(column.distinct) > 1:
            yield Problem(
                "mixed-status",
                message("Column {name}", name=use.column),
                message("Some rows are marked as made up and others are not."),
                message("Split the file, and never mix made-up answers with real ones."),
            )
