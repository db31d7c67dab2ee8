"""Item analysis of a pre-test: statistics by hand, verdicts that a small pilot can carry."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.errors import AnalysisError
from analysis.items import DROP, KEEP, REVISE, UNDECIDED, ItemRules, analyse_items, discrimination
from analysis.reliability import cronbach_alpha
from analysis.scores import Scale

NAN = float("nan")
SCALE = Scale("S", ("good", "fine", "back", "noise"), frozenset({"back"}))


@pytest.fixture
def pilot():
    rng = np.random.default_rng(4)
    n = 300
    trait = rng.normal(size=n)

    def item(strength):
        return np.clip(np.round(3 + strength * trait + 0.7 * rng.normal(size=n)), 1, 5)

    return pd.DataFrame(
        {"good": item(1), "fine": item(1), "back": item(-1), "noise": rng.integers(1, 6, n) * 1.0}
    )


def test_good_items_stay_and_one_that_measures_something_else_goes(pilot):
    found = analyse_items(pilot, [SCALE])
    assert found.table["verdict"].to_dict() == {
        "good": KEEP,
        "fine": KEEP,
        "back": KEEP,
        "noise": DROP,
    }
    assert found.remarks["good"] == ()
    assert str(found.verdicts["noise"]) == "Leave it out or write it anew."


def test_item_rest_correlation_is_that_of_the_reliability_module(pilot):
    found = analyse_items(pilot, [SCALE])
    alpha = cronbach_alpha(pilot, ["back"])
    np.testing.assert_allclose(found.table["item_rest_r"], alpha.items["item_rest_r"], atol=1e-12)


def test_an_item_keyed_the_wrong_way_is_called_so_and_not_dropped(pilot):
    found = analyse_items(pilot, [Scale("S", ("good", "fine", "back"))])
    assert found.table.loc["back", "verdict"] == REVISE
    assert "reversed" in str(found.remarks["back"][0])


def test_a_weak_reversed_item_is_not_dropped_for_that_alone(pilot):
    """Agreeing with everything hides what reversed items say; without them it cannot be removed."""
    rng = np.random.default_rng(8)
    pilot["noise"] = np.where(rng.random(300) < 0.1, 6 - pilot["good"], pilot["noise"])
    found = analyse_items(pilot, [Scale("S", SCALE.items, frozenset({"back", "noise"}))])
    assert 0 < found.table.loc["noise", "item_rest_r"] < 0.3
    assert any("for that alone" in str(remark) for remark in found.remarks["noise"])
    assert found.table.loc["noise", "verdict"] == REVISE


def test_a_small_pilot_decides_nothing(pilot):
    assert (analyse_items(pilot.head(20), [SCALE]).table["verdict"] == UNDECIDED).all()


def test_shares_and_distribution_by_hand():
    data = pd.DataFrame({"a": [1, 1, 1, 5, NAN], "b": [2, 3, 4, 5, 1]})
    found = analyse_items(data, [Scale("S", ("a", "b"))])
    row = found.table.loc["a"]
    assert (row["n"], row["missing"], row["floor"], row["ceiling"]) == (4, 0.2, 0.75, 0.25)
    assert row["unused"] == 3
    assert found.distribution.loc["a"].tolist() == [0.75, 0, 0, 0, 0.25]
    assert found.distribution.sum(axis=1).tolist() == [1, 1]


def test_discrimination_by_hand():
    """The upper four of ten answer 5, the lower four 1: (5 - 1) / 4."""
    rest = np.arange(10.0)
    item = np.where(rest >= 7, 5.0, np.where(rest <= 2, 1.0, 3.0))
    assert discrimination(item, rest, 1, 5) == pytest.approx(1.0)
    assert discrimination(item[::-1], rest, 1, 5) == pytest.approx(-1.0)
    assert np.isnan(discrimination(item, np.ones(10), 1, 5))


def test_kinds_of_missing_are_told_apart_and_breaking_off_is_not_the_items_fault(pilot):
    pilot.loc[:59, "good"] = NAN
    kinds = pd.DataFrame({"good": [None] * 300}, index=pilot.index, dtype=object)
    kinds.loc[:59, "good"] = "not_reached"
    found = analyse_items(pilot, [SCALE], kinds)
    assert found.missing.loc["good", "not_reached"] == pytest.approx(0.2)
    assert found.remarks["good"] == ()
    kinds.loc[:59, "good"] = "prefer_not"
    found = analyse_items(pilot, [SCALE], kinds)
    assert "sensitive" in str(found.remarks["good"][0])
    with pytest.raises(AnalysisError, match="other rows"):
        analyse_items(pilot, [SCALE], kinds.head(3))


def test_floor_and_one_answer_are_remarked(pilot):
    pilot["good"] = np.where(pilot.index < 220, 1.0, pilot["good"])
    pilot["fine"] = np.where(pilot.index < 280, 4.0, 3.0)
    found = analyse_items(pilot, [SCALE])
    assert any("lowest" in str(remark) for remark in found.remarks["good"])
    assert any("same answer" in str(remark) for remark in found.remarks["fine"])


@pytest.mark.parametrize(
    ("scales", "sentence"),
    [
        ([], "belong together"),
        ([SCALE, Scale("T", ("good", "fine"))], "good"),
        ([Scale("T", ("absent", "fine"))], "absent"),
        ([Scale("T", ("good", "fine"), minimum=2)], "outside|Answers"),
    ],
)
def test_impossible_requests_are_refused(pilot, scales, sentence):
    pilot["good"] = 1.0
    with pytest.raises(AnalysisError, match=sentence):
        analyse_items(pilot, scales)


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.float64, (10, 4), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, NAN])))
def test_any_answers_give_a_verdict(values):
    data = pd.DataFrame(values, columns=list(SCALE.items))
    found = analyse_items(data, [SCALE], rules=ItemRules(least_n=5))
    assert found.table["verdict"].isin([KEEP, REVISE, DROP, UNDECIDED]).all()
    assert set(found.verdicts) == set(SCALE.items)
    assert found.table["discrimination"].dropna().between(-1, 1).all()
