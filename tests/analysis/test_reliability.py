"""Cronbach's alpha against psych::alpha (R), and what must hold for any data.

Reference values: ``reference/reliability_bfi.json`` and ``textbook.json``, made with psych 2.2.9 by
``reference/make_reference.R``.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.errors import AnalysisError
from analysis.reliability import (
    alpha_from_covariance,
    cronbach_alpha,
    feldt_interval,
    keys_from_loadings,
)

REFERENCE = Path(__file__).parent / "reference"
KEYS = {
    "agree": "-A1 A2 A3 A4 A5",
    "conscientious": "C1 C2 C3 -C4 -C5",
    "extraversion": "-E1 -E2 E3 E4 E5",
    "neuroticism": "N1 N2 N3 N4 N5",
    "openness": "O1 -O2 O3 O4 -O5",
}


@pytest.fixture(scope="module")
def bfi():
    return pd.read_csv(REFERENCE / "data_bfi.csv")


def keyed(construct):
    words = KEYS[construct].split()
    return [w.strip("-") for w in words], [w[1:] for w in words if w[0] == "-"]


def stored(name):
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("construct", KEYS)
def test_alpha_and_item_statistics_equal_psych(bfi, construct):
    expected = stored("reliability_bfi.json")["alpha_pairwise"][construct]
    items, back = keyed(construct)
    found = cronbach_alpha(bfi[items], back)
    assert found.alpha == pytest.approx(expected["raw_alpha"], abs=1e-9)
    assert found.alpha_standardised == pytest.approx(expected["std_alpha"], abs=1e-9)
    assert found.ci == pytest.approx(expected["feldt"], abs=1e-9)
    np.testing.assert_allclose(
        found.items["item_rest_r"], list(expected["r_drop"].values()), atol=1e-9
    )
    np.testing.assert_allclose(
        found.items["alpha_if_dropped"], list(expected["drop"].values()), atol=1e-9
    )


def test_alpha_of_a_correlation_matrix_equals_psych():
    thurstone = stored("textbook.json")["thurstone"]
    assert alpha_from_covariance(thurstone["matrix"]["values"]) == pytest.approx(
        thurstone["alpha"], abs=1e-9
    )


def test_an_item_that_goes_against_the_scale_is_named_and_not_turned(bfi):
    items, _ = keyed("agree")
    found = cronbach_alpha(bfi[items])
    assert found.items.loc["A1", "item_rest_r"] < 0
    assert any("A1" in str(remark) for remark in found.notes)
    assert found.items["key"].eq(1).all()


def test_a_reversed_item_that_lowers_alpha_comes_with_a_caution(bfi):
    """Dropping reversed items makes agree-style answering impossible to tell from content."""
    items, _ = keyed("agree")
    data = bfi[items].assign(A1=7 - bfi["A1"])
    plain, cautious = cronbach_alpha(data), cronbach_alpha(bfi[items], ["A1"])
    assert str(plain.notes[0]) == "Without A1 alpha would be 0.72."
    assert "reversed" in str(cautious.notes[0])


def test_listwise_uses_complete_rows_only(bfi):
    items, back = keyed("openness")
    found = cronbach_alpha(bfi[items], back, missing="listwise")
    complete = bfi[items].dropna()
    assert found.n == len(complete)
    assert found.alpha == pytest.approx(cronbach_alpha(complete, back).alpha, abs=1e-12)


def test_integer_weights_equal_repeated_rows(bfi):
    items, back = keyed("agree")
    data = bfi[items].dropna().head(300).reset_index(drop=True)
    w = np.arange(300) % 3 + 1
    weighted = cronbach_alpha(data.assign(w=w), back, weights="w")
    repeated = cronbach_alpha(data.loc[data.index.repeat(w)], back)
    assert weighted.alpha == pytest.approx(repeated.alpha, abs=1e-12)
    assert weighted.n_items == 5
    np.testing.assert_allclose(weighted.items["item_rest_r"], repeated.items["item_rest_r"])


def test_weights_of_one_size_change_nothing(bfi):
    items, back = keyed("agree")
    plain = cronbach_alpha(bfi[items], back)
    heavy = cronbach_alpha(bfi[items], back, weights=np.full(len(bfi), 7.0))
    assert heavy.alpha == pytest.approx(plain.alpha, abs=1e-12)


def test_feldt_interval_contains_alpha_and_widens_with_confidence():
    narrow, wide = feldt_interval(0.7, 200, 5, 0.8), feldt_interval(0.7, 200, 5, 0.99)
    assert wide[0] < narrow[0] < 0.7 < narrow[1] < wide[1]


def test_bootstrap_agrees_with_feldt_for_independent_respondents(bfi):
    items, back = keyed("neuroticism")
    plain = cronbach_alpha(bfi[items], back)
    drawn = cronbach_alpha(bfi[items], back, n_boot=400, seed=2)
    assert drawn.ci == pytest.approx(plain.ci, abs=0.008)
    assert (plain.interval, drawn.interval) == ("feldt", "bootstrap")
    assert drawn.ci == cronbach_alpha(bfi[items], back, n_boot=400, seed=2).ci


def test_drawing_whole_clusters_sees_that_copies_are_no_news(bfi):
    items, back = keyed("neuroticism")
    data = bfi[items].dropna().head(150)
    copies = data.loc[data.index.repeat(4)].assign(c=np.arange(600) // 4)
    rows = cronbach_alpha(copies[items], back, n_boot=400)
    whole = cronbach_alpha(copies, back, clusters="c", n_boot=400)
    assert whole.interval == "cluster bootstrap"
    assert whole.n_items == 5
    assert np.diff(whole.ci)[0] / np.diff(rows.ci)[0] == pytest.approx(2, abs=0.4)


@pytest.mark.parametrize(
    ("columns", "options", "sentence"),
    [
        ({"a": [1, 2, 3, 4]}, {}, "two items"),
        ({"a": [1, 2, 3, 4], "b": [2, 2, 2, 2]}, {}, "b"),
        ({"a": [1, 2, None, None], "b": [None, None, 3, 4]}, {}, "pairs"),
        ({"a": [1, 2, 3, 4], "b": [1, 2, 4, 3]}, {"reverse": ["z"]}, "z"),
        ({"a": [1, 2, 3, 4], "b": [1, 2, 4, 3]}, {"weights": [1, 1, 0, 1]}, "1 of 4"),
        ({"a": [1, 2, 3, 4], "b": [1, 2, 4, 3]}, {"weights": [1, 1]}, "2"),
        ({"a": [1, 2, 3, 4], "b": [1, 2, 4, 3]}, {"missing": "mean"}, "mean"),
        ({"a": [1, 2, 3, 4], "b": [1, 2, 4, 3]}, {"confidence": 95}, "95"),
        ({"a": [1, 2, 3, 4], "b": [4, 3, 2, 1]}, {}, "cancel"),
        ({"a": [1, 2], "b": [2, 1]}, {}, "too few"),
        ({"a": [1, 2, 3, 4], "b": [1, 2, 4, 3]}, {"clusters": [1, 1, 2, 2]}, "bootstrap"),
        ({"a": [1, 2, 3, 4], "b": [1, 2, 4, 3]}, {"n_boot": 10}, "100"),
        (
            {"a": [1, 2, 3, 4], "b": [1, 2, 4, 3]},
            {"clusters": [1, 1, 1, 1], "n_boot": 100},
            "two clusters",
        ),
    ],
)
def test_what_cannot_be_computed_is_refused_with_its_reason(columns, options, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        cronbach_alpha(pd.DataFrame(columns), **options)


def test_keys_follow_the_majority_of_a_factor():
    loadings = pd.DataFrame(
        {"F1": [-0.7, -0.6, 0.5, 0.1, 0.0], "F2": [0.1, 0.0, 0.2, 0.8, 0.1]}, index=list("abcde")
    )
    assert keys_from_loadings(loadings) == {"F1": {"a": 1, "b": 1, "c": -1}, "F2": {"d": 1}}


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(
        np.float64, (12, 3), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, float("nan")])
    )
)
def test_any_answers_give_a_number_or_a_named_refusal(values):
    try:
        found = cronbach_alpha(pd.DataFrame(values, columns=list("abc")))
    except AnalysisError as refusal:
        assert str(refusal)
    else:
        assert np.isfinite(found.alpha)
        assert found.alpha <= 1 + 1e-9 or found.items["n"].min() < found.items["n"].max()


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.float64, (15, 4), elements=st.integers(1, 5).map(float)))
def test_reversing_all_items_leaves_alpha(values):
    assume((np.ptp(values, axis=0) > 0).all())
    data = pd.DataFrame(values, columns=list("abcd"))
    assume(data.sum(axis=1).var() > 1e-9)
    assert cronbach_alpha(data).alpha == pytest.approx(cronbach_alpha(data, list("abcd")).alpha)
