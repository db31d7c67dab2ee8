"""How entries lie in the project file, and how they become frames.

An entry's answers are one MessagePack array of typed values and one byte of missing kind an item.
A hundred thousand forms of a hundred items are then read with one decoding and a few array
operations a column, instead of ten million Python conversions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from surveys.answers import Answers, dtype_of
from surveys.entry import Entry, Keying, Status
from surveys.model import Instrument, Item, ItemKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from surveys.project.stored_columns import StoredColumns

ENTRY_COLUMNS = (
    "id",
    "keying",
    "status",
    "serial",
    "batch",
    "keyer",
    "device",
    "started",
    "finished",
    "seconds",
    "answers",
    "missing",
    "written",
    "digest",
)
"""Columns of table ``entries`` in the order of :func:`entry_row`."""

ANSWER_COLUMNS = ("id", "serial", "seconds", "batch", "answers", "missing")
"""Columns of table ``entries`` that :func:`frames` takes."""

_ENCODER = msgspec.msgpack.Encoder()
_VALUES = msgspec.msgpack.Decoder(tuple[int | float | str | tuple[int, ...] | None, ...])
_WRITTEN = msgspec.msgpack.Decoder(dict[str, str])


def entry_row(entry: Entry) -> tuple[Any, ...]:
    """Return an entry as a row of table ``entries``, columns as in :data:`ENTRY_COLUMNS`."""
    answers = _ENCODER.encode(entry.values)
    written = _ENCODER.encode(entry.written) if entry.written else b""
    return (
        entry.id,
        int(entry.keying),
        int(entry.status),
        entry.serial,
        entry.batch,
        entry.keyer,
        entry.device,
        entry.started,
        entry.finished,
        entry.seconds,
        answers,
        entry.missing,
        written,
        _digest(entry, answers, written),
    )


def entry_of(row: Sequence[Any], instrument: str) -> Entry:
    """Return the entry of a row made by :func:`entry_row`."""
    return Entry(
        id=row[0],
        instrument=instrument,
        keying=Keying(row[1]),
        status=Status(row[2]),
        serial=row[3],
        batch=row[4],
        keyer=row[5],
        device=row[6],
        started=row[7],
        finished=row[8],
        seconds=row[9],
        values=_VALUES.decode(row[10]),
        missing=row[11],
        written=_WRITTEN.decode(row[12]) if row[12] else {},
    )


def _digest(entry: Entry, answers: bytes, written: bytes) -> bytes:
    # Every field is preceded by its length, so that two entries with shifted borders differ.
    about = f"{entry.seconds!r}\n{entry.batch}".encode()
    fields = (answers, entry.missing, written, about)
    lengths = ",".join(str(len(field)) for field in fields).encode()
    return hashlib.blake2b(b"\n".join((lengths, *fields)), digest_size=16).digest()


def combined_digest(instrument: str, digests: Sequence[bytes]) -> str:
    """Return one hash of an instrument and a set of entries, whatever the order of the entries."""
    whole = hashlib.sha256(instrument.encode())
    whole.update(b"\n" + b"".join(sorted(digests)))
    return whole.hexdigest()


def frames(
    rows: Sequence[tuple[Any, ...]],
    instrument: Instrument,
    tick: Callable[[float], None] | None = None,
) -> Answers:
    """Turn rows of table ``entries`` into the frames of analysis.

    Parameters
    ----------
    rows
        Rows with the columns of :data:`ANSWER_COLUMNS`, all of ``instrument``.
    instrument
        The instrument that was answered.
    tick
        Told the share of the work that is done, from 0 to 1.
    """
    import numpy as np
    import pandas as pd

    from surveys.project.stored_columns import StoredColumns

    items = instrument.presented()
    index = pd.Index([row[0] for row in rows], dtype="str", name="id")
    kinds = np.frombuffer(b"".join(row[5] for row in rows), dtype=np.uint8)
    kinds = kinds.reshape(len(rows), len(items))
    columns: dict[str, Any] = {}
    stored = StoredColumns([row[4] for row in rows])
    for number, item in enumerate(items):
        if tick is not None:
            tick(0.3 + 0.7 * number / len(items))
        columns.update(_read(stored, item, kinds[:, number] != 0))
    stored.finish()
    widths = [len(item.columns) for item in items]
    missing = np.repeat(kinds, widths, axis=1)
    names = list(instrument.columns)
    answers = Answers(
        values=pd.DataFrame(columns, index=index, columns=pd.Index(names, dtype="str")),
        missing=pd.DataFrame(missing, index=index, columns=pd.Index(names, dtype="str")),
        about=pd.DataFrame(
            {
                "serial": pd.array([row[1] for row in rows], dtype="string"),
                "seconds": pd.array([row[2] for row in rows], dtype="Float64"),
                "batch": pd.array([row[3] for row in rows], dtype="string"),
            },
            index=index,
        ),
    )
    if tick is not None:
        tick(1.0)
    return answers


def _read(stored: StoredColumns, item: Item, absent: NDArray[np.bool_]) -> dict[str, Any]:
    import numpy as np
    import pandas as pd

    if item.kind is ItemKind.MULTIPLE:
        return _read_choices(stored, item, absent)
    dtype = dtype_of(item)
    column: Any
    if dtype == "string":
        column = pd.array(stored.texts(), dtype="string")
    elif dtype.startswith("datetime64"):
        column = np.array(stored.texts(), dtype=dtype)
    elif dtype == "Float64":
        column = pd.arrays.FloatingArray(np.where(absent, 1.0, stored.numbers()), absent.copy())
    else:
        points = np.where(absent, 1, stored.integers()).astype(np.int16)
        column = pd.arrays.IntegerArray(points, absent.copy())
    return {item.id: column}


def _read_choices(stored: StoredColumns, item: Item, absent: NDArray[np.bool_]) -> dict[str, Any]:
    import numpy as np
    import pandas as pd

    rows, codes = stored.choices()
    columns: dict[str, Any] = {}
    for name, option in zip(item.columns, item.options, strict=True):
        chosen = np.zeros(absent.shape, dtype=np.int16)
        chosen[rows[codes == option.code]] = 1
        columns[name] = pd.arrays.IntegerArray(chosen, absent.copy())
    return columns
