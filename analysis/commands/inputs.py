"""What several commands take: an instrument by id or path, an open project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.commands.console import Console
from surveys import bank
from surveys.instrument_yaml import load_instrument
from surveys.model import Instrument
from surveys.problems import SurveyError
from surveys.project import Project

PROJECT_ENDING = ".zhiyan"


def find_instrument(name: str) -> Instrument:
    """Return a shipped instrument by its id, or the one in a file.

    Raises
    ------
    SurveyError
        If it is neither, or the file has problems.
    """
    known = [entry.id for entry in bank.list_instruments()]
    if name in known:
        return bank.load(name)
    path = Path(name)
    if not path.exists():
        raise SurveyError(
            "“{name}” is neither a file nor a shipped questionnaire; there are {known}.",
            name=name,
            known=known,
        )
    return load_instrument(path)


@contextmanager
def open_project(path: Path, console: Console, *, read_only: bool = False) -> Iterator[Project]:
    """Open a project with the passphrase from the variable or the terminal."""
    if not path.exists():
        raise SurveyError(
            "There is no file “{path}”. Make a project with “zhiyan new”, or check the name.",
            path=str(path),
        )
    with Project.open(path, console.passphrase(), read_only=read_only) as project:
        yield project
