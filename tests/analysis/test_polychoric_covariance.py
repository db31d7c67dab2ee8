"""Sampling covariance of thresholds and polychorics: against lavaan, and against simulation."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.correlation import polychoric
from analysis.correlation.asymptotic import polychoric_covariance
from analysis.errors import AnalysisError

REFERENCE = Path(__file__).parent / "reference"
R = np.array([[1, 0.5, 0.3], [0.5, 1, -0.4], [0.3, -0.4, 1]])


def draw(generator, n=600, missing=0.0):
    z = generator.normal(size=(n, 3)) @ np.linalg.cholesky(R).T
    answers = (z[:, :, None] > [-1, -0.2, 0.6, 1.3]).sum(axis=2).astype(float)
    answers[generator.random(answers.shape) < missing] = np.nan
    return answers


def test_threshold_errors_equal_lavaan():
    """In a weighted least squares model with free thresholds their errors are those of the sample.

    lavaan divides by n - 1; apart from that the formula is closed, hence 1e-9.
    """
    bfi = pd.read_csv(REFERENCE / "data_bfi.csv").iloc[:, :25]
    expected = json.loads((REFERENCE / "cfa_bfi_wlsmv.json").read_text(encoding="utf-8"))
    result = polychoric_covariance(bfi, missing="listwise")
    factor = np.sqrt(result.n / (result.n - 1))
    for row in expected["thresholds"]:
        name = f"{row['lhs']}|{row['rhs'].removeprefix('t')}"
        assert result.estimates[name] == pytest.approx(row["est"], abs=1e-9)
        assert result.se[name] * factor == pytest.approx(row["se"], rel=1e-9)


def test_estimates_are_those_of_polychoric():
    answers = draw(np.random.default_rng(1))
    result = polychoric_covariance(answers)
    expected = polychoric(answers)
    np.testing.assert_array_equal(result.correlations.r, expected.r)
    assert result.estimates["V1~~V3"] == expected.r.loc["V1", "V3"]
    assert result.estimates["V3|2"] == expected.thresholds["V3"][1]


@pytest.mark.slow
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_errors_and_their_correlations_are_those_of_repeated_samples(missing):
    """300 samples: a standard deviation is known to 4 %, a correlation to .06; allowed 3 of these."""
    generator = np.random.default_rng(3)
    keep = ["V1|1", "V2|3", "V1~~V2", "V1~~V3", "V2~~V3"]
    estimates, covariances = [], []
    for i in range(300):
        answers = draw(generator, missing=missing)
        if i < 30:
            result = polychoric_covariance(answers)
            covariances.append(result.covariance.loc[keep, keep].to_numpy())
        m = polychoric(answers)
        r = m.r.to_numpy()
        estimates.append([m.thresholds["V1"][0], m.thresholds["V2"][2], r[0, 1], r[0, 2], r[1, 2]])
    seen = np.cov(np.array(estimates).T)
    said = np.mean(covariances, axis=0)
    np.testing.assert_allclose(np.sqrt(np.diag(said)), np.sqrt(np.diag(seen)), rtol=0.13)
    spread = [np.sqrt(np.diag(m)) for m in (said, seen)]
    np.testing.assert_allclose(
        said / np.outer(spread[0], spread[0]), seen / np.outer(spread[1], spread[1]), atol=0.18
    )


def test_scaling_the_weights_changes_nothing():
    answers = draw(np.random.default_rng(1), 200)
    w = np.random.default_rng(2).uniform(0.5, 2, 200)
    a = polychoric_covariance(answers, w)
    b = polychoric_covariance(answers, w * 7)
    np.testing.assert_allclose(a.covariance, b.covariance, rtol=1e-9)


def test_doubling_every_respondent_within_its_cluster_changes_no_clustered_error():
    """The naive variance halves; the clustered one must not move."""
    answers = draw(np.random.default_rng(1), 200)
    clusters = np.repeat(np.arange(40), 5)
    twice = np.repeat(answers, 2, axis=0)
    a = polychoric_covariance(answers, clusters=clusters)
    b = polychoric_covariance(twice, clusters=np.repeat(clusters, 2))
    np.testing.assert_allclose(a.covariance, b.covariance, rtol=1e-6, atol=1e-10)
    naive = polychoric_covariance(twice).covariance / polychoric_covariance(answers).covariance
    np.testing.assert_allclose(np.diag(naive), 0.5, rtol=1e-6)


def test_clusters_of_one_are_no_clusters():
    answers = draw(np.random.default_rng(1), 200)
    a = polychoric_covariance(answers)
    b = polychoric_covariance(answers, clusters=np.arange(200))
    np.testing.assert_allclose(a.covariance * 200 / 199, b.covariance, rtol=1e-9)


def test_bad_clusters_are_refused():
    answers = draw(np.random.default_rng(1), 50)
    with pytest.raises(AnalysisError, match="49 clusters for 50"):
        polychoric_covariance(answers, clusters=np.arange(49))
    with pytest.raises(AnalysisError, match="at least two clusters"):
        polychoric_covariance(answers, clusters=np.zeros(50))
    with pytest.raises(AnalysisError, match="no cluster"):
        polychoric_covariance(answers, clusters=np.r_[np.nan, np.arange(49)])


def test_items_that_repeat_each_other_are_refused():
    answers = draw(np.random.default_rng(1), 100)
    with pytest.raises(AnalysisError, match="V1 and V4 agree almost perfectly"):
        polychoric_covariance(np.column_stack([answers, answers[:, 0]]))


@settings(max_examples=30, deadline=None)
@given(
    n=st.integers(3, 30),
    p=st.integers(2, 4),
    categories=st.integers(2, 5),
    seed=st.integers(0, 2**31),
)
def test_any_answers_give_finite_errors_or_a_sentence(n, p, categories, seed):
    generator = np.random.default_rng(seed)
    answers = generator.integers(0, categories, size=(n, p)).astype(float)
    answers[generator.random((n, p)) < 0.1] = np.nan
    try:
        result = polychoric_covariance(answers)
    except AnalysisError:
        return
    assert np.isfinite(result.covariance.to_numpy()).all()
    assert (np.diag(result.covariance) > 0).all()
