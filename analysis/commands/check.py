"""``zhiyan check``: everything wrong with a questionnaire."""

from __future__ import annotations

import argparse

from analysis.commands.console import Console
from analysis.commands.inputs import find_instrument
from surveys.checks import check
from surveys.problems import Severity


def run(options: argparse.Namespace, console: Console) -> int:
    """List every problem of an instrument file; 1 if any is an error."""
    words = console.words
    instrument = find_instrument(options.file)
    problems = check(instrument)
    console.problems(problems)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    console.say(
        words(
            "{title}: {items} questions, {errors} errors, {warnings} warnings.",
            title=instrument.title,
            items=len(instrument.items),
            errors=errors,
            warnings=len(problems) - errors,
        )
    )
    return 1 if errors else 0
