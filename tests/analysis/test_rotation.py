"""Rotations: against psych and GPArotation, and what every rotation must keep."""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.factor.gradient_projection import project
from analysis.factor.rotation import RotationSettings, rotate
from analysis.factor.rotation_criteria import (
    bifactor,
    crawford_ferguson,
    geomin,
    oblimin,
    target_distance,
)

REFERENCE = Path(__file__).parent / "reference"
METHODS = [
    "varimax", "quartimax", "equamax", "promax", "oblimin", "quartimin", "geomin", "bifactor",
]  # fmt: skip


@pytest.fixture(scope="module")
def psych():
    return json.loads((REFERENCE / "efa_bfi.json").read_text(encoding="utf-8"))["fits"]


def distance(loadings, phi, expected):
    """Largest difference in loadings and in factor correlations after matching the factors."""
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


@pytest.mark.parametrize(
    ("method", "name", "tolerance", "within"),
    [
        # With the stopping rule of R's varimax the same steps are taken: what is left is the
        # difference of the two minres solutions.
        ("varimax", "varimax", 1e-5, 1e-5),
        ("promax", "promax", 1e-5, 1e-5),
        ("oblimin", "oblimin", 1e-5, 1e-5),
        # Carried to the minimum: R's oblimin stops 2e-5 before it, its varimax almost 1e-3.
        ("oblimin", "oblimin", None, 5e-5),
        ("varimax", "varimax", None, 1.5e-3),
        ("promax", "promax", None, 1e-3),
        # GPArotation stops at 1000 steps, 1e-4 before the minimum of this flat criterion.
        ("geomin", "geominQ", None, 2e-4),
    ],
)
def test_rotations_equal_psych(psych, method, name, tolerance, within):
    unrotated = np.array(psych["minres_none"]["loadings"]["values"])
    result = rotate(unrotated, RotationSettings(method, tolerance=tolerance))
    far, far_phi = distance(result.loadings, result.phi, psych[f"minres_{name}"])
    assert far < within
    assert far_phi < within


def test_our_minima_are_not_above_those_of_the_reference(psych):
    """Where R stops early, our criterion value is the lower one."""
    unrotated = np.array(psych["minres_none"]["loadings"]["values"])
    for method, name, criterion in (
        ("oblimin", "oblimin", oblimin(0.0)),
        ("geomin", "geominQ", geomin(0.01)),
    ):
        theirs = np.array(psych[f"minres_{name}"]["loadings"]["values"])
        ours = rotate(unrotated, RotationSettings(method)).loadings
        assert criterion(ours)[0] <= criterion(theirs)[0] + 1e-9


@pytest.mark.parametrize("kappa", [0.0, 0.05, 0.3])
def test_gradients_of_the_criteria(kappa):
    """Each analytic gradient equals the central difference (error of order 1e-8)."""
    generator = np.random.default_rng(1)
    loadings = generator.normal(size=(7, 3))
    target = np.where(generator.random((7, 3)) < 0.5, np.nan, 0.0)
    target[0, 0] = 0.0
    for criterion in (
        crawford_ferguson(kappa), oblimin(kappa), geomin(0.01), target_distance(target), bifactor(),
    ):  # fmt: skip
        _, gradient = criterion(loadings)
        for i, j in [(0, 0), (3, 1), (6, 2)]:
            moved = np.zeros_like(loadings)
            moved[i, j] = 1e-6
            slope = (criterion(loadings + moved)[0] - criterion(loadings - moved)[0]) / 2e-6
            assert gradient[i, j] == pytest.approx(slope, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    method=st.sampled_from(METHODS),
    p=st.integers(6, 15),
    k=st.integers(2, 4),
    seed=st.integers(0, 2**31),
)
def test_rotation_keeps_the_implied_correlations(method, p, k, seed):
    """Whatever the criterion, loadings phi loadings' does not change, and phi is a correlation."""
    unrotated = np.random.default_rng(seed).uniform(-0.7, 0.7, size=(p, k))
    result = rotate(unrotated, RotationSettings(method))
    implied = result.loadings @ result.phi @ result.loadings.T
    np.testing.assert_allclose(implied, unrotated @ unrotated.T, atol=1e-8)
    np.testing.assert_allclose(np.diag(result.phi), 1.0, atol=1e-10)


def simple_structure():
    loadings = np.zeros((12, 3))
    loadings[np.arange(12), np.repeat(np.arange(3), 4)] = np.linspace(0.5, 0.9, 12)
    phi = np.array([[1, 0.4, 0.2], [0.4, 1, 0.3], [0.2, 0.3, 1]])
    return loadings, phi


@pytest.mark.parametrize("method", ["oblimin", "quartimin", "geomin"])
@pytest.mark.parametrize("n_starts", [1, 5])
def test_perfect_simple_structure_is_recovered(method, n_starts):
    """Correlated factors with one loading an item are found exactly (geomin up to its epsilon)."""
    loadings, phi = simple_structure()
    turned = loadings @ np.linalg.cholesky(phi)
    result = rotate(
        turned,
        RotationSettings(method, n_starts=n_starts, epsilon=1e-4)
        if method == "geomin"
        else RotationSettings(method, n_starts=n_starts),
    )
    expected = {"loadings": {"values": loadings}, "phi": {"values": phi}}
    assert max(distance(result.loadings, result.phi, expected)) < 0.01
    assert result.converged


