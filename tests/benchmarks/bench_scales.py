"""How long scales, screening, regressions and importance take on a survey of the usual size.

Sizes are those of a field survey (3,400 answer sheets, 60 items) and, once, thirty times that.
Nothing is asserted about time; the numbers are for comparing one version with the next.
"""

import numpy as np
import pandas as pd
import pytest

from analysis.importance import relative_importance
from analysis.regression import fit_linear, fit_ordinal
from analysis.regression.wild_bootstrap import wild_cluster_bootstrap
from analysis.reliability import cronbach_alpha
from analysis.scores import Scale, score_scales
from analysis.screening import screen

SCALES = [
    Scale(f"S{s}", tuple(f"S{s}_{k}" for k in range(4)), frozenset({f"S{s}_3"})) for s in range(15)
]
ITEMS = [name for scale in SCALES for name in scale.items]


def survey(n):
    rng = np.random.default_rng(0)
    trait = 0.7 * rng.normal(size=(n, 15)) + 0.7 * rng.normal(size=(n, 1))
    sign = np.tile([1, 1, 1, -1], 15)
    latent = np.repeat(trait, 4, axis=1) * sign + rng.normal(size=(n, 60))
    values = np.clip(np.round(3 + latent), 1, 5)
    values[rng.random(values.shape) < 0.02] = np.nan
    return pd.DataFrame(values, columns=ITEMS)


@pytest.fixture(scope="module")
def scored():
    items = survey(3400)
    scores = score_scales(items, SCALES)
    scores["county"] = np.arange(3400) % 12
    scores["level"] = items["S0_0"]
    return scores


@pytest.mark.slow
@pytest.mark.parametrize("n", [3_400, 100_000])
def test_screening(benchmark, n):
    items = survey(n)
    found = benchmark.pedantic(screen, (items, [ITEMS], SCALES), rounds=1)
    assert found.n == n


def test_scoring(benchmark):
    items = survey(3400)
    assert benchmark.pedantic(score_scales, (items, SCALES), rounds=3).shape == (3400, 15)


def test_alpha_with_bootstrap(benchmark):
    items = survey(3400)[list(SCALES[0].items)]
    found = benchmark.pedantic(cronbach_alpha, (items, ["S0_3"]), {"n_boot": 1000}, rounds=1)
    assert found.n_boot == 1000


@pytest.mark.parametrize("errors", ["linearised", "cr2"])
def test_linear_regression(benchmark, scored, errors):
    fit = benchmark.pedantic(
        fit_linear,
        (scored, "S0", [f"S{s}" for s in range(1, 15)]),
        {"clusters": "county", "errors": errors},
        rounds=3,
    )
    assert fit.n_clusters == 12


def test_ordinal_regression(benchmark, scored):
    fit = benchmark.pedantic(
        fit_ordinal,
        (scored, "level", [f"S{s}" for s in range(1, 15)]),
        {"clusters": "county"},
        rounds=3,
    )
    assert fit.family == "ordinal"


def test_wild_bootstrap(benchmark, scored):
    found = benchmark.pedantic(
        wild_cluster_bootstrap,
        (scored, "S0", [f"S{s}" for s in range(1, 15)]),
        {"clusters": "county"},
        rounds=1,
    )
    assert len(found.table) == 14


@pytest.mark.slow
@pytest.mark.parametrize(("drivers", "n_boot"), [(12, 1000), (14, 1000)])
def test_importance(benchmark, scored, drivers, n_boot):
    found = benchmark.pedantic(
        relative_importance,
        (scored, "S0", [f"S{s}" for s in range(1, drivers + 1)]),
        {"clusters": "county", "n_boot": n_boot},
        rounds=1,
    )
    assert found.n_boot == n_boot
