"""What pairs of items have in common: who answered both, and whether that can be correlated."""

from __future__ import annotations

import numpy as np

from analysis.correlation.cross_tables import BLOCK_ROWS, CodeArray, CrossTables, cross_tables
from analysis.errors import AnalysisError
from analysis.matrices import BoolArray, FloatArray, IntArray, ItemMatrix
from analysis.threads import one_blas_thread

FEWEST_JOINT = 3
"""Fewest respondents a correlation is computed from."""


def at_least_two(data: ItemMatrix) -> ItemMatrix:
    """Return the answers, or raise an :class:`AnalysisError` if there is only one item."""
    if len(data.names) < 2:
        raise AnalysisError(
            "Correlations need at least two items; there is only {item}.", item=data.names[0]
        )
    return data


def pair_counts(data: ItemMatrix) -> FloatArray:
    """Count the respondents who answered both items of each pair."""
    counts = np.zeros((len(data.names), len(data.names)))
    with one_blas_thread():
        # Single precision counts a block exactly and in half the time.
        for start in range(0, data.n, BLOCK_ROWS):
            answered = ~np.isnan(data.answers[start : start + BLOCK_ROWS])
            single = answered.astype(np.float32)
            counts += single.T @ single
    return counts


def tables_of(data: ItemMatrix, codes: CodeArray, n_categories: IntArray) -> CrossTables:
    """Cross-tabulate coded answers, weighted if the answers are."""
    with one_blas_thread():
        return cross_tables(codes, n_categories, data.weights if data.weighted else None)


def used_categories(tables: CrossTables) -> FloatArray:
    """Count, items by items, the categories of the row's item used by those who answered the column's."""
    given = np.add.reduceat(tables.counts, tables.starts, axis=1)
    return np.asarray(np.add.reduceat((given > 0).astype(float), tables.starts, axis=0))


def check_joint(n_pairs: FloatArray, names: tuple[str, ...]) -> None:
    """Raise an :class:`AnalysisError` for the first pair that too few respondents answered."""
    few = np.argwhere(np.tril(n_pairs < FEWEST_JOINT, -1))
    if len(few):
        i, j = few[0]
        raise AnalysisError(
            "Only {n} respondents answered both {first} and {second}; leave one of the items out.",
            n=int(n_pairs[i, j]),
            first=names[j],
            second=names[i],
        )


def check_variation(varies: BoolArray, names: tuple[str, ...]) -> None:
    """Raise an :class:`AnalysisError` for the first item that does not vary beside another."""
    flat = np.argwhere(~varies)
    if len(flat):
        i, j = flat[0]
        raise AnalysisError(
            "Everybody who answered {other} gave the same answer to {item}; they cannot be "
            "correlated, leave one of the items out.",
            item=names[i],
            other=names[j],
        )


def varies_jointly(data: ItemMatrix) -> BoolArray:
    """Tell, items by items, whether the row's item varies among those who answered the column's."""
    answered = ~np.isnan(data.answers)
    varies = np.ones((len(data.names), len(data.names)), dtype=bool)
    for j, both in enumerate(answered.T):
        varies[:, j] = np.nanmin(data.answers[both], axis=0) < np.nanmax(data.answers[both], axis=0)
    return varies
