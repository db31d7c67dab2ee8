"""The number of factors by several rules."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.correlation import pearson
from analysis.errors import AnalysisError
from analysis.retention.comparison import comparison_data
from analysis.retention.rules import RULES, empirical_kaiser, how_many_factors, model_sequence

REFERENCE = Path(__file__).parent / "reference"


def answers(n=600, n_factors=2, per_factor=5, seed=4, missing=0.03):
    generator = np.random.default_rng(seed)
    latent = 0.7 * np.repeat(generator.normal(size=(n, n_factors)), per_factor, axis=1)
    latent = latent + np.sqrt(0.51) * generator.normal(size=latent.shape)
    coded = (latent[:, :, None] > [-1.0, -0.3, 0.4, 1.2]).sum(axis=2) + 1.0
    coded[generator.random(coded.shape) < missing] = np.nan
    return pd.DataFrame(coded, columns=[f"q{j}" for j in range(coded.shape[1])])


def test_all_rules_agree_on_a_clear_structure():
    result = how_many_factors(answers(), n_sets=20, with_comparison_data=True)
    assert result.n_factors == 2
    assert result.suggestions["parallel"] == result.suggestions["comparison_data"] == 2
    assert set(result.suggestions.index) == set(RULES)
    assert set(result.agreeing) == set(result.suggestions.index[result.suggestions == 2])
    assert len(result.agreeing) >= 5
    assert "2 factors" in str(result.summary)


def test_disagreement_is_said():
    """On bfi the rules range from five to eight factors, and the sentence says so."""
    bfi = pd.read_csv(REFERENCE / "data_bfi.csv").iloc[:, :25]
    result = how_many_factors(bfi, n_sets=10)
    assert result.n_factors == 5
    low, high = result.suggestions.min(), result.suggestions.max()
    assert high > low
    assert f"from {low} to {high}" in str(result.summary)


def test_empirical_kaiser_by_its_formula():
    """Braeken and van Assen (2017, eq. 2), written out for three eigenvalues."""
    r = np.array([[1, 0.6, 0.0], [0.6, 1, 0.0], [0.0, 0.0, 1]])
    result = empirical_kaiser(r, 100)
    growth = (1 + np.sqrt(3 / 100)) ** 2
    assert result.eigenvalues == pytest.approx([1.6, 1.0, 0.4])
    assert result.reference == pytest.approx([growth, max(1, 1.4 / 2 * growth), 1])
    assert result.n_factors == 1


def test_the_sequence_of_models_ends_with_factanal():
    """R's factanal on Harman's 24 tests, four factors; and the null model is Bartlett's test."""
    harman = json.loads((REFERENCE / "textbook.json").read_text(encoding="utf-8"))["harman74"]
    matrix = pd.DataFrame(harman["matrix"]["values"])
    models = model_sequence(matrix, 5, harman["n"])
    assert models.loc[4, "chisq"] == pytest.approx(harman["ml4_chisq"], rel=1e-6)
    assert models.loc[0, "dof"] == 24 * 23 / 2
    assert models.loc[0, "tli"] == pytest.approx(0, abs=1e-9)
    assert (np.diff(models["chisq"]) < 0).all()


def test_comparison_data_find_the_factors_and_depend_on_the_seed_only():
    data = answers(300, 3, 4)
    first = comparison_data(data, 5, n_sets=50, seed=1)
    again = comparison_data(data, 5, n_sets=50, seed=1)
    assert first.n_factors == 3
    pd.testing.assert_frame_equal(first.errors, again.errors)
    assert first.errors[3].mean() < first.errors[2].mean()


def test_comparison_data_say_when_they_ran_out():
    result = comparison_data(answers(300, 3, 4), 2, n_sets=50, seed=1)
    assert result.n_factors == 2
    assert "still an improvement" in str(result.notes[0])


def test_progress_never_goes_back_and_ends_at_one():
    heard = []
    how_many_factors(answers(150), "pearson", n_sets=10, tick=heard.append)
    assert (np.diff(heard) >= -1e-12).all()
    assert heard[-1] == 1.0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda d: how_many_factors(d.iloc[:, :3]), "of 3 items"),
        (lambda d: how_many_factors(d, most=10), "between 1 and 9"),
        (lambda d: comparison_data(d, n_sets=10), "at least 50 sets"),
        (lambda d: comparison_data(d, 0), "between 1 and 9"),
        (lambda d: model_sequence(pearson(d), 3, extraction="pc"), "Components"),
        (lambda d: empirical_kaiser(pearson(d).r), "number of respondents"),
    ],
)
def test_what_cannot_be_decided_is_refused(call, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        call(answers(100))
