"""The opened database of a project: its transactions, settings and questionnaires."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import msgspec
from filelock import FileLock

from surveys import audit
from surveys.model import Instrument
from surveys.problems import SurveyError
from surveys.project import file as project_file
from surveys.project import migrations
from surveys.project.file import FileKey, said

Clock = Callable[[], datetime]

# How to begin, keep and undo: everything, and a part of it (names of savepoints may be nested).
_TRANSACTION = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
_SAVEPOINT = ("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part; RELEASE part")


def utc_now() -> datetime:
    """Return the present time, UTC."""
    return datetime.now(UTC)


class Store:
    """A keyed connection with its lock, through which everything of a project is read and written.

    Attributes
    ----------
    connection
        The database.
    key
        The file's key.
    lock
        ``None`` for a read-only opening.
    digests
        Digest of each kept questionnaire by its place, as far as :meth:`versions` read them.
    person, device, clock
        Who works, where, and when, for the audit trail.
    """

    def __init__(
        self,
        path: Path,
        connection: apsw.Connection,
        key: FileKey,
        lock: FileLock | None,
        *,
        person: str,
        device: str,
        clock: Clock,
    ) -> None:
        self.path = path
        self.connection = connection
        self.key = key
        self.lock = lock
        self.person = person
        self.device = device
        self.clock = clock
        self._versions: dict[int, Instrument] = {}
        self._places: dict[str, int] = {}
        self.digests: dict[int, str] = {}
        self._depth = 0
        self._closed = False
        self._writing = False

    def close(self) -> None:
        """Bring the log into the file, close it and release the lock; twice does no harm."""
        if self._closed:
            return
        self._closed = True
        try:
            with said(self.path):
                if self.lock is not None:
                    self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            self.connection.close(True)
            if self.lock is not None:
                project_file.drop_lock(self.lock)

    def now(self) -> str:
        """Return the time of the clock, UTC, ISO 8601."""
        return self.clock().astimezone(UTC).isoformat(timespec="seconds")

    def rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with said(self.path):
            return self.connection.execute(statement, values).fetchall()

    @contextmanager
    def writing(
        self,
        action: str,
        subject: str,
        why: str = "",
        details: Mapping[str, Any] | None = None,
        *,
        changes: bool = False,
    ) -> Iterator[apsw.Connection]:
        """Hold one transaction that ends with an event in the audit trail.

        Parameters
        ----------
        action, subject, why, details
            For the audit trail; ``details`` may still be filled inside.
        changes
            The study, the questionnaire or answers change.
        """
        with self.transaction() as connection:
            yield connection
            self.record(action, subject, why, details)
            if changes:
                self.set("changed", self.now().encode())

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """Keep all that is written inside, or nothing of it; may stand inside another one."""
        self._refuse_reader()
        begin, keep, undo = _SAVEPOINT if self._depth else _TRANSACTION
        with said(self.path):
            self._run(begin)
            self._depth += 1
            try:
                yield self.connection
                self._run(keep)
            except BaseException:
                # A full disk may have ended everything already.
                if self.connection.in_transaction:
                    self.connection.execute(undo)
                # A questionnaire read inside may be gone again.
                self._versions.clear()
                self._places.clear()
                self.digests.clear()
                raise
            finally:
                self._depth -= 1

    def _refuse_reader(self) -> None:
        if self.lock is None:
            raise SurveyError(
                "{file} is open for reading only. Open it for writing to change something.",
                file=self.path.name,
            )

    def _run(self, statement: str) -> None:
        if self._depth and not self.connection.in_transaction:
            raise apsw.FullError
        self.connection.execute(statement)

    def record(
        self, action: str, subject: str, why: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        """Add an event to the audit trail, inside a transaction."""
        audit.record(
            self.connection,
            device=self.device,
            at=self.now(),
            person=self.person,
            action=action,
            subject=subject,
            why=why,
            details=details,
        )

    def setting(self, name: str) -> bytes:
        """Return a setting; empty if it was never set."""
        rows = self.rows("SELECT value FROM settings WHERE name = ?", (name,))
        return rows[0][0] if rows else b""

    def set(self, name: str, value: bytes) -> None:
        """Change a setting, inside a transaction."""
        self.connection.execute("INSERT OR REPLACE INTO settings VALUES (?,?)", (name, value))

    def versions(self) -> dict[int, Instrument]:
        """Return all kept questionnaires by their place, oldest first."""
        for seq, body in self.rows("SELECT seq, body FROM instruments ORDER BY seq"):
            if seq not in self._versions:
                instrument = msgspec.json.decode(body, type=Instrument)
                self._versions[seq] = instrument
                self.digests[seq] = instrument.digest
                self._places[self.digests[seq]] = seq
        return self._versions

    def place_of(self, digest: str) -> int | None:
        """Return the place of a questionnaire, if the project has it.

        Digests are computed from what is kept, never kept themselves: a later version of the
        program, whose questionnaires have more fields, computes others.
        """
        if digest not in self._places:
            self.versions()
        return self._places.get(digest)

    def current(self) -> int | None:
        """Return the place of the current questionnaire."""
        place = self.setting("instrument")
        return int(place) if place else None

    def put_instrument(self, instrument: Instrument) -> None:
        """Keep a questionnaire and make it the current one, inside a transaction."""
        place = self.place_of(instrument.digest)
        if place is None:
            self.connection.execute(
                "INSERT INTO instruments(saved, body) VALUES (?,?)",
                (self.now(), msgspec.json.encode(instrument)),
            )
            place = self.connection.last_insert_rowid()
        self.set("instrument", str(place).encode())

    def change_key(self, key: FileKey) -> None:
        """Encrypt the whole file anew; see :meth:`surveys.project.Project.change_passphrase`.

        The file is written anew beside itself and then put in its place, so that at every moment
        there is one whole file that opens with the old or with the new key.
        """
        self._refuse_reader()
        half = self.path.with_name(self.path.name + ".part")
        with said(self.path):
            # Leaving the write-ahead log works only if nobody else reads the file.
            if self.connection.pragma("journal_mode", "delete") != "delete":
                raise apsw.BusyError
            try:
                project_file.remove_file(half)
                project_file.back_up(self.connection, key, half)
                self.connection.close(True)
                half.replace(self.path)
                self.key = key
            finally:
                project_file.remove_file(half)
                # Closing again does no harm; the file that is there fits the key that is set.
                self.connection.close(True)
                self.connection = project_file.connect(self.path, self.key)
                self.connection.pragma("journal_mode", "wal")


def create_store(
    path: Path, passphrase: str, *, person: str, device: str | None, clock: Clock
) -> Store:
    """Make a file with the newest tables; the caller fills it and, if that fails, discards it."""
    key = project_file.derive_key(passphrase, project_file.new_salt())
    with said(path):
        project_file.create_file(path)
        lock = None
        try:
            lock = project_file.take_lock(path)
            connection = project_file.connect(path, key)
            try:
                connection.pragma("journal_mode", "wal")
                with connection:
                    migrations.set_up(connection)
            except BaseException:
                connection.close(True)
                raise
        except BaseException:
            if lock is not None:
                project_file.drop_lock(lock)
            project_file.remove_file(path)
            raise
    device = device or audit.this_device()
    return Store(path, connection, key, lock, person=person, device=device, clock=clock)


def discard_store(store: Store) -> None:
    """Remove a file that could not be filled."""
    try:
        store.close()
    finally:
        project_file.remove_file(store.path)


def open_store(
    path: Path,
    passphrase: str | FileKey,
    *,
    read_only: bool,
    person: str,
    device: str | None,
    clock: Clock,
) -> Store:
    """Open a file; one of an older format is brought to the newest."""
    project_file.sniff(path)
    if isinstance(passphrase, str):
        key = project_file.derive_key(passphrase, project_file.salt_of(path))
    else:
        key = passphrase
    with said(path):
        lock = None if read_only else project_file.take_lock(path)
        try:
            connection = project_file.connect(path, key, read_only=read_only)
            try:
                _bring_up_to_date(connection, path, key, read_only=read_only)
            except BaseException:
                connection.close(True)
                raise
        except BaseException:
            if lock is not None:
                project_file.drop_lock(lock)
            raise
    device = device or ("" if read_only else audit.this_device())
    return Store(path, connection, key, lock, person=person, device=device, clock=clock)


def _bring_up_to_date(
    connection: apsw.Connection, path: Path, key: FileKey, *, read_only: bool
) -> None:
    if read_only:
        version = migrations.check_known(connection, path)
        if version < migrations.FORMAT_VERSION:
            raise SurveyError(
                "{file} has an older format. Open it once for writing, so that it is brought to the new one.",
                file=path.name,
            )
    else:
        migrations.migrate(connection, path, key)
        connection.pragma("journal_mode", "wal")
