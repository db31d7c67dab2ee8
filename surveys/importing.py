"""Bringing the answers of a foreign file into a project: first a plan, then the import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from surveys.answers import Missing
from surveys.column_mapping import ColumnMapping
from surveys.column_roles import Role, says_synthetic, seconds
from surveys.entry import AnswerValue, Entry, EntryBuilder, Keying, Status
from surveys.formats.reading import read_table
from surveys.formats.table import RawTable
from surveys.inference import Inference, infer_instrument
from surveys.matching import ColumnUse, item_problems, match
from surveys.model import Instrument
from surveys.problems import Problem, Severity, SurveyError
from surveys.project import ImportSource, Project
from surveys.typed_columns import MAX_LISTED, TypedColumn, TypedColumns, read_columns
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
    bad_cells
        ``"refuse"``: such cells stop the import; ``"keep"``: they are stored as out of range with
        the text as written.
    synthetic
        The file says that its answers are made up.
    """

    table: RawTable
    instrument: Instrument
    inference: Inference | None
    uses: tuple[ColumnUse, ...]
    labels: dict[str, dict[str, int]]
    problems: tuple[Problem, ...]
    n_bad_cells: int
    notes: tuple[Message, ...]
    bad_cells: BadCells
    synthetic: bool
    typed: TypedColumns

    @property
    def n_rows(self) -> int:
        """Number of forms that would be added."""
        return self.table.n_rows

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop the import."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)

    @property
    def n_errors(self) -> int:
        """Number of all errors, cells that are not listed included."""
        unlisted = self.n_bad_cells - len(self.typed.bad_cells)
        return len(self.errors) + (unlisted if self.bad_cells == "refuse" else 0)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes
    ----------
    n_entries
        Forms added.
    new_instrument
        Whether the guessed questionnaire became the project's.
    synthetic
        Whether the project was marked as holding made-up answers.
    problems, notes
        Warnings and decisions of the plan.
    """

    n_entries: int
    new_instrument: bool
    synthetic: bool
    problems: tuple[Problem, ...]
    notes: tuple[Message, ...]


def plan_import(
    path: Path,
    instrument: Instrument | None = None,
    *,
    mapping: ColumnMapping | None = None,
    format: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    bad_cells: BadCells = "refuse",
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
    bad_cells
        What to do with cells that are no answer of their item.

    Raises
    ------
    SurveyError
        If the file cannot be read as a table. What is wrong with its content is in the plan.
    """
    if bad_cells not in {"refuse", "keep"}:
        raise ValueError(f"bad_cells is refuse or keep, not {bad_cells!r}")
    table = read_table(path, format=format, encoding=encoding, separator=separator, sheet=sheet)
    return plan_table(table, instrument, mapping=mapping, bad_cells=bad_cells)


def plan_table(
    table: RawTable,
    instrument: Instrument | None = None,
    *,
    mapping: ColumnMapping | None = None,
    bad_cells: BadCells = "refuse",
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
        notes += [*inference.guesses, *inference.questions]
    else:
        matched = match(table, instrument, mapping)
        uses, problems = matched.uses, list(matched.problems)
    notes += _left_out(uses)
    typed = read_columns(table, instrument, uses, mapping)
    problems += [*typed.warnings, *_cells(typed, bad_cells), *_serial_problems(table, uses)]
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
        bad_cells=bad_cells,
        synthetic=any(says_synthetic(table.column(use.column)) for use in _of(uses, Role.STATUS)),
        typed=typed,
    )


def _of(uses: Sequence[ColumnUse], role: Role) -> list[ColumnUse]:
    return [use for use in uses if use.role is role]


def _left_out(uses: Sequence[ColumnUse]) -> Iterator[Message]:
    for use in uses:
        if use.role in {Role.IDENTIFIER, Role.DROPPED}:
            yield message("Column {name} is left out: {why}", name=use.column, why=use.why)


def _cells(typed: TypedColumns, bad_cells: BadCells) -> Iterator[Problem]:
    for problem in typed.bad_cells:
        if bad_cells == "refuse":
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


