"""Sampling covariance of thresholds and polychoric correlations.

The two-step estimator solves two sets of equations, one for the thresholds of each item, one for
each correlation given them. Its covariance is that of such an estimator: the outer products of
every respondent's scores between two inverses of their derivatives (Muthen 1984; Joreskog 1994).
The derivatives are themselves outer products, as in other programs, which supposes that the
variables behind the answers are normal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from analysis.correlation.bivariate_normal import density, quadrant
from analysis.correlation.cross_tables import (
    CodeArray,
    CrossTables,
    cross_tables,
    encode,
    groups_of_pairs,
)
from analysis.correlation.matrix import CorrelationMatrix
from analysis.correlation.methods import correlation_of_tables
from analysis.errors import AnalysisError, Note
from analysis.matrices import FloatArray, IntArray, ItemMatrix, Items, Weights, item_matrix
from analysis.threads import one_blas_thread

_EMPTY = 1.5e-8
"""A cell less probable than this tells nothing about the parameters."""

_LEAST_INFORMATION = 1e-6
_LEAST_VARIANCE = 1e-12
_MOST_NUMBERS = 200_000_000


@dataclass(frozen=True, slots=True)
class PolychoricCovariance:
    """Thresholds and correlations with their sampling covariance.

    Attributes
    ----------
    estimates
        Thresholds (``item|1``, ``item|2``, ...) item by item, then correlations (``a~~b``) in the
        order of the lower triangle by columns: all pairs of the first item, of the second, ...
    covariance
        Sampling covariance of ``estimates``.
    correlations
        The correlation matrix they belong to.
    n
        Respondents.
    n_clusters
        Clusters, or None without.
    notes
        Those of the correlation matrix.
    """

    estimates: pd.Series
    covariance: pd.DataFrame
    correlations: CorrelationMatrix
    n: int
    n_clusters: int | None
    notes: tuple[Note, ...]

    @property
    def se(self) -> pd.Series:
        """Standard errors of the estimates."""
        values = np.sqrt(np.diag(self.covariance.to_numpy()))
        return pd.Series(values, index=self.estimates.index, name="se")


def polychoric_covariance(
    items: Items,
    weights: Weights = None,
    missing: str = "pairwise",
    clusters: pd.Series | FloatArray | None = None,
) -> PolychoricCovariance:
    """Estimate thresholds, polychoric correlations and their sampling covariance.

    Parameters
    ----------
    items
        Ordered answers, respondents by items; NA or NaN where missing. A missing answer leaves out
        the scores it would be part of, which is right if answers are missing completely at random.
    weights
        Sampling weights: the name of a column of ``items`` or one number a respondent.
    missing
        ``"pairwise"`` or ``"listwise"``.
    clusters
        Cluster of each respondent: scores are summed within clusters, times G / (G - 1).

    Returns
    -------
    PolychoricCovariance

    Raises
    ------
    AnalysisError
        What :func:`analysis.correlation.polychoric` refuses; two items that repeat each other;
        fewer clusters than two; more respondents and estimates than memory holds.

    References
    ----------
    Muthen, B. (1984). A general structural equation model with dichotomous, ordered categorical,
    and continuous latent variable indicators. *Psychometrika*, 49, 115-132.

    Joreskog, K. G. (1994). On the estimation of polychoric correlations and their asymptotic
    covariance matrix. *Psychometrika*, 59, 381-389.
    """
    data = item_matrix(items, weights, missing)
    coded = encode(data.answers, data.names)
    n_thresholds = int((coded.n_categories - 1).sum())
    p = len(data.names)
    if data.n * (n_thresholds + p * (p - 1) // 2) > _MOST_NUMBERS:
        raise AnalysisError(
            "The covariance of {n} items over {rows} respondents does not fit into memory; use "
            "fewer items.",
            n=p,
            rows=data.n,
        )
    with one_blas_thread():
        tables = cross_tables(
            coded.codes, coded.n_categories, data.weights if data.weighted else None
        )
        answered = (coded.codes >= 0).astype(float)
        matrix = correlation_of_tables(
            tables,
            coded.categories,
            answered.T @ answered,
            data.names,
            n_rows=data.n,
            missing=data.missing,
            weighted=data.weighted,
            notes=data.notes,
        )
        _check_inside(matrix)
        cuts = [np.array(matrix.thresholds[name]) for name in data.names]
        steps = _threshold_scores(coded.codes, cuts)
        scores, derivative = _scores_and_derivative(
            coded.codes, tables, cuts, matrix.r.to_numpy(dtype=float), steps, data.weights
        )
        _check_information(np.diag(derivative)[n_thresholds:] / data.n, data.names)
        scores *= data.weights[:, None]
        n_clusters = None
        if clusters is not None:
            scores, n_clusters = _sum_by_cluster(scores, clusters, data, len(items))
        middle = scores.T @ scores
        bread = np.linalg.solve(derivative, np.linalg.solve(derivative, middle).T)
    covariance = (bread + bread.T) / 2
    if np.diag(covariance).min() < _LEAST_VARIANCE:
        raise AnalysisError(
            "{n} respondents are too few for standard errors of these correlations.", n=data.n
        )
    if n_clusters is not None:
        covariance *= n_clusters / (n_clusters - 1)
    labels = _labels(data.names, cuts)
    lower = np.concatenate([matrix.r.to_numpy()[j + 1 :, j] for j in range(p - 1)])
    return PolychoricCovariance(
        estimates=pd.Series(np.concatenate([*cuts, lower]), index=labels, name="estimate"),
        covariance=pd.DataFrame(covariance, index=labels, columns=labels),
        correlations=matrix,
        n=data.n,
        n_clusters=n_clusters,
        notes=matrix.notes,
    )


def _check_inside(matrix: CorrelationMatrix) -> None:
    """Refuse estimates at their bound, where the likelihood has no curvature."""
    r = np.abs(matrix.r.to_numpy())
    np.fill_diagonal(r, 0.0)
    i, j = np.unravel_index(int(r.argmax()), r.shape)
    if r[i, j] > 0.9998:
        raise AnalysisError(
            "The answers to {first} and {second} agree almost perfectly; their correlation has no "
            "standard error. Leave one of the items out.",
            first=matrix.items[min(i, j)],
            second=matrix.items[max(i, j)],
        )


def _check_information(per_respondent: FloatArray, names: tuple[str, ...]) -> None:
    """Refuse pairs, in the order of the lower triangle by columns, that say nothing about theirs."""
    if per_respondent.min(initial=1.0) > _LEAST_INFORMATION:
        return
    pairs = [(a, b) for j, a in enumerate(names) for b in names[j + 1 :]]
    first, second = pairs[int(per_respondent.argmin())]
    raise AnalysisError(
        "Too few different answers to {first} and {second} for a standard error of their "
        "correlation. Leave one of the items out.",
        first=first,
        second=second,
    )


def _labels(names: tuple[str, ...], cuts: list[FloatArray]) -> list[str]:
    thresholds = [f"{n}|{k + 1}" for n, c in zip(names, cuts, strict=True) for k in range(len(c))]
    pairs = [f"{a}~~{b}" for j, a in enumerate(names) for b in names[j + 1 :]]
    return thresholds + pairs


def _threshold_scores(codes: CodeArray, cuts: list[FloatArray]) -> list[FloatArray]:
    """For each item, categories by thresholds: derivative of the log of the category's share.

    One row more than categories: the last, of zeros, is for missing answers (code -1).
    """
    out = []
    for cut in cuts:
        phi = np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi)
        share = np.diff(np.concatenate([[0.0], ndtr(cut), [1.0]]))
        table = np.zeros((len(cut) + 2, len(cut)))
        for k, height in enumerate(phi):
            table[k, k] = height / share[k]
            table[k + 1, k] = -height / share[k + 1]
        out.append(table)
    return out


def _scores_and_derivative(
    codes: CodeArray,
    tables: CrossTables,
    cuts: list[FloatArray],
    r: FloatArray,
    steps: list[FloatArray],
    weights: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Every respondent's scores, and minus their summed derivative by outer products."""
    p = len(cuts)
    sizes = np.array([len(c) for c in cuts])
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    n_thresholds = int(sizes.sum())
    total = n_thresholds + p * (p - 1) // 2
    scores = np.zeros((len(codes), total))
    derivative = np.zeros((total, total))
    for item in range(p):
        own = slice(first[item], first[item] + sizes[item])
        scores[:, own] = steps[item][codes[:, item]]
        weighted = scores[:, own] * weights[:, None]
        derivative[own, own] = weighted.T @ scores[:, own]
    for i, j in groups_of_pairs(tables.n_categories):
        counts = tables.pairs(i, j)
        h, k = np.array([cuts[a] for a in i]), np.array([cuts[b] for b in j])
        by_r, by_h, by_k = _cell_scores(h, k, r[i, j])
        places = n_thresholds + _position(i, j, p)
        derivative[places, places] = np.einsum("mab,mab,mab->m", counts, by_r, by_r)
        from_h = np.einsum("mab,mab,mabt->mt", counts, by_r, by_h)
        from_k = np.einsum("mab,mab,mabt->mt", counts, by_r, by_k)
        padded = np.zeros((len(i), by_r.shape[1] + 1, by_r.shape[2] + 1))
        padded[:, :-1, :-1] = by_r
        for m, place in enumerate(places):
            a, b = i[m], j[m]
            derivative[place, first[a] : first[a] + sizes[a]] = from_h[m]
            derivative[place, first[b] : first[b] + sizes[b]] = from_k[m]
            # Code -1 looks up the row and column of zeros.
            scores[:, place] = padded[m][codes[:, a], codes[:, b]]
    return scores, derivative


