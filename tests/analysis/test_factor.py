"""Factor solutions: against psych and R's factanal, and what a solution must satisfy."""

import dataclasses
import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.correlation import pearson, polychoric
from analysis.errors import AnalysisError
from analysis.factor import FactorSolution, fit_factors, fit_factors_from_correlation
from analysis.factor.extraction import extract
from analysis.factor.fit_indices import rmsea_interval
from analysis.factor.rotation import RotationSettings

REFERENCE = Path(__file__).parent / "reference"


def read(name):
    return json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def bfi():
    return pd.read_csv(REFERENCE / "data_bfi.csv").iloc[:, :25]


@pytest.fixture(scope="module")
def r(bfi):
    return pearson(bfi, missing="listwise")


@pytest.fixture(scope="module")
def psych():
    return read("efa_bfi")["fits"]


def distance(solution, expected):
    """Largest difference in loadings and in factor correlations after matching the factors."""
    loadings, phi = solution.loadings.to_numpy(), solution.phi.to_numpy()
    other = np.array(expected["loadings"]["values"])
    other_phi = np.array(expected["phi"]["values"]) if expected["phi"] else np.eye(other.shape[1])
    best = (np.inf, np.inf)
    for order in map(list, permutations(range(other.shape[1]))):
        sign = np.sign((loadings[:, order] * other).sum(axis=0))
        far = np.abs(loadings[:, order] * sign - other).max()
        if far < best[0]:
            turned = phi[np.ix_(order, order)] * np.outer(sign, sign)
            best = (far, np.abs(turned - other_phi).max())
    return best


def answers(n=300, seed=2, missing=0.02):
    generator = np.random.default_rng(seed)
    latent = 0.7 * np.repeat(generator.normal(size=(n, 2)), 5, axis=1)
    latent = latent + 0.7 * generator.normal(size=latent.shape)
    coded = (latent[:, :, None] > [-1.0, -0.2, 0.6, 1.3]).sum(axis=2) + 1.0
    coded[generator.random(coded.shape) < missing] = np.nan
    return pd.DataFrame(coded, columns=[f"q{j}" for j in range(10)])


# Against other programs


@pytest.mark.parametrize("extraction", ["minres", "ml", "pa"])
@pytest.mark.parametrize("rotation", ["none", "varimax", "promax", "oblimin", "geominQ"])
def test_loadings_equal_psych(r, psych, extraction, rotation):
    """With the others' stopping rules, 1e-4: both programs iterate, neither to the last digit.

    Geomin has no such rule; its flat criterion leaves 2e-4.
    """
    name = rotation.removesuffix("Q")
    rule = 1e-5 if name in ("varimax", "promax", "oblimin") else None
    solution = fit_factors_from_correlation(
        r,
        5,
        extraction=extraction,
        rotation=RotationSettings(name, tolerance=rule),
        extraction_tolerance=1e-3 if extraction == "pa" else None,
    )
    expected = psych[f"{extraction}_{rotation}"]
    within = 2e-4 if name == "geomin" else 1e-4
    assert max(distance(solution, expected)) < within


@pytest.mark.parametrize("extraction", ["minres", "ml"])
def test_fit_equals_psych(r, psych, extraction):
    """Fit indices to 1e-4 or better; psych's RMSEA divides by n in one place and n - 1 in another."""
    solution = fit_factors_from_correlation(r, 5, extraction=extraction)
    expected = psych[f"{extraction}_oblimin"]
    assert solution.dof == expected["dof"]
    assert solution.objective == pytest.approx(expected["objective"], abs=1e-6)
    assert solution.chisq == pytest.approx(expected["chisq"], rel=1e-6)
    assert solution.bic == pytest.approx(expected["bic"], abs=1e-3)
    assert solution.tli == pytest.approx(expected["tli"], abs=1e-6)
    assert solution.rmsr == pytest.approx(expected["rmsr"], abs=1e-6)
    assert solution.rmsea == pytest.approx(expected["rmsea"][0], abs=2e-5)
    assert solution.rmsea_ci == pytest.approx(tuple(expected["rmsea"][1:3]), abs=2e-5)
    communalities = pd.Series(expected["communalities"])
    np.testing.assert_allclose(
        solution.communalities, communalities[solution.communalities.index], atol=1e-4
    )


def test_polychoric_solution_equals_psych_on_lavaan(bfi):
    expected = read("efa_bfi_polychoric")
    solution = fit_factors(
        bfi, 5, missing="listwise", rotation=RotationSettings("oblimin", tolerance=1e-5)
    )
    assert max(distance(solution, expected)) < 1e-4
    assert solution.tli == pytest.approx(expected["tli"], abs=1e-5)
    assert solution.rmsr == pytest.approx(expected["rmsr"], abs=1e-6)
    assert solution.rmsea == pytest.approx(expected["rmsea"][0], abs=2e-5)
    # A variable order of factors cannot hide here: psych orders them in the same way.
    np.testing.assert_allclose(solution.loadings, expected["loadings"]["values"], atol=1e-4)