def run_import(
    project: Project,
    plan: ImportPlan,
    *,
    again: bool = False,
    batch: str = "",
    tick: Tick | None = None,
) -> ImportReport:
    """Write a planned import into a project: everything, or nothing.

    Parameters
    ----------
    project
        Open for writing.
    plan
        From :func:`plan_import`.
    again
        Import the file even if the project has it already, or forms with the same numbers.
    batch
        Name of the batch for the entries.
    tick
        Told the share of the work that is done; may raise to stop.

    Raises
    ------
    SurveyError
        If the plan has errors, the file was imported before, or the plan was made for another
        questionnaire. The project is then as it was.
    """
    source = plan.table.source
    _refuse_errors(plan)
    if not again:
        _refuse_repetition(project, plan)
    current = project.instrument
    if current is None and plan.inference is None:
        raise SurveyError("The project has no questionnaire yet. Choose one before importing.")
    if current is not None and _content(current) != _content(plan.instrument):
        raise SurveyError(
            "The questionnaire of the project is another than the one the import was planned for. Plan the import again."
        )
    new_instrument = current is None
    marked = plan.synthetic and not project.study.synthetic
    with project.transaction():
        if new_instrument:
            project.save_instrument(plan.instrument)
        if marked:
            project.save_study(msgspec.structs.replace(project.study, synthetic=True))
        entries = _SizedEntries(plan, project.instrument or plan.instrument, batch)
        n = project.add_entries(
            entries,
            source=ImportSource(
                file=source.name,
                format=source.format,
                sha256=source.sha256,
                counts={"rows": plan.n_rows, "bad_cells": plan.n_bad_cells},
                notes=plan.notes,
            ),
            tick=tick,
        )
    return ImportReport(n, new_instrument, marked, plan.problems, plan.notes)


def _refuse_errors(plan: ImportPlan) -> None:
    if plan.errors:
        raise SurveyError(
            "{file} cannot be imported; problems found: {n}. Nothing was changed.",
            problems=plan.errors,
            file=plan.table.source.name,
            n=plan.n_errors,
        )


def _refuse_repetition(project: Project, plan: ImportPlan) -> None:
    source = plan.table.source
    for earlier in project.imports():
        if earlier.sha256 == source.sha256:
            raise SurveyError(
                "{file} was imported before, under the name {name} ({date}). Nothing was changed. If the forms were removed since, import it again on purpose.",
                file=source.name,
                name=earlier.file,
                date=earlier.at[:10],
            )
    if not project.n_entries:
        return
    there = {entry.serial for entry in project.entries(Keying.FINAL)} - {""}
    n = sum(serial in there for serial in _serials(plan))
    if n:
        raise SurveyError(
            "{n} forms of {file} have a number that a form in the project has already. Nothing was changed. Leave them out, or import them again on purpose.",
            n=n,
            file=source.name,
        )


def _content(instrument: Instrument) -> bytes:
    """Return what an instrument says; whole numbers read back as decimals make no difference."""
    encoded = msgspec.json.encode(instrument)
    return msgspec.json.encode(msgspec.json.decode(encoded, type=Instrument))


def _serials(plan: ImportPlan) -> list[str]:
    for use in _of(plan.uses, Role.SERIAL)[:1]:
        return [text.strip() for text in plan.table.column(use.column).texts()]
    return [""] * plan.n_rows


def _durations(plan: ImportPlan) -> list[float | None]:
    for use in _of(plan.uses, Role.SECONDS)[:1]:
        column = plan.table.column(use.column)
        values = [seconds(text) for text in column.distinct]
        return [values[code] for code in column.codes.tolist()]
    return [None] * plan.n_rows


class _SizedEntries:
    """The entries of a plan, built one by one; its length lets the project report progress."""

    def __init__(self, plan: ImportPlan, instrument: Instrument, batch: str) -> None:
        self._plan = plan
        self._builder = EntryBuilder(instrument)
        self._batch = batch

    def __len__(self) -> int:
        return self._plan.n_rows

    def __iter__(self) -> Iterator[Entry]:
        plan = self._plan
        columns = plan.typed.columns
        ids = [column.item.id for column in columns]
        values = zip(*map(_values, columns), strict=True)
        written = _written(columns)
        partial = np.zeros(plan.n_rows, dtype=bool)
        for column in columns:
            partial |= column.has_kind(Missing.NOT_REACHED)
        about = zip(_serials(plan), _durations(plan), partial.tolist(), strict=True)
        for row, (answers, (serial, taken, stopped)) in enumerate(zip(values, about, strict=True)):
            yield self._builder.build(
                dict(zip(ids, answers, strict=True)),
                written=written.get(row),
                status=Status.PARTIAL if stopped else Status.COMPLETE,
                serial=serial,
                batch=self._batch,
                seconds=taken,
            )


def _values(column: TypedColumn) -> list[AnswerValue | Missing]:
    distinct: list[AnswerValue | Missing] = [
        reading.missing or reading.value for reading in column.readings
    ]
    return [distinct[code] for code in column.codes.tolist()]


def _written(columns: Sequence[TypedColumn]) -> dict[int, dict[str, str]]:
    texts: dict[int, dict[str, str]] = {}
    for column in columns:
        bad = np.array([bool(reading.written) for reading in column.readings], dtype=bool)
        for row in np.flatnonzero(bad[column.codes]).tolist():
            reading = column.readings[column.codes[row]]
            texts.setdefault(row, {})[column.item.id] = reading.written
    return texts
