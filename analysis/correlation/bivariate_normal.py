"""The bivariate normal distribution, for many points and correlations at once.

Three ways to the same probabilities, each where it is exact and cheap: a Gauss-Legendre rule on
the arcsine form for moderate correlations, Owen's T function for large ones, and a rule in one
dimension that keeps its relative precision where a probability is tiny.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import log_ndtr, ndtr, owens_t

from analysis.matrices import FloatArray

NEARLY_ONE = 0.85
"""Above this correlation the arcsine form needs more nodes than Owen's T costs."""

_TWO_PI = 2.0 * np.pi


@cache
def gauss_legendre(n_nodes: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of the Gauss-Legendre rule on (0, 1)."""
    x, w = np.polynomial.legendre.leggauss(n_nodes)
    return (x + 1) / 2, w / 2


def nodes_for(largest: float) -> int:
    """Nodes with which the arcsine form is exact to 1e-15 for correlations up to ``largest``."""
    return 6 if largest < 0.3 else 9 if largest < 0.6 else 14


def quadrant(h: FloatArray, k: FloatArray, r: FloatArray, n_nodes: int = 0) -> FloatArray:
    """Probability that X < h and Y < k on grids of thresholds.

    Parameters
    ----------
    h
        Finite thresholds of X, shape (m, a).
    k
        Finite thresholds of Y, shape (m, b).
    r
        Correlations, shape (m,), strictly between -1 and 1.
    n_nodes
        Nodes of the rule; 0 chooses by the largest correlation.

    Returns
    -------
    FloatArray
        Shape (m, a, b), absolute error below 1e-14 (with ``n_nodes=0``).

    References
    ----------
    Drezner, Z., & Wesolowsky, G. O. (1990). On the computation of the bivariate normal integral.
    *Journal of Statistical Computation and Simulation*, 35, 101-107.
    """
    size = np.abs(r)
    large = size > NEARLY_ONE
    if n_nodes == 0 and large.any():
        out = np.empty((len(r), h.shape[1], k.shape[1]))
        out[large] = _owen(h[large], k[large], r[large])
        rest = ~large
        if rest.any():
            out[rest] = quadrant(h[rest], k[rest], r[rest])
        return out
    n_nodes = n_nodes or nodes_for(float(size.max(initial=0.0)))
    product = h[:, :, None] * k[:, None, :]
    half_squares = (h**2)[:, :, None] / 2 + (k**2)[:, None, :] / 2
    angle = np.arcsin(r)
    total = np.zeros_like(product)
    term = np.empty_like(product)
    for x, w in zip(*gauss_legendre(n_nodes), strict=True):
        sine = np.sin(x * angle)[:, None, None]
        np.multiply(product, sine, out=term)
        term -= half_squares
        term /= 1.0 - sine**2
        np.exp(term, out=term)
        term *= w
        total += term
    total *= (angle / _TWO_PI)[:, None, None]
    total += ndtr(h)[:, :, None] * ndtr(k)[:, None, :]
    return total


def _owen(h: FloatArray, k: FloatArray, r: FloatArray) -> FloatArray:
    """Return the same probabilities through Owen's T function.

    Owen, D. B. (1956). Tables for computing bivariate normal probabilities. *Annals of
    Mathematical Statistics*, 27, 1075-1090.
    """
    # A threshold of exactly zero makes 0/0 of the slopes; the shift changes nothing beyond 1e-16.
    x = np.where(h == 0, 1e-16, h)[:, :, None]
    y = np.where(k == 0, 1e-16, k)[:, None, :]
    rho = r[:, None, None]
    root = np.sqrt((1.0 - rho) * (1.0 + rho))
    other_side = np.where(x * y < 0, 0.5, 0.0)
    return np.asarray(
        0.5 * ndtr(x)
        + 0.5 * ndtr(y)
        - owens_t(x, (y / x - rho) / root)
        - owens_t(y, (x / y - rho) / root)
        - other_side
    )


def density(h: FloatArray, k: FloatArray, r: FloatArray) -> FloatArray:
    """Bivariate normal density on grids of thresholds; shapes as in :func:`quadrant`."""
    rho = r[:, None, None]
    rest = (1.0 - rho) * (1.0 + rho)
    x, y = h[:, :, None], k[:, None, :]
    exponent = (rho * x * y - x**2 / 2 - y**2 / 2) / rest
    return np.asarray(np.exp(exponent) / (_TWO_PI * np.sqrt(rest)))


def log_rectangle(lower: tuple[float, float], upper: tuple[float, float], r: float) -> float:
    """Logarithm of the probability of a rectangle, exact relative to itself however small.

    One dimension is integrated numerically over the other's conditional probability. The pieces of
    the rule shrink towards the ends and towards the places where the conditional probability
    jumps, so that it holds for correlations next to one as well.

    Parameters
    ----------
    lower
        Lower ends in x and y; may be minus infinity.
    upper
        Upper ends; may be infinity.
    r
        Correlation, strictly between -1 and 1.

    Returns
    -------
    float
        Natural logarithm of the probability.
    """
    left, right = max(lower[0], -38.0), min(upper[0], 38.0)
    spread = np.sqrt((1.0 - r) * (1.0 + r))
    cuts = _cuts(left, right, [y for y in (lower[1], upper[1]) if np.isfinite(y)], r, float(spread))
    x01, w01 = gauss_legendre(10)
    width = np.diff(cuts)
    x = cuts[:-1, None] + width[:, None] * x01
    log_weight = np.log(width)[:, None] + np.log(w01)
    high = (upper[1] - r * x) / spread
    low = (lower[1] - r * x) / spread
    log_term = log_weight - x**2 / 2 - 0.5 * np.log(_TWO_PI) + log_interval(low, high)
    top = float(log_term.max())
    if not np.isfinite(top):
        return -np.inf
    return top + float(np.log(np.exp(log_term - top).sum()))


def _cuts(left: float, right: float, jumps: list[float], r: float, spread: float) -> FloatArray:
    """Return the ends of the pieces of the rule between ``left`` and ``right``."""
    grading = 2.0 ** -np.arange(1, 16)
    points = [np.array([left, right]), np.linspace(left, right, 9)]
    points += [left + (right - left) * grading, right - (right - left) * grading]
    if abs(r) > 0.05:
        around = spread / abs(r) * np.array([0.5, 1, 2, 3, 4.5, 6, 9, 14])
        for y in jumps:
            points += [np.array([y / r]), y / r + around, y / r - around]
    inside = np.unique(np.clip(np.concatenate(points), left, right))
    return np.asarray(inside[np.concatenate([[True], np.diff(inside) > 1e-14])])


def log_interval(low: FloatArray, high: FloatArray) -> FloatArray:
    """Logarithm of the probability of an interval, from the tail that keeps the digits."""
    flip = low > 0
    a = np.where(flip, -high, low)
    b = np.where(flip, -low, high)
    upper, lower = log_ndtr(b), log_ndtr(a)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(upper + np.log1p(-np.exp(np.minimum(lower - upper, 0.0))))
