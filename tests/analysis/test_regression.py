"""Linear regression: against R's survey package, and what must hold for any data.

Reference values: ``reference/regression_survey.json`` (survey 4.1.1), made by ``make_reference.R``.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.regression import fit_linear, joint_test

REFERENCE = Path(__file__).parent / "reference"


def stored(name):
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def clustered():
    return pd.read_csv(REFERENCE / "data_apiclus1.csv")


@pytest.fixture(scope="module")
def stratified():
    return pd.read_csv(REFERENCE / "data_apistrat.csv")


@pytest.fixture
def made():
    rng = np.random.default_rng(7)
    n = 240
    county = np.repeat(np.arange(12), 20)
    x = rng.normal(size=n) + 0.5 * rng.normal(size=12)[county]
    z = rng.choice(["office", "field", "both"], n)
    y = 1 + 0.5 * x + (z == "field") + 0.7 * rng.normal(size=12)[county] + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "z": z, "county": [f"C{c}" for c in county], "w": 1.0})


def test_cluster_sample_equals_svyglm(clustered):
    expected = stored("regression_survey.json")["linear_cluster"]
    fit = fit_linear(
        clustered, "api00", ["ell", "meals", "mobility"], weights="pw", clusters="dnum"
    )
    np.testing.assert_allclose(fit.params, expected["coef"], rtol=1e-9)
    np.testing.assert_allclose(fit.bse, expected["se"], rtol=1e-9)
    assert fit.n_clusters == 15
    assert fit.df == 14
    assert fit.t_df.eq(14).all()


def test_stratified_sample_with_correction_equals_svyglm(stratified):
    expected = stored("regression_survey.json")["linear_strata_fpc"]
    fit = fit_linear(
        stratified, "api00", ["ell", "meals", "mobility"], weights="pw", strata="stype", fpc="fpc"
    )
    np.testing.assert_allclose(fit.params, expected["coef"], rtol=1e-9)
    np.testing.assert_allclose(fit.bse, expected["se"], rtol=1e-9)
    assert fit.df == 197


def test_arrays_serve_as_well_as_column_names(clustered):
    names = fit_linear(clustered, "api00", ["ell"], weights="pw", clusters="dnum")
    arrays = fit_linear(
        clustered, "api00", ["ell"], weights=clustered["pw"].to_numpy(), clusters=clustered["dnum"]
    )
    pd.testing.assert_series_equal(names.bse, arrays.bse)


def test_doubling_every_row_with_its_cluster_does_not_change_clustered_errors(made):
    """Rows of a cluster are not independent news: copying them must not look like more data."""
    once = fit_linear(made, "y", ["x", "z"], clusters="county")
    twice_data = pd.concat([made, made], ignore_index=True)
    twice = fit_linear(twice_data, "y", ["x", "z"], clusters="county")
    np.testing.assert_allclose(once.bse, twice.bse, rtol=1e-10)
    naive = fit_linear(made, "y", ["x", "z"]).bse / fit_linear(twice_data, "y", ["x", "z"]).bse
    np.testing.assert_allclose(naive, np.sqrt(2 * (240 / 239) / (480 / 479)), rtol=1e-10)


def test_integer_weights_equal_repeated_rows(made):
    w = np.arange(len(made)) % 3 + 1
    weighted = fit_linear(made, "y", ["x", "z"], weights=w, clusters="county")
    repeated = fit_linear(made.loc[made.index.repeat(w)], "y", ["x", "z"], clusters="county")
    np.testing.assert_allclose(weighted.params, repeated.params, rtol=1e-10)
    np.testing.assert_allclose(weighted.bse, repeated.bse, rtol=1e-10)
    assert weighted.r2 == pytest.approx(repeated.r2)


def test_text_is_coded_by_level_with_the_first_as_reference(made):
    fit = fit_linear(made, "y", ["z", "x"])
    assert list(fit.params.index) == ["Intercept", "z[field]", "z[office]", "x"]
    assert fit.levels["z"] == ("both", "field", "office")
    assert fit.terms == {"z": ("z[field]", "z[office]"), "x": ("x",)}


def test_a_category_keeps_its_order_and_drops_unused_levels(made):
    made["z"] = pd.Categorical(made["z"], categories=["office", "none", "field", "both"])
    fit = fit_linear(made, "y", ["z"])
    assert fit.levels["z"] == ("office", "field", "both")


def test_python_objects_that_are_numbers_are_numbers(made):
    """A column read with gaps may hold objects; it must not become a hundred categories."""
    objects = fit_linear(made.assign(x=made["x"].astype(object)), "y", ["x"])
    assert objects.params["x"] == pytest.approx(fit_linear(made, "y", ["x"]).params["x"])


def test_booleans_and_nullable_columns_are_understood(made):
    made["b"] = made["x"] > 0
    made["i"] = pd.array(np.arange(240) % 5, "Int64")
    made.loc[made.index[0], "i"] = pd.NA
    fit = fit_linear(made, "y", ["b", "i"])
    assert list(fit.params.index) == ["Intercept", "b[True]", "i"]
    assert fit.n == 239


def test_codes_made_into_categories_keep_their_plain_names(made):
    """Codes become floats as soon as one is missing; the coefficient is still called z[2]."""
    made["k"] = pd.Categorical((made.index % 3 + 1).astype(float))
    assert list(fit_linear(made, "y", ["k"]).params.index) == ["Intercept", "k[2]", "k[3]"]


def test_a_product_needs_its_parts_and_equals_the_column_made_by_hand(made):
    made["u"] = made["x"] ** 2
    fit = fit_linear(made, "y", ["x", "u", "x:u"])
    made["xu"] = made["x"] * made["u"]
    by_hand = fit_linear(made, "y", ["x", "u", "xu"])
    np.testing.assert_allclose(fit.params, by_hand.params)
    with pytest.raises(AnalysisError, match="u"):
        fit_linear(made, "y", ["x", "x:u"])


def test_standardised_coefficients_are_those_of_standardised_variables(made):
    plain = fit_linear(made, "y", ["x", "z"])
    fit = fit_linear(made, "y", ["x", "z"], standardise=True)
    assert fit.params["x"] == pytest.approx(plain.standardised["x"])
    assert fit.pvalues["x"] == pytest.approx(plain.pvalues["x"])


def test_missing_answers_are_left_out_and_counted(made):
    made.loc[made.index[:5], "x"] = np.nan
    made.loc[made.index[5:8], "county"] = None
    fit = fit_linear(made, "y", ["x"], clusters="county")
    assert (fit.n, fit.n_missing) == (232, 8)
    assert [str(remark).split()[0] for remark in fit.notes[:2]] == ["3", "5"]


def test_inflation_is_one_without_overlap_and_known_with(made):
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 240))
    r2 = np.corrcoef(a, a + b)[0, 1] ** 2
    fit = fit_linear(made.assign(a=a, s=a + b), "y", ["a", "s"])
    assert fit.vif["a"] == pytest.approx(1 / (1 - r2))
    assert fit_linear(made, "y", ["x"]).vif["x"] == pytest.approx(1)


def test_joint_test_of_one_coefficient_is_its_t_test(made):
    fit = fit_linear(made, "y", ["x", "z"], clusters="county")
    test = joint_test(fit, ["x"])
    assert test.f == pytest.approx(fit.tvalues["x"] ** 2)
    assert test.pvalue == pytest.approx(fit.pvalues["x"])
    assert joint_test(fit, ["z"]).df2 == 10


def test_more_restrictions_than_df_are_refused(made):
    rng = np.random.default_rng(0)
    names = [f"p{k}" for k in range(13)]
    fit = fit_linear(
        made.assign(**{name: rng.normal(size=240) for name in names}), "y", names, clusters="county"
    )
    assert any("cannot be tested all together" in str(remark) for remark in fit.notes)
    with pytest.raises(AnalysisError, match="degrees of freedom"):
        joint_test(fit, names)
    with pytest.raises(AnalysisError, match="nobody"):
        joint_test(fit, ["nobody"])


def test_a_grouping_by_the_clusters_themselves_is_refused(made):
    """Its errors would be about 1e-15 (county means, clustered by county)."""
    made["same"] = made["county"]
    with pytest.raises(AnalysisError, match="one cluster only"):
        fit_linear(made, "y", ["same"], clusters="county")


def test_a_level_found_in_one_cluster_is_refused_by_name(made):
    made["rare"] = np.where(made.index < 3, "yes", "no")
    with pytest.raises(AnalysisError, match="yes"):
        fit_linear(made, "y", ["rare"], clusters="county")
    assert fit_linear(made, "y", ["rare"]).n == 240


@pytest.mark.parametrize(
    ("change", "predictors", "sentence"),
    [
        ({"k": 3.0}, ["x", "k"], "k is the same"),
        ({"y": 1.0}, ["x"], "y is the same"),
        ({"y": "text"}, ["x"], "not a number"),
        ({"x2": lambda d: 2 * d["x"] + 1}, ["x", "x2"], "x2"),
        ({}, ["x", "x"], "more than once"),
        ({}, ["y"], "itself"),
        ({}, ["absent"], "absent"),
        ({}, [], "list of predictors"),
        ({"x": np.inf}, ["x"], "infinite"),
        ({"x": pd.Timestamp("2026-01-17")}, ["x"], "dates"),
        ({"x": np.nan}, ["x"], "rows"),
        ({"y": lambda d: 2 * d["x"]}, ["x"], "exactly"),
    ],
)
def test_impossible_regressions_are_refused_with_their_reason(made, change, predictors, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        fit_linear(made.assign(**change), "y", predictors)


def test_too_few_rows_for_the_coefficients_are_refused(made):
    with pytest.raises(AnalysisError, match="too few"):
        fit_linear(made.head(4), "y", ["x", "z"])


VALUES = st.sampled_from([1.0, 2.0, 3.0, float("nan"), 1e9, -5.0])


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(VALUES, VALUES, st.sampled_from(["a", "b", None]), st.sampled_from([1, 2, 3])),
        min_size=3,
        max_size=25,
    )
)
def test_any_frame_gives_finite_numbers_or_a_named_refusal(rows):
    frame = pd.DataFrame(rows, columns=["y", "x", "z", "g"])
    for options in ({}, {"clusters": "g"}, {"strata": "g"}):
        try:
            fit = fit_linear(frame, "y", ["x", "z"], **options)
        except AnalysisError as refusal:
            assert str(refusal)
        else:
            assert np.isfinite(fit.params).all()
            assert (fit.bse > 0).all()
            assert np.isfinite(fit.pvalues).all()


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(240)), st.permutations(["x", "z", "v"]))
def test_the_order_of_rows_and_predictors_does_not_matter(order, predictors):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(240, 3)), columns=["y", "x", "v"])
    frame["z"] = rng.choice(["p", "q"], 240)
    frame["g"] = np.arange(240) % 10
    straight = fit_linear(frame, "y", ["x", "v", "z"], clusters="g")
    mixed = fit_linear(frame.iloc[list(order)], "y", list(predictors), clusters="g")
    np.testing.assert_allclose(mixed.bse[straight.bse.index], straight.bse, rtol=1e-8)
    np.testing.assert_allclose(
        mixed.params[straight.bse.index], straight.params, rtol=1e-7, atol=1e-12
    )
