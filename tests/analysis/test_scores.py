"""Scale scores: reversing, the two-thirds rule, the 0-100 index, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.errors import AnalysisError
from analysis.scores import Scale, index_0_100, reverse, score_scale, score_scales

ANSWERS = hnp.arrays(
    np.float64, (6, 4), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, float("nan")])
)


def frame(values):
    return pd.DataFrame(values, columns=[f"i{k}" for k in range(np.shape(values)[1])])


def test_reversed_items_are_turned_before_the_mean():
    items = frame([[1, 5, 2], [5, 1, 4]])
    assert score_scale(items, {"i1"}, 1, 5).tolist() == pytest.approx([4 / 3, 14 / 3])


@pytest.mark.parametrize(("n_items", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4)])
def test_a_score_needs_two_thirds_of_the_items(n_items, needed):
    """The table of the instrument: two of three, three of four, four of five."""
    rows = np.full((n_items + 1, n_items), np.nan)
    for valid in range(n_items + 1):
        rows[valid, :valid] = 3.0
    scored = score_scale(frame(rows), (), 1, 5).notna()
    assert scored.tolist() == [valid >= needed for valid in range(n_items + 1)]


def test_the_rule_is_a_parameter():
    items = frame([[3, np.nan, np.nan, np.nan]])
    assert score_scale(items, (), 1, 5, min_valid=(1, 4)).iloc[0] == 3
    assert np.isnan(score_scale(items, (), 1, 5, min_valid=(1, 1)).iloc[0])
    with pytest.raises(AnalysisError):
        score_scale(items, (), 1, 5, min_valid=(3, 2))


def test_a_missing_code_taken_for_an_answer_is_refused_by_name():
    """-98 must never enter a mean."""
    with pytest.raises(AnalysisError, match="i1"):
        score_scale(frame([[3, -98, 4]]), (), 1, 5)


def test_text_in_an_item_is_refused_and_numbers_as_text_are_read():
    with pytest.raises(AnalysisError, match="i0"):
        score_scale(pd.DataFrame({"i0": ["agree"], "i1": ["4"]}), (), 1, 5)
    assert score_scale(pd.DataFrame({"i0": ["3", None], "i1": ["4", "2"]}), (), 1, 5).iloc[0] == 3.5


def test_nullable_columns_keep_their_missing_answers():
    items = pd.DataFrame(
        {"a": pd.array([1, None, 3], "Int64"), "b": pd.array([5, 4, None], "Int8")}
    )
    scored = score_scale(items, {"b"}, 1, 5, min_valid=(1, 2))
    assert scored.tolist() == [1.0, 2.0, 3.0]


def test_an_unknown_reversed_item_is_refused():
    with pytest.raises(AnalysisError, match="i9"):
        score_scale(frame([[3, 4]]), {"i9"}, 1, 5)


def test_index_runs_from_0_to_100_and_keeps_missing():
    scored = index_0_100(pd.Series([1.0, 3.0, 5.0, np.nan]), 1, 5)
    assert scored.tolist()[:3] == [0, 50, 100]
    assert np.isnan(scored.iloc[3])
    with pytest.raises(AnalysisError):
        index_0_100(pd.Series([6.0]), 1, 5)


def test_scales_are_scored_side_by_side_and_keep_the_rows():
    data = frame([[1, 2, 3, 4], [5, 4, 3, 2]]).set_axis([10, 20])
    scores = score_scales(
        data, [Scale("A", ("i0", "i1"), frozenset({"i1"})), Scale("B", ("i2", "i3"), maximum=7)]
    )
    assert scores.loc[10].tolist() == [2.5, 3.5]
    assert scores.index.tolist() == [10, 20]
    with pytest.raises(AnalysisError, match="A"):
        score_scales(data, [Scale("A", ("i0",)), Scale("A", ("i1",))])
    with pytest.raises(AnalysisError, match="zz"):
        score_scales(data, [Scale("A", ("zz",))])


@pytest.mark.parametrize("bad", [{"items": ()}, {"items": ("a", "a")}, {"minimum": 5.0}])
def test_an_impossible_scale_is_refused(bad):
    with pytest.raises(AnalysisError):
        Scale(**{"name": "S", "items": ("a", "b"), **bad})


@given(ANSWERS)
def test_reversing_twice_changes_nothing(values):
    np.testing.assert_array_equal(reverse(reverse(values, 1, 5), 1, 5), values)


@given(ANSWERS, st.permutations(range(4)))
def test_scores_stay_in_the_range_and_ignore_the_order_of_items(values, order):
    items = frame(values)
    scored = score_scale(items, {"i0"}, 1, 5)
    shuffled = score_scale(items.iloc[:, list(order)], {"i0"}, 1, 5)
    pd.testing.assert_series_equal(scored, shuffled)
    assert scored.dropna().between(1, 5).all()


@given(ANSWERS)
def test_reversing_every_item_reverses_the_score(values):
    items = frame(values)
    forward = score_scale(items, (), 1, 5)
    back = score_scale(items, items.columns, 1, 5)
    np.testing.assert_allclose(6 - forward, back)