def test_maximum_likelihood_equals_factanal_on_harman():
    """R's factanal on the 24 psychological tests; the chi-square is an optimum's value: 1e-6."""
    harman = read("textbook")["harman74"]
    matrix = pd.DataFrame(harman["matrix"]["values"], columns=harman["matrix"]["columns"])
    solution = fit_factors_from_correlation(matrix, 4, harman["n"], "ml", "varimax")
    assert solution.chisq == pytest.approx(harman["ml4_chisq"], rel=1e-6)
    assert solution.dof == harman["ml4_dof"]


def test_rmsea_interval_by_its_definition():
    """Its ends are the noncentralities that put the statistic at the 95th and 5th percentile."""
    from scipy.stats import ncx2

    low, high = rmsea_interval(300.0, 150, 500)
    assert ncx2.cdf(300, 150, low**2 * 150 * 499) == pytest.approx(0.95, abs=1e-8)
    assert ncx2.cdf(300, 150, high**2 * 150 * 499) == pytest.approx(0.05, abs=1e-8)
    assert rmsea_interval(100.0, 150, 500)[0] == 0


def test_rmsea_interval_of_huge_statistics_is_continuous():
    """The normal approximation used beyond 1e5 meets the exact one to six digits."""
    below, above = rmsea_interval(99_999.0, 500, 10_000), rmsea_interval(100_001.0, 500, 10_000)
    assert above == pytest.approx(below, rel=2e-5)


# What a solution must satisfy


@pytest.mark.parametrize("rotation", ["none", "varimax", "oblimin", "promax", "geomin", "equamax"])
def test_all_tables_have_one_order_of_factors(r, rotation):
    """The trap elsewhere: sorted loadings beside unsorted factor correlations."""
    s = fit_factors_from_correlation(r, 5, rotation=rotation)
    loadings, phi = s.loadings.to_numpy(), s.phi.to_numpy()
    assert list(s.loadings.columns) == list(s.phi.index) == list(s.variance_explained.index)
    np.testing.assert_allclose(s.structure, loadings @ phi)
    explained = s.variance_explained["ss_loadings"]
    np.testing.assert_allclose(explained, np.diag(phi @ loadings.T @ loadings))
    assert (np.diff(explained) <= 1e-12).all()
    assert (loadings.sum(axis=0) >= 0).all()
    # Extraction knows the communalities without any rotation.
    unrotated = extract(r.r.to_numpy(), 5)
    np.testing.assert_allclose(s.communalities, (unrotated.loadings**2).sum(axis=1), atol=1e-8)
    np.testing.assert_allclose(s.uniquenesses, unrotated.uniquenesses, atol=1e-4)
    assert explained.sum() == pytest.approx(s.communalities.sum())


def test_rotation_does_not_change_fit_or_residuals(r):
    plain = fit_factors_from_correlation(r, 4, rotation="none")
    rotated = fit_factors_from_correlation(r, 4, rotation="oblimin")
    assert rotated.chisq == pytest.approx(plain.chisq, rel=1e-9)
    np.testing.assert_allclose(rotated.residuals, plain.residuals, atol=1e-9)
    assert np.abs(np.diag(rotated.residuals)).max() == 0


def test_the_order_of_items_and_rows_does_not_matter(bfi):
    """Loadings to 1e-5: the search starts elsewhere only by rounding."""
    a = fit_factors(bfi, 5)
    b = fit_factors(bfi.sample(frac=1, random_state=1)[bfi.columns[::-1]], 5)
    np.testing.assert_allclose(b.loadings.loc[a.loadings.index], a.loadings, atol=1e-5)
    np.testing.assert_allclose(b.phi, a.phi, atol=1e-5)


def test_integer_weights_equal_repeated_rows():
    data = answers()
    times = np.random.default_rng(2).integers(1, 4, size=len(data))
    a = fit_factors(data.assign(w=times), 2, weights="w")
    b = fit_factors(data.loc[data.index.repeat(times)], 2)
    np.testing.assert_allclose(a.loadings, b.loadings, atol=1e-6)
    assert a.weighted
    assert not b.weighted


@pytest.mark.parametrize("extraction", ["minres", "ml", "pa"])
def test_an_exact_factor_model_is_recovered(extraction):
    """From the correlations a two-factor model implies, its loadings come back, and fit is perfect."""
    loadings = np.zeros((10, 2))
    loadings[:5, 0], loadings[5:, 1] = np.linspace(0.5, 0.8, 5), np.linspace(0.85, 0.45, 5)
    phi = np.array([[1.0, 0.3], [0.3, 1.0]])
    matrix = loadings @ phi @ loadings.T
    np.fill_diagonal(matrix, 1.0)
    solution = fit_factors_from_correlation(matrix, 2, 500, extraction)
    expected = {"loadings": {"values": loadings}, "phi": {"values": phi}}
    assert max(distance(solution, expected)) < 1e-4
    assert solution.chisq < 1e-4
    assert solution.rmsea == 0


