"""Bootstrap intervals for loadings."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.factor import fit_factors
from analysis.factor.bootstrap import bootstrap_factors
from analysis.stable_order import content_rank

LOADINGS = np.zeros((8, 2))
LOADINGS[:4, 0], LOADINGS[4:, 1] = 0.8, 0.6


def answers(n=400, seed=1, clusters=None):
    generator = np.random.default_rng(seed)
    factors = generator.normal(size=(n, 2))
    own = generator.normal(size=(n, 8)) * np.sqrt(1 - (LOADINGS**2).sum(axis=1))
    frame = pd.DataFrame(factors @ LOADINGS.T + own, columns=[f"q{j}" for j in range(8)])
    return frame


@pytest.mark.slow
def test_errors_are_those_of_repeated_samples():
    """Against the spread over 40 fresh samples (known to 11 %), averaged over the loadings."""
    fresh = [
        np.abs(fit_factors(answers(seed=s), 2, "pearson").loadings.to_numpy())
        for s in range(100, 140)
    ]
    result = bootstrap_factors(answers(), 2, "pearson", n_boot=60, seed=2)
    main = LOADINGS > 0
    seen = np.std(fresh, axis=0, ddof=1)[main].mean()
    assert result.loadings_se.to_numpy()[main].mean() == pytest.approx(seen, rel=0.25)
    assert (result.loadings_low <= result.loadings_high).all(axis=None)
    assert (result.congruence > 0.95).all()
    assert result.n_used == 60


def test_the_seed_fixes_the_intervals():
    a = bootstrap_factors(answers(150), 2, "pearson", n_boot=50, seed=3)
    b = bootstrap_factors(answers(150), 2, "pearson", n_boot=50, seed=3)
    c = bootstrap_factors(answers(150), 2, "pearson", n_boot=50, seed=4)
    pd.testing.assert_frame_equal(a.loadings_se, b.loadings_se)
    assert not a.loadings_se.equals(c.loadings_se)


@pytest.mark.slow
def test_whole_clusters_are_drawn():
    """Five copies of everybody: respondents look five times as many, clusters do not."""
    once = answers(120)
    copies = once.loc[once.index.repeat(5)].reset_index(drop=True)
    # Named in the order in which single respondents are numbered, so that the draws are the same.
    names = [f"{rank:03d}" for rank in content_rank(once.to_numpy(), np.ones(len(once)))]
    copies["who"] = np.repeat(names, 5)
    plain = bootstrap_factors(once, 2, "pearson", n_boot=50, seed=1)
    clustered = bootstrap_factors(copies, 2, "pearson", clusters="who", n_boot=50, seed=1)
    naive = bootstrap_factors(copies.drop(columns="who"), 2, "pearson", n_boot=50, seed=1)
    assert clustered.clustered
    assert clustered.loadings_se.mean(axis=None) == pytest.approx(
        plain.loadings_se.mean(axis=None), rel=1e-6
    )
    assert naive.loadings_se.mean(axis=None) < 0.7 * plain.loadings_se.mean(axis=None)


def test_unstable_factors_are_named():
    """A third factor of two-factor answers differs from sample to sample."""
    result = bootstrap_factors(answers(100), 3, "pearson", n_boot=50, seed=1)
    assert result.congruence.min() < 0.85
    assert "differ from sample to sample" in str(result.notes[-1])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"n_boot": 10}, "at least 50 samples"),
        ({"level": 1.0}, "a level from"),
        ({"clusters": "nowhere"}, "no column nowhere"),
        ({"clusters": np.arange(99)}, "99 clusters for 100"),
        ({"clusters": np.arange(100) // 20}, "Only 5 clusters"),
        ({"clusters": np.r_[np.nan, np.arange(99)]}, "have no cluster"),
    ],
)
def test_settings_out_of_range_are_refused(options, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        bootstrap_factors(answers(100), 2, "pearson", **options)
