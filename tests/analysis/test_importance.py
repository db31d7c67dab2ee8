"""Relative importance: against the definition (computed in R), and what must hold for any data.

Reference values: ``reference/importance.json``, LMG and Johnson's weights by definition, made by
``make_reference.R``.
"""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.importance import relative_importance, relative_importance_from_correlation
from analysis.importance.shapley import shapley_shares, subset_r2

REFERENCE = Path(__file__).parent / "reference"
STORED = json.loads((REFERENCE / "importance.json").read_text(encoding="utf-8"))


def data(name):
    return pd.read_csv(REFERENCE / f"data_{name}.csv")


def drivers(name):
    return [column for column in data(name) if column != STORED[name]["outcome"]]


@pytest.fixture
def made():
    rng = np.random.default_rng(11)
    n = 300
    common = rng.normal(size=(n, 1))
    x = pd.DataFrame(rng.normal(size=(n, 4)) + common, columns=list("abcd"))
    x["y"] = x["a"] + 0.5 * x["b"] + rng.normal(size=n)
    x["k"] = np.arange(n) % 20
    x["t"] = rng.choice(["p", "q", "r"], n)
    return x


@pytest.mark.parametrize("name", ["swiss", "attitude"])
@pytest.mark.parametrize("method", ["lmg", "johnson"])
def test_shares_equal_the_definition(name, method):
    outcome = STORED[name]["outcome"]
    found = relative_importance(data(name), outcome, drivers(name), method)
    for driver, share in STORED[name][method].items():
        assert found.shares[driver] == pytest.approx(share, abs=1e-11)
    from_r = relative_importance_from_correlation(data(name).corr(), outcome, method=method)
    np.testing.assert_allclose(from_r.shares, found.shares, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 7), st.sampled_from(["lmg", "johnson"]))
def test_shares_sum_to_r_squared_and_are_not_negative(seed, p, method):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(40, p + 1)) @ rng.normal(size=(p + 1, p + 1)))
    frame.columns = [f"v{k}" for k in range(p + 1)]
    found = relative_importance(frame, "v0", list(frame.columns[1:]), method)
    y, x = frame["v0"], np.column_stack([np.ones(40), frame.iloc[:, 1:]])
    residual = y - x @ np.linalg.lstsq(x, y)[0]
    assert found.r2 == pytest.approx(1 - residual.var() / y.var(), abs=1e-9)
    assert found.shares.sum() == pytest.approx(found.r2, abs=1e-12)
    assert (found.shares > -1e-12).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_shapley_is_the_average_over_all_orders(seed):
    """Straight from the definition: enter four players in each of the 24 orders."""
    rng = np.random.default_rng(seed)
    r = np.corrcoef(rng.normal(size=(30, 6)) @ rng.normal(size=(6, 6)), rowvar=False)[None]
    table = subset_r2(r, [[0], [1, 2], [3], [4]])
    expected = np.zeros(4)
    for order in permutations(range(4)):
        subset = 0
        for player in order:
            expected[player] += (table[0, subset | 1 << player] - table[0, subset]) / 24
            subset |= 1 << player
    np.testing.assert_allclose(shapley_shares(table)[0], expected, atol=1e-12)


def test_the_order_of_predictors_does_not_matter(made):
    straight = relative_importance(made, "y", list("abcd")).shares
    turned = relative_importance(made, "y", list("dbca")).shares
    np.testing.assert_allclose(turned[straight.index], straight, atol=1e-13)


def test_integer_weights_equal_repeated_rows(made):
    w = np.arange(len(made)) % 3 + 1
    weighted = relative_importance(made, "y", list("abcd"), weights=w)
    repeated = relative_importance(made.loc[made.index.repeat(w)], "y", list("abcd"))
    np.testing.assert_allclose(weighted.shares, repeated.shares, atol=1e-12)


def test_families_are_players_and_a_family_of_one_is_the_predictor(made):
    family = relative_importance(made, "y", list("abcd"), groups={"f": ["a", "b", "c", "d"]})
    assert family.shares["f"] == pytest.approx(family.r2)
    alone = relative_importance(made, "y", list("abcd"), groups={k: [k] for k in "abcd"})
    plain = relative_importance(made, "y", list("abcd"))
    np.testing.assert_allclose(alone.shares, plain.shares, atol=1e-13)


def test_a_copied_driver_does_not_make_its_family_more_important():
    """A family is worth what it adds as a whole, however many members it has."""
    r = pd.DataFrame(
        [[1, 0.5, 0.5, 0.5], [0.5, 1, 0.2, 0.2], [0.5, 0.2, 1, 0.999], [0.5, 0.2, 0.999, 1]],
        index=list("yabc"),
        columns=list("yabc"),
    )
    found = relative_importance_from_correlation(r, "y", groups={"one": ["a"], "two": ["b", "c"]})
    assert found.shares["one"] == pytest.approx(found.shares["two"], abs=1e-3)


@pytest.mark.parametrize("method", ["lmg", "johnson"])
def test_controls_come_first_and_only_the_rest_is_divided(made, method):
    """The same as dividing what is left of everything after regression on the controls."""
    found = relative_importance(made, "y", ["a", "b"], method, controls=["c", "t"])
    x = np.column_stack([np.ones(300), made["c"], made["t"] == "q", made["t"] == "r"])
    left = made[["a", "b", "y"]] - x @ np.linalg.lstsq(x, made[["a", "b", "y"]].to_numpy())[0]
    partial = relative_importance(left, "y", ["a", "b"], method)
    kept = left["y"].var() / made["y"].var()
    np.testing.assert_allclose(found.shares, partial.shares * kept, atol=1e-12)
    assert found.r2_controls == pytest.approx(1 - kept)
    whole = relative_importance(made, "y", ["a", "b", "c", "t"], method)
    assert found.r2 + found.r2_controls == pytest.approx(whole.r2)