def test_a_target_keeps_its_order_and_signs():
    """A weak first factor with negative loadings stays first and negative."""
    loadings = np.zeros((10, 2))
    loadings[:4, 0], loadings[4:, 1] = -0.5, 0.8
    matrix = loadings @ loadings.T
    np.fill_diagonal(matrix, 1.0)
    target = pd.DataFrame(np.where(loadings == 0, 0.0, loadings))
    target.index = [f"V{i + 1}" for i in range(10)]
    settings_ = RotationSettings("target", target=target)
    solution = fit_factors_from_correlation(matrix, 2, 300, rotation=settings_)
    np.testing.assert_allclose(solution.loadings, loadings, atol=1e-4)


def test_notes_say_what_the_chi_square_leaves_out():
    data = answers()
    plain = fit_factors(data, 2, "pearson")
    weighted = fit_factors(data, 2, weights=np.linspace(0.5, 2, len(data)))
    assert not any("chi-square" in str(n) for n in plain.notes)
    assert sum("chi-square" in str(n) for n in weighted.notes) == 2


def test_one_factor_needs_no_rotation():
    solution = fit_factors(answers().iloc[:, :5], 1)
    assert solution.loadings.shape == (5, 1)
    assert (solution.loadings["F1"] > 0.4).all()
    assert solution.complexity.max() == pytest.approx(1)


def test_components_explain_their_eigenvalues(r):
    solution = fit_factors_from_correlation(r, 5, extraction="pc", rotation="none")
    np.testing.assert_allclose(
        solution.variance_explained["ss_loadings"], solution.eigenvalues[:5], rtol=1e-9
    )
    assert np.isnan(solution.chisq), "components are not a model of the correlations"


def test_a_heywood_case_is_reported():
    """An item that the factor explains beyond its variance: r12 r13 / r23 is above one."""
    matrix = pd.DataFrame([[1, 0.9, 0.9], [0.9, 1, 0.7], [0.9, 0.7, 1]], columns=list("abc"))
    solution = fit_factors_from_correlation(matrix, 1, 200)
    assert solution.heywood == ("a",)
    assert "Heywood" in str(solution.notes[-1])


def test_factors_that_are_not_there_are_refused():
    """Correlations of one exact factor hold no second one."""
    one = np.full((8, 8), 0.36) + 0.64 * np.eye(8)
    with pytest.raises(AnalysisError, match="Only 1 of the 3 factors"):
        fit_factors_from_correlation(one, 3, 100, "pa")


def test_an_indefinite_matrix_is_smoothed_with_a_note():
    few = answers(30, missing=0.25, seed=8)
    assert np.linalg.eigvalsh(polychoric(few).r)[0] < 0
    solution = fit_factors(few, 2)
    assert any("not positive definite" in str(n) for n in solution.notes)
    assert np.isfinite(solution.loadings.to_numpy()).all()


def test_without_n_there_is_no_test_of_fit(r):
    solution = fit_factors_from_correlation(r.r, 5)
    assert np.isnan(solution.chisq)
    assert np.isnan(solution.rmsea)
    assert np.isfinite(solution.rmsr)


def test_a_saturated_model_has_no_rmsea():
    solution = fit_factors_from_correlation(pearson(answers().iloc[:, :3].dropna()), 1)
    assert solution.dof == 0
    assert np.isnan(solution.rmsea)


def test_results_are_frozen(r):
    solution = fit_factors_from_correlation(r, 2)
    assert isinstance(solution, FactorSolution)
    with pytest.raises(dataclasses.FrozenInstanceError):
        solution.n = 3


@settings(max_examples=30, deadline=None)
@given(
    n=st.integers(5, 40),
    p=st.integers(2, 7),
    k=st.integers(1, 3),
    seed=st.integers(0, 2**31),
    extraction=st.sampled_from(["minres", "ml", "pa", "pc"]),
    rotation=st.sampled_from(["varimax", "oblimin", "promax", "geomin", "equamax", "bifactor"]),
)
def test_any_answers_give_finite_loadings_or_a_sentence(n, p, k, seed, extraction, rotation):
    """Tiny samples, indefinite matrices, too many factors: numbers or an AnalysisError."""
    generator = np.random.default_rng(seed)
    data = generator.integers(1, 5, size=(n, p)).astype(float)
    data[generator.random((n, p)) < 0.1] = np.nan
    try:
        solution = fit_factors(data, k, extraction=extraction, rotation=rotation)
    except AnalysisError:
        return
    assert np.isfinite(solution.loadings.to_numpy()).all()
    assert np.isfinite(solution.phi.to_numpy()).all()


@pytest.mark.parametrize(
    ("arguments", "options", "sentence"),
    [
        ((0,), {}, "whole number from 1"),
        ((2.5,), {}, "whole number from 1"),
        ((7,), {}, "at most 6 factors"),
        ((2,), {"extraction": "alpha"}, "extraction cannot be 'alpha'"),
        ((2,), {"rotation": "varimin"}, "rotation cannot be 'varimin'"),
        ((2,), {"correlation": "cosine"}, "correlation cannot be 'cosine'"),
        ((2,), {"extraction_tolerance": 1e-3}, "only for it"),
    ],
)
def test_what_cannot_be_fitted_is_refused(arguments, options, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        fit_factors(answers(), *arguments, **options)
