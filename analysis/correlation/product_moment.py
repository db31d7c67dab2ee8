"""Product-moment correlations of answers or of their ranks, weighted, each pair complete."""

from __future__ import annotations

import numpy as np

from analysis.matrices import BoolArray, FloatArray
from analysis.threads import one_blas_thread


def pairwise_pearson(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Weighted correlations of columns, each pair from the rows that have both.

    Parameters
    ----------
    values
        Rows by columns, NaN where missing; each column varies.
    weights
        One positive weight a row.

    Returns
    -------
    FloatArray
        Correlations; not finite where a column does not vary among the rows that have both.
    BoolArray
        Whether the row's column varies among those who have the column's.
    """
    w = weights[:, None]
    missing = np.isnan(values)
    answered = (~missing).astype(float)
    count = answered.sum(axis=0)
    # Centred and scaled first, so that the differences of sums below keep their digits.
    filled = np.where(missing, 0.0, values)
    filled = np.where(missing, 0.0, filled - filled.sum(axis=0) / count)
    x = filled / np.sqrt((filled**2).sum(axis=0) / count)
    wx = w * x
    with one_blas_thread():
        products = wx.T @ x
        if missing.any():
            total = (w * answered).T @ answered
            sums = wx.T @ answered
            squares = (wx * x).T @ answered
        else:
            shape = products.shape
            total = np.full(shape, weights.sum())
            sums = np.broadcast_to(wx.sum(axis=0)[:, None], shape)
            squares = np.broadcast_to((wx * x).sum(axis=0)[:, None], shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums / total
        variance = squares / total - mean**2
        r = (products / total - mean * mean.T) / np.sqrt(variance * variance.T)
    return r, variance > 1e-12


def rank_correlations_of_tables(counts: FloatArray) -> FloatArray:
    """Spearman correlations of cross-tabulations.

    Parameters
    ----------
    counts
        Tables of counts or weights, shape (pairs, a, b); ties share the middle of their ranks.

    Returns
    -------
    FloatArray
        Shape (pairs,).

    References
    ----------
    Kendall, M. G. (1945). The treatment of ties in ranking problems. *Biometrika*, 33, 239-251.
    """
    total = counts.sum(axis=(1, 2))
    rows, columns = counts.sum(axis=2), counts.sum(axis=1)
    x = np.cumsum(rows, axis=1) - rows / 2 - total[:, None] / 2
    y = np.cumsum(columns, axis=1) - columns / 2 - total[:, None] / 2
    covariance = np.einsum("mab,ma,mb->m", counts, x, y)
    squares = (rows * x**2).sum(axis=1) * (columns * y**2).sum(axis=1)
    return np.asarray(covariance / np.sqrt(squares))


def rank_correlation(first: FloatArray, second: FloatArray, weights: FloatArray) -> float:
    """Spearman correlation of two columns, ranked among the rows that have both."""
    both = ~np.isnan(first) & ~np.isnan(second)
    w = weights[both]
    x = weighted_ranks(first[both], w)
    y = weighted_ranks(second[both], w)
    return float((w * x * y).sum() / np.sqrt((w * x**2).sum() * (w * y**2).sum()))


def weighted_ranks(column: FloatArray, weights: FloatArray) -> FloatArray:
    """Ranks with mean zero: weight below an answer plus half the weight at it; NaN stays."""
    answered = ~np.isnan(column)
    w = weights[answered]
    _, place = np.unique(column[answered], return_inverse=True)
    margin = np.bincount(place, weights=w)
    ranks = np.full(len(column), np.nan)
    ranks[answered] = (np.cumsum(margin) - margin / 2 - w.sum() / 2)[place]
    return ranks
