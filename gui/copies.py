"""Copies of a project file, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from surveys.problems import SurveyError

if TYPE_CHECKING:
    from surveys.project import Project


def copied(project: Project, path: Path) -> Project:
    """Close a project, copy its file, and open it again.

    Raises
    ------
    CopyError
        The copy cannot be written, or something is still reading the project.
    """
    from surveys.project import Project

    source, key, person = project.path, project.key, project.person
    project.close()
    error: SurveyError | None = None
    try:
        _copy_whole(source, path)
    except (OSError, SurveyError) as caught:
        error = caught if isinstance(caught, SurveyError) else _unwritable(path)
    reopened = Project.open(source, key, read_only=project.read_only, person=person)
    if error is not None:
        raise CopyError(error, reopened)
    return reopened


class CopyError(Exception):
    """A copy that was not made; carries why, and the project, which is open again."""

    def __init__(self, reason: SurveyError, project: Project) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.project = project


def _copy_whole(source: Path, path: Path) -> None:
    log = source.with_name(source.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise SurveyError("Something is still reading the project. Try again in a moment.")
    if path.resolve() == source.resolve():
        raise SurveyError("This is the project itself. Choose another name for the copy.")
    part = path.with_name(path.name + ".part")
    try:
        shutil.copyfile(source, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _unwritable(path: Path) -> SurveyError:
    return SurveyError(
        "{file} could not be written. Close it in other programs, or choose another folder.",
        file=path.name,
    )
