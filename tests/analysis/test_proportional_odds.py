"""The proportional-odds test: finds what is planted, and is wrong about as often as promised."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.regression import fit_logistic
from analysis.regression.proportional_odds import proportional_odds


def answers(seed, n=500, later=0.0):
    """Odds of the first cut move with x by 1, of the second by 1 + later."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    u = rng.logistic(size=n)
    first = u + x + 0.5 * z > -0.5
    second = u + (1 + later) * x + 0.5 * z > 1
    return pd.DataFrame({"o": 1 + first + (first & second), "x": x, "z": z, "c": np.arange(n) % 25})


def test_slopes_are_those_of_the_cuts_own_logistic_regressions():
    data = answers(1)
    found = proportional_odds(data, "o", ["x", "z"])
    for cut, label in enumerate(found.slopes.columns, start=1):
        fit = fit_logistic(data.assign(up=(data["o"] > cut).astype(int)), "up", ["x", "z"])
        np.testing.assert_allclose(found.slopes[label], fit.params.iloc[1:], rtol=1e-8)
    assert list(found.slopes.columns) == ["1|2", "2|3"]


def test_a_predictor_that_moves_the_cuts_differently_is_found():
    found = proportional_odds(answers(2, n=1500, later=1.0), "o", ["x", "z"], clusters="c")
    assert found.table.loc["x", "pvalue"] < 0.001
    assert found.table.loc["z", "pvalue"] > 0.01
    assert found.table.loc["x", "df1"] == 1


@pytest.mark.parametrize("options", [{}, {"clusters": "c"}])
def test_a_true_assumption_is_rejected_about_as_often_as_promised(options):
    """Over 150 samples at 10 percent: between 4 and 18."""
    rejected = sum(
        proportional_odds(answers(seed, n=300), "o", ["x", "z"], **options).table.loc["x", "pvalue"]
        < 0.1
        for seed in range(150)
    )
    assert 6 <= rejected <= 27


def test_too_few_clusters_for_a_test_leave_it_out():
    data = answers(3).assign(c=np.arange(500) % 3, o=lambda d: np.digitize(d["x"], [-1, 0, 1]))
    data["o"] = np.random.default_rng(0).integers(0, 5, 500)
    found = proportional_odds(data, "o", ["x"], clusters="c")
    assert np.isnan(found.table.loc["x", "pvalue"])
    assert found.table.loc["x", "df1"] == 3


def test_two_answers_are_refused():
    with pytest.raises(AnalysisError, match="three values"):
        proportional_odds(answers(4).assign(o=lambda d: (d["o"] > 1) * 1), "o", ["x"])
