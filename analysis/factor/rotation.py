"""Rotation of loadings to simple structure.

Varimax, quartimax, promax and quartimin (oblimin with gamma 0) are those of the library
factor_analyzer; the other criteria, and every rotation that is begun from random starts, are
minimised here by gradient projection (Jennrich 2001, 2002; Bernaards & Jennrich 2005).

References
----------
Jennrich, R. I. (2001). A simple general procedure for orthogonal rotation. *Psychometrika*, 66,
289-306.

Jennrich, R. I. (2002). A simple general method for oblique rotation. *Psychometrika*, 67, 7-19.

Bernaards, C. A., & Jennrich, R. I. (2005). Gradient projection algorithms and software for
arbitrary rotation criteria in factor analysis. *Educational and Psychological Measurement*, 65,
676-696.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy.linalg import LinAlgWarning

from analysis.errors import AnalysisError
from analysis.factor.gradient_projection import Projection, project
from analysis.factor.rotation_criteria import (
    Criterion,
    bifactor,
    crawford_ferguson,
    geomin,
    oblimin,
    target_distance,
)
from analysis.matrices import FloatArray, one_of

RotationMethod = Literal[
    "none",
    "varimax",
    "quartimax",
    "equamax",
    "promax",
    "oblimin",
    "quartimin",
    "geomin",
    "target",
    "bifactor",
]
OBLIQUE = ("promax", "oblimin", "quartimin", "geomin", "target", "bifactor")
"""Rotations that let factors correlate, unless they are asked not to."""

_ALSO_ORTHOGONAL = ("geomin", "target", "bifactor")
_BY_LIBRARY = {
    "varimax": "varimax",
    "quartimax": "quartimax",
    "promax": "promax",
    "oblimin": "oblimin",
    "quartimin": "oblimin",
}


@dataclass(frozen=True, slots=True)
class RotationSettings:
    """How to rotate.

    Attributes
    ----------
    method
        One of :data:`RotationMethod`.
    orthogonal
        Keep the factors of ``geomin``, ``target`` or ``bifactor`` uncorrelated.
    kaiser
        Rotate items of equal length (Kaiser normalisation). None is each method's custom: yes for
        varimax, quartimax, equamax and promax, no for the others.
    power
        For ``promax``: power to which the varimax loadings are raised.
    gamma
        For ``oblimin``: 0 is quartimin; larger values let factors correlate more, negative ones
        less. At most 0.8.
    epsilon
        For ``geomin``: added to the squared loadings.
    target
        For ``target``: items by factors, NaN where a loading is free. Rows of a frame are matched
        by item.
    n_starts
        Starts: the first from the unrotated loadings, the others from random rotations. The best
        by criterion is kept. Not for ``promax``, which has no criterion of its own.
    seed
        Seed of the random starts.
    tolerance
        For varimax, quartimax, promax, oblimin (gamma 0) and quartimin: stop where the library
        stops at this tolerance, as psych and SPSS do at 1e-5, instead of at the minimum. Their
        varimax loadings are then up to a thousandth off it.
    """

    method: RotationMethod = "oblimin"
    orthogonal: bool = False
    kaiser: bool | None = None
    power: float = 4.0
    gamma: float = 0.0
    epsilon: float = 0.01
    target: pd.DataFrame | FloatArray | None = None
    n_starts: int = 1
    seed: int = 0
    tolerance: float | None = None

    @property
    def normalised(self) -> bool:
        """Whether Kaiser normalisation is applied."""
        if self.kaiser is None:
            return self.method in ("varimax", "quartimax", "equamax", "promax")
        return self.kaiser

    @property
    def oblique(self) -> bool:
        """Whether the factors may correlate."""
        return self.method in OBLIQUE and not self.orthogonal


@dataclass(frozen=True, slots=True)
class Rotation:
    """Rotated loadings.

    Attributes
    ----------
    loadings
        Pattern loadings, items by factors.
    phi
        Correlations of the factors.
    converged
        Whether the gradient vanished.
    n_minima
        Distinct criterion values that the starts ended at; 1 without random starts.
    """

    loadings: FloatArray
    phi: FloatArray
    converged: bool
    n_minima: int


def rotate(
    loadings: FloatArray, settings: RotationSettings, items: tuple[str, ...] = ()
) -> Rotation:
    """Rotate loadings.

    Parameters
    ----------
    loadings
        Unrotated loadings, items by factors.
    settings
        Method and its options.
    items
        Names of the items, to match a target given as a frame.

    Returns
    -------
    Rotation
        A single factor is returned as it is.

    Raises
    ------
    AnalysisError
        An unknown method, or an option that the method does not have.
    """
    check_settings(settings)
    n_items, k = loadings.shape
    target = _aligned_target(settings, n_items, k, items)
    if k == 1 or settings.method == "none":
        return Rotation(loadings.copy(), np.eye(k), True, 1)
    length = np.ones(n_items)
    if settings.normalised:
        length = np.sqrt((loadings**2).sum(axis=1))
        length[length == 0] = 1.0
    scaled = loadings / length[:, None]
    use_library = settings.method in _BY_LIBRARY and settings.gamma == 0
    if use_library and settings.n_starts == 1:
        result = _by_library(scaled, settings)
    else:
        result = _by_projection(scaled, settings, target)
    return Rotation(
        result.loadings * length[:, None], result.phi, result.converged, result.n_minima
    )


def check_settings(settings: RotationSettings) -> None:
    """Refuse an unknown rotation and options that the chosen one does not have.

    Raises
    ------
    AnalysisError
    """
    method = settings.method
    one_of(method, get_args(RotationMethod), option="rotation")
    default = RotationSettings(method)
    has = {
        "orthogonal": method in _ALSO_ORTHOGONAL,
        "power": method == "promax",
        "gamma": method == "oblimin",
        "epsilon": method == "geomin",
        "n_starts": method not in ("promax", "none"),
        "tolerance": method in _BY_LIBRARY and settings.gamma == 0 and settings.n_starts == 1,
        "kaiser": method not in ("none", "target", "bifactor"),
    }
    for option, allowed in has.items():
        if not allowed and getattr(settings, option) != getattr(default, option):
            raise AnalysisError(
                "The rotation {rotation} has no option {option}.", rotation=method, option=option
            )
    if (method == "target") != (settings.target is not None):
        raise AnalysisError("A target is needed for the rotation target, and only for it.")
    if settings.gamma > 0.8:
        raise AnalysisError(
            "Oblimin has no minimum for gamma {gamma}; choose 0.8 or less.", gamma=settings.gamma
        )
    if settings.tolerance is not None and settings.tolerance <= 0:
        raise AnalysisError("The tolerance of a rotation must be above 0.")
    if settings.epsilon <= 0 or settings.power <= 1 or settings.n_starts < 1:
        raise AnalysisError("Rotation needs epsilon above 0, power above 1 and at least one start.")


def _by_library(loadings: FloatArray, settings: RotationSettings) -> Rotation:
    """Rotate with factor_analyzer; Kaiser's normalisation is already done.

    It does not tell whether it converged and stops early, so its result is carried to the minimum
    unless its own stopping rule is asked for.
    """
    if settings.method == "promax":
        return _promax(loadings, settings)
    transform, rotated = _library_rotation(
        loadings, _BY_LIBRARY[settings.method], settings.tolerance or 1e-5
    )
    oblique = settings.oblique
    if settings.tolerance is not None:
        phi = transform.T @ transform if oblique else np.eye(loadings.shape[1])
        return Rotation(rotated, phi, True, 1)
    criterion = _criterion(settings, loadings.shape, None)
    end = project(loadings, criterion, transform, oblique=oblique)
    return Rotation(end.loadings, end.phi if oblique else np.eye(len(end.phi)), end.converged, 1)


def _promax(loadings: FloatArray, settings: RotationSettings) -> Rotation:
    """Promax: oblique least-squares fit to the varimax loadings raised to a power.

    Hendrickson, A. E., & White, P. O. (1964). Promax: A quick method for rotation to oblique simple
    structure. *British Journal of Statistical Psychology*, 17, 65-70.
    """
    converged = True
    if settings.tolerance is None:
        # From the varimax minimum the library's own varimax, which stops early, does not move.
        first = _by_library(loadings, RotationSettings("varimax"))
        loadings, converged = first.loadings, first.converged
    _, rotated, phi = _library_fit(loadings, "promax", settings.tolerance or 1e-5, settings.power)
    return Rotation(rotated, phi, converged, 1)


def _library_rotation(
    loadings: FloatArray, method: str, tolerance: float
) -> tuple[FloatArray, FloatArray]:
    transform, rotated, _ = _library_fit(loadings, method, tolerance, 4.0)
    return transform, rotated


def _library_fit(
    loadings: FloatArray, method: str, tolerance: float, power: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return transformation, loadings and factor correlations from factor_analyzer."""
    from factor_analyzer import Rotator

    rotator = Rotator(method=method, normalize=False, power=power, tol=tolerance)
    try:
        with warnings.catch_warnings():
            # A nearly singular system is a breakdown too, and not only a line on the console.
            warnings.simplefilter("error", LinAlgWarning)
            rotated = np.asarray(rotator.fit_transform(loadings), dtype=float)
    except (np.linalg.LinAlgError, LinAlgWarning) as reason:
        raise AnalysisError(
            "The rotation {rotation} broke down; ask for fewer factors or another rotation.",
            rotation=method,
        ) from reason
    phi = np.eye(loadings.shape[1]) if rotator.phi_ is None else np.asarray(rotator.phi_)
    return np.asarray(rotator.rotation_, dtype=float), rotated, phi


