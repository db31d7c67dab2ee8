"""Bootstrapped correlation matrices: whole clusters, or rows, drawn with replacement."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.numeric import Array


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
