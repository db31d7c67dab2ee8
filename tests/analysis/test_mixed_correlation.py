"""Ordered and continuous items together."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from analysis.correlation import correlate, mixed, pearson, polychoric
from analysis.errors import AnalysisError
from analysis.factor import fit_factors
from analysis.retention import parallel_analysis


def answers(n=500, seed=1, missing=0.0):
    generator = np.random.default_rng(seed)
    z = 0.7 * generator.normal(size=(n, 1)) + np.sqrt(0.51) * generator.normal(size=(n, 4))
    frame = pd.DataFrame(z, columns=["x", "y", "a", "b"])
    for name in ("a", "b"):
        frame[name] = (frame[[name]].to_numpy() > [-0.8, 0.1, 0.9]).sum(axis=1)
    return frame.mask(generator.random(frame.shape) < missing)


def test_each_kind_of_pair_has_its_correlation():
    data = answers(missing=0.05)
    r = mixed(data).r
    assert r.loc["x", "y"] == pytest.approx(pearson(data[["x", "y"]]).r.iloc[0, 1], abs=1e-12)
    assert r.loc["a", "b"] == pytest.approx(polychoric(data[["a", "b"]]).r.iloc[0, 1], abs=1e-12)
    assert list(mixed(data).thresholds) == ["a", "b"]


def test_polyserial_maximises_its_likelihood():
    """Against the likelihood of Olsson, Drasgow and Dorans (1982, eq. 16) written out plainly."""
    data = answers(300)
    z = (data["x"] - data["x"].mean()) / data["x"].std(ddof=0)
    share = data["a"].value_counts(normalize=True).sort_index().cumsum().to_numpy()
    cuts = np.r_[-np.inf, norm.ppf(share[:-1]), np.inf]
    upper, lower = cuts[data["a"].to_numpy() + 1], cuts[data["a"].to_numpy()]

    def loss(r):
        rest = np.sqrt(1 - r**2)
        return -np.log(norm.cdf((upper - r * z) / rest) - norm.cdf((lower - r * z) / rest)).sum()

    best = minimize_scalar(loss, bounds=(-0.99, 0.99), method="bounded", options={"xatol": 1e-9})
    assert mixed(data).r.loc["x", "a"] == pytest.approx(best.x, abs=1e-6)


def test_the_correlation_behind_the_answers_is_recovered():
    """All four variables correlate .49 (n 20,000: standard errors below .008)."""
    r = mixed(answers(20_000)).r.to_numpy()
    np.testing.assert_allclose(r[np.triu_indices(4, 1)], 0.49, atol=0.03)


def test_integer_weights_equal_repeated_rows():
    data = answers(200, missing=0.05)
    times = np.random.default_rng(2).integers(1, 4, size=200)
    a = mixed(data, weights=times)
    b = mixed(data.loc[data.index.repeat(times)])
    np.testing.assert_allclose(a.r, b.r, atol=1e-7)


def test_only_ordered_or_only_continuous_items():
    data = answers()
    np.testing.assert_allclose(mixed(data[["a", "b"]]).r, polychoric(data[["a", "b"]]).r)
    np.testing.assert_allclose(mixed(data[["x", "y"]]).r, pearson(data[["x", "y"]]).r)


def test_the_kind_of_an_item_can_be_said():
    data = answers()
    forced = mixed(data, continuous=["x", "y", "a"])
    assert list(forced.thresholds) == ["b"]
    with pytest.raises(AnalysisError, match="no item q"):
        mixed(data, continuous=["q"])


def test_factors_of_mixed_items():
    solution = fit_factors(answers(2000), 1, "mixed")
    assert solution.correlation == "mixed"
    np.testing.assert_allclose(solution.loadings["F1"], 0.7, atol=0.06)


def test_parallel_analysis_of_mixed_items_is_refused():
    assert correlate(answers(), "mixed").method == "mixed"
    with pytest.raises(AnalysisError, match="not available"):
        parallel_analysis(answers(), "mixed")
