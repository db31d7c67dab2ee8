"""Correlations of items: against lavaan and pandas, and the properties any correlation must have."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.correlation import correlate, pearson, polychoric, smooth, spearman
from analysis.correlation.bivariate_normal import log_rectangle, quadrant
from analysis.correlation.cross_tables import cross_tables, encode
from analysis.correlation.two_step import _solve_exactly, thresholds_from_margins
from analysis.errors import AnalysisError
from analysis.matrices import item_matrix

REFERENCE = Path(__file__).parent / "reference"
METHODS = ["pearson", "spearman", "polychoric"]


@pytest.fixture(scope="module")
def bfi():
    return pd.read_csv(REFERENCE / "data_bfi.csv").iloc[:, :25]


def ordinal(n=400, p=6, categories=5, rho=0.4, missing=0.0, seed=1):
    generator = np.random.default_rng(seed)
    z = generator.normal(size=(n, p)) * np.sqrt(1 - rho) + np.sqrt(rho) * generator.normal(
        size=(n, 1)
    )
    cuts = np.linspace(-1.2, 1.0, categories - 1)
    answers = (z[:, :, None] > cuts).sum(axis=2) + 1.0
    answers[generator.random(answers.shape) < missing] = np.nan
    return pd.DataFrame(answers, columns=[f"q{j + 1}" for j in range(p)])


# Against other programs


@pytest.mark.parametrize("kind", ["complete", "pairwise"])
def test_polychorics_equal_lavaan(bfi, kind):
    """The same two-step estimator; lavaan itself stops within 1e-7, hence 1e-6."""
    expected = json.loads((REFERENCE / "polychoric_bfi.json").read_text(encoding="utf-8"))[kind]
    missing = "listwise" if kind == "complete" else "pairwise"
    result = polychoric(bfi, missing=missing)
    assert list(result.r.columns) == expected["rows"]
    np.testing.assert_allclose(result.r.to_numpy(), expected["values"], atol=1e-6)


def test_pairwise_pearson_and_spearman_equal_pandas(bfi):
    """The same arithmetic in another order: rounding only."""
    np.testing.assert_allclose(pearson(bfi).r, bfi.corr(), atol=1e-12)
    np.testing.assert_allclose(spearman(bfi).r, bfi.corr(method="spearman"), atol=1e-12)


def test_spearman_of_continuous_answers_equals_pandas():
    """Many different values take another path than tables of categories do."""
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(80, 4)))
    frame.iloc[3, 2] = frame.iloc[50, 0] = np.nan
    np.testing.assert_allclose(spearman(frame).r, frame.corr(method="spearman"), atol=1e-12)


def test_bivariate_normal_equals_scipy_for_small_and_large_correlations():
    """All rules (6, 9, 14 nodes, Owen's T, the one in one dimension) give scipy's probabilities."""
    from scipy.stats import multivariate_normal

    generator = np.random.default_rng(0)
    r = np.array([-0.999, -0.9, -0.7, -0.45, -0.1, 0.0, 0.2, 0.5, 0.8, 0.86, 0.95, 0.999])
    h, k = generator.normal(size=(12, 2)), generator.normal(size=(12, 2))
    h[3] = k[9] = [0.0, 1.0]
    ours = quadrant(h, k, r)
    for m, rho in enumerate(r):
        truth = multivariate_normal(cov=[[1, rho], [rho, 1]])
        for a in range(2):
            expected = truth.cdf([h[m, a], k[m, a]])
            assert ours[m, a, a] == pytest.approx(expected, abs=1e-12)
            log_p = log_rectangle((-np.inf, -np.inf), (h[m, a], k[m, a]), float(rho))
            assert np.exp(log_p) == pytest.approx(expected, abs=1e-11)


def test_tail_rectangles_keep_their_relative_precision():
    """A corner far in the tail, where differences of probabilities have no digits left.

    At r = 0 the probability is a product of two tails that is known exactly.
    """
    from scipy.stats import norm

    expected = 2 * norm.logsf(7.0)
    assert log_rectangle((7.0, 7.0), (np.inf, np.inf), 0.0) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("rho", [-0.9, 0.5, 0.95, 0.995])
def test_unlikely_rectangles_equal_adaptive_quadrature(rho):
    """A cell far from the diagonal, scaled up so that an adaptive rule can see it."""
    from scipy.integrate import quad
    from scipy.special import log_ndtr

    lower, upper = (0.8, -1.6), (1.4, -0.7)
    spread = np.sqrt(1 - rho**2)
    ours = log_rectangle(lower, upper, rho)

    def scaled(x):
        high = log_ndtr((upper[1] - rho * x) / spread)
        low = log_ndtr((lower[1] - rho * x) / spread)
        log_share = high + np.log1p(-np.exp(low - high))
        return np.exp(log_share - x**2 / 2 - ours) / np.sqrt(2 * np.pi)

    total, _ = quad(scaled, lower[0], upper[0], epsabs=0, epsrel=1e-10, limit=500)
    assert total == pytest.approx(1, abs=1e-8)


@pytest.mark.parametrize("rho", [0.6, 0.95, 0.99])
def test_fast_and_exact_polychorics_agree(rho):
    """The vectorised Newton steps and a bounded search over exact likelihoods end together."""
    answers = ordinal(300, 4, rho=rho)
    data = item_matrix(answers)
    codes = encode(data.answers, data.names)
    tables = cross_tables(codes.codes, codes.n_categories)
    thresholds = thresholds_from_margins(tables.margins())
    r = polychoric(answers).r.to_numpy()
    for i in range(4):
        for j in range(i):
            table = tables.pairs(np.array([i]), np.array([j]))[0]
            assert _solve_exactly(table, thresholds[i], thresholds[j]) == pytest.approx(
                r[i, j], abs=1e-6
            )


def test_near_duplicates_are_not_flat():
    """Three contradicting answers among 300 keep the estimate below its bound; none put it there."""
    answers = ordinal(300, 3, rho=0.5)
    answers["same"] = answers["q1"]
    answers["almost"] = answers["q1"]
    answers.loc[:2, "almost"] = 6 - answers.loc[:2, "q1"]
    result = polychoric(answers)
    assert result.r.loc["q1", "same"] == pytest.approx(0.9999)
    assert 0.9 < result.r.loc["q1", "almost"] < 0.9995
    assert any("agree almost perfectly" in str(n) for n in result.notes)


# Properties


@pytest.mark.parametrize("method", METHODS)
def test_integer_weights_equal_repeated_rows(method):
    """A respondent of weight 3 counts as three respondents; weights in the thresholds included."""
    answers = ordinal(300, 5, missing=0.05)
    times = np.random.default_rng(2).integers(1, 4, size=300)
    repeated = answers.loc[answers.index.repeat(times)]
    weighted = correlate(answers, method, weights=times)
    plain = correlate(repeated, method)
    np.testing.assert_allclose(weighted.r, plain.r, atol=1e-9)
    if method == "polychoric":
        for item, cuts in plain.thresholds.items():
            assert weighted.thresholds[item] == pytest.approx(cuts, abs=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_pairwise_equals_listwise_without_gaps(method):
    answers = ordinal(200, 4)
    a, b = correlate(answers, method), correlate(answers, method, missing="listwise")
    np.testing.assert_array_equal(a.r, b.r)
    assert a.n == b.n == 200


@pytest.mark.parametrize("method", METHODS)
def test_order_of_rows_and_items_does_not_matter(method):
    answers = ordinal(250, 5, missing=0.1)
    shuffled = answers.sample(frac=1, random_state=3)[["q4", "q1", "q5", "q2", "q3"]]
    a, b = correlate(answers, method).r, correlate(shuffled, method).r
    np.testing.assert_allclose(a, b.loc[a.index, a.columns], atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_reversing_an_item_changes_the_sign_only(method):
    answers = ordinal(250, 4, missing=0.05)
    turned = answers.assign(q2=6 - answers["q2"])
    a, b = correlate(answers, method).r, correlate(turned, method).r
    sign = np.array([1, -1, 1, 1])
    np.testing.assert_allclose(a * np.outer(sign, sign), b, atol=1e-8)


def test_unused_categories_collapse_item_by_item():
    """Answers 1, 2, 5 are three ordered categories, whatever their codes; another item keeps five."""
    answers = ordinal(300, 3)
    answers["q1"] = answers["q1"].replace({3: 2, 4: 2})
    renumbered = answers.assign(q1=answers["q1"].map({1.0: 0.0, 2.0: 1.0, 5.0: 2.0}))
    result = polychoric(answers)
    assert result.categories["q1"] == (1.0, 2.0, 5.0)
    assert len(result.thresholds["q1"]) == 2
    assert len(result.thresholds["q2"]) == 4
    np.testing.assert_array_equal(result.r, polychoric(renumbered).r)


def test_items_with_unequal_category_counts():
    """Two to nine categories together recover the correlation behind them (n 4000, SE about .02)."""
    parts = [ordinal(4000, 4, c, rho=0.5, seed=9).iloc[:, [i]] for i, c in enumerate([2, 4, 7, 9])]
    r = polychoric(pd.concat(parts, axis=1)).r.to_numpy()
    np.testing.assert_allclose(r[np.triu_indices(4, 1)], 0.5, atol=0.06)


def test_one_empty_cell_of_a_two_by_two_table_does_not_force_the_bound():
    """As in lavaan: a half is put into the empty cell, so the estimate stays inside."""
    first = np.repeat([0, 0, 1, 1], [20, 10, 0, 15])
    second = np.repeat([0, 1, 0, 1], [20, 10, 0, 15])
    r = polychoric(np.column_stack([first, second])).r.iloc[0, 1]
    assert 0.7 < r < 0.99


def test_nullable_integers_and_ordered_categories_are_read():
    answers = ordinal(200, 3, missing=0.1)
    nullable = answers.astype("Int16")
    categories = nullable.assign(q1=pd.Categorical(answers["q1"], ordered=True))
    expected = polychoric(answers).r
    np.testing.assert_array_equal(polychoric(nullable).r, expected)
    np.testing.assert_array_equal(polychoric(categories).r, expected)


def test_counts_are_people_not_weights():
    answers = ordinal(100, 3)
    answers.loc[:9, "q1"] = np.nan
    answers["w"] = np.linspace(0.5, 2, 100)
    result = polychoric(answers, weights="w")
    assert result.items == ("q1", "q2", "q3")
    assert result.weighted
    assert result.n_pairs.loc["q1", "q2"] == 90
    assert result.n_pairs.loc["q2", "q3"] == 100
    assert result.n == pytest.approx(3 / (2 / 90 + 1 / 100))


def test_listwise_says_how_many_were_left_out():
    answers = ordinal(100, 3)
    answers.loc[:9, "q1"] = np.nan
    result = pearson(answers, missing="listwise")
    assert result.n_rows == 90
    assert "10 respondents" in str(result.notes[0])


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(0, 25),
    p=st.integers(1, 5),
    categories=st.integers(1, 6),
    missing=st.sampled_from([0.0, 0.2, 0.6, 1.0]),
    seed=st.integers(0, 2**31),
    method=st.sampled_from(METHODS),
)
def test_any_answers_give_a_correlation_matrix_or_a_sentence(
    n, p, categories, missing, seed, method
):
    """Small, sparse, constant, empty: a proper matrix or an AnalysisError, nothing else."""
    generator = np.random.default_rng(seed)
    answers = generator.integers(0, categories, size=(n, p)).astype(float)
    answers[generator.random((n, p)) < missing] = np.nan
    try:
        r = correlate(answers, method).r.to_numpy()
    except AnalysisError:
        return
    assert np.isfinite(r).all()
    assert np.array_equal(r, r.T)
    assert np.all(np.diag(r) == 1)
    assert np.abs(r).max() <= 1


# Smoothing


def test_smoothing_makes_an_indefinite_matrix_definite_and_says_so():
    answers = ordinal(30, 12, rho=0.6, missing=0.25, seed=5)
    rough = polychoric(answers)
    assert np.linalg.eigvalsh(rough.r)[0] < 0
    smoothed = smooth(rough)
    assert np.linalg.eigvalsh(smoothed.r)[0] > 0
    assert np.allclose(np.diag(smoothed.r), 1)
    assert smoothed.smoothed
    assert "not positive definite" in str(smoothed.notes[-1])


def test_smoothing_leaves_a_definite_matrix_alone():
    matrix = pearson(ordinal(100, 4))
    assert smooth(matrix) is matrix


# Refusals: each names the item or the number


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.assign(q2=3.0), "q2"),
        (lambda d: d.assign(q2=np.nan), "Nobody answered the item q2"),
        (lambda d: d.assign(q2=d["q2"].replace(1.0, np.inf)), "q2 has infinite"),
        (lambda d: d.assign(q2="yes"), "q2 holds text"),
        (lambda d: d.iloc[:2], "Only 2 respondents"),
        (lambda d: d.iloc[:0], "Nobody answered|Only 0"),
        (lambda d: d[["q1"]], "at least two items"),
        (lambda d: d[[]], "no item"),
        (lambda d: d.set_axis(["a", "b", "b", "c"], axis=1), "same name b"),
        (
            lambda d: d.assign(
                q1=d["q1"].where(np.arange(100) < 50), q2=d["q2"].where(np.arange(100) >= 49)
            ),
            "answered both q1 and q2",
        ),
        (
            lambda d: d.assign(
                q1=d["q1"].where(np.arange(100) < 50), q2=d["q2"].where(np.arange(100) >= 50, 2.0)
            ),
            "Everybody who answered q1 gave the same answer to q2",
        ),
    ],
)
def test_what_cannot_be_correlated_is_named(method, change, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        correlate(change(ordinal(100, 4)), method)


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        (np.zeros(100), "100 weights are zero or negative"),
        (np.r_[-1.0, np.ones(99)], "1 weights are zero or negative"),
        (np.r_[np.nan, np.ones(99)], "1 weights are missing or infinite"),
        (np.ones(99), "99 weights for 100 respondents"),
        ("nowhere", "no column nowhere"),
        (pd.Series(np.ones(100), index=np.arange(100) + 5), "different row labels"),
    ],
)
def test_bad_weights_are_refused(weights, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        polychoric(ordinal(100, 4), weights=weights)


def test_too_many_categories_for_ordered_answers():
    answers = ordinal(100, 3).assign(q1=np.arange(100.0))
    with pytest.raises(AnalysisError, match="q1 has 100 different answers"):
        polychoric(answers)


def test_unknown_words_are_refused():
    with pytest.raises(AnalysisError, match="correlation cannot be 'kendall'"):
        correlate(ordinal(50, 3), "kendall")
    with pytest.raises(AnalysisError, match="missing cannot be 'mean'"):
        pearson(ordinal(50, 3), missing="mean")
