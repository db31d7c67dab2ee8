"""Maximum likelihood for an ordered outcome with proportional odds: the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analysis.errors import AnalysisError
from analysis.numeric import Array

_ITERATIONS = 200
_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class OrderedFit:
    """Solution of a proportional-odds regression.

    Attributes
    ----------
    slopes
        Shape (p,): log odds of a higher answer, a unit of the predictor.
    thresholds
        Increasing, shape (k - 1,): P(answer <= j) = logistic(threshold_j - x'slopes).
    bread
        Inverse of the observed information, slopes first, shape (p + k - 1, p + k - 1).
    scores
        Each row's part of the score, shape (n, p + k - 1).
    loglik
        Weighted log-likelihood.
    """

    slopes: Array
    thresholds: Array
    bread: Array
    scores: Array
    loglik: float


def fit_ordered(x: Array, y: NDArray[np.intp], weights: Array, n_levels: int) -> OrderedFit:
    """Fit a proportional-odds logistic regression (McCullagh 1980) by Newton's method.

    The log-likelihood is concave (Pratt 1981), so that steps halved until it rises and the
    thresholds stay in order always arrive.

    Parameters
    ----------
    x
        Columns without intercept, shape (n, p).
    y
        Level of each row, 0 to k - 1, each level there; shape (n,).
    weights
        Shape (n,).
    n_levels
        k.

    Raises
    ------
    AnalysisError
        The predictors order the outcome without error, or no convergence.

    References
    ----------
    McCullagh, P. (1980). Regression models for ordinal data. Journal of the Royal Statistical
    Society B, 42, 109-142.
    Pratt, J. W. (1981). Concavity of the log likelihood. Journal of the American Statistical
    Association, 76, 103-106.
    """
    centre = weights @ x / weights.sum()
    scale = np.sqrt(weights @ (x - centre) ** 2 / weights.sum())
    z = (x - centre) / scale
    p = x.shape[1]
    shares = np.bincount(y, weights, minlength=n_levels)[:-1].cumsum() / weights.sum()
    theta = np.concatenate([np.zeros(p), np.log(shares / (1.0 - shares))])
    loglik, scores, information = _likelihood(z, y, weights, theta)
    for _ in range(_ITERATIONS):
        step = np.linalg.solve(information, scores.sum(axis=0))
        size = 1.0
        while True:
            moved = theta + size * step
            if (np.diff(moved[p:]) > 0).all():
                new = _likelihood(z, y, weights, moved)
                if new[0] >= loglik - 1e-12 * abs(loglik):
                    break
            size *= 0.5
            if size < 1e-10:
                raise AnalysisError(
                    "The ordinal regression did not converge; use fewer predictors."
                )
        theta, (loglik, scores, information) = moved, new
        if float(np.abs(theta[:p]).max(initial=0.0)) > 30.0 or np.linalg.cond(information) > 1e14:
            raise AnalysisError(
                "The predictors put the answers in order without error, so that there is no "
                "estimate; use fewer predictors."
            )
        if float(np.abs(size * step).max()) <= _TOLERANCE * (1.0 + float(np.abs(theta).max())):
            break
    else:
        raise AnalysisError("The ordinal regression did not converge; use fewer predictors.")
    # Back to the predictors' own units: a linear change of the parameters.
    back = np.eye(len(theta))
    back[:p, :p] /= scale[:, None]
    back[p:, :p] = centre / scale
    theta = back @ theta
    bread = back @ np.linalg.inv(information) @ back.T
    scores = scores @ np.linalg.inv(back)
    return OrderedFit(theta[:p], theta[p:], bread, scores, loglik)


def _likelihood(
    x: Array, y: NDArray[np.intp], weights: Array, theta: Array
) -> tuple[float, Array, Array]:
    """Return the log-likelihood, the rows' scores and the observed information."""
    p = x.shape[1]
    cuts = np.concatenate([[-np.inf], theta[p:], [np.inf]])
    eta = x @ theta[:p]
    upper, lower = cuts[y + 1] - eta, cuts[y] - eta
    # Differences of probabilities are taken in the tail where they are not near one.
    flip = lower > 0
    high, low = np.where(flip, -lower, upper), np.where(flip, -upper, lower)
    probability = np.maximum(expit(high) - expit(low), 1e-300)
    d_upper, d_lower = _density(upper), _density(lower)
    a, b = d_upper / probability, d_lower / probability
    aa = _slope(upper, d_upper) / probability - a**2
    bb = -_slope(lower, d_lower) / probability - b**2
    above, below = _directions(x, y, len(theta)), _directions(x, y - 1, len(theta))
    scores = weights[:, None] * (a[:, None] * above - b[:, None] * below)
    cross = (above * (weights * a * b)[:, None]).T @ below
    hessian = (
        (above * (weights * aa)[:, None]).T @ above
        + (below * (weights * bb)[:, None]).T @ below
        + cross
        + cross.T
    )
    return float(weights @ np.log(probability)), scores, -hessian


def _directions(x: Array, cut: NDArray[np.intp], size: int) -> Array:
    """Return the derivative of a cut less the linear predictor, row by row."""
    n, p = x.shape
    out = np.zeros((n, size))
    out[:, :p] = -x
    inside = np.flatnonzero((cut >= 0) & (cut < size - p))
    out[inside, p + cut[inside]] = 1.0
    return out


def _density(z: Array) -> Array:
    return np.asarray(expit(z) * expit(-z))


def _slope(z: Array, density: Array) -> Array:
    return np.asarray(density * (1.0 - 2.0 * expit(z)))
