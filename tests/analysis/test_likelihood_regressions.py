"""Logistic and ordinal regressions: against R, and what must hold for any data.

Reference values, made by ``reference/make_reference.R``: ``regression_survey.json`` (survey 4.1.1),
``regression_firth.json`` (brglm2), ``ordinal_housing.json`` (MASS::polr).
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from analysis.design import linearised_covariance, survey_design
from analysis.errors import AnalysisError
from analysis.regression import fit_linear, fit_logistic, fit_ordinal, joint_test
from analysis.regression.ordinal import _likelihood, fit_ordered

REFERENCE = Path(__file__).parent / "reference"


def stored(name):
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def schools():
    data = pd.read_csv(REFERENCE / "data_apiclus1.csv")
    data["high"] = (data["api00"] > 650).astype(int)
    data["band"] = pd.cut(data["api00"], [0, 600, 700, 1000], labels=["1", "2", "3"])
    return data


@pytest.fixture
def made():
    rng = np.random.default_rng(12)
    n = 400
    x = rng.normal(size=n)
    z = rng.choice(["p", "q", "r"], n)
    eta = 0.8 * x + 0.7 * (z == "q")
    latent = eta + rng.logistic(size=n)
    return pd.DataFrame(
        {
            "y": (latent > 0).astype(int),
            "o": np.digitize(latent, [-1, 0.5, 1.5]) + 1,
            "x": x,
            "z": z,
            "c": np.arange(n) % 20,
        }
    )


def test_logistic_in_a_cluster_sample_equals_svyglm(schools):
    """R stops its iterations at a relative deviance of 1e-8; hence 2e-6 for the errors."""
    expected = stored("regression_survey.json")["logistic_cluster"]
    fit = fit_logistic(schools, "high", ["ell", "meals"], weights="pw", clusters="dnum")
    np.testing.assert_allclose(fit.params, expected["coef"], rtol=1e-9)
    np.testing.assert_allclose(fit.bse, expected["se"], rtol=2e-6)
    assert fit.t_df.eq(14).all()


def test_firth_equals_brglm2(schools):
    expected = stored("regression_firth.json")
    fit = fit_logistic(schools, "high", ["ell", "meals"], penalty="firth", errors="model")
    np.testing.assert_allclose(fit.params, expected["coef"], rtol=1e-6)
    np.testing.assert_allclose(fit.bse, expected["se"], rtol=1e-6)


def test_ordinal_equals_polr():
    expected = stored("ordinal_housing.json")
    data = pd.read_csv(REFERENCE / "data_housing.csv")
    data = data.loc[data.index.repeat(data["Freq"])]
    for name, levels in {
        "Sat": ["Low", "Medium", "High"],
        "Infl": ["Low", "Medium", "High"],
        "Type": ["Tower", "Apartment", "Atrium", "Terrace"],
        "Cont": ["Low", "High"],
    }.items():
        data[name] = pd.Categorical(data[name], levels, ordered=True)
    fit = fit_ordinal(data, "Sat", ["Infl", "Type", "Cont"], errors="model")
    np.testing.assert_allclose(fit.params, expected["values"], atol=1e-6)
    np.testing.assert_allclose(fit.bse, expected["se"], rtol=1e-6)
    assert -2 * fit.loglik == pytest.approx(expected["deviance"], abs=1e-6)
    assert list(fit.params.index[-2:]) == ["Low|Medium", "Medium|High"]


def test_ordinal_in_a_cluster_sample_equals_svyolr(schools):
    """Coefficients directly; errors after putting in R's curvature.

    svyolr takes the curvature by differences of the gradient with steps of 0.001, which for
    predictors from 0 to 100 is off by some 1e-4. With the same differences its errors come out to
    1e-6; with the exact curvature used here they differ by less than 1e-3.
    """
    expected = stored("regression_survey.json")["ordinal_cluster"]
    fit = fit_ordinal(schools, "band", ["ell", "meals"], weights="pw", clusters="dnum")
    np.testing.assert_allclose(fit.params, expected["coef"], rtol=1e-6)
    np.testing.assert_allclose(fit.bse, expected["se"], rtol=1e-3)

    x = schools[["ell", "meals"]].to_numpy(float)
    y = schools["band"].cat.codes.to_numpy().astype(np.intp)
    design = survey_design(schools, weights="pw", clusters="dnum")
    w = design.weights / design.weights.mean()
    found = fit.params.to_numpy()
    log_gap = np.append(found[:3], np.log(found[3] - found[2]))
    jacobian = np.eye(4)
    jacobian[3, 2:] = 1, np.exp(log_gap[3])

    def gradient(theta):
        j = np.eye(4)
        j[3, 2:] = 1, np.exp(theta[3])
        plain = np.append(theta[:3], theta[2] + np.exp(theta[3]))
        return -_likelihood(x, y, w, plain)[1].sum(axis=0) @ j

    steps = 1e-3 * np.eye(4)
    curvature = np.array([(gradient(log_gap + s) - gradient(log_gap - s)) / 2e-3 for s in steps])
    scores = _likelihood(x, y, w, found)[1] @ jacobian
    inverse = np.linalg.inv((curvature + curvature.T) / 2)
    covariance = jacobian @ linearised_covariance(scores @ inverse, design) @ jacobian.T
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), expected["se"], rtol=1e-6)


def test_an_ordinal_outcome_of_two_levels_is_the_logistic_one(made):
    """The one threshold is then minus the intercept."""
    logistic = fit_logistic(made, "y", ["x"], errors="model")
    x, y = made[["x"]].to_numpy(), made["y"].to_numpy().astype(np.intp)
    ordered = fit_ordered(x, y, np.ones(len(y)), 2)
    assert ordered.slopes[0] == pytest.approx(logistic.params["x"], abs=1e-9)
    assert ordered.thresholds[0] == pytest.approx(-logistic.params["Intercept"], abs=1e-9)
    assert ordered.loglik == pytest.approx(logistic.loglik)


@pytest.mark.parametrize("fit", [fit_logistic, fit_ordinal])
def test_integer_weights_equal_repeated_rows(fit, made):
    outcome = "y" if fit is fit_logistic else "o"
    w = np.arange(len(made)) % 3 + 1
    weighted = fit(made, outcome, ["x", "z"], weights=w, clusters="c")
    repeated = fit(made.loc[made.index.repeat(w)], outcome, ["x", "z"], clusters="c")
    np.testing.assert_allclose(weighted.params, repeated.params, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(weighted.bse, repeated.bse, rtol=1e-8)


@pytest.mark.parametrize("fit", [fit_logistic, fit_ordinal])
def test_doubling_every_row_with_its_cluster_does_not_change_clustered_errors(fit, made):
    outcome = "y" if fit is fit_logistic else "o"
    once = fit(made, outcome, ["x", "z"], clusters="c")
    twice = fit(pd.concat([made, made], ignore_index=True), outcome, ["x", "z"], clusters="c")
    np.testing.assert_allclose(once.bse, twice.bse, rtol=1e-8)


def test_sizes_of_weights_do_not_matter(made):
    w = np.arange(len(made)) % 3 + 1.0
    for penalty in ("none", "firth"):
        light = fit_logistic(made, "y", ["x"], weights=w, clusters="c", penalty=penalty)
        heavy = fit_logistic(made, "y", ["x"], weights=100 * w, clusters="c", penalty=penalty)
        np.testing.assert_allclose(light.bse, heavy.bse, rtol=1e-8)
        np.testing.assert_allclose(light.params, heavy.params, rtol=1e-8)


def test_average_effects_are_differences_of_probability(made):
    fit = fit_logistic(made, "y", ["x", "z"], clusters="c")
    b = fit.params
    base = b["Intercept"] + b["x"] * made["x"]
    z = made["z"]
    with_q, without = expit(base + b["z[q]"]), expit(base)
    eta = base + b["z[q]"] * (z == "q") + b["z[r]"] * (z == "r")
    slope = b["x"] * (expit(eta) * expit(-eta)).mean()
    assert fit.effects.loc["x", "effect"] == pytest.approx(slope)
    assert fit.effects.loc["z[q]", "effect"] == pytest.approx((with_q - without).mean())
    linear = fit_linear(made, "y", ["x", "z"], clusters="c")
    np.testing.assert_allclose(fit.effects["se"], linear.bse.iloc[1:], rtol=0.3)


def test_products_have_no_average_effects(made):
    made["v"] = made["x"] ** 2
    assert fit_logistic(made, "y", ["x", "v", "x:v"]).effects is None


def test_separation_is_refused_and_firth_stays_finite():
    data = pd.DataFrame({"y": [0, 0, 0, 1, 1, 1] * 5, "x": [1.0, 2, 3, 4, 5, 6] * 5})
    with pytest.raises(AnalysisError, match="Firth"):
        fit_logistic(data, "y", ["x"])
    fit = fit_logistic(data, "y", ["x"], penalty="firth", errors="model")
    assert 0 < fit.params["x"] < 20
    with pytest.raises(AnalysisError, match="without error"):
        fit_ordinal(data.assign(y=[0, 0, 1, 1, 2, 2] * 5), "y", ["x"])


def test_outcomes_of_every_kind_are_understood(made):
    plain = fit_logistic(made, "y", ["x"])
    for outcome in (
        made["y"].astype(bool),
        made["y"].map({0: "a", 1: "b"}),
        pd.Categorical(made["y"].map({0: "no", 1: "yes"}), ["no", "yes"]),
        made["y"] + 1,
    ):
        other = fit_logistic(made.assign(y=outcome), "y", ["x"])
        np.testing.assert_allclose(other.params, plain.params)
    assert fit_logistic(made.assign(y=made["y"].map({0: "a", 1: "b"})), "y", ["x"]).levels["y"] == (
        "a",
        "b",
    )


def test_several_coefficients_are_tested_together(made):
    for fit in (fit_logistic(made, "y", ["x", "z"]), fit_ordinal(made, "o", ["x", "z"])):
        assert joint_test(fit, ["z"]).df1 == 2
        assert joint_test(fit, ["x"]).f == pytest.approx(fit.tvalues["x"] ** 2)


@pytest.mark.parametrize(
    ("fit", "outcome", "options", "sentence"),
    [
        (fit_logistic, "o", {}, "two values"),
        (fit_logistic, "y", {"penalty": "ridge"}, "ridge"),
        (fit_logistic, "y", {"errors": "cr2"}, "cr2"),
        (fit_logistic, "y", {"errors": "model", "clusters": "c"}, "Model-based"),
        (fit_ordinal, "y", {}, "three values"),
        (fit_ordinal, "text", {}, "order"),
        (fit_ordinal, "many", {}, "measurement"),
        (fit_ordinal, "o", {"errors": "model", "weights": "c1"}, "Model-based"),
    ],
)
def test_impossible_requests_are_refused(made, fit, outcome, options, sentence):
    made["text"] = made["o"].map({1: "a", 2: "b", 3: "c", 4: "d"})
    made["many"] = np.arange(len(made))
    made["c1"] = made["c"] + 1
    with pytest.raises(AnalysisError, match=sentence):
        fit(made, outcome, ["x"], **options)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0, 2.0, None]),
            st.sampled_from([1.0, 2.0, 3.0, -4.0, None]),
            st.sampled_from(["a", "b"]),
            st.sampled_from([1, 2, 3]),
        ),
        min_size=3,
        max_size=30,
    )
)
def test_any_frame_gives_finite_numbers_or_a_named_refusal(rows):
    frame = pd.DataFrame(rows, columns=["o", "x", "z", "g"])
    frame["y"] = frame["o"].where(frame["o"].isna(), (frame["o"] > 0).astype(float))
    for fit, outcome, options in (
        (fit_logistic, "y", {}),
        (fit_logistic, "y", {"penalty": "firth", "clusters": "g"}),
        (fit_ordinal, "o", {}),
        (fit_ordinal, "o", {"clusters": "g"}),
    ):
        try:
            found = fit(frame, outcome, ["x", "z"], **options)
        except AnalysisError as refusal:
            assert str(refusal)
        else:
            assert np.isfinite(found.params).all()
            assert np.isfinite(found.bse).all()
