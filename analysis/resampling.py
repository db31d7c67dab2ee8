"""The bootstrap: whole clusters, or rows, drawn with replacement."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import AnalysisError, note
from analysis.numeric import Array, row_values
from analysis.stable_order import content_order, content_rank, group_codes


def bootstrap_counts(
    rows: Array, units: NDArray[np.intp] | None, n_boot: int, seed: int
) -> Iterator[Array]:
    """Yield, draw by draw, how often each row was taken, shape (n,).

    The draws do not depend on the order of the rows (see :mod:`analysis.stable_order`).

    Parameters
    ----------
    rows
        What the rows say, weights included, shape (n, p).
    units
        Number of each row's cluster, 0 to one less than there are; None to draw rows.
    n_boot
        Draws.
    seed
        Of numpy's default generator.
    """
    rng = np.random.default_rng(seed)
    numbers = content_rank(rows) if units is None else units
    size = int(numbers.max()) + 1
    for _ in range(n_boot):
        yield np.bincount(rng.integers(0, size, size), minlength=size).astype(np.float64)[numbers]


def check_draws(n_boot: int) -> None:
    """Refuse a number of draws from which no percentile can be taken."""
    if n_boot < 0 or 0 < n_boot < 100:
        raise AnalysisError("A bootstrap needs at least 100 draws (0 for none), not {n}.", n=n_boot)


def bootstrap_units(
    frame: pd.DataFrame, clusters: str | ArrayLike | None, n_boot: int
) -> NDArray[np.intp] | None:
    """Return the clusters to draw, numbered from 0; None to draw rows.

    Raises
    ------
    AnalysisError
        Clusters without a bootstrap, fewer than two, or a row without one.
    """
    series = row_values(frame, clusters, note("clusters"))
    if series is None:
        return None
    if not n_boot:
        raise AnalysisError("Clusters matter here only for a bootstrap; ask for draws.")
    codes, names = group_codes(series)
    if (codes < 0).any() or len(names) < 2:
        raise AnalysisError("The bootstrap needs at least two clusters and one for every row.")
    return codes


def weighted_correlation(columns: Array, weights: Array) -> Array:
    """Return the weighted correlation matrix of complete columns, shape (q, q)."""
    centred = columns - weights @ columns / weights.sum()
    total, first = weights.sum()[None], (weights @ centred)[None]
    return np.asarray(
        _correlations(total, first, ((centred * weights[:, None]).T @ centred)[None])[0]
    )


def bootstrap_correlations(
    columns: Array,
    weights: Array,
    units: NDArray[np.intp] | None,
    n_boot: int,
    seed: int,
    batch: int,
) -> Iterator[Array]:
    """Yield bootstrapped weighted correlation matrices in batches, shape (b, q, q).

    With units each draw takes as many whole units as there are, with replacement, by adding up
    their cross-products; a draw in which a column does not vary comes out as NaN.

    Parameters
    ----------
    columns
        Shape (n, q), complete.
    weights
        Shape (n,).
    units
        Number of each row's cluster, or None to draw rows.
    n_boot
        Draws in all.
    seed
        Of numpy's default generator.
    batch
        Most draws at once.
    """
    rng = np.random.default_rng(seed)
    if units is None:
        order = content_order(columns, weights)
        columns, weights = columns[order], weights[order]
    centred = columns - weights @ columns / weights.sum()
    totals = None if units is None else _unit_totals(centred, weights, units)
    n = len(columns) if totals is None else len(totals[0])
    for start in range(0, n_boot, batch):
        size = min(batch, n_boot - start)
        counts = rng.multinomial(n, np.full(n, 1.0 / n), size=size).astype(np.float64)
        if totals is not None:
            sums = [np.tensordot(counts, total, axes=(1, 0)) for total in totals]
        else:
            drawn = counts * weights
            sums = [
                drawn.sum(axis=1),
                drawn @ centred,
                np.stack([(centred * row[:, None]).T @ centred for row in drawn]),
            ]
        yield _correlations(*sums)


def _unit_totals(centred: Array, weights: Array, units: NDArray[np.intp]) -> tuple[Array, ...]:
    _, number = np.unique(units, return_inverse=True)
    order = np.argsort(number, kind="stable")
    starts = np.flatnonzero(np.diff(number[order], prepend=-1))
    weight = np.add.reduceat(weights[order], starts)
    weighted = centred * weights[:, None]
    first = np.add.reduceat(weighted[order], starts, axis=0)
    blocks = np.split(order, starts[1:])
    second = np.stack([weighted[block].T @ centred[block] for block in blocks])
    return weight, first, second


def _correlations(weight: Array, first: Array, second: Array) -> Array:
    mean = first / weight[:, None]
    covariance = second / weight[:, None, None] - mean[:, :, None] * mean[:, None, :]
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    size = np.diagonal(second, axis1=1, axis2=2) / weight[:, None]
    sd = np.sqrt(np.where(variance > 1e-12 * size, variance, np.nan))
    return np.asarray(covariance / (sd[:, :, None] * sd[:, None, :]))
