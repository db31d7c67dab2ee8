"""Survey means against R's survey package, and what must not change them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.means import survey_mean

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture(scope="module")
def schools() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "data_apiclus1.csv")


def test_clustered_mean_equals_svymean(schools):
    """Closed form on both sides: equal to the digits R printed (1e-9 relative)."""
    expected = json.loads((REFERENCE / "regression_survey.json").read_text("utf-8"))["cluster_mean"]
    found = survey_mean(schools, "api00", weights="pw", clusters="dnum")
    assert found.mean == pytest.approx(expected["mean"], rel=1e-9)
    assert found.bse == pytest.approx(expected["se"], rel=1e-9)
    assert found.df == schools["dnum"].nunique() - 1


def test_simple_mean_has_the_textbook_interval():
    """Without a design the error is s / sqrt(n) and t has n - 1 degrees of freedom."""
    frame = pd.DataFrame({"y": [1.0, 2.0, 4.0, 7.0, 11.0]})
    found = survey_mean(frame, "y")
    assert found.bse == pytest.approx(frame["y"].std() / np.sqrt(5), rel=1e-12)
    assert found.sd == pytest.approx(frame["y"].std(), rel=1e-12)
    assert found.df == 4


def test_doubling_every_row_within_its_cluster_changes_nothing(schools):
    """Copies inside a cluster bring no information; a naive error would shrink by sqrt(2)."""
    twice = pd.concat([schools, schools], ignore_index=True)
    once = survey_mean(schools, "api00", clusters="dnum")
    doubled = survey_mean(twice, "api00", clusters="dnum")
    assert doubled.bse == pytest.approx(once.bse, rel=1e-12)
    assert doubled.mean == pytest.approx(once.mean, rel=1e-12)


def test_missing_values_are_counted_and_keep_the_design(schools):
    frame = schools.assign(api00=schools["api00"].where(schools.index % 3 > 0))
    found = survey_mean(frame, "api00", clusters="dnum")
    assert found.n == int(frame["api00"].notna().sum())
    assert found.n_missing == int(frame["api00"].isna().sum())


@pytest.mark.parametrize(
    "values", [[np.nan, np.nan, 1.0], [np.inf, 1.0, 2.0]], ids=["one value", "infinite"]
)
def test_nothing_to_average_is_refused(values):
    with pytest.raises(AnalysisError, match="finite"):
        survey_mean(pd.DataFrame({"y": values}), "y")


def test_a_single_cluster_is_refused():
    frame = pd.DataFrame({"y": [1.0, 2.0, 3.0], "place": ["a", "a", "a"]})
    with pytest.raises(AnalysisError):
        survey_mean(frame, "y", clusters="place")
