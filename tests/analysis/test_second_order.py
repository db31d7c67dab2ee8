"""The general factor behind factors: against psych's omega."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.factor import fit_factors, fit_factors_from_correlation
from analysis.factor.general_factor import second_order

REFERENCE = Path(__file__).parent / "reference"


@pytest.mark.parametrize(("name", "n_factors"), [("harman74", 4), ("thurstone", 3)])
def test_omega_of_textbook_matrices_equals_psych(name, n_factors):
    """Both iterate: 1e-5 for the hierarchical omega; psych takes the total one from rounder
    uniquenesses, 1e-4."""
    book = json.loads((REFERENCE / "textbook.json").read_text(encoding="utf-8"))[name]
    matrix = pd.DataFrame(book["matrix"]["values"], columns=book["matrix"]["columns"])
    solution = fit_factors_from_correlation(matrix, n_factors, book["n"])
    result = second_order(solution)
    assert result.omega_hierarchical == pytest.approx(book["omega_h"], abs=1e-5)
    assert result.omega_total == pytest.approx(book["omega_total"], abs=1e-4)
    # The transformation explains exactly what the oblique factors with these correlations do.
    np.testing.assert_allclose((result.loadings**2).sum(axis=1), solution.communalities, atol=0.02)


def test_reversed_items_and_psych_on_bfi():
    """Items that load negatively on the general factor are reversed, as psych does."""
    items = pd.read_csv(REFERENCE / "data_bfi.csv").iloc[:, :25]
    expected = json.loads((REFERENCE / "reliability_bfi.json").read_text(encoding="utf-8"))
    result = second_order(fit_factors(items, 5, "pearson", missing="listwise"))
    assert result.omega_hierarchical == pytest.approx(expected["omega"]["omega_h"], abs=1e-4)
    assert result.omega_total == pytest.approx(expected["omega"]["omega_total"], abs=1e-3)
    assert 0 < len(result.reversed_items) < 25


def test_a_higher_order_model_is_recovered():
    """Loadings implied by an exact second-order model come back."""
    pattern = np.zeros((12, 3))
    pattern[np.arange(12), np.repeat(np.arange(3), 4)] = np.linspace(0.6, 0.85, 12)
    gamma = np.array([0.8, 0.7, 0.6])
    phi = np.outer(gamma, gamma)
    np.fill_diagonal(phi, 1.0)
    r = pattern @ phi @ pattern.T
    np.fill_diagonal(r, 1.0)
    result = second_order(fit_factors_from_correlation(r, 3, 500))
    np.testing.assert_allclose(result.loadings["g"], pattern @ gamma, atol=1e-3)
    np.testing.assert_allclose(np.sort(result.second_order), np.sort(gamma), atol=1e-3)


def test_two_factors_share_the_general_one_equally():
    pattern = np.zeros((8, 2))
    pattern[:4, 0], pattern[4:, 1] = 0.7, 0.6
    phi = np.array([[1.0, 0.36], [0.36, 1.0]])
    r = pattern @ phi @ pattern.T
    np.fill_diagonal(r, 1.0)
    result = second_order(fit_factors_from_correlation(r, 2, 300))
    np.testing.assert_allclose(result.second_order, 0.6, atol=1e-3)
    assert "set equal" in str(result.notes[0])


def test_orthogonal_factors_are_refused():
    r = np.kron(np.eye(2), 0.3 * np.ones((4, 4))) + 0.2 + 0.5 * np.eye(8)
    for k, rotation in ((2, "varimax"), (1, "oblimin")):
        with pytest.raises(AnalysisError, match="at least two that may correlate"):
            second_order(fit_factors_from_correlation(r, k, 300, rotation=rotation))
