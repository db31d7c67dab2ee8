"""Factor scores: their defining properties, and gaps."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.factor import fit_factors, fit_factors_from_correlation
from analysis.factor.scores import factor_scores

METHODS = ["regression", "bartlett", "tenberge"]
LOADINGS = np.zeros((10, 2))
LOADINGS[:5, 0], LOADINGS[5:, 1] = np.linspace(0.5, 0.85, 5), np.linspace(0.85, 0.55, 5)
PHI = np.array([[1.0, 0.4], [0.4, 1.0]])


def answers(n=2000, seed=1):
    generator = np.random.default_rng(seed)
    factors = generator.normal(size=(n, 2)) @ np.linalg.cholesky(PHI).T
    own = generator.normal(size=(n, 10)) * np.sqrt(1 - (LOADINGS**2).sum(axis=1))
    frame = pd.DataFrame(factors @ LOADINGS.T + own, columns=[f"q{j}" for j in range(10)])
    return frame, factors


@pytest.fixture(scope="module")
def fitted():
    frame, factors = answers()
    return frame, factors, fit_factors(frame, 2, "pearson")


@pytest.mark.parametrize("method", METHODS)
def test_scores_correlate_with_the_factors_as_they_say(fitted, method):
    """Determinacy is the correlation of score and factor (n 2,000: standard error .005)."""
    frame, factors, solution = fitted
    result = factor_scores(frame, solution, method)
    seen = [
        max(abs(np.corrcoef(result.scores[f], true)[0, 1]) for true in factors.T)
        for f in result.scores.columns
    ]
    np.testing.assert_allclose(result.determinacy, seen, atol=0.02)
    np.testing.assert_allclose(result.scores.corr(), result.correlations, atol=1e-9)


def test_ten_berge_keeps_the_correlations_of_the_factors(fitted):
    frame, _, solution = fitted
    result = factor_scores(frame, solution, "tenberge")
    np.testing.assert_allclose(result.correlations, solution.phi, atol=1e-10)
    np.testing.assert_allclose(result.scores.std(ddof=0), 1.0, atol=1e-9)


def test_bartlett_scores_are_unbiased(fitted):
    """Weights' times loadings is the identity: no factor leaks into the score of another."""
    frame, _, solution = fitted
    weights = factor_scores(frame, solution, "bartlett").weights
    np.testing.assert_allclose(weights.T @ solution.loadings, np.eye(2), atol=1e-10)


def test_regression_scores_have_the_largest_determinacy(fitted):
    frame, _, solution = fitted
    best = factor_scores(frame, solution, "regression").determinacy
    for method in ("bartlett", "tenberge"):
        assert (factor_scores(frame, solution, method).determinacy <= best + 1e-12).all()


@pytest.mark.parametrize("method", METHODS)
def test_gaps_use_the_formula_of_the_answers_given(fitted, method):
    """One gap moves a score little; complete rows are untouched; too many gaps give none."""
    frame, _, solution = fitted
    complete = factor_scores(frame, solution, method).scores
    gaps = frame.copy()
    gaps.iloc[:100, 3] = np.nan
    gaps.iloc[200, :6] = np.nan
    gaps.iloc[300] = np.nan
    result = factor_scores(gaps, solution, method)
    first = solution.loadings.iloc[3].abs().idxmax()
    assert np.corrcoef(result.scores[first][:100], complete[first][:100])[0, 1] > 0.9
    assert result.scores.iloc[[200, 300]].isna().all(axis=None)
    assert "2 respondents" in str(result.notes[0])
    # The means and spreads of the items with gaps move a little, those of the others do not.
    np.testing.assert_allclose(result.scores.iloc[400:], complete.iloc[400:], atol=0.03)


def test_items_are_matched_by_name_and_rows_keep_their_labels(fitted):
    frame, _, solution = fitted
    other = frame[frame.columns[::-1]].assign(extra=1.0)
    other.index = [f"r{i}" for i in range(len(other))]
    a = factor_scores(frame, solution).scores
    b = factor_scores(other, solution).scores
    assert list(b.index[:2]) == ["r0", "r1"]
    np.testing.assert_allclose(a, b, atol=1e-12)


def test_weights_set_the_means(fitted):
    frame, _, solution = fitted
    w = np.random.default_rng(0).uniform(0.5, 2, len(frame))
    scores = factor_scores(frame.assign(w=w), solution, weights="w").scores
    np.testing.assert_allclose(np.average(scores, axis=0, weights=w), 0, atol=1e-10)


def test_weak_factors_are_named(fitted):
    frame, _, _ = fitted
    solution = fit_factors(frame[["q0", "q1", "q2"]], 1, "pearson")
    result = factor_scores(frame, solution)
    assert result.determinacy["F1"] < 0.9
    assert "groups, not for persons" in str(result.notes[-1])


def test_what_cannot_be_scored_is_refused(fitted):
    frame, _, solution = fitted
    with pytest.raises(AnalysisError, match="no item q3"):
        factor_scores(frame.drop(columns="q3"), solution)
    with pytest.raises(AnalysisError, match="method cannot be"):
        factor_scores(frame, solution, "anderson")
    with pytest.raises(AnalysisError, match="share of items"):
        factor_scores(frame, solution, least_answered=0)
    with pytest.raises(AnalysisError, match="10 items"):
        factor_scores(np.zeros((5, 3)), solution)
    components = fit_factors_from_correlation(solution.r, 2, extraction="pc")
    with pytest.raises(AnalysisError, match="Components"):
        factor_scores(frame, components)
