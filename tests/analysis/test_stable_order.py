"""Results of drawing at random depend on the seed, never on how the file was sorted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.factor import bootstrap_factors
from analysis.importance import relative_importance
from analysis.regression.wild_bootstrap import wild_cluster_bootstrap
from analysis.reliability import cronbach_alpha, omega
from analysis.retention import parallel_analysis
from analysis.stable_order import content_order, content_rank, group_codes

# Sums over rows in another order differ in the last digits; a result that hung on the order of
# rows would differ in the second or third.
SAME = 1e-9


@pytest.fixture(scope="module")
def people(bfi) -> pd.DataFrame:
    """A part of the bfi data with made-up places."""
    frame = bfi.head(700).copy()
    frame["place"] = [f"p{i % 25}" for i in range(len(frame))]
    return frame


@pytest.fixture(scope="module")
def turned(people) -> pd.DataFrame:
    """The same people in another order."""
    return people.sample(frac=1, random_state=4)


ITEMS = ["A1", "A2", "A3", "A4", "A5"]
MORE = [*ITEMS, "C1", "C2", "C3", "C4", "C5"]


@pytest.mark.parametrize("correlation", ["polychoric", "pearson", "spearman"])
@pytest.mark.parametrize("method", ["permutation", "normal"])
def test_parallel_analysis(people, turned, correlation, method):
    one, two = (
        parallel_analysis(frame[MORE], correlation, n_sets=10, seed=1, method=method)
        for frame in (people, turned)
    )
    np.testing.assert_allclose(one.reference, two.reference, atol=SAME)


@pytest.mark.parametrize("clusters", [None, "place"])
def test_bootstrap_of_loadings(people, turned, clusters):
    columns = [*MORE, "place"] if clusters else MORE
    one, two = (
        bootstrap_factors(frame[columns], 2, n_boot=50, seed=1, clusters=clusters)
        for frame in (people, turned)
    )
    np.testing.assert_allclose(one.loadings_low, two.loadings_low, atol=1e-6)


@pytest.mark.parametrize("clusters", [None, "place"])
def test_bootstrap_of_alpha_and_omega(people, turned, clusters):
    for statistic, limits in ((cronbach_alpha, "ci"), (omega, "ci_total")):
        one, two = (
            statistic(
                frame[ITEMS],
                reverse=["A1"],
                clusters=None if clusters is None else frame[clusters],
                n_boot=100,
                seed=1,
            )
            for frame in (people, turned)
        )
        np.testing.assert_allclose(getattr(one, limits), getattr(two, limits), atol=1e-7)


@pytest.mark.parametrize("clusters", [None, "place"])
def test_bootstrap_of_importance(people, turned, clusters):
    one, two = (
        relative_importance(frame, "age", ITEMS, clusters=clusters, n_boot=100, seed=1)
        for frame in (people, turned)
    )
    np.testing.assert_allclose(one.table["share_low"], two.table["share_low"], atol=SAME)


def test_wild_bootstrap(people, turned):
    one, two = (
        wild_cluster_bootstrap(frame, "age", ["A1", "A2"], clusters="place", n_boot=999, seed=1)
        for frame in (people, turned)
    )
    pd.testing.assert_frame_equal(one.table, two.table, rtol=1e-7)


@given(
    st.lists(
        st.tuples(st.sampled_from([1.0, 2.0, float("nan"), 0.0, -0.0]), st.integers(0, 3)),
        min_size=1,
        max_size=40,
    ),
    st.randoms(),
)
def test_rows_are_ordered_by_what_they_say(rows, random):
    """Whatever the order given, the ordered content is the same."""
    values = np.array(rows, dtype=float)
    order = list(range(len(rows)))
    random.shuffle(order)
    np.testing.assert_array_equal(
        values[content_order(values)], values[order][content_order(values[order])]
    )
    assert sorted(content_rank(values)) == list(range(len(rows)))


def test_groups_are_numbered_by_name():
    codes, names = group_codes(pd.Series(["b", None, "a", "b"]))
    assert names == ["a", "b"]
    assert codes.tolist() == [1, -1, 0, 1]
