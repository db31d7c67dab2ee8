"""Gradient projection onto rotations: minimise a criterion of the rotated loadings.

Bernaards, C. A., & Jennrich, R. I. (2005). Gradient projection algorithms and software for
arbitrary rotation criteria in factor analysis. *Educational and Psychological Measurement*, 65,
676-696.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.errors import AnalysisError
from analysis.factor.rotation_criteria import Criterion
from analysis.matrices import FloatArray

_MOST_STEPS = 5000
_HALVINGS = 20


@dataclass(frozen=True, slots=True)
class Projection:
    """Where the iterations ended: loadings, factor correlations, criterion, convergence."""

    loadings: FloatArray
    phi: FloatArray
    value: float
    converged: bool


def project(
    loadings: FloatArray,
    criterion: Criterion,
    start: FloatArray,
    *,
    oblique: bool,
    tolerance: float = 1e-6,
) -> Projection:
    """Minimise ``criterion`` over rotations of ``loadings``.

    Parameters
    ----------
    loadings
        Unrotated loadings, items by factors.
    criterion
        Value and gradient at given loadings.
    start
        Orthogonal matrix to start from.
    oblique
        Whether the factors may correlate: then the columns of the transformation have unit
        length, otherwise it is orthogonal.
    tolerance
        Length of the projected gradient at which to stop.

    Returns
    -------
    Projection

    Raises
    ------
    AnalysisError
        The factors collapse into each other.
    """
    transform = start.copy()
    rotated, value, gradient = _evaluate(loadings, criterion, transform, oblique=oblique)
    step = 1.0
    converged = False
    for _ in range(_MOST_STEPS):
        direction = _tangent(transform, gradient, oblique=oblique)
        length = float(np.sqrt((direction**2).sum()))
        if length < tolerance:
            converged = True
            break
        step *= 2
        for _ in range(_HALVINGS):
            trial = _retract(transform - step * direction, oblique=oblique)
            new = _evaluate(loadings, criterion, trial, oblique=oblique)
            if new[1] < value - 0.5 * length**2 * step:
                break
            step /= 2
        else:
            # No descent that rounding lets through: this is as far as it goes.
            converged = length < 100 * tolerance
            break
        transform = trial
        rotated, value, gradient = new
    return Projection(rotated, transform.T @ transform, value, converged)


def _evaluate(
    loadings: FloatArray, criterion: Criterion, transform: FloatArray, *, oblique: bool
) -> tuple[FloatArray, float, FloatArray]:
    """Rotated loadings, the criterion, and its gradient in the transformation."""
    if not oblique:
        rotated = loadings @ transform
        value, slope = criterion(rotated)
        return rotated, value, loadings.T @ slope
    try:
        inverse = np.linalg.inv(transform)
    except np.linalg.LinAlgError as reason:
        raise AnalysisError(
            "Factors collapsed into each other during rotation; ask for fewer factors or an "
            "orthogonal rotation."
        ) from reason
    rotated = loadings @ inverse.T
    value, slope = criterion(rotated)
    return rotated, value, -(rotated.T @ slope @ inverse).T


def _tangent(transform: FloatArray, gradient: FloatArray, *, oblique: bool) -> FloatArray:
    """Part of the gradient along which the transformation stays a rotation."""
    if oblique:
        return np.asarray(gradient - transform * (transform * gradient).sum(axis=0))
    product = transform.T @ gradient
    return np.asarray(gradient - transform @ (product + product.T) / 2)


def _retract(moved: FloatArray, *, oblique: bool) -> FloatArray:
    """Nearest transformation of the allowed kind."""
    if oblique:
        return np.asarray(moved / np.sqrt((moved**2).sum(axis=0)))
    left, _, right = np.linalg.svd(moved)
    return np.asarray(left @ right)
