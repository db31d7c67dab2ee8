"""Correlation matrices of items: Pearson, Spearman, polychoric; weighted; complete or pairwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np

from analysis.correlation.cross_tables import (
    MOST_CATEGORIES,
    CrossTables,
    encode,
    groups_of_pairs,
)
from analysis.correlation.joint_answers import (
    at_least_two,
    check_joint,
    check_variation,
    pair_counts,
    tables_of,
    used_categories,
    varies_jointly,
)
from analysis.correlation.matrix import CorrelationMatrix, harmonic_n, labelled
from analysis.correlation.polyserial import polyserial_correlation
from analysis.correlation.product_moment import (
    pairwise_pearson,
    rank_correlation,
    rank_correlations_of_tables,
)
from analysis.correlation.two_step import LARGEST, estimate_polychorics, thresholds_from_margins
from analysis.errors import AnalysisError, Note, note
from analysis.matrices import (
    BoolArray,
    FloatArray,
    ItemMatrix,
    Items,
    Weights,
    item_matrix,
    one_of,
)
from analysis.threads import one_blas_thread

CorrelationMethod = Literal["polychoric", "pearson", "spearman", "mixed"]

_MOST_ORDERED = 10


def correlate(
    items: Items,
    method: CorrelationMethod = "polychoric",
    weights: Weights = None,
    missing: str = "pairwise",
) -> CorrelationMatrix:
    """Correlate items by the named method.

    The methods are :func:`pearson`, :func:`spearman`, :func:`polychoric` and :func:`mixed`.

    Raises
    ------
    AnalysisError
        An unknown method, or what the method refuses.
    """
    one_of(method, get_args(CorrelationMethod), option="correlation")
    if method == "mixed":
        return mixed(items, weights, missing)
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
    data = at_least_two(item_matrix(items, weights, missing))
    n_pairs = pair_counts(data)
    check_joint(n_pairs, data.names)
    r, varies = pairwise_pearson(data.answers, data.weights)
    check_variation(varies, data.names)
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
    data = at_least_two(item_matrix(items, weights, missing))
    n_pairs = pair_counts(data)
    check_joint(n_pairs, data.names)
    n_items = len(data.names)
    r = np.eye(n_items)
    if _few_values(data.answers):
        coded = encode(data.answers, data.names)
        tables = tables_of(data, coded.codes, coded.n_categories)
        check_variation(used_categories(tables) > 1, data.names)
        for i, j in groups_of_pairs(tables.n_categories):
            r[i, j] = r[j, i] = rank_correlations_of_tables(tables.pairs(i, j))
    else:
        check_variation(varies_jointly(data), data.names)
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
    data = at_least_two(item_matrix(items, weights, missing))
    coded = encode(data.answers, data.names)
    return correlation_of_tables(
        tables_of(data, coded.codes, coded.n_categories),
        coded.categories,
        pair_counts(data),
        data.names,
        n_rows=data.n,
        missing=data.missing,
        weighted=data.weighted,
        notes=data.notes,
    )


def correlation_of_tables(
    tables: CrossTables,
    categories: tuple[FloatArray, ...],
    n_pairs: FloatArray,
    names: tuple[str, ...],
    *,
    n_rows: int,
    missing: str = "pairwise",
    weighted: bool = False,
    notes: tuple[Note, ...] = (),
) -> CorrelationMatrix:
    """Estimate polychoric correlations from pairwise tables; see :func:`polychoric`.

    Parameters
    ----------
    tables
        Every pairwise table, of used categories only.
    categories
        For each item the answers that its categories stand for.
    n_pairs
        Items by items: respondents who answered both.
    names
        Names of the items.
    n_rows, missing, weighted, notes
        Taken over into the result.

    Returns
    -------
    CorrelationMatrix

    Raises
    ------
    AnalysisError
        Two items that fewer than three respondents answered both, or of which one does not vary
        among those.
    """
    check_joint(n_pairs, names)
    check_variation(used_categories(tables) > 1, names)
    thresholds = thresholds_from_margins(tables.margins())
    with one_blas_thread():
        estimates = estimate_polychorics(tables, thresholds)
    duplicates = tuple(
        note(
            "The answers to {first} and {second} agree almost perfectly; their correlation is set "
            "to {r}.",
            first=names[j],
            second=names[i],
            r=f"{np.sign(estimates.r[i, j]) * LARGEST:.4f}",
        )
        for i, j in estimates.at_bound
    )
    return CorrelationMatrix(
        r=labelled(estimates.r, names),
        n=harmonic_n(n_pairs),
        n_pairs=labelled(n_pairs.astype(np.int64), names),
        n_rows=n_rows,
        method="polychoric",
        missing=missing,
        weighted=weighted,
        thresholds=_by_item(names, thresholds),
        categories=_by_item(names, categories),
        notes=notes + duplicates,
    )


def mixed(
    items: Items,
    weights: Weights = None,
    missing: str = "pairwise",
    *,
    continuous: Sequence[str] | None = None,
) -> CorrelationMatrix:
    """Correlations of ordered and continuous items together.

    Polychoric between ordered items, polyserial between an ordered and a continuous one, Pearson
    between continuous ones.

    Parameters
    ----------
    items, weights, missing
        As for :func:`polychoric`.
    continuous
        Names of the continuous items; by default those with more than ten different answers.

    Returns
    -------
    CorrelationMatrix
        With the thresholds of the ordered items.

    Raises
    ------
    AnalysisError
        As :func:`polychoric`; a name that is no item.

    References
    ----------
    Olsson, U., Drasgow, F., & Dorans, N. J. (1982). The polyserial correlation coefficient.
    *Psychometrika*, 47, 337-347.
    """
    data = at_least_two(item_matrix(items, weights, missing))
    is_continuous = _continuous_items(data, continuous)
    n_pairs = pair_counts(data)
    check_joint(n_pairs, data.names)
    check_variation(varies_jointly(data), data.names)
    r = np.eye(len(data.names))
    notes = data.notes
    thresholds: dict[str, tuple[float, ...]] = {}
    categories: dict[str, tuple[float, ...]] = {}
    smooth_part, steps = np.flatnonzero(is_continuous), np.flatnonzero(~is_continuous)
    if len(smooth_part) > 1:
        part, _ = pairwise_pearson(data.answers[:, smooth_part], data.weights)
        r[np.ix_(smooth_part, smooth_part)] = part
    if len(steps):
        names = tuple(data.names[j] for j in steps)
        coded = encode(data.answers[:, steps], names)
        tables = tables_of(data, coded.codes, coded.n_categories)
        cuts = thresholds_from_margins(tables.margins())
        thresholds.update(_by_item(names, cuts))
        categories.update(_by_item(names, coded.categories))
        if len(steps) > 1:
            own = n_pairs[np.ix_(steps, steps)]
            ordered = correlation_of_tables(tables, coded.categories, own, names, n_rows=data.n)
            r[np.ix_(steps, steps)] = ordered.r
            notes += ordered.notes
        for position, j in enumerate(steps):
            for i in smooth_part:
                r[i, j] = r[j, i] = polyserial_correlation(
                    data.answers[:, i], coded.codes[:, position], cuts[position], data.weights
                )
    result = _result(data, r, n_pairs, "mixed")
    return replace(
        result,
        thresholds=MappingProxyType(thresholds),
        categories=MappingProxyType(categories),
        notes=notes,
    )


def _continuous_items(data: ItemMatrix, given: Sequence[str] | None) -> BoolArray:
    if given is None:
        different = [len(np.unique(c[~np.isnan(c)])) for c in data.answers.T]
        return np.array(different) > _MOST_ORDERED
    absent = [name for name in given if name not in data.names]
    if absent:
        raise AnalysisError("The answers have no item {item}.", item=absent[0])
    return np.isin(data.names, list(given))


def _few_values(values: FloatArray) -> bool:
    return all(len(np.unique(c[~np.isnan(c)])) <= MOST_CATEGORIES for c in values.T)


def _by_item(
    names: tuple[str, ...], arrays: list[FloatArray] | tuple[FloatArray, ...]
) -> Mapping[str, tuple[float, ...]]:
    pairs = zip(names, arrays, strict=True)
    return MappingProxyType({name: tuple(float(v) for v in array) for name, array in pairs})


def _result(data: ItemMatrix, r: FloatArray, n_pairs: FloatArray, method: str) -> CorrelationMatrix:
    r = np.clip((r + r.T) / 2, -1.0, 1.0)
    np.fill_diagonal(r, 1.0)
    return CorrelationMatrix(
        r=labelled(r, data.names),
        n=harmonic_n(n_pairs),
        n_pairs=labelled(n_pairs.astype(np.int64), data.names),
        n_rows=data.n,
        method=method,
        missing=data.missing,
        weighted=data.weighted,
        notes=data.notes,
    )
