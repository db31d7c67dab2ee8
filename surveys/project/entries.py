"""The entries of a project: adding, changing, removing and reading them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sized
from pathlib import PureWindowsPath
from typing import Any

import apsw
import msgspec

from surveys.answers import Answers, Missing
from surveys.entry import Entry, Keying
from surveys.model import Instrument
from surveys.problems import SurveyError
from surveys.project.file import said
from surveys.project.storage import (
    ANSWER_COLUMNS,
    ENTRY_COLUMNS,
    combined_digest,
    entry_of,
    entry_row,
    frames,
)
from surveys.project.store import Store
from surveys.words import Message

Tick = Callable[[float], None]

_ENTRIES_A_TICK = 1_000
_NAMES = ", ".join(ENTRY_COLUMNS)
_INSERT = (
    f"INSERT INTO entries(instrument, import, {_NAMES})"  # noqa: S608
    f" VALUES ({', '.join('?' * (len(ENTRY_COLUMNS) + 2))})"
)
_UPDATE = f"UPDATE entries SET {', '.join(f'{n} = ?' for n in ENTRY_COLUMNS)} WHERE id = ?"  # noqa: S608
_SELECT = f"SELECT {_NAMES}, instrument FROM entries"  # noqa: S608
_SELECT_ANSWERS = f"SELECT {', '.join(ANSWER_COLUMNS)} FROM entries WHERE keying = ? ORDER BY seq"  # noqa: S608
_FINAL = (int(Keying.FINAL),)


class ImportSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where imported entries came from.

    Attributes
    ----------
    file
        Name; its folder is taken off by the project.
    format
        Short name of the format, for example ``"csv"``.
    sha256
        Of the file's bytes, hexadecimal.
    counts
        What was read and left out, for example ``{"rows": 812, "without_consent": 3}``.
    notes
        What the importer decided or dropped; no answers.
    at
        UTC, ISO 8601; set by the project.
    n_entries
        Entries added; set by the project.
    """

    file: str
    format: str
    sha256: str
    counts: dict[str, int] = {}
    notes: tuple[Message, ...] = ()
    at: str = ""
    n_entries: int = 0


def add(
    store: Store, entries: Iterable[Entry], source: ImportSource | None, tick: Tick | None
) -> int:
    """Add all entries or none; see :meth:`surveys.project.Project.add_entries`."""
    details: dict[str, Any] = {}
    action = "entries imported" if source else "entries keyed"
    with store.writing(action, "entries", details=details, changes=True) as connection:
        origin = None
        if source is not None:
            connection.execute("INSERT INTO imports(source) VALUES (x'')")
            origin = connection.last_insert_rowid()
        before = connection.total_changes()
        try:
            connection.executemany(_INSERT, _rows_of(store, entries, origin, tick))
        except apsw.ConstraintError:
            raise SurveyError(
                "At least one of these forms is in the project already. Nothing was added; check whether the file was imported before."
            ) from None
        added = connection.total_changes() - before
        details["n"] = added
        if source is not None:
            # Windows rules take off the folder of either system.
            name = PureWindowsPath(source.file).name
            source = msgspec.structs.replace(source, file=name, at=store.now(), n_entries=added)
            connection.execute(
                "UPDATE imports SET source = ? WHERE seq = ?", (msgspec.json.encode(source), origin)
            )
            details["source"] = msgspec.to_builtins(source)
    return added


def _rows_of(
    store: Store, entries: Iterable[Entry], origin: int | None, tick: Tick | None
) -> Iterator[tuple[Any, ...]]:
    total = len(entries) if isinstance(entries, Sized) else 0
    known: dict[str, tuple[int, int]] = {}
    for number, entry in enumerate(entries):
        if tick is not None and total and number % _ENTRIES_A_TICK == 0:
            tick(number / total)
        if entry.instrument not in known:
            known[entry.instrument] = _place_and_length(store, entry.instrument)
        place, length = known[entry.instrument]
        _check_shape(entry, length)
        yield (place, origin, *entry_row(entry))
    if tick is not None:
        tick(1.0)


def _place_and_length(store: Store, digest: str) -> tuple[int, int]:
    place = store.place_of(digest)
    if place is None:
        raise SurveyError(
            "A form belongs to a questionnaire that the project does not have. Save the questionnaire first."
        )
    return place, len(store.versions()[place].presented())


def _check_shape(entry: Entry, length: int) -> None:
    if len(entry.values) != length or len(entry.missing) != length:
        raise SurveyError(
            "Form {serial} has another number of answers than its questionnaire has items.",
            serial=entry.serial,
        )


