"""How long correlations, parallel analysis and factor analysis take.

Not collected by a plain test run: ``python -m pytest tests/benchmarks/bench_factor.py``. The targets
named in the tests are wall time on two idle cores; nothing fails for being slow.
"""

import numpy as np
import pandas as pd
import pytest

from analysis.correlation import polychoric
from analysis.correlation.asymptotic import polychoric_covariance
from analysis.correlation.blocks import polychoric_from_blocks
from analysis.factor import fit_factors, fit_factors_from_correlation
from analysis.retention import parallel_analysis
from analysis.retention.rules import how_many_factors


def answers(n=3400, p=60, k=5, missing=0.02, seed=0):
    generator = np.random.default_rng(seed)
    loadings = np.zeros((p, k))
    loadings[np.arange(p), np.arange(p) % k] = generator.uniform(0.4, 0.8, p)
    factors = 0.55 * generator.normal(size=(n, 1)) + 0.84 * generator.normal(size=(n, k))
    own = np.sqrt(1 - (loadings**2).sum(axis=1))
    latent = factors @ loadings.T + generator.normal(size=(n, p)) * own
    cuts = np.sort(generator.normal(size=(p, 1)) * 0.4 + np.linspace(-1.3, 1.3, 4), axis=1)
    coded = (latent[:, :, None] > cuts).sum(axis=2) + 1.0
    coded[generator.random(coded.shape) < missing] = np.nan
    return pd.DataFrame(coded, columns=[f"q{j}" for j in range(p)])


@pytest.mark.parametrize("p", [60, 120])
def test_weighted_pairwise_polychorics(benchmark, p):
    """Target 0.1 s for 60 items, 0.25 s for 120."""
    data = answers(p=p)
    weights = np.random.default_rng(1).uniform(0.5, 2, len(data))
    benchmark(polychoric, data, weights)


def test_polychoric_parallel_analysis(benchmark):
    """60 items, 100 permuted sets: target 2.5 s."""
    data = answers()
    benchmark.pedantic(parallel_analysis, (data,), rounds=2)


def test_minres_with_oblimin(benchmark):
    """120 items, 10 factors: target 0.4 s."""
    matrix = polychoric(answers(p=120, k=10))
    benchmark(fit_factors_from_correlation, matrix, 10)


def test_many_respondents_in_memory(benchmark):
    """340,000 respondents, 60 items, polychorics and factors: target 1.5 s."""
    data = pd.concat([answers()] * 100, ignore_index=True)
    benchmark.pedantic(fit_factors, (data, 5), rounds=2, warmup_rounds=1)


def test_many_respondents_in_blocks(benchmark):
    """The same from blocks of small integers."""
    codes = answers().fillna(0).to_numpy().astype(np.int8) - 1

    def stream():
        return polychoric_from_blocks((codes for _ in range(100)), 5)

    benchmark.pedantic(stream, rounds=2)


def test_all_rules_for_the_number_of_factors(benchmark):
    """60 items, without comparison data."""
    benchmark.pedantic(how_many_factors, (answers(),), rounds=1)


def test_covariance_of_polychorics(benchmark):
    """40 items: 940 estimates."""
    benchmark.pedantic(polychoric_covariance, (answers(p=40),), rounds=2)
