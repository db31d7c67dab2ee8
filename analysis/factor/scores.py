"""Factor scores of respondents, for use in memory, and how well they determine the factors.

A score is a statement about one person: these functions return frames and store nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError, Note, note
from analysis.factor.extraction import LEAST_UNIQUENESS
from analysis.factor.solution import FactorSolution
from analysis.matrices import FloatArray, Items, Weights, item_matrix, one_of
from analysis.threads import one_blas_thread

ScoreMethod = Literal["regression", "bartlett", "tenberge"]


@dataclass(frozen=True, slots=True)
class FactorScores:
    """Scores and what they are worth.

    Attributes
    ----------
    scores
        Respondents by factors, in the rows of the answers given; NaN where too little was answered.
    weights
        Items by factors: what a standardised complete set of answers is multiplied by.
    determinacy
        Correlation of each factor with its score, for complete answers; below .9 scores should not
        stand for the factor of one person (Gorsuch 1983).
    correlations
        Of the scores with each other, for complete answers.
    method
        ``"regression"``, ``"bartlett"`` or ``"tenberge"``.
    notes
        How many respondents got no score, indeterminate factors.
    """

    scores: pd.DataFrame
    weights: pd.DataFrame
    determinacy: pd.Series
    correlations: pd.DataFrame
    method: str
    notes: tuple[Note, ...]


def factor_scores(
    items: Items,
    solution: FactorSolution,
    method: ScoreMethod = "regression",
    weights: Weights = None,
    *,
    least_answered: float = 0.5,
) -> FactorScores:
    """Score respondents on the factors of a solution.

    Answers are standardised with the (weighted) mean and standard deviation of the item. A
    respondent with missing answers is scored from those that were given, by the formula for these
    items alone.

    Parameters
    ----------
    items
        Respondents by items: a frame with all items of the solution, or an array in their order.
    solution
        The factors.
    method
        ``"regression"`` (Thurstone), ``"bartlett"`` (unbiased, larger variance) or ``"tenberge"``
        (keeps the correlations of the factors).
    weights
        Sampling weights for the means and standard deviations.
    least_answered
        Smallest share of the items that must be answered, above 0.

    Returns
    -------
    FactorScores

    Raises
    ------
    AnalysisError
        An item of the solution is absent or constant; components, which have no factor scores; a
        share out of range.

    References
    ----------
    ten Berge, J. M. F., Krijnen, W. P., Wansbeek, T., & Shapiro, A. (1999). Some new results on
    correlation-preserving factor scores prediction methods. *Linear Algebra and its Applications*,
    289, 311-318.

    Grice, J. W. (2001). Computing and evaluating factor scores. *Psychological Methods*, 6, 430-450.
    """
    one_of(method, get_args(ScoreMethod), option="method")
    if not 0 < least_answered <= 1:
        raise AnalysisError(
            "The share of items that must be answered is above 0 and at most 1, not {value}.",
            value=least_answered,
        )
    if solution.extraction == "pc":
        raise AnalysisError("Components have no factor scores; extract factors instead.")
    z, index = _standardised(items, solution, weights)
    model = _Model.of(solution)
    with one_blas_thread():
        complete = _score_weights(model, np.arange(len(model.r)), method)
        if complete is None:
            raise AnalysisError(
                "These factors have no scores by the method {method}: their loadings are linearly "
                "dependent.",
                method=method,
            )
        scores = _by_pattern(z, model, method, least_answered)
        variances = complete.T @ model.r @ complete
        spread = np.sqrt(np.diag(variances))
        determinacy = np.diag(complete.T @ model.loadings @ model.phi) / spread
    factors = list(solution.loadings.columns)
    unscored = int(np.isnan(scores[:, 0]).sum())
    notes = []
    if unscored:
        notes.append(note("{n} respondents answered too few items for a score.", n=unscored))
    poor = [f for f, value in zip(factors, determinacy, strict=True) if value < 0.9]
    if poor:
        notes.append(
            note(
                "The scores of {factors} correlate with their factors by less than .9; use them for "
                "groups, not for persons.",
                factors=poor,
            )
        )
    return FactorScores(
        scores=pd.DataFrame(scores, index=index, columns=factors),
        weights=pd.DataFrame(complete, index=solution.loadings.index, columns=factors),
        determinacy=pd.Series(determinacy, index=factors, name="determinacy"),
        correlations=pd.DataFrame(
            variances / np.outer(spread, spread), index=factors, columns=factors
        ),
        method=method,
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class _Model:
    """The solution as arrays."""

    r: FloatArray
    loadings: FloatArray
    phi: FloatArray
    uniquenesses: FloatArray

    @classmethod
    def of(cls, solution: FactorSolution) -> _Model:
        return cls(
            solution.r.to_numpy(dtype=float),
            solution.loadings.to_numpy(dtype=float),
            solution.phi.to_numpy(dtype=float),
            np.maximum(solution.uniquenesses.to_numpy(dtype=float), LEAST_UNIQUENESS),
        )


def _standardised(
    items: Items, solution: FactorSolution, weights: Weights
) -> tuple[FloatArray, pd.Index]:
    """Return standard scores with NaN, one row for every row given."""
    names = list(solution.loadings.index)
    if isinstance(items, pd.DataFrame):
        absent = [name for name in names if name not in items.columns]
        if absent:
            raise AnalysisError("The answers have no item {item}.", item=absent[0])
        index = items.index
        extra = [weights] if isinstance(weights, str) else []
        items = items[[*names, *(c for c in extra if c not in names)]]
    else:
        items = np.asarray(items, dtype=float)
        if items.ndim != 2 or items.shape[1] != len(names):
            raise AnalysisError(
                "The answers must have the {n} items of the solution.", n=len(names)
            )
        index = pd.RangeIndex(len(items))
    data = item_matrix(items, weights)
    answered = ~np.isnan(data.answers)
    w = data.weights[:, None] * answered
    filled = np.where(answered, data.answers, 0.0)
    mean = (w * filled).sum(axis=0) / w.sum(axis=0)
    spread = np.sqrt((w * (filled - mean) ** 2).sum(axis=0) / w.sum(axis=0))
    z = np.full((len(index), len(names)), np.nan)
    z[data.kept] = (data.answers - mean) / spread
    return z, index


def _by_pattern(z: FloatArray, model: _Model, method: str, least_answered: float) -> FloatArray:
    """Scores, respondents with the same gaps together."""
    answered = ~np.isnan(z)
    scores = np.full((len(z), model.loadings.shape[1]), np.nan)
    patterns, which = np.unique(answered, axis=0, return_inverse=True)
    which = which.ravel()
    order = np.argsort(which, kind="stable")
    ends = np.searchsorted(which[order], np.arange(len(patterns) + 1))
    for number, pattern in enumerate(patterns):
        if pattern.mean() < least_answered:
            continue
        observed = np.flatnonzero(pattern)
        by = _score_weights(model, observed, method)
        if by is not None:
            rows = order[ends[number] : ends[number + 1]]
            scores[rows] = z[np.ix_(rows, observed)] @ by
    return scores


def _score_weights(model: _Model, observed: np.ndarray, method: str) -> FloatArray | None:
    """Weights of the observed items, or None where they cannot tell the factors apart."""
    loadings = model.loadings[observed]
    k = loadings.shape[1]
    if method == "bartlett":
        scaled = loadings / model.uniquenesses[observed][:, None]
        information = loadings.T @ scaled
        if np.linalg.cond(information) > 1e10:
            return None
        return np.asarray(np.linalg.solve(information, scaled.T).T)
    r = model.r[np.ix_(observed, observed)]
    if method == "regression":
        return np.asarray(np.linalg.solve(r, loadings @ model.phi))
    if len(observed) < k:
        return None
    half = _power(model.phi, 0.5)
    oriented = loadings @ half
    inverse_root = _power(r, -0.5)
    middle = oriented.T @ np.linalg.solve(r, oriented)
    if np.linalg.cond(middle) > 1e10:
        return None
    return np.asarray(inverse_root @ inverse_root @ oriented @ _power(middle, -0.5) @ half)


def _power(matrix: FloatArray, exponent: float) -> FloatArray:
    """Power of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 1e-12) ** exponent) @ vectors.T)
