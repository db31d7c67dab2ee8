"""The number of factors by several rules, and where they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.correlation import CorrelationMatrix, CorrelationMethod, correlate
from analysis.correlation.positive_definite import named_correlations
from analysis.errors import AnalysisError, Note, note
from analysis.factor.extraction import ExtractionMethod, extract
from analysis.factor.fit_indices import fit_indices
from analysis.matrices import FloatArray, Items, Weights
from analysis.retention.comparison import ComparisonData, comparison_data
from analysis.retention.parallel import (
    MinimumAveragePartial,
    ParallelAnalysis,
    eigenvalues,
    minimum_average_partial,
    parallel_analysis,
)
from analysis.threads import one_blas_thread

CLOSE_FIT = 0.05
"""RMSEA of close fit (Browne & Cudeck 1992)."""

RULES = {
    "parallel": note("Parallel analysis"),
    "map": note("Minimum average partial"),
    "map_revised": note("Minimum average partial, revised"),
    "empirical_kaiser": note("Empirical Kaiser criterion"),
    "rmsea": note("First model with close fit (RMSEA)"),
    "bic": note("Smallest BIC"),
    "comparison_data": note("Comparison data"),
}
"""Names of the rules, for tables."""


@dataclass(frozen=True, slots=True)
class EmpiricalKaiser:
    """Eigenvalues beside those expected of noise after the factors before them.

    Attributes
    ----------
    eigenvalues
        Observed, descending.
    reference
        Expected, never below one.
    n_factors
        Leading eigenvalues above the reference.
    """

    eigenvalues: FloatArray
    reference: FloatArray
    n_factors: int


@dataclass(frozen=True, slots=True)
class FactorCount:
    """What each rule suggests.

    Attributes
    ----------
    suggestions
        Number of factors by rule (the keys of :data:`RULES`).
    n_factors
        The number suggested most often; of several such numbers the one parallel analysis
        suggests or, if that is none of them, the smallest.
    agreeing
        Rules that suggest it.
    summary
        The same in a sentence.
    parallel, partials, kaiser, comparison
        Details of the rules; ``comparison`` is None unless asked for.
    models
        One row a number of factors from 0: ``chisq``, ``dof``, ``rmsea``, ``rmsea_low``,
        ``rmsea_high``, ``tli``, ``bic``, ``rmsr``, ``heywood``; of Pearson correlations.
    correlation
        The correlations used for the other rules.
    notes
        Rules that gave no answer.
    """

    suggestions: pd.Series
    n_factors: int
    agreeing: tuple[str, ...]
    summary: Note
    parallel: ParallelAnalysis
    partials: MinimumAveragePartial
    kaiser: EmpiricalKaiser
    comparison: ComparisonData | None
    models: pd.DataFrame
    correlation: CorrelationMatrix
    notes: tuple[Note, ...]


def empirical_kaiser(
    r: CorrelationMatrix | pd.DataFrame | FloatArray, n: float | None = None
) -> EmpiricalKaiser:
    """Kaiser's criterion with the sampling error of eigenvalues and the factors before taken in.

    Parameters
    ----------
    r
        Correlations, items by items.
    n
        Respondents; taken from a :class:`~analysis.correlation.CorrelationMatrix` if not given.

    Returns
    -------
    EmpiricalKaiser

    Raises
    ------
    AnalysisError
        Not a correlation matrix, or no number of respondents.

    References
    ----------
    Braeken, J., & van Assen, M. A. L. M. (2017). An empirical Kaiser criterion. *Psychological
    Methods*, 22, 450-466.
    """
    array, _, _ = named_correlations(r)
    if n is None and isinstance(r, CorrelationMatrix):
        n = r.n
    if n is None or not n > 1:
        raise AnalysisError("The empirical Kaiser criterion needs the number of respondents.")
    p = len(array)
    observed = eigenvalues(array)
    left = p - np.concatenate([[0.0], np.cumsum(observed)[:-1]])
    edge = left / np.arange(p, 0, -1) * (1 + np.sqrt(p / n)) ** 2
    reference = np.maximum(edge, 1.0)
    above = observed > reference
    return EmpiricalKaiser(observed, reference, p if above.all() else int(np.argmin(above)))


def model_sequence(
    r: CorrelationMatrix | pd.DataFrame | FloatArray,
    most: int,
    n: float | None = None,
    extraction: ExtractionMethod = "ml",
) -> pd.DataFrame:
    """Fit of models with 0, 1, ... factors.

    Parameters
    ----------
    r
        Correlations, items by items.
    most
        Largest number of factors.
    n
        Respondents; taken from a :class:`~analysis.correlation.CorrelationMatrix` if not given.
    extraction
        ``"ml"``, ``"minres"`` or ``"pa"``.

    Returns
    -------
    DataFrame
        One row a number of factors: ``chisq``, ``dof``, ``p``, ``rmsea``, ``rmsea_low``,
        ``rmsea_high``, ``tli``, ``bic``, ``rmsr``, ``heywood``; up to ``most`` or the last with
        positive degrees of freedom.

    Raises
    ------
    AnalysisError
        Not a correlation matrix, or components.

    References
    ----------
    Preacher, K. J., Zhang, G., Kim, C., & Mels, G. (2013). Choosing the optimal number of factors
    in exploratory factor analysis: A model selection perspective. *Multivariate Behavioral
    Research*, 48, 28-56.
    """
    if extraction == "pc":
        raise AnalysisError("Components are not a model whose fit could be compared.")
    array, _, _ = named_correlations(r)
    if n is None and isinstance(r, CorrelationMatrix):
        n = r.n
    p = len(array)
    rows = {}
    with one_blas_thread():
        for k in range(most + 1):
            if (p - k) ** 2 - (p + k) <= 0:
                break
            loadings, heywood = np.zeros((p, 1)), 0
            if k:
                found = extract(array, k, extraction)
                loadings, heywood = found.loadings, len(found.at_bound)
            fit = fit_indices(array, loadings, np.eye(max(k, 1)), n, n_factors=k)
            rows[k] = {
                "chisq": fit.chisq,
                "dof": fit.dof,
                "p": fit.p,
                "rmsea": fit.rmsea,
                "rmsea_low": fit.rmsea_ci[0],
                "rmsea_high": fit.rmsea_ci[1],
                "tli": fit.tli,
                "bic": fit.bic,
                "rmsr": fit.rmsr,
                "heywood": heywood,
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("factors")


def how_many_factors(
    items: Items,
    correlation: CorrelationMethod = "polychoric",
    weights: Weights = None,
    missing: str = "pairwise",
    *,
    most: int | None = None,
    n_sets: int = 100,
    percentile: float = 95.0,
    seed: int = 0,
    with_comparison_data: bool = False,
    tick: Callable[[float], None] | None = None,
) -> FactorCount:
    """Ask several rules for the number of factors and say where they agree.

    The rules: parallel analysis by permutation; the minimum average partial, original and revised;
    the empirical Kaiser criterion; the first maximum-likelihood model whose RMSEA interval reaches
    below .05; the model with the smallest BIC (both fitted to Pearson correlations, for which alone
    the statistic has its distribution); on request comparison data, which take longest.

    Parameters
    ----------
    items, correlation, weights, missing
        As for :func:`analysis.correlation.correlate`.
    most
        Largest number of factors whose model is fitted; by default half the items, at most 15.
    n_sets, percentile, seed
        Of parallel analysis; the seed also of comparison data.
    with_comparison_data
        Add comparison data (ordered items only).
    tick
        Called with the share done.

    Returns
    -------
    FactorCount

    Raises
    ------
    AnalysisError
        As the rules.
    """
    matrix = correlate(items, correlation, weights, missing)
    p = len(matrix.items)
    if p < 4:
        raise AnalysisError("The number of factors of {n} items cannot be found.", n=p)
    if most is not None and not 1 <= most < p:
        raise AnalysisError(
            "The largest number of factors to try is between 1 and {most}, not {value}.",
            most=p - 1,
            value=most,
        )
    report = tick or _silent
    share = 0.4 if with_comparison_data else 0.9
    parallel = parallel_analysis(
        items,
        correlation,
        n_sets,
        percentile,
        seed,
        weights=weights,
        missing=missing,
        tick=lambda done: report(share * done),
    )
    partials = minimum_average_partial(matrix)
    kaiser = empirical_kaiser(matrix)
    # The likelihood is that of normal variables' product moments, and only theirs: polychorics
    # vary more from sample to sample, and every model of them would look too bad.
    moments = matrix if correlation == "pearson" else correlate(items, "pearson", weights, missing)
    models = model_sequence(moments, min(p // 2, 15) if most is None else most)
    comparison = None
    if with_comparison_data:
        comparison = comparison_data(
            items,
            most,
            seed=seed,
            weights=weights,
            missing=missing,
            tick=lambda done: report(0.4 + 0.6 * done),
        )
    report(1.0)
    found: dict[str, int] = {
        "parallel": parallel.n_factors,
        "map": partials.n_factors,
        "map_revised": partials.n_factors_revised,
        "empirical_kaiser": kaiser.n_factors,
    }
    notes = list(matrix.notes)
    close = models.index[models["rmsea_low"] < CLOSE_FIT]
    if len(close):
        found["rmsea"] = int(close[0])
    else:
        notes.append(note("No model up to {n} factors fits closely.", n=int(models.index[-1])))
    if models["bic"].notna().any():
        found["bic"] = int(models.index[int(models["bic"].argmin())])
    if comparison is not None:
        found["comparison_data"] = comparison.n_factors
        notes += comparison.notes
    chosen = _most_frequent(found)
    agreeing = tuple(rule for rule, k in found.items() if k == chosen)
    return FactorCount(
        suggestions=pd.Series(found, name="n_factors"),
        n_factors=chosen,
        agreeing=agreeing,
        summary=_summary(found, chosen, agreeing),
        parallel=parallel,
        partials=partials,
        kaiser=kaiser,
        comparison=comparison,
        models=models,
        correlation=matrix,
        notes=tuple(notes),
    )


def _silent(share: float) -> None:
    """Take no notice of progress that nobody asked for."""


def _most_frequent(found: dict[str, int]) -> int:
    counts = Counter(found.values())
    top = max(counts.values())
    candidates = [k for k, count in counts.items() if count == top]
    return found["parallel"] if found["parallel"] in candidates else min(candidates)


def _summary(found: dict[str, int], chosen: int, agreeing: tuple[str, ...]) -> Note:
    total, n = len(found), len(agreeing)
    low, high = min(found.values()), max(found.values())
    if n == total:
        return note("All {total} rules suggest {k} factors.", total=total, k=chosen)
    if 2 * n > total:
        return note(
            "{n} of {total} rules suggest {k} factors; the others range from {low} to {high}.",
            n=n,
            total=total,
            k=chosen,
            low=min(k for k in found.values() if k != chosen),
            high=max(k for k in found.values() if k != chosen),
        )
    return note(
        "The rules disagree, from {low} to {high} factors; {k} is suggested most often, by {n} of "
        "{total}. Compare these solutions by what their factors mean.",
        low=low,
        high=high,
        k=chosen,
        n=n,
        total=total,
    )
