"""Every pairwise table of answers at once, from one matrix product.

An item with K categories becomes K columns of zeros and ones; the product of that matrix with
itself holds the cross-tabulation of every pair of items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import AnalysisError
from analysis.matrices import FloatArray, IntArray

CodeArray = npt.NDArray[np.int8]

BLOCK_ROWS = 4096
"""Rows a block: one block stays in the cache, and its counts are exact in single precision."""

_WIDEST_SPAN = 1000

MOST_CATEGORIES = 30
"""Above this an item is treated as continuous; its table would be mostly empty."""


@dataclass(frozen=True, slots=True)
class Codes:
    """Answers as consecutive category numbers.

    Attributes
    ----------
    codes
        Respondents by items: 0, 1, ... within each item's used categories, -1 where missing.
    categories
        For each item the answers that the numbers stand for, ascending.
    """

    codes: CodeArray
    categories: tuple[FloatArray, ...]

    @property
    def n_categories(self) -> IntArray:
        """Number of used categories of each item."""
        return np.array([len(c) for c in self.categories])


@dataclass(frozen=True, slots=True)
class CrossTables:
    """All pairwise tables, and each item's own counts on the diagonal.

    Attributes
    ----------
    counts
        Square, one row and column for every category of every item; weighted if weights were given.
    n_categories
        Number of categories of each item.
    """

    counts: FloatArray
    n_categories: IntArray

    @property
    def starts(self) -> IntArray:
        """Row of each item's first category."""
        return np.concatenate([[0], np.cumsum(self.n_categories)[:-1]]).astype(np.int64)

    def margins(self) -> list[FloatArray]:
        """Count of each category of each item over all its answers."""
        diagonal = np.diag(self.counts)
        return [diagonal[s : s + k] for s, k in zip(self.starts, self.n_categories, strict=True)]

    def pairs(self, i: IntArray, j: IntArray) -> FloatArray:
        """Tables of the pairs (i, j), which must agree in their numbers of categories.

        Returns
        -------
        FloatArray
            Shape (pairs, categories of i, categories of j).
        """
        rows = self.starts[i][:, None] + np.arange(self.n_categories[i[0]])
        columns = self.starts[j][:, None] + np.arange(self.n_categories[j[0]])
        return self.counts[rows[:, :, None], columns[:, None, :]]

    def pair_totals(self) -> FloatArray:
        """Items by items: (weighted) number of respondents who answered both."""
        by_row = np.add.reduceat(self.counts, self.starts, axis=0)
        return np.asarray(np.add.reduceat(by_row, self.starts, axis=1))


def encode(values: FloatArray, names: tuple[str, ...]) -> Codes:
    """Code the used categories of each item as 0, 1, ...; unused ones between them disappear.

    Raises
    ------
    AnalysisError
        An item with more than :data:`MOST_CATEGORIES` different answers.
    """
    low = float(np.nanmin(values))
    span = float(np.nanmax(values)) - low
    if not span < _WIDEST_SPAN:
        return _encode_by_sorting(values, names)
    width = int(span) + 1
    n_items = values.shape[1]
    numbers = np.empty(values.shape, dtype=np.int16)
    seen = np.zeros((n_items, width + 1), dtype=np.int64)
    # The last place of each item is for missing answers.
    places = np.arange(n_items) * (width + 1)
    for start in range(0, len(values), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        shifted = values[rows] - low
        shifted[np.isnan(shifted)] = width
        numbers[rows] = shifted
        if not np.array_equal(numbers[rows], shifted):
            return _encode_by_sorting(values, names)
        seen += np.bincount((numbers[rows] + places).ravel(), minlength=seen.size).reshape(
            seen.shape
        )
    used = seen[:, :width] > 0
    _check_counts(used.sum(axis=1), names)
    rank = np.full(seen.shape, -1, dtype=np.int8)
    rank[:, :width] = np.cumsum(used, axis=1) - 1
    codes = np.empty(values.shape, dtype=np.int8)
    for start in range(0, len(values), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        codes[rows] = rank.ravel()[numbers[rows] + places]
    return Codes(codes, tuple(np.asarray(np.flatnonzero(row) + low, dtype=float) for row in used))


def _encode_by_sorting(values: FloatArray, names: tuple[str, ...]) -> Codes:
    codes = np.full(values.shape, -1, dtype=np.int8)
    categories = []
    for j, column in enumerate(values.T):
        answered = ~np.isnan(column)
        found, inverse = np.unique(column[answered], return_inverse=True)
        _check_counts(np.array([len(found)]), names[j : j + 1])
        codes[answered, j] = inverse
        categories.append(found)
    return Codes(codes, tuple(categories))


def _check_counts(counts: IntArray, names: tuple[str, ...]) -> None:
    for name, count in zip(names, counts, strict=True):
        if count > MOST_CATEGORIES:
            raise AnalysisError(
                "The item {item} has {n} different answers, too many for ordered categories "
                "(at most {most}); use Pearson or mixed correlations.",
                item=name,
                n=int(count),
                most=MOST_CATEGORIES,
            )


def cross_tables(
    codes: CodeArray, n_categories: IntArray, weights: FloatArray | None = None
) -> CrossTables:
    """Cross-tabulate every pair of items.

    Parameters
    ----------
    codes
        Respondents by items, category numbers from 0, -1 where missing.
    n_categories
        Number of categories of each item.
    weights
        One weight a respondent, or none.

    Returns
    -------
    CrossTables
        Counts are exact without weights, and sums in double precision with them.
    """
    size = int(n_categories.sum())
    total = np.zeros((size, size))
    for start in range(0, len(codes), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        add_block(total, codes[rows], n_categories, None if weights is None else weights[rows])
    return CrossTables(total, n_categories)


def add_block(
    total: FloatArray, codes: CodeArray, n_categories: IntArray, weights: FloatArray | None
) -> None:
    """Add one block of respondents to the running cross-tabulation ``total``."""
    by_item = codes.T.astype(np.int8, order="C")
    starts = np.concatenate([[0], np.cumsum(n_categories)[:-1]])
    kind = np.float32 if weights is None else np.float64
    indicators = np.empty((int(n_categories.sum()), len(codes)), dtype=kind)
    for k in range(int(n_categories.max())):
        has = n_categories > k
        indicators[starts[has] + k] = by_item[has] == k
    if weights is not None:
        indicators *= np.sqrt(weights)
    total += indicators @ indicators.T


def groups_of_pairs(n_categories: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Sort the pairs i > j of items into groups with tables of one shape."""
    i, j = np.tril_indices(len(n_categories), -1)
    shape = n_categories[i] * (MOST_CATEGORIES + 1) + n_categories[j]
    for value in np.unique(shape):
        chosen = shape == value
        yield i[chosen], j[chosen]
