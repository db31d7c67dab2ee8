"""Omega against psych::omega (R), split halves by hand, and what must hold for any data.

Reference values: ``reference/reliability_bfi.json`` and ``textbook.json`` (psych 2.2.9), made by
``make_reference.R``. psych stops its search for loadings earlier; hence 2e-6.
"""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.reliability import cronbach_alpha, omega, omega_from_correlation, split_half

REFERENCE = Path(__file__).parent / "reference"


def stored(name):
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def bfi():
    return pd.read_csv(REFERENCE / "data_bfi.csv").iloc[:, :25]


@pytest.fixture(scope="module")
def agree(bfi):
    return bfi[["A1", "A2", "A3", "A4", "A5"]]


@pytest.mark.parametrize(("name", "n_factors"), [("thurstone", 3), ("harman74", 4)])
def test_omega_of_textbook_matrices_equals_psych(name, n_factors):
    given = stored("textbook.json")[name]
    matrix = given["matrix"]
    r = pd.DataFrame(matrix["values"], matrix["rows"], matrix["columns"])
    found = omega_from_correlation(r, n_factors, "auto")
    assert found.omega_total == pytest.approx(given["omega_total"], abs=2e-6)
    assert found.omega_hierarchical == pytest.approx(given["omega_h"], abs=2e-6)


def test_omega_of_bfi_equals_psych_and_names_what_it_turned(bfi):
    expected = stored("reliability_bfi.json")["omega"]
    found = omega(bfi.dropna(), 5, "auto")
    assert found.omega_total == pytest.approx(expected["omega_total"], abs=2e-6)
    assert found.omega_hierarchical == pytest.approx(expected["omega_h"], abs=2e-6)
    assert found.alpha == pytest.approx(expected["alpha"], abs=1e-9)
    assert any("A1" in str(remark) for remark in found.notes)


def test_omega_of_known_loadings():
    """Five items with loadings .8 to .4: omega is (sum)^2 / ((sum)^2 + sum of uniquenesses)."""
    loading = np.array([0.8, 0.7, 0.6, 0.5, 0.4])
    r = np.outer(loading, loading)
    np.fill_diagonal(r, 1.0)
    names = list("abcde")
    found = omega_from_correlation(pd.DataFrame(r, names, names))
    expected = 9 / (9 + (1 - loading**2).sum())
    assert found.omega_total == pytest.approx(expected, abs=1e-6)
    assert found.omega_hierarchical == pytest.approx(expected, abs=1e-6)
    assert found.alpha < found.omega_total


def test_reversed_items_are_turned(agree):
    right = omega(agree, reverse=["A1"])
    by_hand = omega(agree.assign(A1=7 - agree["A1"]))
    assert right.omega_total == pytest.approx(by_hand.omega_total, abs=1e-9)
    wrong = omega(agree)
    assert wrong.omega_total < right.omega_total
    assert any("A1" in str(remark) for remark in wrong.notes)


def test_ordinal_omega_says_what_it_is_of(agree):
    ordinal = omega(agree, reverse=["A1"], correlation="polychoric")
    assert ordinal.alpha > cronbach_alpha(agree, ["A1"]).alpha
    assert any("tendencies" in str(remark) for remark in ordinal.notes)


def ordered_answers(factor, rng):
    """Five items with loadings .8 to .5, one reversed, cut unevenly into five, four or two."""
    loading = np.array([0.8, 0.7, -0.75, 0.6, 0.5])
    noise = rng.normal(size=(len(factor), 5)) * np.sqrt(1 - loading**2)
    tendency = factor[:, None] * loading + noise
    cuts = [[-1.5, -0.5, 0.2, 1], [-0.2, 0.8, 1.4, 2], [-1, 0, 1, 2], [0, 0.7, 1.2], [0.5]]
    return np.column_stack([np.digitize(tendency[:, k], cuts[k]) + 1.0 for k in range(5)])


