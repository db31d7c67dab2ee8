"""``zhiyan analyse``: run the plan of a project."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from analysis.commands.console import Console
from analysis.commands.inputs import open_project
from analysis.job import analyse_project, saved_plan
from analysis.plan import Plan


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the analyses, save the findings, and say in short what came out."""
    words = console.words
    with open_project(options.file, console) as project:
        if options.write_plan is not None:
            options.write_plan.write_bytes(saved_plan(project).encode())
            console.say(words("Wrote the plan to {file}.", file=str(options.write_plan)))
            return 0
        plan = None if options.plan is None else _read_plan(options.plan)
        with console.progress(words("Analysing")) as tick:
            findings = analyse_project(project, plan, tick)
    for chapter in findings.chapters:
        console.say("")
        console.say(words.say(chapter.title))
        if chapter.omitted is not None:
            console.say("  " + words("Left out: {reason}", reason=chapter.omitted))
        for sentence in chapter.sentences:
            console.say("  " + words.say(sentence))
    if options.json is not None:
        options.json.write_bytes(msgspec.json.format(findings.encode(), indent=1))
        console.say("")
        console.say(words("Wrote every table to {file}.", file=str(options.json)))
    return 0


def _read_plan(path: Path) -> Plan:
    return Plan.decode(path.read_bytes())
