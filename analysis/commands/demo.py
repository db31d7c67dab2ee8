"""``zhiyan demo``: a whole project with made-up answers, its report and its questionnaire."""

from __future__ import annotations

import argparse
import os

from analysis.commands.console import PASSPHRASE_VARIABLE, Console
from analysis.demo import DEMO_PASSPHRASE, FILES, make_demo
from surveys.problems import SurveyError


def run(options: argparse.Namespace, console: Console) -> int:
    """Make the demonstration in a folder that has none yet."""
    words = console.words
    there = [name for name in FILES if (options.folder / name).exists()]
    if there:
        raise SurveyError(
            "{folder} already holds {names}; choose another folder or delete them first.",
            folder=str(options.folder),
            names=there,
        )
    given = os.environ.get(PASSPHRASE_VARIABLE)
    with console.progress(words("Making the demonstration")) as tick:
        findings = make_demo(
            options.folder,
            given or DEMO_PASSPHRASE,
            language=options.lang,
            n=options.respondents,
            seed=options.seed,
            tick=tick,
        )
    console.say(
        words(
            "{folder}: a project with {n} made-up entries (SYNTHETIC), its report and its "
            "questionnaire.",
            folder=str(options.folder),
            n=findings.n_received,
        )
    )
    if not given:
        console.say(words("Passphrase of the project: {phrase}", phrase=DEMO_PASSPHRASE))
    return 0
