"""Reads stored answers column by column.

Entries lie in the project as one MessagePack array each. Analysis wants one array an item. This
walks through all entries at once, one item a step, with array operations, and so never makes a
Python object for a code or a number.

The byte layout is that of the MessagePack specification: a lead byte that is a small integer
itself, or says the type, then big-endian payload.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NIL = 0xC0
_FLOAT = 0xCB
_PAYLOADS = (
    (0xCC, ">u1"),
    (0xCD, ">u2"),
    (0xCE, ">u4"),
    (0xD0, ">i1"),
    (0xD1, ">i2"),
    (0xD2, ">i4"),
)
_STRING_LENGTHS = ((0xD9, ">u1"), (0xDA, ">u2"), (0xDB, ">u4"))
_ARRAY_LENGTHS = ((0xDC, ">u2"), (0xDD, ">u4"))


class UnreadableColumnError(ValueError):
    """The bytes are not those of stored answers."""


class StoredColumns:
    """A place in every one of many stored arrays, moved on by each reading.

    Parameters
    ----------
    arrays
        One MessagePack array an entry, all of the same length.
    """

    def __init__(self, arrays: Sequence[bytes]) -> None:
        lengths = np.fromiter((len(array) for array in arrays), np.int64, len(arrays))
        self._ends = np.cumsum(lengths)
        self._at = self._ends - lengths
        # The padding lets an operation look past the end of the last array without an error.
        self._joined = b"".join(arrays) + bytes(16)
        self._bytes = np.frombuffer(self._joined, dtype=np.uint8)
        self._counts()

    def integers(self) -> NDArray[np.int64]:
        """Read whole numbers; 0 where there is none."""
        lead = self._bytes[self._at]
        values: NDArray[np.int64] = lead.view(np.int8).astype(np.int64)
        absent = lead == _NIL
        values[absent] = 0
        long = (lead > 0x7F) & (lead < 0xE0) & ~absent
        self._at = self._at + 1
        if long.any():
            rows = np.flatnonzero(long)
            values[rows] = self._payload(rows, lead[rows], _PAYLOADS)
        return values

    def numbers(self) -> NDArray[np.float64]:
        """Read numbers; NaN where there is none."""
        lead = self._bytes[self._at]
        values = np.full(lead.shape, np.nan)
        rows = np.flatnonzero(lead == _FLOAT)
        if rows.size + np.count_nonzero(lead == _NIL) != lead.size:
            raise UnreadableColumnError
        self._at = self._at + 1
        values[rows] = self._take(rows, ">f8")
        return values

    def texts(self) -> list[str | None]:
        """Read texts; ``None`` where there is none."""
        lead = self._bytes[self._at]
        self._at = self._at + 1
        lengths = (lead & 0x1F).astype(np.int64)
        absent = lead == _NIL
        lengths[absent] = 0
        rows = np.flatnonzero(((lead & 0xE0) != 0xA0) & ~absent)
        if rows.size:
            lengths[rows] = self._payload(rows, lead[rows], _STRING_LENGTHS)
        starts, self._at = self._at, self._at + lengths
        if self._at.size and self._at.max() > len(self._joined):
            raise UnreadableColumnError
        found: list[str | None] = [None] * len(lead)
        present = np.flatnonzero(~absent)
        begin, end = starts[present].tolist(), self._at[present].tolist()
        for row, a, b in zip(present.tolist(), begin, end, strict=True):
            found[row] = self._joined[a:b].decode()
        return found

    def choices(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Read lists of whole numbers: the row and the value of each member."""
        counts = self._counts(nil=True)
        rows: list[NDArray[np.int64]] = []
        values: list[NDArray[np.int64]] = []
        everywhere = self._at
        for number in range(int(counts.max(initial=0))):
            active = np.flatnonzero(counts > number)
            self._at = everywhere[active]
            values.append(self.integers())
            rows.append(active)
            everywhere[active] = self._at
        self._at = everywhere
        if not rows:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.concatenate(rows), np.concatenate(values)

    def finish(self) -> None:
        """Make sure that every array was read to its end."""
        if not np.array_equal(self._at, self._ends):
            raise UnreadableColumnError

    def _counts(self, *, nil: bool = False) -> NDArray[np.int64]:
        lead = self._bytes[self._at]
        self._at = self._at + 1
        counts: NDArray[np.int64] = (lead & 0x0F).astype(np.int64)
        absent = (lead == _NIL) if nil else np.zeros(lead.shape, dtype=bool)
        counts[absent] = 0
        rows = np.flatnonzero(((lead & 0xF0) != 0x90) & ~absent)
        if rows.size:
            counts[rows] = self._payload(rows, lead[rows], _ARRAY_LENGTHS)
        return counts

    def _payload(
        self,
        rows: NDArray[np.int64],
        lead: NDArray[np.uint8],
        types: Sequence[tuple[int, str]],
    ) -> NDArray[np.int64]:
        values = np.zeros(rows.size, dtype=np.int64)
        known = np.zeros(rows.size, dtype=bool)
        for mark, dtype in types:
            here = lead == mark
            known |= here
            values[here] = self._take(rows[here], dtype)
        if not known.all():
            raise UnreadableColumnError
        return values

    def _take(self, rows: NDArray[np.int64], dtype: str) -> NDArray[np.generic]:
        size = np.dtype(dtype).itemsize
        if rows.size and self._at[rows].max() + size > self._bytes.size:
            raise UnreadableColumnError
        window = self._bytes[self._at[rows][:, None] + np.arange(size)]
        self._at[rows] += size
        return np.ascontiguousarray(window).view(dtype)[:, 0]
