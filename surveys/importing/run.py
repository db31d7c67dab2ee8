"""Bringing the answers of a foreign file into a project: first a plan, then the import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from surveys.answers import Missing
from surveys.entry import AnswerValue, Entry, EntryBuilder, Keying, Status
from surveys.importing.column_roles import Role, seconds
from surveys.importing.plan import ImportPlan
from surveys.importing.typed_columns import TypedColumn
from surveys.model import Instrument
from surveys.problems import Problem, SurveyError
from surveys.project import ImportSource, Project
from surveys.words import Message

Tick = Callable[[float], None]


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
    _refuse_errors(plan)
    _refuse_other_instrument(project, plan)
    if not again:
        _refuse_repetition(project, plan)
    new_instrument = project.instrument is None
    marked = plan.synthetic and not project.study.synthetic
    with project.transaction():
        if new_instrument:
            project.save_instrument(plan.instrument)
        if marked:
            project.save_study(msgspec.structs.replace(project.study, synthetic=True))
        entries = _SizedEntries(plan, project.instrument or plan.instrument, batch)
        n = project.add_entries(entries, source=_source(plan), tick=tick)
    return ImportReport(n, new_instrument, marked, plan.problems, plan.notes)


def _source(plan: ImportPlan) -> ImportSource:
    source = plan.table.source
    return ImportSource(
        file=source.name,
        format=source.format,
        sha256=source.sha256,
        counts={"rows": plan.n_rows, "bad_cells": plan.n_bad_cells},
        notes=plan.notes,
    )


def _refuse_errors(plan: ImportPlan) -> None:
    if plan.errors:
        raise SurveyError(
            "{file} cannot be imported; problems found: {n}. Nothing was changed.",
            problems=plan.errors,
            file=plan.table.source.name,
            n=plan.n_errors,
        )


def _refuse_other_instrument(project: Project, plan: ImportPlan) -> None:
    current = project.instrument
    if current is None and plan.inference is None:
        raise SurveyError("The project has no questionnaire yet. Choose one before importing.")
    if current is not None and _content(current) != _content(plan.instrument):
        raise SurveyError(
            "The questionnaire of the project is another than the one the import was planned for. Plan the import again."
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
    for column in plan.columns(Role.SERIAL)[:1]:
        return [text.strip() for text in column.texts()]
    return [""] * plan.n_rows


def _durations(plan: ImportPlan) -> list[float | None]:
    for column in plan.columns(Role.SECONDS)[:1]:
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
