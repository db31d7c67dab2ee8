"""``zhiyan new``: make a project."""

from __future__ import annotations

import argparse

from analysis.commands.console import Console
from analysis.commands.inputs import find_instrument
from surveys.project import Project
from surveys.study import Study
from surveys.words import Text


def run(options: argparse.Namespace, console: Console) -> int:
    """Make a project with a questionnaire and no answers."""
    words = console.words
    instrument = find_instrument(options.instrument)
    title = Text({words.language: options.title}) if options.title else instrument.title
    passphrase = console.passphrase(new=True)
    with Project.create(options.file, passphrase, Study(title=title), instrument):
        console.say(
            words(
                "Made {file} with the questionnaire “{title}” ({n} questions).",
                file=str(options.file),
                title=instrument.title,
                n=len(instrument.items),
            )
        )
    return 0
