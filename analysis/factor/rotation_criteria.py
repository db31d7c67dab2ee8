"""Criteria of simple structure: the value for given loadings, and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from analysis.matrices import FloatArray

Criterion: TypeAlias = Callable[[FloatArray], tuple[float, FloatArray]]
"""Loadings (items by factors) to the criterion's value and its gradient of the same shape."""


def crawford_ferguson(kappa: float) -> Criterion:
    """Crawford-Ferguson family: 0 is quartimax, 1/p varimax, k/(2p) equamax.

    Crawford, C. B., & Ferguson, G. A. (1970). A general rotation criterion and its use in
    orthogonal rotation. *Psychometrika*, 35, 321-332.
    """

    def criterion(loadings: FloatArray) -> tuple[float, FloatArray]:
        squares = loadings**2
        across = squares.sum(axis=1, keepdims=True) - squares
        down = squares.sum(axis=0, keepdims=True) - squares
        mixed = (1 - kappa) * across + kappa * down
        return float((squares * mixed).sum()) / 4, loadings * mixed

    return criterion


def oblimin(gamma: float) -> Criterion:
    """Direct oblimin; gamma 0 is quartimin.

    Jennrich, R. I., & Sampson, P. F. (1966). Rotation for simple loadings. *Psychometrika*, 31,
    313-323.
    """

    def criterion(loadings: FloatArray) -> tuple[float, FloatArray]:
        squares = loadings**2
        across = squares.sum(axis=1, keepdims=True) - squares
        mixed = across - gamma * across.mean(axis=0, keepdims=True)
        return float((squares * mixed).sum()) / 4, loadings * mixed

    return criterion


def geomin(epsilon: float) -> Criterion:
    """Geometric mean of the squared loadings of each item.

    Yates, A. (1987). *Multivariate exploratory data analysis*. State University of New York Press.
    """

    def criterion(loadings: FloatArray) -> tuple[float, FloatArray]:
        squares = loadings**2 + epsilon
        means = np.exp(np.log(squares).mean(axis=1, keepdims=True))
        return float(means.sum()), 2 / loadings.shape[1] * loadings / squares * means

    return criterion


def target_distance(target: FloatArray) -> Criterion:
    """Squared distance from a partly specified target; NaN leaves a loading free.

    Browne, M. W. (1972). Oblique rotation to a partially specified target. *British Journal of
    Mathematical and Statistical Psychology*, 25, 207-212.
    """
    specified = np.isfinite(target)
    wanted = np.where(specified, target, 0.0)

    def criterion(loadings: FloatArray) -> tuple[float, FloatArray]:
        distance = np.where(specified, loadings - wanted, 0.0)
        return float((distance**2).sum()), 2 * distance

    return criterion


def bifactor() -> Criterion:
    """Quartimin on all but the first factor, which is left to be general.

    Jennrich, R. I., & Bentler, P. M. (2011). Exploratory bi-factor analysis. *Psychometrika*, 76,
    537-549.
    """
    quartimin = oblimin(0.0)

    def criterion(loadings: FloatArray) -> tuple[float, FloatArray]:
        value, of_groups = quartimin(loadings[:, 1:])
        gradient = np.zeros_like(loadings)
        gradient[:, 1:] = of_groups
        return value, gradient

    return criterion