def change(store: Store, entry: Entry, why: str) -> None:
    """Replace an entry; see :meth:`surveys.project.Project.change_entry`."""
    if not why.strip():
        raise SurveyError("Give the reason why the answer is changed.")
    old = one(store, entry.id)
    place, length = _place_and_length(store, entry.instrument)
    _check_shape(entry, length)
    if old.instrument != entry.instrument:
        raise SurveyError(
            "The form was filled in with another version of the questionnaire, and cannot be moved to this one."
        )
    details = _differences(old, entry, store.versions()[place])
    with store.writing("entry changed", entry.id, why, details, changes=True) as connection:
        connection.execute(_UPDATE, (*entry_row(entry), entry.id))


def _differences(old: Entry, new: Entry, instrument: Instrument) -> dict[str, Any]:
    before = zip(old.values, old.missing, strict=True)
    after = zip(new.values, new.missing, strict=True)
    answers = {
        item.id: {"before": _told(*was), "after": _told(*now)}
        for item, was, now in zip(instrument.presented(), before, after, strict=True)
        if was != now
    }
    plain = ("written", "keying", "status", "serial", "batch", "keyer", "started", "finished")
    about = {
        name: {"before": getattr(old, name), "after": getattr(new, name)}
        for name in (*plain, "device", "seconds")
        if getattr(old, name) != getattr(new, name)
    }
    return {"answers": answers, "about": about}


def _told(value: object, kind: int) -> dict[str, object]:
    return {"missing": Missing(kind).name} if kind else {"value": value}


def remove(store: Store, ids: Collection[str], why: str) -> int:
    """Remove entries; see :meth:`surveys.project.Project.remove_entries`."""
    if not why.strip():
        raise SurveyError("Give the reason why the forms are removed.")
    gone = sorted(set(ids))
    with store.writing("entries removed", "entries", why, {"ids": gone}, changes=True) as database:
        before = database.total_changes()
        database.executemany("DELETE FROM entries WHERE id = ?", ((one_id,) for one_id in gone))
        if database.total_changes() - before != len(gone):
            raise SurveyError("Some of these forms are not in the project. None was removed.")
    return len(gone)


def one(store: Store, entry_id: str) -> Entry:
    """Return one entry; raises ``SurveyError`` if there is none with this id."""
    rows = store.rows(f"{_SELECT} WHERE id = ?", (entry_id,))
    if not rows:
        raise SurveyError("This form is not in the project, or was removed from it.")
    return _entry(store, rows[0])


def each(store: Store, keying: Keying | None) -> Iterator[Entry]:
    """Yield entries of one pass of keying, or all, in the order in which they were added."""
    where, values = ("", ()) if keying is None else (" WHERE keying = ?", (int(keying),))
    with said(store.path):
        for row in store.connection.execute(f"{_SELECT}{where} ORDER BY seq", values):
            yield _entry(store, row)


def _entry(store: Store, row: tuple[Any, ...]) -> Entry:
    place = row[-1]
    if place not in store.digests:
        store.versions()
    return entry_of(row, store.digests[place])


def count(store: Store, keying: Keying) -> int:
    """Return the number of entries of one pass of keying."""
    return int(store.rows("SELECT count(*) FROM entries WHERE keying = ?", (int(keying),))[0][0])


def answers(store: Store, tick: Tick | None) -> Answers:
    """Return the final entries as frames; see :meth:`surveys.project.Project.answers`."""
    # One savepoint: all queries see the same state while another program writes.
    with said(store.path), store.connection:
        place = store.current()
        if place is None:
            raise SurveyError("The project has no questionnaire yet. Choose or make one first.")
        instrument = store.versions()[place]
        ((others,),) = store.rows(
            "SELECT count(*) FROM entries WHERE keying = ? AND instrument <> ?", (*_FINAL, place)
        )
        if others:
            raise SurveyError(
                "{n} forms were filled in with another version of the questionnaire than the current one, {version}. Make the version they belong to the current one.",
                n=others,
                version=instrument.version,
            )
        rows = store.rows(_SELECT_ANSWERS, _FINAL)
    return frames(rows, instrument, tick)


def data_hash(store: Store) -> str:
    """Return a hash of the current instrument and the final entries, whatever their order."""
    with said(store.path), store.connection:
        place = store.current()
        digest = "" if place is None else store.versions()[place].digest
        rows = store.rows("SELECT digest FROM entries WHERE keying = ?", _FINAL)
    return combined_digest(digest, [row[0] for row in rows])
