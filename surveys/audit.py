"""Who did what to a project, when, on which computer and why.

Events form one chain a computer: each carries the digest of the one before it. What an event says
in detail (old and new answers) lies in a second table and enters the chain only as a salted digest,
so that it can be erased later without breaking the chain.

The chain shows later changes by anybody who cannot rewrite all of it. It is no proof against a
person who has the passphrase and recomputes every digest, nor does it show that the last events
of a computer were cut off.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import apsw
import msgspec
from platformdirs import user_config_path

from surveys.problems import Problem
from surveys.words import Message, message

_COLUMNS = (
    "a.event, a.device, a.number, a.at, a.person, a.action, a.subject, a.why, a.values_digest,"
    " a.previous, a.digest, v.salt, v.payload"
)


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing done to a project.

    Attributes
    ----------
    number
        Counts the events of one device from 1.
    at
        UTC, ISO 8601.
    subject
        What it was done to: ``"study"``, ``"instrument"``, ``"entries"``, or an entry's id.
    details
        What exactly; ``None`` once erased.
    """

    id: str
    device: str
    number: int
    at: str
    person: str
    action: str
    subject: str
    why: str
    values_digest: bytes
    previous: bytes
    digest: bytes
    details: dict[str, Any] | None

    def __repr__(self) -> str:
        """Return what happened without its details, which hold answers."""
        return f"AuditEvent(device={self.device!r}, number={self.number}, action={self.action!r})"


def this_device(folder: Path | None = None) -> str:
    """Return the random id of this computer, made at first use.

    Parameters
    ----------
    folder
        Where the id is kept; by default the user's configuration folder.

    Notes
    -----
    Where the folder cannot be written, the id holds for this call only.
    """
    place = (folder or user_config_path("zhiyan", appauthor=False)) / "device"
    fresh = uuid4().hex
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="ascii") as stream:
            stream.write(fresh)
    except FileExistsError:
        return _kept_device(place, fresh)
    except OSError:
        return fresh
    return fresh


def _kept_device(place: Path, fresh: str) -> str:
    try:
        kept = place.read_text(encoding="ascii").strip()
        if len(kept) == len(fresh) and int(kept, 16) >= 0:
            return kept
        place.write_text(fresh, encoding="ascii")
    except (OSError, ValueError):
        return fresh
    return fresh


def record(
    connection: apsw.Connection,
    *,
    device: str,
    at: str,
    person: str,
    action: str,
    subject: str,
    why: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an event to the chain of a device; the caller holds the transaction."""
    last = connection.execute(
        "SELECT number, digest FROM audit WHERE device = ? ORDER BY number DESC LIMIT 1", (device,)
    ).fetchone()
    number, previous = (last[0] + 1, last[1]) if last else (1, b"")
    salt = secrets.token_bytes(16)
    payload = msgspec.msgpack.encode(dict(details or {}), order="deterministic")
    values_digest = _values_digest(salt, payload)
    event = uuid4().hex
    about = (event, device, number, at, person, action, subject, why)
    digest = _digest(about, values_digest, previous)
    connection.execute(
        "INSERT INTO audit(event, device, number, at, person, action, subject, why,"
        " values_digest, previous, digest) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (*about, values_digest, previous, digest),
    )
    connection.execute("INSERT INTO audit_values VALUES (?,?,?)", (event, salt, payload))


def events(connection: apsw.Connection) -> Iterator[AuditEvent]:
    """Yield all events in the order in which the file received them."""
    for row in connection.execute(
        f"SELECT {_COLUMNS} FROM audit a LEFT JOIN audit_values v USING (event) ORDER BY a.seq"  # noqa: S608
    ):
        details = None if row[12] is None else msgspec.msgpack.decode(row[12])
        yield AuditEvent(
            id=row[0],
            device=row[1],
            number=row[2],
            at=row[3],
            person=row[4],
            action=row[5],
            subject=row[6],
            why=row[7],
            values_digest=row[8],
            previous=row[9],
            digest=row[10],
            details=details,
        )


def erase_details(connection: apsw.Connection, event: str) -> None:
    """Erase what an event says in detail; that it happened stays, and the chain stays whole."""
    connection.execute("DELETE FROM audit_values WHERE event = ?", (event,))


def verify(connection: apsw.Connection) -> list[Problem]:
    """Recompute all chains.

    Returns
    -------
    list of Problem
        One for each event that was changed or that does not follow the one before it; erased
        details are none. An event after a gap is reported once.
    """
    problems: list[Problem] = []
    expected: dict[str, tuple[int, bytes]] = {}
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM audit a LEFT JOIN audit_values v USING (event)"  # noqa: S608
        " ORDER BY a.device, a.number"
    )
    for row in rows:
        device, number = row[1], row[2]
        values_digest, previous, digest, salt, payload = row[8:13]
        where = message("device {device}, event {number}", device=device[:8], number=number)
        if (number - 1, previous) != expected.get(device, (0, b"")):
            problems.append(_broken(where))
        changed = digest != _digest(tuple(row[:8]), values_digest, previous)
        if not changed and payload is not None:
            changed = values_digest != _values_digest(salt, payload)
        if changed:
            problems.append(_changed(where))
        expected[device] = (number, digest)
    return problems


def _broken(where: Message) -> Problem:
    return Problem(
        "audit-chain-broken",
        where,
        message("It does not follow the event before it: one is missing or was replaced."),
        message("Compare with an earlier copy of the project."),
    )


def _changed(where: Message) -> Problem:
    return Problem(
        "audit-event-changed",
        where,
        message("The record was changed after it was written."),
        message("Compare with an earlier copy of the project."),
    )


def _values_digest(salt: bytes, payload: bytes) -> bytes:
    return hashlib.sha256(salt + payload).digest()


def _digest(about: tuple[Any, ...], values_digest: bytes, previous: bytes) -> bytes:
    # MessagePack keeps the fields apart: no two different events have the same bytes.
    return hashlib.sha256(msgspec.msgpack.encode((*about, values_digest, previous))).digest()