def _by_projection(
    loadings: FloatArray, settings: RotationSettings, target: FloatArray | None
) -> Rotation:
    """Minimise the criterion from one or several starts and keep the best."""
    criterion = _criterion(settings, loadings.shape, target)
    generator = np.random.default_rng(settings.seed)
    k = loadings.shape[1]
    results: list[Projection] = []
    for attempt in range(settings.n_starts):
        start = np.eye(k)
        if attempt:
            start, _ = np.linalg.qr(generator.normal(size=(k, k)))
        results.append(project(loadings, criterion, start, oblique=settings.oblique))
    settled = [p for p in results if p.converged] or results
    best = min(settled, key=lambda p: p.value)
    values = np.sort([p.value for p in settled])
    n_minima = 1 + int((np.diff(values) > 1e-6 * max(1.0, abs(values[0]))).sum())
    return Rotation(best.loadings, best.phi, best.converged, n_minima)


def _criterion(
    settings: RotationSettings, shape: tuple[int, ...], target: FloatArray | None
) -> Criterion:
    p, k = shape
    if target is not None:
        return target_distance(target)
    kappa = {"varimax": 1 / p, "quartimax": 0.0, "equamax": k / (2 * p)}
    if settings.method in kappa:
        return crawford_ferguson(kappa[settings.method])
    if settings.method == "geomin":
        return geomin(settings.epsilon)
    return bifactor() if settings.method == "bifactor" else oblimin(settings.gamma)


def _aligned_target(
    settings: RotationSettings, n_items: int, k: int, items: tuple[str, ...]
) -> FloatArray | None:
    given: Any = settings.target
    if given is None:
        return None
    if isinstance(given, pd.DataFrame) and items:
        absent = [name for name in items if name not in given.index]
        if absent:
            raise AnalysisError("The target has no row for the item {item}.", item=absent[0])
        given = given.loc[list(items)]
    target = np.array(given, dtype=float)
    if target.shape != (n_items, k):
        raise AnalysisError(
            "The target must have {items} rows and {factors} columns.", items=n_items, factors=k
        )
    if not np.isfinite(target).any():
        raise AnalysisError("The target leaves every loading free.")
    return target
