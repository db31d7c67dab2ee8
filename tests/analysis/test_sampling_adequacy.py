"""KMO and Bartlett: against psych and factor_analyzer."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.correlation import pearson
from analysis.correlation.adequacy import sampling_adequacy
from analysis.errors import AnalysisError

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture(scope="module")
def bfi():
    return pd.read_csv(REFERENCE / "data_bfi.csv").iloc[:, :25]


def test_equals_psych(bfi):
    """Closed formulas; the tolerance is that of the printed digits."""
    expected = json.loads((REFERENCE / "efa_bfi.json").read_text(encoding="utf-8"))
    result = sampling_adequacy(pearson(bfi, missing="listwise"))
    assert result.kmo == pytest.approx(expected["kmo"], abs=1e-10)
    assert result.chisq == pytest.approx(expected["bartlett"]["chisq"], rel=1e-10)
    assert result.dof == expected["bartlett"]["df"]
    for item, value in expected["kmo_items"].items():
        assert result.kmo_items[item] == pytest.approx(value, abs=1e-10)


def test_equals_factor_analyzer_on_complete_answers(bfi):
    """The library takes raw answers; the two agree where it can be used at all."""
    from factor_analyzer import calculate_bartlett_sphericity, calculate_kmo

    complete = bfi.dropna()
    result = sampling_adequacy(pearson(complete))
    items, overall = calculate_kmo(complete)
    statistic, p = calculate_bartlett_sphericity(complete)
    assert result.kmo == pytest.approx(overall, abs=1e-8)
    np.testing.assert_allclose(result.kmo_items, items, atol=1e-8)
    assert result.chisq == pytest.approx(statistic, rel=1e-10)
    assert result.p == pytest.approx(p, abs=1e-12)


def test_textbook_kmo_of_a_bare_matrix():
    matrix = json.loads((REFERENCE / "textbook.json").read_text(encoding="utf-8"))["harman74"]
    r = pd.DataFrame(matrix["matrix"]["values"])
    assert sampling_adequacy(r, n=matrix["n"]).kmo == pytest.approx(matrix["kmo"], abs=1e-10)


def test_unrelated_items_are_unacceptable():
    r = pearson(np.random.default_rng(0).normal(size=(500, 8)))
    result = sampling_adequacy(r)
    assert result.kmo < 0.6
    assert result.p > 0.001


def test_a_singular_matrix_is_smoothed_with_a_note():
    answers = np.random.default_rng(0).normal(size=(100, 3))
    r = pearson(np.column_stack([answers, answers[:, 0]]))
    result = sampling_adequacy(r)
    assert np.isfinite(result.kmo)
    assert "not positive definite" in str(result.notes[-1])


def test_answers_given_as_a_matrix_are_refused(bfi):
    with pytest.raises(AnalysisError, match="square"):
        sampling_adequacy(bfi, n=2800)


def test_a_bare_matrix_needs_a_number_of_respondents():
    with pytest.raises(AnalysisError, match="more respondents than items"):
        sampling_adequacy(np.eye(3))
    with pytest.raises(AnalysisError, match="there are 3 for 3 items"):
        sampling_adequacy(np.eye(3), n=3)
