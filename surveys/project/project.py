"""The project: one encrypted file with the study, its questionnaire, its answers and its history."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from surveys import audit
from surveys.answers import Answers
from surveys.entry import Entry, Keying
from surveys.model import Instrument
from surveys.problems import Problem
from surveys.project import entries as project_entries
from surveys.project import file as project_file
from surveys.project import migrations
from surveys.project.entries import ImportSource
from surveys.project.file import FileKey, said
from surveys.project.store import (
    Clock,
    Store,
    create_store,
    discard_store,
    open_store,
    utc_now,
)
from surveys.study import Study

Tick = Callable[[float], None]


class Project:
    """An open project file; use :meth:`create` or :meth:`open`, and close it.

    One program at a time has a project open for writing. Read-only openings are allowed beside it
    and see what was last saved; :meth:`reader` makes one without asking for the passphrase again,
    which is how work in another thread or process reads the project.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._store.path

    @property
    def read_only(self) -> bool:
        """Tell whether nothing can be saved."""
        return self._store.lock is None

    @property
    def person(self) -> str:
        """Who is working, for the audit trail."""
        return self._store.person

    @person.setter
    def person(self, name: str) -> None:
        self._store.person = name

    @classmethod
    def create(
        cls,
        path: str | Path,
        passphrase: str,
        study: Study,
        instrument: Instrument | None = None,
        *,
        person: str = "",
        device: str | None = None,
        clock: Clock = utc_now,
    ) -> Project:
        """Make a new project file and open it for writing.

        Parameters
        ----------
        path
            Where; an existing file is refused.
        passphrase
            Opens the file from now on. Lost, the data are lost.
        study, instrument
            What the project starts with.
        person
            Who is working, for the audit trail.
        device, clock
            For tests: the id of the computer, and the time.

        Raises
        ------
        SurveyError
            The file exists, the passphrase is empty, or the place cannot be written.
        """
        store = create_store(
            Path(path).absolute(), passphrase, person=person, device=device, clock=clock
        )
        try:
            with store.writing("project created", "project", changes=True):
                store.set("study", msgspec.json.encode(study))
                if instrument is not None:
                    store.put_instrument(instrument)
        except BaseException:
            discard_store(store)
            raise
        return cls(store)

    @classmethod
    def open(
        cls,
        path: str | Path,
        passphrase: str | FileKey,
        *,
        read_only: bool = False,
        person: str = "",
        device: str | None = None,
        clock: Clock = utc_now,
    ) -> Project:
        """Open an existing project; a file of an older format is brought to the newest one.

        Parameters
        ----------
        path
            Where the file is; nothing is ever created.
        passphrase
            The passphrase, or the key from another project's :attr:`key`.
        read_only
            Do not lock, do not write; allowed while another program has the project open.
        person
            Who is working, for the audit trail.
        device, clock
            For tests: the id of the computer, and the time.

        Raises
        ------
        SurveyError
            With the reason, and what to do about it.
        """
        store = open_store(
            Path(path).absolute(),
            passphrase,
            read_only=read_only,
            person=person,
            device=device,
            clock=clock,
        )
        return cls(store)

    def reader(self) -> Project:
        """Open the same file once more, for reading, in this or another thread."""
        return Project.open(self.path, self.key, read_only=True)

    @property
    def key(self) -> FileKey:
        """The derived key, with which a worker process opens the file; never write it anywhere."""
        return self._store.key

    @property
    def format_version(self) -> int:
        """Version of the file's format."""
        return migrations.format_of(self._store.connection)

    def close(self) -> None:
        """Bring everything into the one file and let go of it; closing twice does no harm."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def change_passphrase(self, passphrase: str) -> None:
        """Encrypt the whole file anew under another passphrase.

        Raises
        ------
        SurveyError
            The passphrase is empty, or somebody is reading the file.
        """
        key = project_file.derive_key(passphrase, project_file.new_salt())
        self._store.change_key(key)
        with self._store.writing("passphrase changed", "project"):
            pass

    def copy_to(self, path: Path) -> None:
        """Write a whole copy of the encrypted file, with the same passphrase.

        Parameters
        ----------
        path
            Another file than the project; one that exists is replaced in one step.

        Raises
        ------
        SurveyError
            The path is the project itself, is open elsewhere, or cannot be written.
        """
        target = Path(path).absolute()
        project_file.copy_whole(self._store.connection, self.key, self.path, target)

    def transaction(self) -> AbstractContextManager[object]:
        """Make all changes inside a ``with`` block one: all of them are kept, or none.

        Raises
        ------
        SurveyError
            The project is open for reading only.
        """
        return self._store.transaction()

    # The study and the questionnaire

    @property
    def study(self) -> Study:
        """What the project is about."""
        return msgspec.json.decode(self._store.setting("study"), type=Study)

    def save_study(self, study: Study, *, why: str = "") -> None:
        """Save the study; what it was before goes to the audit trail."""
        details = {"before": msgspec.to_builtins(self.study), "after": msgspec.to_builtins(study)}
        with self._store.writing("study changed", "study", why=why, details=details, changes=True):
            self._store.set("study", msgspec.json.encode(study))

    @property
    def instrument(self) -> Instrument | None:
        """The current version of the questionnaire, if there is one."""
        place = self._store.current()
        return None if place is None else self._store.versions()[place]

    def instruments(self) -> tuple[Instrument, ...]:
        """Return all versions of the questionnaire ever saved, oldest first."""
        return tuple(self._store.versions().values())

    def save_instrument(self, instrument: Instrument, *, why: str = "") -> None:
        """Make a questionnaire the current one; earlier versions stay in the file.

        Entries keep pointing to the version they were answered under.
        """
        digest = instrument.digest
        place = self._store.place_of(digest)
        if place is not None and place == self._store.current():
            return
        details = {"id": instrument.id, "version": instrument.version, "digest": digest}
        with self._store.writing("instrument saved", "instrument", why, details, changes=True):
            self._store.put_instrument(instrument)

    # The answers

    @property
    def n_entries(self) -> int:
        """Number of final entries."""
        return self.count(Keying.FINAL)

    def count(self, keying: Keying) -> int:
        """Return the number of entries of one pass of keying."""
        return project_entries.count(self._store, keying)

    def add_entries(
        self,
        entries: Iterable[Entry],
        *,
        source: ImportSource | None = None,
        tick: Tick | None = None,
    ) -> int:
        """Add entries: all of them or, if anything goes wrong, none.

        Parameters
        ----------
        entries
            Entries of instruments that the project has, with ids that it does not have.
        source
            The file they were imported from; ``None`` for forms keyed in here.
        tick
            Told the share of the work that is done, if ``entries`` has a length; may raise.

        Returns
        -------
        int
            How many were added.

        Raises
        ------
        SurveyError
            An entry is there already or belongs to no version of the questionnaire.
        """
        return project_entries.add(self._store, entries, source, tick)

    def change_entry(self, entry: Entry, *, why: str) -> None:
        """Replace the entry that has the same id; every changed answer goes to the audit trail.

        Raises
        ------
        SurveyError
            No reason is given, there is no such entry, or it is of another instrument.
        """
        project_entries.change(self._store, entry, why)

    def remove_entries(self, ids: Collection[str], *, why: str) -> int:
        """Remove entries, for example of a file imported twice; the audit trail keeps their ids.

        Raises
        ------
        SurveyError
            No reason is given, or one of the entries is not there; then none is removed.
        """
        return project_entries.remove(self._store, ids, why)

    def entry(self, entry_id: str) -> Entry:
        """Return one entry; raises ``SurveyError`` if there is none with this id."""
        return project_entries.one(self._store, entry_id)

    def entries(self, keying: Keying | None = None) -> Iterator[Entry]:
        """Yield entries of one pass of keying, or all, in the order in which they were added."""
        return project_entries.each(self._store, keying)

    def serials(self) -> frozenset[str]:
        """Return the serials of the final entries, to find forms entered or imported twice."""
        statement = "SELECT DISTINCT serial FROM entries WHERE keying = ? AND serial <> ''"
        return frozenset(row[0] for row in self._store.rows(statement, (int(Keying.FINAL),)))

    def answers(self, tick: Tick | None = None) -> Answers:
        """Return the final entries as frames, in the order in which they were added.

        Raises
        ------
        SurveyError
            There is no questionnaire, or entries belong to another version than the current one.
        """
        return project_entries.answers(self._store, tick)

    def data_hash(self) -> str:
        """Return a hash of the current instrument and the final entries, whatever their order."""
        return project_entries.data_hash(self._store)

    def last_changed(self) -> datetime:
        """Return when the study, the questionnaire or an answer was last changed."""
        return datetime.fromisoformat(self._store.setting("changed").decode())

    def imports(self) -> list[ImportSource]:
        """Return the files that entries were imported from, oldest first."""
        rows = self._store.rows("SELECT source FROM imports ORDER BY seq")
        return [msgspec.json.decode(row[0], type=ImportSource) for row in rows]

    # What analysis keeps here: bytes that only analysis understands

    def save_plan(self, name: str, blob: bytes) -> None:
        """Save a plan of analysis under a name, replacing the one there was."""
        with self._store.writing("plan saved", name):
            self._store.connection.execute(
                "INSERT OR REPLACE INTO plans VALUES (?,?,?)", (name, blob, self._store.now())
            )

    def plan(self, name: str) -> bytes | None:
        """Return a saved plan."""
        rows = self._store.rows("SELECT body FROM plans WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def plan_names(self) -> list[str]:
        """Return the names of all saved plans."""
        return [row[0] for row in self._store.rows("SELECT name FROM plans ORDER BY name")]

    def plan_changed(self, name: str) -> datetime | None:
        """Return when a plan was last saved."""
        rows = self._store.rows("SELECT changed FROM plans WHERE name = ?", (name,))
        return datetime.fromisoformat(rows[0][0]) if rows else None

    def save_findings(self, key: str, blob: bytes) -> None:
        """Keep findings under the hash of what they were made from."""
        with self._store.writing("findings saved", key):
            self._store.connection.execute(
                "INSERT OR REPLACE INTO findings VALUES (?,?,?)", (key, blob, self._store.now())
            )

    def findings(self, key: str) -> bytes | None:
        """Return kept findings."""
        rows = self._store.rows("SELECT body FROM findings WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def latest_findings(self) -> bytes | None:
        """Return the findings saved last, whatever their key, or ``None``."""
        rows = self._store.rows("SELECT body FROM findings ORDER BY rowid DESC LIMIT 1")
        return rows[0][0] if rows else None

    def save_release(self, name: str, blob: bytes) -> None:
        """Add to the log of what was given out: who was in each group, for privacy rule P3."""
        with self._store.writing("released", name):
            self._store.connection.execute(
                "INSERT INTO releases(name, body, at) VALUES (?,?,?)",
                (name, blob, self._store.now()),
            )

    def releases(self) -> list[tuple[str, bytes]]:
        """Return name and content of everything that was given out, oldest first."""
        return [(row[0], row[1]) for row in self._store.rows("SELECT name, body FROM releases")]

    # The audit trail

    def record(
        self,
        action: str,
        subject: str,
        *,
        why: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an event of another room to the audit trail, for example an export."""
        with self._store.writing(action, subject, why, details):
            pass

    def audit(self) -> Iterator[audit.AuditEvent]:
        """Yield everything that was done to the project, oldest first."""
        with said(self.path):
            yield from audit.events(self._store.connection)

    def verify_audit(self) -> list[Problem]:
        """Return what is wrong with the chains of the audit trail; nothing if they are whole."""
        with said(self.path):
            return audit.verify(self._store.connection)

    def erase_audit_details(self, event_id: str, *, why: str) -> None:
        """Erase old and new answers from one event; the chain stays valid and says it happened."""
        with self._store.writing("details erased", event_id, why):
            audit.erase_details(self._store.connection, event_id)