def test_omega_of_the_score_is_the_correlation_of_two_administrations():
    """Asked twice with fresh errors, the scores of the same people correlate with the reliability."""
    rng = np.random.default_rng(6)
    factor = rng.normal(size=20_000)
    first, second = ordered_answers(factor, rng), ordered_answers(factor, rng)
    sign = np.array([1, 1, -1, 1, 1])
    between = np.corrcoef(first @ sign, second @ sign)[0, 1]
    found = omega(pd.DataFrame(first, columns=list("abcde")), 1, ["c"], "polychoric")
    assert found.omega_score == pytest.approx(between, abs=0.012)
    assert found.omega_total > found.omega_score + 0.03


def test_omega_of_the_score_needs_ordered_answers_and_one_factor(agree):
    assert np.isnan(omega(agree, reverse=["A1"]).omega_score)
    both = [
        omega(agree.assign(A1=a), 1, rev, "polychoric").omega_score
        for a, rev in ((agree["A1"], ["A1"]), (7 - agree["A1"], []))
    ]
    assert both[0] == pytest.approx(both[1], abs=1e-6)


def test_integer_weights_equal_repeated_rows(agree):
    data = agree.dropna().head(250).reset_index(drop=True)
    w = np.arange(250) % 3 + 1
    weighted = omega(data.assign(w=w), reverse=["A1"], weights="w")
    repeated = omega(data.loc[data.index.repeat(w)], reverse=["A1"])
    assert weighted.omega_total == pytest.approx(repeated.omega_total, abs=1e-6)


@pytest.mark.slow
def test_bootstrap_limits_contain_the_estimate_and_clusters_widen_them(agree):
    data = agree.dropna().head(120)
    copies = data.loc[data.index.repeat(4)]
    options = {"reverse": ["A1"], "n_boot": 100, "seed": 3}
    rows = omega(copies, **options)
    clusters = omega(copies, clusters=np.arange(480) // 4, **options)
    for found in (rows, clusters):
        assert found.ci_total[0] < found.omega_total < found.ci_total[1]
    assert np.diff(clusters.ci_total)[0] > 1.3 * np.diff(rows.ci_total)[0]
    again = omega(copies, **options)
    assert again.ci_total == rows.ci_total


@pytest.mark.parametrize(
    ("columns", "options", "sentence"),
    [
        (["A1", "A2"], {}, "three items"),
        (["A1", "A2", "A3"], {"n_factors": 2}, "two factors"),
        (["A1", "A2", "A3"], {"reverse": ["X"]}, "X"),
        (["A1", "A2", "A3"], {"reverse": "some"}, "some"),
        (["A1", "A2", "A3"], {"n_boot": 5}, "100"),
    ],
)
def test_what_cannot_be_computed_is_refused(agree, columns, options, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        omega(agree[columns], **options)


def test_split_halves_equal_the_definition(agree):
    data = agree.dropna()
    turned = data.assign(A1=7 - data["A1"])
    total = turned.sum(axis=1).var()
    expected = []
    for half in combinations(turned.columns, 2):
        rest = [name for name in turned.columns if name not in half]
        a, b = turned[list(half)].sum(axis=1), turned[rest].sum(axis=1)
        expected.append(4 * a.cov(b) / total)
    found = split_half(data, ["A1"])
    assert found.n_splits == len(expected)
    assert found.exhaustive
    assert found.maximum == pytest.approx(max(expected))
    assert found.minimum == pytest.approx(min(expected))
    assert found.average == pytest.approx(np.mean(expected))


def test_average_of_all_even_splits_is_alpha(bfi):
    """Cronbach's own theorem."""
    data = bfi[["N1", "N2", "N3", "N4"]].dropna()
    assert split_half(data).average == pytest.approx(cronbach_alpha(data).alpha)
    assert split_half(data).n_splits == 3


def test_lambda2_is_at_least_alpha_and_long_scales_are_sampled(bfi):
    found = split_half(bfi[["A2", "A3", "A4", "A5", "C1", "C2", "C3"]])
    assert found.lambda2 >= cronbach_alpha(bfi[["A2", "A3", "A4", "A5", "C1", "C2", "C3"]]).alpha
    long = split_half(
        bfi.iloc[:, :20], ["A1", "C4", "C5", "E1", "E2", *[f"N{k}" for k in range(1, 6)]]
    )
    assert not long.exhaustive
    assert long.minimum < long.average < long.maximum
