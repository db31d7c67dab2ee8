"""``zhiyan report``: print the report of a project."""

from __future__ import annotations

import argparse

from analysis.commands.console import Console
from analysis.commands.inputs import open_project
from analysis.job import analyse_project, project_instrument


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the report, from the saved findings if nothing changed since."""
    from analysis.reports.findings_report import write_report

    words = console.words
    with open_project(options.file, console) as project:
        with console.progress(words("Analysing")) as tick:
            findings = analyse_project(project, tick=tick)
        instrument, study = project_instrument(project), project.study
    with console.progress(words("Printing")):
        write_report(findings, instrument, study, options.output, options.lang)
    console.say(words("Wrote {file}.", file=str(options.output)))
    return 0
