"""Polychoric correlations of more answers than fit into memory, in one pass over blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.correlation.cross_tables import (
    BLOCK_ROWS,
    MOST_CATEGORIES,
    CodeArray,
    CrossTables,
    add_block,
)
from analysis.correlation.matrix import CorrelationMatrix
from analysis.correlation.methods import correlation_of_tables
from analysis.errors import AnalysisError, Note, note
from analysis.matrices import FloatArray, IntArray
from analysis.threads import one_blas_thread

Block = npt.NDArray[Any] | tuple[npt.NDArray[Any], npt.NDArray[Any]]


def polychoric_from_blocks(
    blocks: Iterable[Block],
    n_categories: int | Sequence[int],
    items: Sequence[str] | None = None,
) -> CorrelationMatrix:
    """Polychoric correlations, pairwise, from blocks of coded answers.

    Only the pairwise tables are kept, so that memory does not grow with the respondents.

    Parameters
    ----------
    blocks
        Each a block of respondents by items of whole numbers: 0 to K - 1, and -1 where missing; or
        a pair of such a block and the weights of its respondents. All have weights or none.
    n_categories
        K of all items, or of each.
    items
        Names of the items.

    Returns
    -------
    CorrelationMatrix
        As :func:`analysis.correlation.polychoric` of all blocks together. ``categories`` are the
        codes in use.

    Raises
    ------
    AnalysisError
        No block; blocks that differ in their items; codes out of range; weights that are missing,
        zero or negative; and what :func:`analysis.correlation.polychoric` refuses.
    """
    tally = _Tally(n_categories, items)
    with one_blas_thread():
        for block in blocks:
            tally.add(block)
    return tally.correlations()


class _Tally:
    """Running cross-tabulation."""

    def __init__(self, n_categories: int | Sequence[int], items: Sequence[str] | None) -> None:
        self._declared = n_categories
        self._names = None if items is None else tuple(str(i) for i in items)
        if self._names is not None and len(set(self._names)) < len(self._names):
            twice = next(n for n in self._names if self._names.count(n) > 1)
            raise AnalysisError("Two items have the same name {item}.", item=twice)
        self._counts: IntArray = np.zeros(0, dtype=np.int64)
        self._tables: FloatArray = np.zeros((0, 0))
        self._pairs: FloatArray = np.zeros((0, 0))
        self._weighted: bool | None = None
        self._weight = 0.0
        self._rows = 0
        self._empty = 0

    def add(self, block: Block) -> None:
        """Add one block."""
        given, weights = block if isinstance(block, tuple) else (block, None)
        if self._weighted is None:
            self._start(np.asarray(given))
            self._weighted = weights is not None
        if self._weighted != (weights is not None):
            raise AnalysisError("Either all blocks have weights or none has.")
        codes = self._checked(np.asarray(given))
        w = None if weights is None else _checked_weights(np.asarray(weights), len(codes))
        for start in range(0, len(codes), BLOCK_ROWS):
            part = slice(start, start + BLOCK_ROWS)
            add_block(self._tables, codes[part], self._counts, None if w is None else w[part])
            if w is not None:
                answered = (codes[part] >= 0).astype(np.float32)
                self._pairs += answered.T @ answered
        self._weight += len(codes) if w is None else float(w.sum())
        self._rows += len(codes)
        self._empty += int((codes < 0).all(axis=1).sum())

    def _start(self, block: npt.NDArray[Any]) -> None:
        """Learn the number of items from the first block."""
        p = block.shape[1] if block.ndim == 2 else 0
        if p < 2:
            raise AnalysisError("A block is a table of respondents by at least two items.")
        counts = np.asarray(self._declared)
        if counts.ndim == 0:
            counts = np.full(p, int(counts))
        if counts.shape != (p,) or (counts < 2).any() or (counts > MOST_CATEGORIES).any():
            raise AnalysisError(
                "Each of the {n} items needs a number of categories from 2 to {most}.",
                n=p,
                most=MOST_CATEGORIES,
            )
        self._counts = counts.astype(np.int64)
        if self._names is None:
            self._names = tuple(f"V{j + 1}" for j in range(p))
        if len(self._names) != p:
            raise AnalysisError(
                "There are {given} names for {n} items.", given=len(self._names), n=p
            )
        size = int(self._counts.sum())
        self._tables = np.zeros((size, size))
        self._pairs = np.zeros((p, p))

    def _checked(self, codes: npt.NDArray[Any]) -> CodeArray:
        if codes.ndim != 2 or codes.shape[1] != len(self._counts):
            raise AnalysisError("The blocks differ in their number of items.")
        if codes.dtype.kind not in "iu":
            raise AnalysisError("Blocks hold whole numbers; missing answers are -1.")
        wrong = ((codes < -1) | (codes >= self._counts)).any(axis=0)
        if wrong.any() and self._names is not None:
            raise AnalysisError(
                "The item {item} has codes outside its categories.",
                item=self._names[int(wrong.argmax())],
            )
        return codes.astype(np.int8)

    def correlations(self) -> CorrelationMatrix:
        """Estimate from what was added."""
        if self._names is None or self._rows == 0:
            raise AnalysisError("There are no answers to correlate.")
        margins = np.diag(self._tables)
        used = margins > 0
        ends = np.cumsum(self._counts)
        by_item = np.split(used, ends[:-1])
        for name, seen in zip(self._names, by_item, strict=True):
            if seen.sum() == 0:
                raise AnalysisError("Nobody answered the item {item}; leave it out.", item=name)
            if seen.sum() == 1:
                raise AnalysisError(
                    "Everybody gave the same answer to the item {item}; it cannot correlate with "
                    "anything, leave it out.",
                    item=name,
                )
        tables = CrossTables(
            self._tables[np.ix_(used, used)], np.array([int(seen.sum()) for seen in by_item])
        )
        notes: tuple[Note, ...] = ()
        if self._empty:
            notes = (
                note(
                    "{n} respondents who answered none of the items were left out.", n=self._empty
                ),
            )
        return correlation_of_tables(
            tables,
            tuple(np.flatnonzero(seen).astype(float) for seen in by_item),
            self._pairs if self._weighted else tables.pair_totals(),
            self._names,
            n_rows=self._rows - self._empty,
            weighted=bool(self._weighted),
            notes=notes,
        )


def _checked_weights(weights: npt.NDArray[Any], n: int) -> FloatArray:
    w = weights.astype(float)
    if w.shape != (n,):
        raise AnalysisError("There are {given} weights for {n} respondents.", given=w.size, n=n)
    if not np.isfinite(w).all():
        raise AnalysisError("{n} weights are missing or infinite.", n=int((~np.isfinite(w)).sum()))
    if (w <= 0).any():
        raise AnalysisError(
            "{n} weights are zero or negative; leave those respondents out or correct the weights.",
            n=int((w <= 0).sum()),
        )
    return w
