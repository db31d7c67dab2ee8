"""Correlation matrices of items: Pearson, Spearman, polychoric; weighted; complete or pairwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
import pandas as pd

from analysis.cross_tables import (
    BLOCK_ROWS,
    MOST_CATEGORIES,
    CodeArray,
    CrossTables,
    cross_tables,
    encode,
    groups_of_pairs,
)
from analysis.errors import AnalysisError, Note, note
from analysis.matrices import (
    BoolArray,
    FloatArray,
    IntArray,
    ItemMatrix,
    Items,
    Weights,
    item_matrix,
    one_of,
)
from analysis.polychoric import LARGEST, estimate_polychorics, thresholds_from_margins
from analysis.product_moment import (
    pairwise_pearson,
    rank_correlation,
    rank_correlations_of_tables,
)
from analysis.smoothing import SMALLEST_EIGENVALUE, nearest_definite, smoothing_note
from analysis.threads import one_blas_thread

CorrelationMethod = Literal["polychoric", "pearson", "spearman"]

_FEWEST_JOINT = 3


@dataclass(frozen=True, slots=True)
class CorrelationMatrix:
    """Correlations of items with what is needed to use and to cite them.

    Attributes
    ----------
    r
        Items by items.
    n
        Respondents for tests of fit: the harmonic mean of the pairwise numbers; the number of
        respondents itself when nothing is missing.
    n_pairs
        Items by items: respondents who answered both (on the diagonal, who answered the item).
        Counts of people, not sums of weights.
    n_rows
        Respondents with at least one answer (pairwise) or all answers (listwise).
    method
        ``"pearson"``, ``"spearman"``, ``"polychoric"`` or ``"mixed"``.
    missing
        ``"pairwise"`` or ``"listwise"``.
    weighted
        Whether sampling weights were used.
    thresholds
        For ordered items, by name: where their normal variables are cut. Empty otherwise.
    categories
        For ordered items, by name: the answers used, ascending; one more than thresholds.
    smoothed
        Whether the matrix was made positive definite by :func:`smooth`.
    notes
        Respondents left out, duplicates, smoothing.
    """

    r: pd.DataFrame
    n: float
    n_pairs: pd.DataFrame
    n_rows: int
    method: str
    missing: str
    weighted: bool
    thresholds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    categories: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    smoothed: bool = False
    notes: tuple[Note, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """Names of the items."""
        return tuple(self.r.columns)


def correlate(
    items: Items,
    method: CorrelationMethod = "polychoric",
    weights: Weights = None,
    missing: str = "pairwise",
) -> CorrelationMatrix:
    """Correlate items by the named method; see :func:`pearson`, :func:`spearman`, :func:`polychoric`.

    Raises
    ------
    AnalysisError
        An unknown method, or what the method refuses.
    """
    one_of(method, get_args(CorrelationMethod), option="correlation")
    chosen = {"polychoric": polychoric, "pearson": pearson, "spearman": spearman}[method]
    return chosen(items, weights, missing)


def pearson(items: Items, weights: Weights = None, missing: str = "pairwise") -> CorrelationMatrix:
    """Product-moment correlations.

    Parameters
    ----------
    items
        Respondents by items, a frame or an array; NA or NaN where missing.
    weights
        Sampling weights: the name of a column of ``items`` or one number a respondent.
    missing
        ``"pairwise"``: each correlation (its means and variances too) from everybody who answered
        both items. ``"listwise"``: all from those who answered everything.

    Returns
    -------
    CorrelationMatrix

    Raises
    ------
    AnalysisError
        Input that :func:`analysis.matrices.item_matrix` refuses; two items that fewer than three
        respondents answered both, or of which one does not vary among those.
    """
    data = _at_least_two(item_matrix(items, weights, missing))
    n_pairs = _counts(data)
    _check_joint(n_pairs, data.names)
    r, varies = pairwise_pearson(data.answers, data.weights)
    _check_variation(varies, data.names)
    return _result(data, r, n_pairs, "pearson")


def spearman(items: Items, weights: Weights = None, missing: str = "pairwise") -> CorrelationMatrix:
    """Rank correlations; ties share the middle of their ranks.

    With missing answers the ranks of a pair are those among the respondents who answered both.
    With weights the rank of an answer is the weight below it plus half the weight at it.

    Parameters
    ----------
    items, weights, missing
        As for :func:`pearson`.

    Returns
    -------
    CorrelationMatrix

    Raises
    ------
    AnalysisError
        As :func:`pearson`.
    """
    data = _at_least_two(item_matrix(items, weights, missing))
    n_pairs = _counts(data)
    _check_joint(n_pairs, data.names)
    n_items = len(data.names)
    r = np.eye(n_items)
    if _few_values(data.answers):
        coded = encode(data.answers, data.names)
        tables = _tables(data, coded.codes, coded.n_categories)
        _check_variation(_used_categories(tables) > 1, data.names)
        for i, j in groups_of_pairs(tables.n_categories):
            r[i, j] = r[j, i] = rank_correlations_of_tables(tables.pairs(i, j))
    else:
        _check_variation(_varies_jointly(data), data.names)
        for a in range(n_items):
            for b in range(a):
                r[a, b] = r[b, a] = rank_correlation(
                    data.answers[:, a], data.answers[:, b], data.weights
                )
    return _result(data, r, n_pairs, "spearman")


def polychoric(
    items: Items, weights: Weights = None, missing: str = "pairwise"
) -> CorrelationMatrix:
    """Polychoric correlations: those of the normal variables behind ordered answers.

    Two steps (Olsson 1979): thresholds from each item's (weighted) margin over all its answers,
    then the correlation of each pair by maximum likelihood from its (weighted) table. Categories
    that nobody used are left out item by item. A two-by-two table with one empty cell gets a half
    there, its margins kept.

    Parameters
    ----------
    items
        Ordered answers, at most 30 different ones an item; NA or NaN where missing.
    weights
        Sampling weights: the name of a column of ``items`` or one number a respondent.
    missing
        ``"pairwise"`` or ``"listwise"``, as for :func:`pearson`.

    Returns
    -------
    CorrelationMatrix
        With thresholds. Estimates stay within plus or minus .9999; pairs there are duplicates and
        are named in the notes. The matrix may be indefinite: see :func:`smooth`.

    Raises
    ------
    AnalysisError
        As :func:`pearson`, and for an item with more than 30 different answers.

    References
    ----------
    Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient.
    *Psychometrika*, 44, 443-460.
    """
    data = _at_least_two(item_matrix(items, weights, missing))
    coded = encode(data.answers, data.names)
    n_pairs = _counts(data)
    _check_joint(n_pairs, data.names)
    tables = _tables(data, coded.codes, coded.n_categories)
    return polychoric_from_tables(tables, coded.categories, n_pairs, data)


def polychoric_from_tables(
    tables: CrossTables,
    categories: tuple[FloatArray, ...],
    n_pairs: FloatArray,
    data: ItemMatrix,
) -> CorrelationMatrix:
    """Estimate polychoric correlations from pairwise tables; see :func:`polychoric`."""
    _check_variation(_used_categories(tables) > 1, data.names)
    thresholds = thresholds_from_margins(tables.margins())
    with one_blas_thread():
        estimates = estimate_polychorics(tables, thresholds)
    duplicates = tuple(
        note(
            "The answers to {first} and {second} agree almost perfectly; their correlation is set "
            "to {r}",
            first=data.names[j],
            second=data.names[i],
            r=f"{np.sign(estimates.r[i, j]) * LARGEST:.4f}",
        )
        for i, j in estimates.at_bound
    )
    result = _result(data, estimates.r, n_pairs, "polychoric")
    return replace(
        result,
        thresholds=_by_item(data.names, thresholds),
        categories=_by_item(data.names, categories),
        notes=result.notes + duplicates,
    )


def smooth(matrix: CorrelationMatrix, smallest: float = SMALLEST_EIGENVALUE) -> CorrelationMatrix:
    """Make an indefinite correlation matrix positive definite, and say so.

    Eigenvalues below ``smallest`` are lifted to it and the diagonal is scaled back to ones. A
    matrix whose eigenvalues are all positive and not below ``smallest`` is returned as it is.

    Parameters
    ----------
    matrix
        Any correlation matrix.
    smallest
        Smallest eigenvalue to leave, between 0 and 0.1.

    Returns
    -------
    CorrelationMatrix
        With a note that tells how many eigenvalues were lifted and the largest change.

    Raises
    ------
    AnalysisError
        If ``smallest`` is out of range.

    References
    ----------
    Wothke, W. (1993). Nonpositive definite matrices in structural modeling. In K. A. Bollen &
    J. S. Long (Eds.), *Testing structural equation models* (pp. 256-293). Sage.
    """
    if not 0 < smallest <= 0.1:
        raise AnalysisError(
            "The smallest eigenvalue to leave is between 0 and 0.1, not {value}", value=smallest
        )
    old = matrix.r.to_numpy(dtype=float)
    new, lifted = nearest_definite(old, smallest)
    if not lifted:
        return matrix
    r = pd.DataFrame(new, index=matrix.r.index, columns=matrix.r.columns)
    remark = smoothing_note(old, new, lifted)
    return replace(matrix, r=r, smoothed=True, notes=(*matrix.notes, remark))


def _at_least_two(data: ItemMatrix) -> ItemMatrix:
    if len(data.names) < 2:
        raise AnalysisError(
            "Correlations need at least two items; there is only {item}", item=data.names[0]
        )
    return data


def _counts(data: ItemMatrix) -> FloatArray:
    """Respondents who answered both items of each pair."""
    counts = np.zeros((len(data.names), len(data.names)))
    with one_blas_thread():
        # Single precision counts a block exactly and in half the time.
        for start in range(0, data.n, BLOCK_ROWS):
            answered = ~np.isnan(data.answers[start : start + BLOCK_ROWS])
            single = answered.astype(np.float32)
            counts += single.T @ single
    return counts


def _tables(data: ItemMatrix, codes: CodeArray, n_categories: IntArray) -> CrossTables:
    with one_blas_thread():
        return cross_tables(codes, n_categories, data.weights if data.weighted else None)


def _used_categories(tables: CrossTables) -> FloatArray:
    """Items by items: categories of the row's item used by those who answered the column's."""
    given = np.add.reduceat(tables.counts, tables.starts, axis=1)
    return np.asarray(np.add.reduceat((given > 0).astype(float), tables.starts, axis=0))


def _check_joint(n_pairs: FloatArray, names: tuple[str, ...]) -> None:
    few = np.argwhere(np.tril(n_pairs < _FEWEST_JOINT, -1))
    if len(few):
        i, j = few[0]
        raise AnalysisError(
            "Only {n} respondents answered both {first} and {second}; leave one of the items out",
            n=int(n_pairs[i, j]),
            first=names[j],
            second=names[i],
        )


def _check_variation(varies: BoolArray, names: tuple[str, ...]) -> None:
    flat = np.argwhere(~varies)
    if len(flat):
        i, j = flat[0]
        raise AnalysisError(
            "Everybody who answered {other} gave the same answer to {item}; they cannot be "
            "correlated, leave one of the items out",
            item=names[i],
            other=names[j],
        )


def _varies_jointly(data: ItemMatrix) -> BoolArray:
    """Items by items: whether the row's item varies among those who answered the column's."""
    answered = ~np.isnan(data.answers)
    varies = np.ones((len(data.names), len(data.names)), dtype=bool)
    for j, both in enumerate(answered.T):
        varies[:, j] = np.nanmin(data.answers[both], axis=0) < np.nanmax(data.answers[both], axis=0)
    return varies


def _few_values(values: FloatArray) -> bool:
    return all(len(np.unique(c[~np.isnan(c)])) <= MOST_CATEGORIES for c in values.T)


def _by_item(
    names: tuple[str, ...], arrays: list[FloatArray] | tuple[FloatArray, ...]
) -> Mapping[str, tuple[float, ...]]:
    pairs = zip(names, arrays, strict=True)
    return MappingProxyType({name: tuple(float(v) for v in array) for name, array in pairs})


def harmonic_n(n_pairs: FloatArray) -> float:
    """Harmonic mean of the pairwise numbers of respondents."""
    off = n_pairs[np.tril_indices(len(n_pairs), -1)]
    return float(1.0 / np.mean(1.0 / off))


def _result(data: ItemMatrix, r: FloatArray, n_pairs: FloatArray, method: str) -> CorrelationMatrix:
    r = np.clip((r + r.T) / 2, -1.0, 1.0)
    np.fill_diagonal(r, 1.0)
    names = list(data.names)
    return CorrelationMatrix(
        r=pd.DataFrame(r, index=names, columns=names),
        n=harmonic_n(n_pairs),
        n_pairs=pd.DataFrame(n_pairs.astype(np.int64), index=names, columns=names),
        n_rows=data.n,
        method=method,
        missing=data.missing,
        weighted=data.weighted,
        notes=data.notes,
    )
