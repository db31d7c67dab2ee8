"""CR2, HC3 and the wild cluster bootstrap: against R, against the definition, and their size.

Reference values: ``reference/regression_cr2.json`` (clubSandwich, sandwich), made by
``make_reference.R``.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import fractional_matrix_power

from analysis.errors import AnalysisError
from analysis.regression import fit_linear
from analysis.regression.wild_bootstrap import WEBB, wild_cluster_bootstrap
from analysis.stable_order import group_codes

REFERENCE = Path(__file__).parent / "reference"
PREDICTORS = ["ell", "meals", "mobility"]


@pytest.fixture(scope="module")
def schools():
    return pd.read_csv(REFERENCE / "data_apiclus1.csv")


@pytest.fixture(scope="module")
def stored():
    return json.loads((REFERENCE / "regression_cr2.json").read_text(encoding="utf-8"))


def county_data(seed, n=240, groups=12, slope=0.0):
    rng = np.random.default_rng(seed)
    county = rng.integers(0, groups, n)
    x = rng.normal(size=n) + rng.normal(size=groups)[county]
    y = slope * x + rng.normal(size=groups)[county] + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "z": rng.normal(size=n), "c": county})


def test_cr2_and_its_df_equal_clubsandwich(schools, stored):
    fit = fit_linear(schools, "api00", PREDICTORS, clusters="dnum", errors="cr2")
    np.testing.assert_allclose(fit.bse, stored["cr2_se"], rtol=1e-9)
    np.testing.assert_allclose(fit.t_df, stored["satterthwaite_df"], rtol=1e-9)
    np.testing.assert_allclose(fit.pvalues, stored["p"], rtol=1e-8)


def test_hc3_equals_sandwich(schools, stored):
    fit = fit_linear(schools, "api00", PREDICTORS, errors="hc3")
    np.testing.assert_allclose(fit.bse, stored["hc3_se"], rtol=1e-9)


def test_linearised_errors_are_sandwichs_cr1_up_to_its_factor(schools, stored):
    fit = fit_linear(schools, "api00", PREDICTORS, clusters="dnum")
    n, p = 183, 4
    np.testing.assert_allclose(fit.bse * np.sqrt((n - 1) / (n - p)), stored["cr1_se"], rtol=1e-9)


def test_weighted_cr2_equals_the_definition_with_full_matrices():
    """The adjustment is found in a small space; here all n by n matrices are written out."""
    data = county_data(1, n=90)
    w = np.random.default_rng(2).uniform(0.5, 3, 90)
    fit = fit_linear(data, "y", ["x", "z"], clusters="c", weights=w, errors="cr2")
    x = np.column_stack([np.ones(90), data["x"], data["z"]])
    bread = np.linalg.inv(x.T @ (x * w[:, None]))
    rest = np.eye(90) - x @ bread @ x.T * w
    e = rest @ data["y"].to_numpy()
    scores, parts = [], []
    for county in np.unique(data["c"]):
        rows = np.flatnonzero(data["c"] == county)
        root = fractional_matrix_power((rest @ rest.T)[np.ix_(rows, rows)], -0.5)
        scores.append(bread @ (x[rows] * w[rows, None]).T @ root @ e[rows])
        parts.append(rest[rows].T @ root @ (x[rows] * w[rows, None]) @ bread)
    moments = np.einsum("anj,bnj->jab", np.array(parts), np.array(parts))
    df = np.trace(moments, axis1=1, axis2=2) ** 2 / (moments**2).sum(axis=(1, 2))
    np.testing.assert_allclose(fit.bse, np.sqrt((np.array(scores) ** 2).sum(axis=0)), rtol=1e-9)
    np.testing.assert_allclose(fit.t_df, df, rtol=1e-9)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"errors": "cr2"}, "CR2"),
        ({"errors": "hc3", "clusters": "dnum"}, "HC3"),
        ({"errors": "cr2", "clusters": "dnum", "strata": "stype"}, "strata"),
        ({"errors": "hc3", "fpc": "fpc"}, "correction"),
        ({"errors": "robust"}, "robust"),
    ],
)
def test_errors_that_do_not_fit_the_design_are_refused(schools, options, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        fit_linear(schools.assign(stype="A"), "api00", PREDICTORS, **options)


def test_bootstrapped_t_by_cluster_sums_equals_refitting():
    """The p-value from one number a cluster is that of refitting the regression for every draw."""
    data = county_data(5, n=80, groups=7)
    found = wild_cluster_bootstrap(data, "y", ["x", "z"], clusters="c", n_boot=199, seed=4)
    x = np.column_stack([np.ones(80), data["x"], data["z"]])
    y, county = data["y"].to_numpy(), group_codes(data["c"])[0]
    bread = np.linalg.inv(x.T @ x)

    def t_of(outcome):
        beta = bread @ x.T @ outcome
        score = np.zeros((7, 3))
        np.add.at(score, county, x * (outcome - x @ beta)[:, None])
        return beta[1] / np.sqrt(((score @ bread[1]) ** 2).sum())

    null = x[:, [0, 2]]
    fitted = null @ np.linalg.lstsq(null, y)[0]
    signs = np.random.default_rng(4).choice(np.concatenate([-WEBB, WEBB]), size=(199, 7))
    draws = np.array([t_of(fitted + row[county] * (y - fitted)) for row in signs])
    expected = (1 + (np.abs(draws) >= abs(t_of(y))).sum()) / 200
    assert found.table.loc["x", "t"] == pytest.approx(t_of(y))
    assert found.table.loc["x", "pvalue"] == pytest.approx(expected)


def test_interval_and_p_value_agree_and_the_seed_decides():
    data = county_data(8, slope=0.6)
    options = {"clusters": "c", "n_boot": 999, "seed": 1}
    found = wild_cluster_bootstrap(data, "y", ["x", "z"], **options)
    row = found.table.loc["x"]
    assert row["pvalue"] < 0.05
    assert 0 < row["low"] < row["estimate"] < row["high"]
    none = found.table.loc["z"]
    assert (none["low"] < 0 < none["high"]) == (none["pvalue"] >= 0.05)
    pd.testing.assert_frame_equal(
        found.table, wild_cluster_bootstrap(data, "y", ["x", "z"], **options).table
    )


def test_estimates_are_those_of_the_regression(schools):
    found = wild_cluster_bootstrap(
        schools, "api00", PREDICTORS, clusters="dnum", weights="pw", n_boot=199
    )
    fit = fit_linear(schools, "api00", PREDICTORS, clusters="dnum", weights="pw")
    np.testing.assert_allclose(found.table["estimate"], fit.params.iloc[1:], rtol=1e-9)
    # The t lacks the factor G / (G - 1), which no comparison of t with t needs.
    np.testing.assert_allclose(found.table["t"] / np.sqrt(15 / 14), fit.tvalues.iloc[1:], rtol=1e-9)


@pytest.mark.slow
def test_twelve_clusters_reject_a_true_null_about_as_often_as_promised():
    """Over 200 samples at 5 percent: between 2 and 9; ordinary normal z rejects far too often."""
    wild = normal = 0
    for seed in range(200):
        data = county_data(seed, n=120)
        table = wild_cluster_bootstrap(data, "y", ["x"], clusters="c", n_boot=199, seed=seed).table
        wild += table.loc["x", "pvalue"] <= 0.05
        normal += abs(fit_linear(data, "y", ["x"], clusters="c").tvalues["x"]) > 1.96
    assert 4 <= wild <= 18
    assert normal > wild


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"n_boot": 50}, "199"),
        ({"coefficients": ["nobody"]}, "nobody"),
        ({"clusters": [0, 1, 2, 3] * 60}, "five clusters"),
        ({"confidence": 2}, "confidence"),
    ],
)
def test_impossible_bootstraps_are_refused(options, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        wild_cluster_bootstrap(county_data(1), "y", ["x"], **{"clusters": "c", **options})


ROW = st.tuples(
    st.sampled_from([1.0, 2.0, 3.0, None]),
    st.sampled_from([1.0, 2.0, -7.0, 0.0, None]),
    st.sampled_from(["a", "b", None]),
    st.integers(1, 6),
    st.sampled_from([0.5, 1.0, 2.0, None]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, min_size=3, max_size=40))
def test_any_frame_gives_finite_numbers_or_a_named_refusal(rows):
    frame = pd.DataFrame(rows, columns=list("yxzgw"))
    for options in (
        {"clusters": "g", "weights": "w", "errors": "cr2"},
        {"weights": "w", "errors": "hc3"},
    ):
        try:
            fit = fit_linear(frame, "y", ["x", "z"], **options)
        except AnalysisError as refusal:
            assert str(refusal)
        else:
            assert np.isfinite(fit.bse).all()
            assert (fit.t_df > 0).all()
    try:
        wild = wild_cluster_bootstrap(frame, "y", ["x", "z"], clusters="g", n_boot=199)
    except AnalysisError as refusal:
        assert str(refusal)
    else:
        assert np.isfinite(wild.table[["estimate", "t", "pvalue"]]).all(axis=None)
