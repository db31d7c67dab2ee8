"""The command ``zhiyan``: what it understands, and what it says when something is wrong.

Exit codes: 0 done, 1 the input has problems, 2 the command was used wrongly. Heavy libraries are
imported by the commands that need them.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis.commands.console import Console, UsageError
from analysis.errors import AnalysisError
from surveys.problems import SurveyError
from surveys.words import LANGUAGES, Words, message

COMMANDS = (
    "demo",
    "instruments",
    "new",
    "check",
    "import",
    "analyse",
    "report",
    "paper",
)
"""Commands of this program; anything else opens the window."""


_REASONS = {
    errno.ENOENT: message("there is no such file or folder"),
    errno.EACCES: message("no permission"),
    errno.EPERM: message("no permission"),
    errno.EROFS: message("the disk is read-only"),
    errno.ENOSPC: message("the disk is full"),
    errno.EISDIR: message("it is a folder"),
    errno.ENOTDIR: message("part of the path is not a folder"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments
        The words after ``zhiyan``; those of this process where ``None``.
    """
    words = Words(_language_of_the_machine())
    console = Console(words)
    try:
        options = _parser(words).parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    try:
        code: int = importlib.import_module(f"analysis.commands.{options.module}").run(
            options, console
        )
    except (SurveyError, AnalysisError, OSError, KeyboardInterrupt) as error:
        code = _say_why(error, console)
    return code


def _say_why(error: BaseException, console: Console) -> int:
    """Word what stopped a command; anything else is a fault of the program and is not caught."""
    words = console.words
    match error:
        case UsageError():
            console.error(words.say(error))
            return 2
        case SurveyError():
            console.error(words.say(error))
            console.problems(error.problems)
        case AnalysisError():
            console.error(words.say(error))
        case OSError():
            console.error(
                words(
                    "{file}: {reason}. Check that the folder exists, that you may write there and "
                    "that no other program holds the file open.",
                    file=str(error.filename or ""),
                    reason=_REASONS.get(error.errno or 0) or error.strerror or str(error),
                )
            )
        case _:
            console.error(words("Stopped. Nothing half-done was kept."))
            return 130
    return 1


def _language_of_the_machine() -> str:
    """Return the language the messages are in: that of the machine, Chinese or else English."""
    chosen = os.environ.get("ZHIYAN_LANG", "")
    if chosen in LANGUAGES:
        return chosen
    import locale

    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "zh" if os.environ[name].lower().startswith("zh") else "en"
    try:
        name = locale.getlocale()[0] or ""
    except ValueError:
        name = ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def _parser(words: Words) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="zhiyan",
        description=words(
            "Morale surveys of local officials, from the blank page to the printed report. "
            "Without a command the window opens. Passphrases are asked for, or taken from the "
            "variable ZHIYAN_PASSPHRASE."
        ),
    )
    commands = parser.add_subparsers(metavar=words("COMMAND"), required=True)
    _add_collecting(commands, words)
    _add_analysing(commands, words)
    return parser


def _add_collecting(commands: argparse._SubParsersAction, words: Words) -> None:  # type: ignore[type-arg]
    demo = commands.add_parser(
        "demo", help=words("make a project with made-up answers, its report and questionnaire")
    )
    demo.add_argument("folder", metavar=words("DIR"), type=Path)
    _add_language(demo, words, LANGUAGES)
    demo.add_argument(
        "--respondents", type=int, default=3400, help=words("how many people (default 3400)")
    )
    demo.add_argument("--seed", type=int, default=None, help=words("seed of the random numbers"))
    demo.set_defaults(module="demo")

    bank = commands.add_parser("instruments", help=words("list the shipped questionnaires"))
    bank.set_defaults(module="instruments")

    new = commands.add_parser("new", help=words("make a project"))
    new.add_argument("file", metavar=words("FILE"), type=Path)
    new.add_argument(
        "--instrument",
        required=True,
        metavar="ID|PATH",
        help=words("a shipped questionnaire, or a questionnaire file"),
    )
    new.add_argument("--title", default="", help=words("title of the survey"))
    new.set_defaults(module="new")

    check = commands.add_parser("check", help=words("list everything wrong with a questionnaire"))
    check.add_argument(
        "file", metavar=words("FILE"), help=words("a file, or a shipped questionnaire")
    )
    check.set_defaults(module="check")

    bring = commands.add_parser("import", help=words("bring answers from a file into a project"))
    bring.add_argument("file", metavar=words("FILE"), type=Path)
    bring.add_argument("data", metavar=words("DATA"), type=Path)
    bring.add_argument(
        "--mapping", type=Path, help=words("file that says which column is which item")
    )
    bring.add_argument("--encoding", help=words("encoding of the text, if the guess is wrong"))
    bring.add_argument("--format", help=words("csv, xlsx or sav, if the guess is wrong"))
    bring.add_argument(
        "--keep-bad",
        action="store_true",
        help=words("keep answers out of range as written, instead of refusing the file"),
    )
    bring.add_argument(
        "--again",
        action="store_true",
        help=words("import a file that was imported before once more"),
    )
    bring.add_argument(
        "--dry-run", action="store_true", help=words("say what would happen, and change nothing")
    )
    bring.set_defaults(module="bring_in")


def _add_analysing(commands: argparse._SubParsersAction, words: Words) -> None:  # type: ignore[type-arg]
    analyse = commands.add_parser("analyse", help=words("run the analyses of a project"))
    analyse.add_argument("file", metavar=words("FILE"), type=Path)
    analyse.add_argument("--plan", type=Path, help=words("plan to run instead of the saved one"))
    analyse.add_argument(
        "--write-plan",
        type=Path,
        metavar=words("OUT"),
        help=words("write the plan to a file, to be changed, and run nothing"),
    )
    analyse.add_argument(
        "--json",
        type=Path,
        metavar=words("OUT"),
        help=words("write every table at full precision"),
    )
    analyse.set_defaults(module="analyse")

    report = commands.add_parser("report", help=words("print the report of a project"))
    report.add_argument("file", metavar=words("FILE"), type=Path)
    _add_output(report, words)
    _add_language(report, words, LANGUAGES)
    report.set_defaults(module="report")

    paper = commands.add_parser("paper", help=words("print the questionnaire"))
    paper.add_argument(
        "file", metavar="FILE|ID", help=words("a project, a questionnaire file or a shipped one")
    )
    _add_output(paper, words)
    _add_language(paper, words, (*LANGUAGES, "both"))
    paper.add_argument("--copies", type=int, default=1, help=words("how many forms to print"))
    paper.set_defaults(module="paper")


def _add_output(parser: argparse.ArgumentParser, words: Words) -> None:
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        type=Path,
        metavar=words("OUT.pdf"),
        help=words("file to write"),
    )


def _add_language(parser: argparse.ArgumentParser, words: Words, choices: Sequence[str]) -> None:
    parser.add_argument(
        "--lang",
        choices=choices,
        default=words.language,
        help=words("language of what is printed"),
    )


if __name__ == "__main__":
    sys.exit(main())
