"""``zhiyan import``: bring answers from a file into a project."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.commands.console import Console
from analysis.commands.inputs import open_project
from surveys.importing.column_mapping import read_mapping
from surveys.importing.plan import ImportPlan, plan_import
from surveys.importing.run import run_import
from surveys.problems import SurveyError
from surveys.project import Project
from surveys.study import Study
from surveys.words import Text


def run(options: argparse.Namespace, console: Console) -> int:
    """Read the file, say what was understood, and add its answers: all of them or none.

    A project that does not exist yet is made, with the questionnaire guessed from the file.
    """
    words = console.words
    mapping = None if options.mapping is None else read_mapping(options.mapping)
    with _project(options, console) as project:
        with console.progress(words("Reading {file}", file=options.data.name)) as tick:
            plan = plan_import(
                options.data,
                None if project is None else project.instrument,
                mapping=mapping,
                format=options.format,
                encoding=options.encoding,
                on_bad_cells="keep" if options.keep_bad else "refuse",
            )
            tick(1.0)
        _describe(plan, console)
        if plan.n_errors:
            raise SurveyError(
                "{file}: nothing was imported, and the project is as it was. Errors: {n}.",
                problems=plan.problems,
                file=options.data.name,
                n=plan.n_errors,
            )
        console.problems(plan.problems)
        if options.dry_run:
            console.say(words("{n} forms would be added. Nothing was changed.", n=plan.n_rows))
            return 0
        if project is not None:
            return _write(project, plan, options, console)
    title = Text({words.language: options.data.stem})
    with _new_project(options.file, console, Study(title=title)) as made:
        return _write(made, plan, options, console)


@contextmanager
def _project(options: argparse.Namespace, console: Console) -> Iterator[Project | None]:
    """Open the project if there is one."""
    if not options.file.exists():
        yield None
        return
    with open_project(options.file, console, read_only=options.dry_run) as project:
        yield project


@contextmanager
def _new_project(path: Path, console: Console, study: Study) -> Iterator[Project]:
    """Make a project, and take it away again if what should go into it does not."""
    console.say(console.words("There is no {file} yet: it is made now.", file=path.name))
    with Project.create(path, console.passphrase(new=True), study) as project:
        try:
            yield project
        except BaseException:
            project.close()
            path.unlink(missing_ok=True)
            raise


def _write(
    project: Project, plan: ImportPlan, options: argparse.Namespace, console: Console
) -> int:
    words = console.words
    with console.progress(words("Importing")) as tick:
        report = run_import(project, plan, again=options.again, tick=tick)
    console.say(
        words.plural(
            "{n} form added to {file}.",
            "{n} forms added to {file}.",
            report.n_entries,
            file=options.file.name,
        )
    )
    return 0


def _describe(plan: ImportPlan, console: Console) -> None:
    words = console.words
    source = plan.table.source
    console.say(
        words(
            "{file}: {format}, {rows} rows, {columns} columns.",
            file=source.name,
            format=source.format,
            rows=plan.n_rows,
            columns=len(plan.table.columns),
        )
    )
    guessed = plan.inference
    said = () if guessed is None else (*guessed.guesses, *guessed.questions)
    if guessed is not None:
        _list(console, words("Guessed:"), guessed.guesses)
        _list(console, words("To decide:"), guessed.questions)
    _list(console, words("Noted:"), tuple(note for note in plan.notes if note not in said))
    for item, codes in plan.labels.items():
        pairs = ", ".join(f"{label} = {code}" for label, code in codes.items())
        console.say(words("  {item}: words read as codes: {pairs}", item=item, pairs=pairs))


def _list(console: Console, heading: str, sentences: tuple[object, ...]) -> None:
    if sentences:
        console.say(heading)
        for sentence in sentences:
            console.say("  - " + console.words.say(sentence))
