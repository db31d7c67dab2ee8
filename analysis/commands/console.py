"""Talking to a person at a terminal, or to a file that stands in for one."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from surveys.problems import Problem, Severity, SurveyError
from surveys.words import Words

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

PASSPHRASE_VARIABLE = "ZHIYAN_PASSPHRASE"  # noqa: S105
SHOWN_PROBLEMS = 50


class UsageError(SurveyError):
    """The command cannot be run as it was given."""


class Console:
    """Where the commands write, in one language.

    Parameters
    ----------
    words
        Language of what is said.
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        for stream in (sys.stdout, sys.stderr):
            # A console set to cp936 or ASCII shows a question mark rather than stopping the work.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")

    def say(self, sentence: str) -> None:
        """Print one line."""
        sys.stdout.write(sentence + "\n")
        sys.stdout.flush()

    def error(self, sentence: str) -> None:
        """Print one line to standard error."""
        sys.stderr.write(sentence + "\n")

    def problems(self, problems: Sequence[Problem]) -> None:
        """List problems, errors first; of very many only the first ones and the count."""
        ordered = sorted(problems, key=lambda problem: problem.severity is not Severity.ERROR)
        for problem in ordered[:SHOWN_PROBLEMS]:
            mark = (
                self.words("error") if problem.severity is Severity.ERROR else self.words("warning")
            )
            self.error(self.words("  {mark}: {problem}", mark=mark, problem=problem))
        if len(ordered) > SHOWN_PROBLEMS:
            rest = len(ordered) - SHOWN_PROBLEMS
            self.error("  " + self.words.plural("and {n} more", "and {n} more", rest))

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a plain table whose columns line up, Chinese characters counting double."""
        from rich.cells import cell_len

        grid = [list(headers), *[list(row) for row in rows]]
        widths = [max(cell_len(row[i]) for row in grid) for i in range(len(headers))]
        for row in grid:
            cells = [
                cell + " " * (width - cell_len(cell))
                for cell, width in zip(row, widths, strict=True)
            ]
            self.say("  ".join(cells).rstrip())

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[float], None]]:
        """Show a bar while something runs; hands out the function that moves it.

        Where nobody watches, the bar is one line when the work ends.
        """
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        console = self._rich()
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            console=console,
            transient=False,
        )
        with bar:
            task = bar.add_task(what, total=1.0)

            def tick(share: float) -> None:
                bar.update(task, completed=min(1.0, share))

            yield tick
            bar.update(task, completed=1.0)

    def passphrase(self, *, new: bool = False) -> str:
        """Return the passphrase, from the variable or asked for; twice for a new project.

        Raises
        ------
        UsageError
            If there is neither the variable nor a terminal, or the two differ.
        """
        given = os.environ.get(PASSPHRASE_VARIABLE)
        if given:
            return given
        if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty():
            raise UsageError(
                "A passphrase is needed: run this in a terminal, or set the variable {variable}.",
                variable=PASSPHRASE_VARIABLE,
            )
        first = getpass.getpass(self.words("Passphrase: "))
        if new:
            self.say(
                self.words("Without the passphrase the answers are lost; nobody can get them back.")
            )
            if getpass.getpass(self.words("Once more: ")) != first:
                raise UsageError("The two passphrases differ; nothing was made.")
        return first

    def _rich(self) -> RichConsole:
        from rich.console import Console as Rich

        return Rich(file=sys.stderr, highlight=False, markup=False, emoji=False)
