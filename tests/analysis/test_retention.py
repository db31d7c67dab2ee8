"""How many factors: against psych, and on answers whose number of factors is known."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.correlation import pearson
from analysis.errors import AnalysisError
from analysis.retention import eigenvalues, minimum_average_partial, parallel_analysis

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture(scope="module")
def bfi():
    return pd.read_csv(REFERENCE / "data_bfi.csv").iloc[:, :25]


@pytest.fixture(scope="module")
def psych():
    return json.loads((REFERENCE / "efa_bfi.json").read_text(encoding="utf-8"))


def three_factors(n=500, per_factor=5, categories=4, missing=0.03, seed=4):
    generator = np.random.default_rng(seed)
    factors = generator.normal(size=(n, 3))
    latent = 0.7 * np.repeat(factors, per_factor, axis=1)
    latent = latent + np.sqrt(0.51) * generator.normal(size=latent.shape)
    cuts = np.linspace(-1.0, 1.2, categories - 1)
    answers = (latent[:, :, None] > cuts).sum(axis=2) + 1.0
    answers[generator.random(answers.shape) < missing] = np.nan
    return pd.DataFrame(answers, columns=[f"q{j}" for j in range(answers.shape[1])])


def test_eigenvalues_equal_r(bfi, psych):
    r = pearson(bfi, missing="listwise")
    np.testing.assert_allclose(eigenvalues(r), psych["eigenvalues"], atol=1e-10)


def test_minimum_average_partial_equals_psych(bfi, psych):
    """Closed formula; psych lists it from one component on."""
    result = minimum_average_partial(pearson(bfi, missing="listwise"))
    np.testing.assert_allclose(result.squared.iloc[1:11], psych["map"], atol=1e-10)
    assert result.n_factors == 5
    assert result.n_factors_revised == 5


def test_no_component_is_best_for_unrelated_items():
    r = pearson(np.random.default_rng(1).normal(size=(400, 8)))
    assert minimum_average_partial(r).n_factors == 0


@pytest.mark.parametrize("correlation", ["polychoric", "pearson", "spearman"])
@pytest.mark.parametrize("method", ["permutation", "normal"])
@pytest.mark.parametrize("basis", ["components", "factors"])
def test_parallel_analysis_finds_three_factors(correlation, method, basis):
    result = parallel_analysis(
        three_factors(), correlation, n_sets=20, method=method, basis=basis, seed=1
    )
    assert result.n_factors == 3
    assert np.all(np.diff(result.reference_mean) <= 0)
    assert np.all(result.reference >= result.reference_mean - 1e-12)


def test_parallel_analysis_finds_no_factor_in_noise():
    noise = np.random.default_rng(3).integers(1, 6, size=(600, 8))
    assert parallel_analysis(noise, n_sets=50, percentile=99, seed=2).n_factors == 0


def test_reference_of_normal_items_is_that_of_random_matrices():
    """Mean largest eigenvalue of 10 unrelated items with n 500 is near (1 + sqrt(p/n))^2.

    The edge of the Marchenko-Pastur law; for a finite matrix the mean lies a little below it.
    """
    noise = np.random.default_rng(5).normal(size=(500, 10))
    result = parallel_analysis(noise, "pearson", n_sets=50, seed=1)
    edge = (1 + np.sqrt(10 / 500)) ** 2
    assert edge - 0.08 < result.reference_mean[0] < edge
    assert result.reference_mean.sum() == pytest.approx(10)


def test_the_seed_fixes_the_result_and_matters():
    answers = three_factors(200)
    first = parallel_analysis(answers, n_sets=10, seed=7)
    again = parallel_analysis(answers, n_sets=10, seed=7)
    other = parallel_analysis(answers, n_sets=10, seed=8)
    np.testing.assert_array_equal(first.reference, again.reference)
    assert not np.array_equal(first.reference, other.reference)


@pytest.mark.parametrize("n", [500, 3400])
def test_simulated_polychorics_with_few_nodes_are_exact_enough(n):
    """The shortcut for null matrices changes no eigenvalue visibly (below 2e-4)."""
    from analysis.correlation.cross_tables import cross_tables, encode
    from analysis.correlation.two_step import estimate_polychorics, thresholds_from_margins
    from analysis.retention.parallel import _NULL_STEP

    generator = np.random.default_rng(0)
    answers = generator.binomial(4, np.linspace(0.1, 0.6, 30), size=(n, 30)).astype(float)
    codes = encode(answers, tuple(map(str, range(30))))
    tables = cross_tables(codes.codes, codes.n_categories)
    thresholds = thresholds_from_margins(tables.margins())
    quick = estimate_polychorics(
        tables, thresholds, tolerance=_NULL_STEP, n_nodes=3, exact_tails=False
    ).r
    full = estimate_polychorics(tables, thresholds).r
    np.testing.assert_allclose(np.linalg.eigvalsh(quick), np.linalg.eigvalsh(full), atol=2e-4)


def test_equal_weights_change_nothing():
    answers = three_factors(300)
    plain = parallel_analysis(answers, n_sets=10, seed=1)
    weighted = parallel_analysis(answers, n_sets=10, seed=1, weights=np.full(300, 2.5))
    np.testing.assert_allclose(plain.reference, weighted.reference, atol=1e-3)


def test_progress_runs_to_the_end_and_can_stop_it():
    heard = []
    parallel_analysis(three_factors(100), "pearson", n_sets=10, tick=heard.append)
    assert heard == pytest.approx(np.arange(1, 11) / 10)

    class StopHereError(Exception):
        pass

    def stop(share):
        raise StopHereError

    with pytest.raises(StopHereError):
        parallel_analysis(three_factors(100), "pearson", n_sets=10, tick=stop)


@pytest.mark.parametrize(
    "options",
    [
        {"n_sets": 5},
        {"percentile": 40},
        {"percentile": 101},
        {"method": "bootstrap"},
        {"basis": "images"},
        {"correlation": "kendall"},
    ],
)
def test_settings_out_of_range_are_refused(options):
    with pytest.raises(AnalysisError):
        parallel_analysis(three_factors(100), **options)
