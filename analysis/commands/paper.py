"""``zhiyan paper``: print the questionnaire."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.commands.console import Console, UsageError
from analysis.commands.inputs import PROJECT_ENDING, find_instrument, open_project
from analysis.job import project_instrument


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the paper form of a project's, a file's or a shipped questionnaire."""
    from analysis.reports.paper_form import write_paper

    words = console.words
    if options.copies < 1:
        raise UsageError("The number of copies is {n}; it starts at 1.", n=options.copies)
    synthetic = False
    path = Path(options.file)
    if path.suffix == PROJECT_ENDING:
        with open_project(path, console) as project:
            instrument, synthetic = project_instrument(project), project.study.synthetic
    else:
        instrument = find_instrument(options.file)
    write_paper(
        instrument, options.output, options.lang, copies=options.copies, synthetic=synthetic
    )
    console.say(words("Wrote {file}.", file=str(options.output)))
    return 0
