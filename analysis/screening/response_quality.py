"""Signs of careless answering, one value a respondent each.

Every function takes answers as numbers with NaN where missing and returns one float a row, NaN
where the sign cannot be computed for that respondent. Nothing here decides anything; see
:mod:`analysis.screening`.

References
----------
Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data.
Journal of Experimental Social Psychology, 66, 4-19.
Meade, A. W., & Craig, S. B. (2012). Identifying careless responses in survey data. Psychological
Methods, 17, 437-455.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.numeric import Array, moments

_ROWS_AT_ONCE = 20_000


def longest_run(values: Array) -> Array:
    """Return the longest run of identical consecutive answers (Johnson 2005).

    A missing answer ends a run: nothing is held against a person that was not answered.

    Parameters
    ----------
    values
        Items of one response scale in presentation order, shape (n, p).
    """
    n = len(values)
    run = np.where(np.isnan(values[:, 0]), 0.0, 1.0)
    longest = run.copy()
    for place in range(1, values.shape[1]):
        now = values[:, place]
        run = np.where(now == values[:, place - 1], run + 1.0, np.where(np.isnan(now), 0.0, 1.0))
        longest = np.maximum(longest, run)
    return np.where(longest > 0, longest, np.nan) if n else longest


def intra_individual_sd(values: Array, least: int = 10) -> Array:
    """Return each respondent's standard deviation over items of one scale (Dunn et al. 2018).

    Parameters
    ----------
    values
        Raw answers, shape (n, p).
    least
        Fewest answers for which it is computed.

    References
    ----------
    Dunn, A. M., Heggestad, E. D., Shanock, L. R., & Theilgard, N. (2018). Intra-individual response
    variability as an indicator of insufficient effort responding. Journal of Business and
    Psychology, 33, 105-121.
    """
    there = ~np.isnan(values)
    count = there.sum(axis=1)
    enough = count >= max(least, 2)
    divisor = np.where(enough, count, 2)
    mean = np.where(there, values, 0.0).sum(axis=1) / divisor
    squares = (np.where(there, values - mean[:, None], 0.0) ** 2).sum(axis=1)
    return np.where(enough, np.sqrt(squares / (divisor - 1)), np.nan)


def squared_distances(values: Array) -> tuple[Array, NDArray[np.intp], bool]:
    """Return squared Mahalanobis distances given what each respondent answered.

    Means and covariances come from all available pairs. With O the items a respondent answered,
    the distance is (x - m)_O' S_OO^-1 (x - m)_O, to be held against chi-square with as many degrees
    of freedom as O has items. It is computed through the inverse K of the whole matrix: with zeros
    put in for missing deviations and v = K z, z' K z - v_M' K_MM^-1 v_M, so that only the block of
    the missing items is solved.

    Parameters
    ----------
    values
        Shape (n, p).

    Returns
    -------
    distances, answered, smoothed
        Distances (NaN for those who answered fewer than half), items answered, and whether the
        covariances had to be made positive definite first.
    """
    about = moments(values, np.ones(len(values)), "pairwise")
    deviation = values - about.mean
    sd = np.sqrt(np.diag(about.covariance))
    values_, vectors = np.linalg.eigh(about.covariance / np.outer(sd, sd))
    smoothed = bool(values_[0] < 1e-4)
    precision = (vectors / np.maximum(values_, 1e-4)) @ vectors.T
    z = np.where(np.isnan(values), 0.0, deviation / sd)
    answered = (~np.isnan(values)).sum(axis=1)
    missing = values.shape[1] - answered
    v = z @ precision
    distance = (z * v).sum(axis=1)
    distance[2 * answered < values.shape[1]] = np.nan
    for count in np.unique(missing[(missing > 0) & ~np.isnan(distance)]).tolist():
        rows = np.flatnonzero(missing == count)
        for start in range(0, len(rows), max(1, _ROWS_AT_ONCE * 10 // count**2)):
            some = rows[start : start + max(1, _ROWS_AT_ONCE * 10 // count**2)]
            gaps = np.nonzero(np.isnan(values[some]))[1].reshape(len(some), count)
            block = precision[gaps[:, :, None], gaps[:, None, :]]
            part = np.take_along_axis(v[some], gaps, axis=1)
            solved = np.linalg.solve(block, part[:, :, None])[:, :, 0]
            distance[some] -= (part * solved).sum(axis=1)
    return distance, answered, smoothed


def even_odd_consistency(halves: Sequence[tuple[Array, Array]], least: int = 3) -> Array:
    """Return each respondent's correlation between odd and even halves of the scales.

    Parameters
    ----------
    halves
        For each scale the respondent's mean over its odd and over its even items, after reversing
        and brought to the same range; NaN where a half has no answer.
    least
        Fewest scales with both halves.
    """
    odd = np.column_stack([half[0] for half in halves])
    even = np.column_stack([half[1] for half in halves])
    return row_correlations(odd, even, least)


def pair_consistency(left: Array, right: Array, least: int = 5) -> Array:
    """Return each respondent's correlation over pairs of items that go together in the sample.

    For psychometric synonyms it should be high, for antonyms (pairs that go against one another)
    low (Meade and Craig 2012).

    Parameters
    ----------
    left, right
        Answers to the first and to the second item of each pair, standardised, shape (n, pairs).
    least
        Fewest pairs with both answers.
    """
    return row_correlations(left, right, least)


def strong_pairs(
    values: Array, critical: float
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the pairs of items with correlation above ``critical`` and below minus that.

    Parameters
    ----------
    values
        Shape (n, p).
    critical
        Least absolute correlation of a pair.
    """
    about = moments(values, np.ones(len(values)), "pairwise")
    sd = np.sqrt(np.diag(about.covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        r = about.covariance / np.outer(sd, sd)
    rows, columns = np.triu_indices(len(r), 1)
    found = r[rows, columns]

    def chosen(which: NDArray[np.bool_]) -> list[tuple[int, int]]:
        return list(zip(rows[which].tolist(), columns[which].tolist(), strict=True))

    return chosen(found > critical), chosen(found < -critical)


def row_correlations(left: Array, right: Array, least: int) -> Array:
    """Correlate two arrays row by row over what both have, NaN below ``least`` or without spread."""
    both = ~(np.isnan(left) | np.isnan(right))
    count = both.sum(axis=1)
    divisor = np.maximum(count, 1)[:, None]
    a = np.where(both, left, 0.0)
    b = np.where(both, right, 0.0)
    a = np.where(both, a - a.sum(axis=1, keepdims=True) / divisor, 0.0)
    b = np.where(both, b - b.sum(axis=1, keepdims=True) / divisor, 0.0)
    spread = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    usable = (count >= max(least, 3)) & (spread > 1e-9)
    return np.where(usable, (a * b).sum(axis=1) / np.where(usable, spread, 1.0), np.nan)
