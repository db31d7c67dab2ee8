"""``zhiyan check``: everything wrong with a questionnaire."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.commands.console import Console
from analysis.commands.inputs import PROJECT_ENDING, open_project
from analysis.job import project_instrument
from surveys import bank
from surveys.checks import check
from surveys.instrument_yaml import inspect_instrument, read_text
from surveys.model import Instrument
from surveys.problems import Problem, Severity, SurveyError


def run(options: argparse.Namespace, console: Console) -> int:
    """List every problem of an instrument file or a project's questionnaire; 1 if any is an error."""
    words = console.words
    instrument: Instrument | None
    found: tuple[Problem, ...] = ()
    if options.file.endswith(PROJECT_ENDING):
        with open_project(Path(options.file), console, read_only=True) as project:
            instrument = project_instrument(project)
    else:
        instrument, found = inspect_instrument(*_text_and_name(options.file))
    problems = _without_repeats([*found, *(check(instrument) if instrument else ())])
    console.problems(problems)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    console.say(
        words(
            "{title}: {items} questions, {errors} errors, {warnings} warnings.",
            title=instrument.title if instrument is not None else options.file,
            items=len(instrument.items) if instrument is not None else "?",
            errors=errors,
            warnings=len(problems) - errors,
        )
    )
    return 1 if errors else 0


def _text_and_name(name: str) -> tuple[str, str]:
    if name in bank.INSTRUMENTS:
        return bank.instrument_text(name), f"{name}.yaml"
    path = Path(name)
    if not path.exists():
        raise SurveyError(
            "“{name}” is neither a file nor a shipped questionnaire; there are {known}.",
            name=name,
            known=list(bank.INSTRUMENTS),
        )
    return read_text(path), path.name


def _without_repeats(problems: list[Problem]) -> list[Problem]:
    """Drop what both the reader and the checks found."""
    return list({(problem.code, str(problem.what)): problem for problem in problems}.values())