def _position(i: IntArray, j: IntArray, p: int) -> IntArray:
    """Place of the pair (i, j), i > j, in the lower triangle by columns."""
    return np.asarray(j * p - j * (j + 1) // 2 + i - j - 1)


def _cell_scores(
    h: FloatArray, k: FloatArray, r: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Differentiate the log cell probabilities by the correlation and by both items' thresholds."""
    m, a, b = len(h), h.shape[1] + 1, k.shape[1] + 1
    grid = np.zeros((m, a + 1, b + 1))
    grid[:, 1:-1, 1:-1] = quadrant(h, k, r)
    grid[:, 1:-1, -1], grid[:, -1, 1:-1], grid[:, -1, -1] = ndtr(h), ndtr(k), 1.0
    cell = np.diff(np.diff(grid, axis=1), axis=2)
    empty = cell <= _EMPTY
    safe = np.where(empty, 1.0, cell)
    slope = np.zeros_like(grid)
    slope[:, 1:-1, 1:-1] = density(h, k, r)
    by_r = np.diff(np.diff(slope, axis=1), axis=2) / safe
    by_h = _threshold_slopes(h, k, r) / safe[..., None]
    by_k = np.swapaxes(_threshold_slopes(k, h, r), 1, 2) / safe[..., None]
    for array in (by_r, by_h, by_k):
        array[empty] = 0.0
    return by_r, by_h, by_k


def _threshold_slopes(h: FloatArray, k: FloatArray, r: FloatArray) -> FloatArray:
    """Differentiate the cell probabilities by the first item's thresholds; shape (m, a, b, t).

    Olsson (1979), eq. 16: the density at the threshold times the other's conditional probability.
    """
    m, t = h.shape
    rho = r[:, None, None]
    bounds = np.zeros((m, t, k.shape[1] + 2))
    bounds[:, :, 1:-1] = ndtr((k[:, None, :] - rho * h[:, :, None]) / np.sqrt(1 - rho**2))
    bounds[:, :, -1] = 1.0
    height = np.exp(-(h**2) / 2) / np.sqrt(2 * np.pi)
    change = height[:, :, None] * np.diff(bounds, axis=2)
    out = np.zeros((m, t + 1, k.shape[1] + 1, t))
    for c in range(t):
        out[:, c, :, c] = change[:, c]
        out[:, c + 1, :, c] = -change[:, c]
    return out


def _sum_by_cluster(
    scores: FloatArray, clusters: pd.Series | FloatArray, data: ItemMatrix, n_given: int
) -> tuple[FloatArray, int]:
    codes = pd.factorize(np.asarray(clusters))[0]
    if len(codes) != n_given:
        raise AnalysisError(
            "There are {given} clusters for {n} respondents.", given=len(codes), n=n_given
        )
    codes = codes[data.kept]
    if (codes < 0).any():
        raise AnalysisError(
            "{n} respondents have no cluster; leave them out.", n=int((codes < 0).sum())
        )
    _, codes = np.unique(codes, return_inverse=True)
    n_clusters = int(codes.max()) + 1
    if n_clusters < 2:
        raise AnalysisError("Errors by clusters need at least two clusters.")
    sums = np.zeros((n_clusters, scores.shape[1]))
    np.add.at(sums, codes, scores)
    return sums, n_clusters