@pytest.mark.parametrize("orthogonal", [False, True])
def test_target_rotation_reaches_a_reachable_target(orthogonal):
    loadings, phi = simple_structure()
    if orthogonal:
        phi = np.eye(3)
    turned = loadings @ np.linalg.cholesky(phi)
    target = np.where(loadings == 0, 0.0, np.nan)
    settings_ = RotationSettings("target", orthogonal=orthogonal, target=target)
    result = rotate(turned, settings_)
    sign = np.sign(result.loadings.sum(axis=0))
    np.testing.assert_allclose(result.loadings * sign, loadings, atol=1e-5)
    np.testing.assert_allclose(result.phi * np.outer(sign, sign), phi, atol=1e-5)


def test_rows_of_a_target_frame_are_matched_by_item():
    loadings, phi = simple_structure()
    turned = loadings @ np.linalg.cholesky(phi)
    items = tuple(f"q{i}" for i in range(12))
    frame = pd.DataFrame(np.where(loadings == 0, 0.0, np.nan), index=list(items))
    plain = rotate(turned, RotationSettings("target", target=frame), items)
    shuffled = rotate(turned, RotationSettings("target", target=frame.sample(frac=1)), items)
    np.testing.assert_array_equal(plain.loadings, shuffled.loadings)
    with pytest.raises(AnalysisError, match="no row for the item q3"):
        rotate(turned, RotationSettings("target", target=frame.drop("q3")), items)


def test_bifactor_rotation_finds_a_general_factor():
    """A general factor and three orthogonal groups come back from an arbitrary rotation."""
    loadings = np.zeros((15, 4))
    loadings[:, 0] = 0.6
    loadings[np.arange(15), 1 + np.repeat(np.arange(3), 5)] = np.tile([0.3, 0.4, 0.5, 0.55, 0.6], 3)
    start, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(4, 4)))
    result = rotate(
        loadings @ start, RotationSettings("bifactor", orthogonal=True, n_starts=20, seed=1)
    )
    expected = {"loadings": {"values": loadings}, "phi": None}
    assert distance(result.loadings, result.phi, expected)[0] < 0.02


def test_quartimax_and_equamax_are_different_criteria(psych):
    """A known fault elsewhere: one returned the other's solution."""
    unrotated = np.array(psych["minres_none"]["loadings"]["values"])
    quartimax = rotate(unrotated, RotationSettings("quartimax")).loadings
    equamax = rotate(unrotated, RotationSettings("equamax")).loadings
    assert np.abs(np.sort(np.abs(quartimax)) - np.sort(np.abs(equamax))).max() > 0.02


def test_gamma_moves_the_factor_correlations(psych):
    """Another known fault: gamma other than 0 returned the unrotated loadings."""
    unrotated = np.array(psych["minres_none"]["loadings"]["values"])
    off = ~np.eye(5, dtype=bool)
    size = [
        np.abs(rotate(unrotated, RotationSettings("oblimin", gamma=g)).phi[off]).mean()
        for g in (-5.0, 0.0, 0.3)
    ]
    assert size[0] < size[1] < size[2]


def test_kaiser_normalisation_gives_items_equal_say(psych):
    """Normalised rotation does not change when an item's loadings are scaled."""
    unrotated = np.array(psych["minres_none"]["loadings"]["values"])
    scale = np.linspace(0.3, 1.0, 25)[:, None]
    for method in ("varimax", "oblimin"):
        a = rotate(unrotated, RotationSettings(method, kaiser=True)).loadings
        b = rotate(unrotated * scale, RotationSettings(method, kaiser=True)).loadings
        np.testing.assert_allclose(a * scale, b, atol=1e-5)


def test_random_starts_are_seeded_and_never_worse(psych):
    unrotated = np.array(psych["minres_none"]["loadings"]["values"])
    one = project(unrotated, geomin(0.01), np.eye(5), oblique=True)
    many = rotate(unrotated, RotationSettings("geomin", n_starts=10, seed=3))
    again = rotate(unrotated, RotationSettings("geomin", n_starts=10, seed=3))
    assert geomin(0.01)(many.loadings)[0] <= one.value + 1e-9
    np.testing.assert_array_equal(many.loadings, again.loadings)


@pytest.mark.parametrize(
    "wrong",
    [
        RotationSettings("varimin"),
        RotationSettings("varimax", gamma=0.5),
        RotationSettings("oblimin", power=3),
        RotationSettings("promax", n_starts=5),
        RotationSettings("varimax", orthogonal=True),
        RotationSettings("oblimin", gamma=1.0),
        RotationSettings("geomin", epsilon=0.0),
        RotationSettings("geomin", tolerance=1e-5),
        RotationSettings("oblimin", tolerance=-1.0),
        RotationSettings("target"),
        RotationSettings("oblimin", target=np.zeros((8, 2))),
        RotationSettings("target", target=np.zeros((3, 2))),
        RotationSettings("target", target=np.full((8, 2), np.nan)),
        RotationSettings("none", kaiser=True),
    ],
)
def test_options_a_rotation_does_not_have_are_refused(wrong):
    """Refused, never ignored."""
    with pytest.raises(AnalysisError):
        rotate(np.random.default_rng(0).uniform(-1, 1, size=(8, 2)), wrong)
