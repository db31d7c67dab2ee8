"""The tables of a project file, one step a format version.

A file's ``user_version`` is the number of steps it has gone through. A step is never changed once
a version with it has been given out; a new one is added behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import apsw

from surveys.problems import SurveyError
from surveys.project.file import FileKey, back_up

APPLICATION_ID = 0x5A485941
"""``ZHYA``: marks a database as one of ours."""

Step = Callable[[apsw.Connection], None]


def _first_tables(connection: apsw.Connection) -> None:
    connection.execute(
        """
        CREATE TABLE settings(
            name TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE instruments(
            seq INTEGER PRIMARY KEY,
            saved TEXT NOT NULL,
            body BLOB NOT NULL
        ) STRICT;

        CREATE TABLE imports(
            seq INTEGER PRIMARY KEY,
            source BLOB NOT NULL
        ) STRICT;

        CREATE TABLE entries(
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            instrument INTEGER NOT NULL REFERENCES instruments(seq),
            import INTEGER REFERENCES imports(seq),
            keying INTEGER NOT NULL,
            status INTEGER NOT NULL,
            serial TEXT NOT NULL,
            batch TEXT NOT NULL,
            keyer TEXT NOT NULL,
            device TEXT NOT NULL,
            started TEXT NOT NULL,
            finished TEXT NOT NULL,
            seconds REAL,
            answers BLOB NOT NULL,
            missing BLOB NOT NULL,
            written BLOB NOT NULL,
            digest BLOB NOT NULL
        ) STRICT;
        CREATE INDEX entries_by_keying ON entries(keying);

        CREATE TABLE plans(
            name TEXT PRIMARY KEY,
            body BLOB NOT NULL,
            changed TEXT NOT NULL
        ) STRICT;

        CREATE TABLE findings(
            key TEXT PRIMARY KEY,
            body BLOB NOT NULL,
            saved TEXT NOT NULL
        ) STRICT;

        CREATE TABLE releases(
            seq INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            body BLOB NOT NULL,
            at TEXT NOT NULL
        ) STRICT;

        CREATE TABLE audit(
            seq INTEGER PRIMARY KEY,
            event TEXT NOT NULL UNIQUE,
            device TEXT NOT NULL,
            number INTEGER NOT NULL,
            at TEXT NOT NULL,
            person TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            why TEXT NOT NULL,
            values_digest BLOB NOT NULL,
            previous BLOB NOT NULL,
            digest BLOB NOT NULL,
            UNIQUE(device, number)
        ) STRICT;

        CREATE TABLE audit_values(
            event TEXT PRIMARY KEY REFERENCES audit(event),
            salt BLOB NOT NULL,
            payload BLOB NOT NULL
        ) STRICT;
        """
    )


STEPS: tuple[Step, ...] = (_first_tables,)
"""Step ``n`` brings a file from format ``n - 1`` to format ``n``."""

FORMAT_VERSION = len(STEPS)
"""The format that this program writes."""


def format_of(connection: apsw.Connection) -> int:
    """Return the format version of an opened file."""
    return int(connection.pragma("user_version"))


def check_known(connection: apsw.Connection, path: Path, steps: Sequence[Step] = STEPS) -> int:
    """Return the format version of a project that this program can read.

    Raises
    ------
    SurveyError
        The database is not a project, or was written by a newer program.
    """
    version = format_of(connection)
    if connection.pragma("application_id") != APPLICATION_ID or version < 1:
        raise SurveyError(
            "{file} is an encrypted database, but not a Zhiyan project. Choose another file.",
            file=path.name,
        )
    if version > len(steps):
        raise SurveyError(
            "{file} was written by a newer version of this program (file format {found}, known up to {known}). Update the program on this computer; the file was not changed.",
            file=path.name,
            found=version,
            known=len(steps),
        )
    return version


def set_up(connection: apsw.Connection, steps: Sequence[Step] = STEPS) -> None:
    """Make the tables of a new project; the caller holds a transaction."""
    for step in steps:
        step(connection)
    connection.pragma("application_id", APPLICATION_ID)
    connection.pragma("user_version", len(steps))


def migrate(
    connection: apsw.Connection, path: Path, key: FileKey, steps: Sequence[Step] = STEPS
) -> Path | None:
    """Bring an older project to the newest format, all steps or none.

    A copy of the file, encrypted like it, is made beside it first and kept.

    Parameters
    ----------
    connection
        The only connection to the file.
    path, key
        Where the file is, and its key.
    steps
        Another list of steps, for tests.

    Returns
    -------
    pathlib.Path or None
        The copy, or ``None`` if nothing had to be done.

    Raises
    ------
    SurveyError
        The file is newer than this program, or no copy could be made.
    """
    version = check_known(connection, path, steps)
    if version == len(steps):
        return None
    copy = _copy(connection, path, key, version)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[version:]:
            step(connection)
        connection.pragma("user_version", len(steps))
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise SurveyError(
                "{file} could not be brought to the new file format: its tables contradict each other. It was left as it was; keep the copy {copy} and ask for help.",
                file=path.name,
                copy=copy.name,
            )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return copy


def _copy(connection: apsw.Connection, path: Path, key: FileKey, version: int) -> Path:
    number = 0
    while True:
        mark = f".format-{version}" + (f"-{number}" if number else "")
        copy = path.with_name(f"{path.stem}{mark}{path.suffix}")
        if not copy.exists():
            break
        number += 1
    try:
        back_up(connection, key, copy)
    except (apsw.Error, OSError, SurveyError) as error:
        raise SurveyError(
            "{file} has an older format, and no copy of it could be made before changing it. Make room on the disk or move the file to a folder where you may write.",
            file=path.name,
        ) from error
    return copy