def test_draws_of_a_model_give_limits_and_ranks(made):
    rng = np.random.default_rng(2)
    names = list("yabcd")
    r = made[names].corr()
    draws = np.array(
        [made[names].iloc[rng.integers(0, 300, 300)].corr().to_numpy() for _ in range(120)]
    )
    draws[3] = np.nan
    found = relative_importance_from_correlation(r, "y", list("abcd"), draws=draws)
    assert (found.n_boot, found.n_boot_failed, found.resampled) == (119, 1, "given")
    assert (found.table["share_low"] < found.table["share"]).all()
    assert any("1 of 120" in str(remark) for remark in found.notes)
    with pytest.raises(AnalysisError, match="same size"):
        relative_importance_from_correlation(r, "y", draws=draws[:, :3, :3])


def test_a_text_predictor_counts_as_one(made):
    made["y"] += made["t"].eq("q")
    found = relative_importance(made, "y", ["a", "t"])
    assert list(found.shares.index) == ["a", "t"]
    assert found.shares["t"] > 0.02


def test_bootstrap_gives_limits_ranks_and_the_same_again_with_the_same_seed(made):
    again = [
        relative_importance(made, "y", list("abcd"), clusters="k", n_boot=200, seed=5).table
        for _ in range(2)
    ]
    pd.testing.assert_frame_equal(*again)
    table = again[0]
    assert (table["share_low"] < table["share"]).all()
    assert (table["share"] < table["share_high"]).all()
    assert table.loc["a", "first"] > 0.95
    assert table["first"].sum() == pytest.approx(1)
    other = relative_importance(made, "y", list("abcd"), clusters="k", n_boot=200, seed=6).table
    assert not other["share_low"].equals(table["share_low"])


def test_drawing_clusters_of_copies_is_wider_than_drawing_their_rows(made):
    """Four copies of a row are one piece of news: only the cluster bootstrap knows."""
    copies = made.loc[made.index.repeat(4)].reset_index(drop=True)
    copies["k"] = np.arange(len(copies)) // 4
    options = {"n_boot": 300, "seed": 1}
    whole = relative_importance(copies, "y", list("abcd"), clusters="k", **options).table
    rows = relative_importance(copies, "y", list("abcd"), **options).table
    wide = (whole["share_high"] - whole["share_low"]) / (rows["share_high"] - rows["share_low"])
    assert wide.mean() == pytest.approx(2, abs=0.4)


def test_few_clusters_are_remarked_on(made):
    found = relative_importance(
        made.assign(k=made["k"] % 5), "y", list("abcd"), clusters="k", n_boot=100
    )
    assert any("too narrow" in str(remark) for remark in found.notes)
    assert found.resampled == "clusters"


def test_progress_is_told_up_to_the_end(made):
    told = []
    relative_importance(made, "y", list("abcd"), n_boot=300, tick=told.append)
    assert told == sorted(told)
    assert told[-1] == 1


@pytest.mark.parametrize(
    ("predictors", "options", "sentence"),
    [
        (["a", "b"], {"method": "pratt"}, "pratt"),
        (["a", "b"], {"groups": {"f": ["a"]}}, "b"),
        (["a", "b"], {"groups": {"f": ["a", "b"], "g": ["b"]}}, "b"),
        (["a", "b"], {"n_boot": 10}, "100"),
        (["a", "b", "a:b"], {}, "a:b"),
        (["a", "a2"], {}, "a2"),
        ([f"p{k}" for k in range(21)], {}, "21"),
        ([f"p{k}" for k in range(16)], {"n_boot": 100}, "16"),
    ],
)
def test_what_cannot_be_divided_is_refused_with_its_reason(made, predictors, options, sentence):
    rng = np.random.default_rng(0)
    extra = {f"p{k}": rng.normal(size=len(made)) for k in range(21)}
    with pytest.raises(AnalysisError, match=sentence):
        relative_importance(made.assign(a2=made["a"] * 2, **extra), "y", predictors, **options)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda r: r * 2, "correlation matrix"),
        (lambda r: r.set_axis(list("abcz"), axis="index"), "same names"),
        (lambda r: r.mask(np.eye(4) == 0, 1.0), "worked out"),
        (lambda r: r.mask(np.eye(4) == 0, -0.9), "positive definite"),
        (lambda r: r.mask(np.eye(4) == 0, 0.0), "explain nothing"),
        (lambda r: r.drop(columns="y", index="y"), "y"),
    ],
)
def test_what_is_no_correlation_matrix_is_refused(made, change, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        relative_importance_from_correlation(change(made[list("abcy")].corr()), "y")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([1.0, 2.0, 3.0, None]),
            st.sampled_from([1.0, 2.0, -7.0, None]),
            st.sampled_from(["a", "b", None]),
            st.sampled_from([1, 2, 3]),
        ),
        min_size=3,
        max_size=20,
    )
)
def test_any_frame_gives_finite_shares_or_a_named_refusal(rows):
    frame = pd.DataFrame(rows, columns=["y", "x", "z", "g"])
    for method in ("lmg", "johnson"):
        for options in ({}, {"clusters": "g", "n_boot": 100}):
            try:
                found = relative_importance(frame, "y", ["x", "z"], method, **options)
            except AnalysisError as refusal:
                assert str(refusal)
            else:
                assert np.isfinite(found.table.to_numpy(float)).all()
