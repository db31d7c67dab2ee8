"""How many factors: parallel analysis and the minimum average partial."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from analysis.correlation import (
    CorrelationMatrix,
    CorrelationMethod,
    correlate,
)
from analysis.correlation.cross_tables import CodeArray, cross_tables, encode
from analysis.correlation.positive_definite import SINGULAR, named_correlations
from analysis.correlation.product_moment import pairwise_pearson, weighted_ranks
from analysis.correlation.smoothing import nearest_definite
from analysis.correlation.two_step import estimate_polychorics, thresholds_from_margins
from analysis.errors import AnalysisError, Note
from analysis.factor.extraction import squared_multiple_correlations
from analysis.matrices import FloatArray, IntArray, ItemMatrix, Items, Weights, item_matrix, one_of
from analysis.threads import one_blas_thread

NullMethod = Literal["permutation", "normal"]
Basis = Literal["components", "factors"]
Tick = Callable[[float], None]

_NULL_STEP = 0.02
"""Longest last step of a simulated correlation; Newton leaves its square, times the curvature."""


@dataclass(frozen=True, slots=True)
class ParallelAnalysis:
    """Eigenvalues of the answers beside those of answers without any factor.

    Attributes
    ----------
    eigenvalues
        Observed, descending.
    reference
        The chosen percentile of the simulated eigenvalues, position by position.
    reference_mean
        Their mean.
    n_factors
        Leading observed eigenvalues above ``reference``.
    n_factors_mean
        The same against the mean.
    n_sets, percentile, seed
        Settings of the simulation.
    method
        ``"permutation"``: each item's answers shuffled among the respondents; ``"normal"``: normal
        variables, cut at the items' thresholds for polychoric correlations.
    basis
        ``"components"``: eigenvalues of the correlations; ``"factors"``: of the correlations with
        squared multiple correlations on the diagonal.
    correlation, missing, weighted, n
        Of the observed correlations.
    notes
        Respondents left out, smoothing.
    """

    eigenvalues: FloatArray
    reference: FloatArray
    reference_mean: FloatArray
    n_factors: int
    n_factors_mean: int
    n_sets: int
    percentile: float
    seed: int
    method: str
    basis: str
    correlation: str
    missing: str
    weighted: bool
    n: float
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class MinimumAveragePartial:
    """Average partial correlation after each number of components.

    Attributes
    ----------
    squared
        Mean squared partial correlation after 0, 1, 2, ... components (Velicer 1976).
    fourth
        Mean fourth power (Velicer, Eaton & Fava 2000).
    n_factors
        Where ``squared`` is smallest.
    n_factors_revised
        Where ``fourth`` is smallest.
    """

    squared: pd.Series
    fourth: pd.Series
    n_factors: int
    n_factors_revised: int


def eigenvalues(
    r: CorrelationMatrix | pd.DataFrame | FloatArray, basis: Basis = "components"
) -> FloatArray:
    """Eigenvalues of a correlation matrix, descending.

    Parameters
    ----------
    r
        Correlations, items by items.
    basis
        ``"factors"`` puts squared multiple correlations on the diagonal first (after smoothing an
        indefinite matrix).

    Raises
    ------
    AnalysisError
        Not a correlation matrix.
    """
    one_of(basis, get_args(Basis), option="basis")
    if basis == "factors":
        return _spectrum(named_correlations(r)[0], basis)
    array = np.asarray(r.r if isinstance(r, CorrelationMatrix) else r, dtype=float)
    return _spectrum(array, basis)


def parallel_analysis(
    items: Items,
    correlation: CorrelationMethod = "polychoric",
    n_sets: int = 100,
    percentile: float = 95.0,
    seed: int = 0,
    method: NullMethod = "permutation",
    weights: Weights = None,
    missing: str = "pairwise",
    basis: Basis = "components",
    tick: Tick | None = None,
) -> ParallelAnalysis:
    """Compare the eigenvalues with those of unrelated items.

    Parameters
    ----------
    items
        Respondents by items, a frame or an array; NA or NaN where missing. Simulated answers have
        as many missing ones: shuffled with the answers, or in the same places.
    correlation
        ``"polychoric"``, ``"pearson"`` or ``"spearman"``.
    n_sets
        Simulated data sets, at least 10.
    percentile
        Percentile of the simulated eigenvalues to exceed, between 50 and 100.
    seed
        Seed of the simulation.
    method
        ``"permutation"`` keeps each item's distribution as it is; ``"normal"``.
    weights
        Sampling weights: the name of a column of ``items`` or one number a respondent; they stay
        with their row while the answers are shuffled.
    missing
        ``"pairwise"`` or ``"listwise"``.
    basis
        ``"components"``, or ``"factors"``, which keeps more of them.
    tick
        Called with the share done.

    Returns
    -------
    ParallelAnalysis

    Raises
    ------
    AnalysisError
        Answers that cannot be correlated, or settings out of range.

    References
    ----------
    Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis.
    *Psychometrika*, 30, 179-185.

    Lubbe, D. (2019). Parallel analysis with categorical variables: Impact of category probability
    proportions on dimensionality assessment accuracy. *Psychological Methods*, 24, 339-351.
    """
    one_of(method, get_args(NullMethod), option="method")
    one_of(basis, get_args(Basis), option="basis")
    if n_sets < 10 or not 50 <= percentile <= 100:
        raise AnalysisError(
            "Parallel analysis needs at least 10 sets and a percentile from 50 to 100."
        )
    if correlation == "mixed":
        raise AnalysisError(
            "Parallel analysis of mixed correlations is not available; use Pearson or polychoric ones."
        )
    observed = correlate(items, correlation, weights, missing)
    data = item_matrix(items, weights, missing).in_order_of_content()
    simulate = _simulation(data, correlation, method)
    spectra = np.empty((n_sets, len(data.names)))
    with one_blas_thread():
        spectrum = _spectrum(observed.r.to_numpy(), basis)
        for index, stream in enumerate(np.random.SeedSequence(seed).spawn(n_sets)):
            spectra[index] = _spectrum(simulate(np.random.default_rng(stream)), basis)
            if tick is not None:
                tick((index + 1) / n_sets)
    reference = np.percentile(spectra, percentile, axis=0)
    mean = spectra.mean(axis=0)
    return ParallelAnalysis(
        eigenvalues=spectrum,
        reference=reference,
        reference_mean=mean,
        n_factors=_leading(spectrum > reference),
        n_factors_mean=_leading(spectrum > mean),
        n_sets=n_sets,
        percentile=float(percentile),
        seed=seed,
        method=method,
        basis=basis,
        correlation=correlation,
        missing=missing,
        weighted=data.weighted,
        n=observed.n,
        notes=observed.notes,
    )


def minimum_average_partial(
    r: CorrelationMatrix | pd.DataFrame | FloatArray,
) -> MinimumAveragePartial:
    """Find the number of components after which the items share least.

    Parameters
    ----------
    r
        Correlations, items by items. An indefinite matrix is smoothed.

    Returns
    -------
    MinimumAveragePartial

    Raises
    ------
    AnalysisError
        Not a correlation matrix.

    References
    ----------
    Velicer, W. F. (1976). Determining the number of components from the matrix of partial
    correlations. *Psychometrika*, 41, 321-327.

    Velicer, W. F., Eaton, C. A., & Fava, J. L. (2000). Construct explication through factor or
    component analysis. In R. D. Goffin & E. Helmes (Eds.), *Problems and solutions in human
    assessment* (pp. 41-71). Kluwer.
    """
    array, _, _ = named_correlations(r)
    p = len(array)
    values, vectors = np.linalg.eigh(array)
    loadings = (vectors * np.sqrt(values))[:, ::-1]
    left = array.copy()
    squared, fourth = [], []
    for m in range(p - 1):
        if m:
            left = left - np.outer(loadings[:, m - 1], loadings[:, m - 1])
        # Where the components exhaust an item its partial correlations are not defined.
        if np.diag(left).min() < 1e-10:
            break
        scale = np.sqrt(np.diag(left))
        partial = left / np.outer(scale, scale)
        np.fill_diagonal(partial, 0.0)
        squared.append(float((partial**2).sum() / (p * (p - 1))))
        fourth.append(float((partial**4).sum() / (p * (p - 1))))
    return MinimumAveragePartial(
        squared=pd.Series(squared, name="squared").rename_axis("components"),
        fourth=pd.Series(fourth, name="fourth").rename_axis("components"),
        n_factors=int(np.argmin(squared)),
        n_factors_revised=int(np.argmin(fourth)),
    )


def _leading(above: np.ndarray) -> int:
    """Count the leading true values."""
    return len(above) if above.all() else int(np.argmin(above))


def _spectrum(r: FloatArray, basis: str) -> FloatArray:
    if basis == "factors":
        if np.linalg.eigvalsh(r)[0] < SINGULAR:
            r, _ = nearest_definite(r)
        r = r.copy()
        np.fill_diagonal(r, squared_multiple_correlations(r))
    return np.asarray(np.linalg.eigvalsh(r)[::-1])


Simulation = Callable[[np.random.Generator], FloatArray]


def _simulation(data: ItemMatrix, correlation: str, method: str) -> Simulation:
    """Return what makes one correlation matrix of unrelated items."""
    if correlation == "polychoric":
        return _polychoric_simulation(data, method)
    values = data.answers
    if correlation == "spearman":
        values = np.column_stack([weighted_ranks(c, data.weights) for c in values.T])
    hidden = np.isnan(values)
    answers = np.ascontiguousarray(values.T)

    def simulate(generator: np.random.Generator) -> FloatArray:
        if method == "permutation":
            drawn = generator.permuted(answers, axis=1).T
        else:
            drawn = generator.normal(size=values.shape)
            if correlation == "spearman":
                drawn = np.column_stack([weighted_ranks(c, data.weights) for c in drawn.T])
            drawn[hidden] = np.nan
        return _finite(pairwise_pearson(drawn, data.weights)[0])

    return simulate


def _polychoric_simulation(data: ItemMatrix, method: str) -> Simulation:
    coded = encode(data.answers, data.names)
    counts = coded.n_categories
    weights = data.weights if data.weighted else None
    observed = cross_tables(coded.codes, counts, weights)
    cuts = thresholds_from_margins(observed.margins())
    answers = np.ascontiguousarray(coded.codes.T)
    # Correlations of unrelated items are near zero in all but small samples; there few nodes do.
    n_nodes = 3 if data.n >= 500 else 0

    def simulate(generator: np.random.Generator) -> FloatArray:
        if method == "permutation":
            codes = generator.permuted(answers, axis=1).T
        else:
            codes = _cut_normals(generator, coded.codes, cuts)
        used = counts
        if method == "normal":
            codes, used = _recount(codes)
        tables = cross_tables(codes, used, weights)
        if weights is None and method == "permutation":
            thresholds = cuts
        else:
            thresholds = thresholds_from_margins(tables.margins())
        estimates = estimate_polychorics(
            tables, thresholds, tolerance=_NULL_STEP, n_nodes=n_nodes, exact_tails=False
        )
        return _finite(estimates.r)

    return simulate


def _cut_normals(
    generator: np.random.Generator, like: CodeArray, cuts: list[FloatArray]
) -> CodeArray:
    drawn = generator.normal(size=like.shape)
    codes = np.column_stack([np.searchsorted(c, drawn[:, j]) for j, c in enumerate(cuts)])
    return np.where(like < 0, np.int8(-1), codes.astype(np.int8))


def _recount(codes: CodeArray) -> tuple[CodeArray, IntArray]:
    """Close the gaps that a draw left where a rare category was not drawn."""
    again = encode(np.where(codes < 0, np.nan, codes.astype(float)), ("",) * codes.shape[1])
    return again.codes, again.n_categories


def _finite(r: FloatArray) -> FloatArray:
    """Set undefined correlations of a simulated set to zero, their expected value."""
    r = np.where(np.isfinite(r), r, 0.0)
    np.fill_diagonal(r, 1.0)
    return r
