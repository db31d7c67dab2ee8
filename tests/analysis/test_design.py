"""Designs: what is refused, and linearised errors against R's survey package.

Reference values: ``reference/regression_survey.json`` (survey 4.1.1), made by ``make_reference.R``.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.design import design_rows, linearised_covariance, survey_design
from analysis.errors import AnalysisError

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture(scope="module")
def clustered():
    return pd.read_csv(REFERENCE / "data_apiclus1.csv")


def mean_error(y, design):
    w = design.weights
    mean = w @ y / w.sum()
    return mean, np.sqrt(linearised_covariance((w * (y - mean) / w.sum())[:, None], design)[0, 0])


def test_error_of_a_mean_in_a_cluster_sample_equals_r(clustered):
    expected = json.loads((REFERENCE / "regression_survey.json").read_text(encoding="utf-8"))
    design = survey_design(clustered, weights="pw", clusters="dnum")
    mean, error = mean_error(clustered["api00"].to_numpy(float), design)
    assert mean == pytest.approx(expected["cluster_mean"]["mean"], rel=1e-10)
    assert error == pytest.approx(expected["cluster_mean"]["se"], rel=1e-10)


def test_df_are_units_less_strata():
    frame = pd.DataFrame({"s": list("aaaabbbb"), "c": [1, 1, 2, 3, 1, 2, 2, 1]})
    design = survey_design(frame, strata="s", clusters="c")
    assert (design.n_psus, design.n_strata, design.df) == (5, 2, 3)
    assert survey_design(frame).df == 7


def test_the_same_cluster_name_in_two_strata_means_two_clusters():
    frame = pd.DataFrame({"s": list("aabb"), "c": [1, 2, 1, 2]})
    assert survey_design(frame, strata="s", clusters="c").n_psus == 4


def test_a_census_has_no_sampling_error():
    frame = pd.DataFrame({"N": [4.0] * 4, "y": [1.0, 2.0, 3.0, 5.0]})
    assert mean_error(frame["y"].to_numpy(), survey_design(frame, fpc="N"))[1] == 0


def test_a_correction_may_be_a_share_or_a_size():
    frame = pd.DataFrame({"N": [8.0] * 4, "f": [0.5] * 4})
    assert survey_design(frame, fpc="N").fraction == survey_design(frame, fpc="f").fraction


def test_a_subset_is_a_domain_and_not_a_smaller_sample(clustered):
    """Units without rows in the domain still count, as in svyrecvar."""
    design = survey_design(clustered, clusters="dnum")
    rows = (clustered["dnum"] != 637).to_numpy()
    u = np.random.default_rng(0).normal(size=(len(clustered), 1))
    padded = np.where(rows[:, None], u, 0.0)
    assert linearised_covariance(u[rows], design, rows) == pytest.approx(
        linearised_covariance(padded, design)
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"weights": [1, 1, -1, 1]}, "zero or negative"),
        ({"weights": [1, 1, 0, 1]}, "zero or negative"),
        ({"weights": [1, 1, np.nan, 1]}, "missing"),
        ({"weights": [1, 1, 1]}, "3 weights for 4 rows"),
        ({"weights": "absent"}, "absent"),
        ({"clusters": [1, 1, 1, 1]}, "one cluster"),
        ({"clusters": [1, 2, None, 1]}, "clusters"),
        ({"strata": ["a", "a", "a", "b"]}, "b"),
        ({"strata": ["a", "a", "b", "b"], "clusters": [1, 2, 1, 1]}, "single sampling unit"),
        ({"fpc": [3, 3, 3, 3]}, "3 units"),
        ({"fpc": [9, 9, 9, 8]}, "differs"),
        ({"weights": pd.Series([1, 1, 1, 1], index=[5, 6, 7, 8])}, "row labels"),
    ],
)
def test_impossible_designs_are_refused_with_their_reason(options, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        survey_design(pd.DataFrame({"x": [1, 2, 3, 4]}), **options)


def test_rows_without_a_place_in_the_design_are_found():
    frame = pd.DataFrame({"w": [1, None, 1], "c": ["a", "b", None]})
    assert design_rows(frame, weights="w", clusters="c").tolist() == [True, False, False]
