"""Maximum likelihood and Firth's penalised likelihood for a binary outcome: the arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from analysis.errors import AnalysisError
from analysis.numeric import Array

_ITERATIONS = 200
_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class BinaryFit:
    """Solution of a logistic regression.

    Attributes
    ----------
    params
        Shape (p,).
    probability
        Fitted probabilities, shape (n,).
    bread
        Inverse of the expected information X' W X with W = w pi (1 - pi), shape (p, p).
    scores
        Each row's part of the (penalised) score, shape (n, p); they sum to zero.
    loglik
        Weighted log-likelihood, without penalty.
    """

    params: Array
    probability: Array
    bread: Array
    scores: Array
    loglik: float


def fit_binary(x: Array, y: Array, weights: Array, *, firth: bool) -> BinaryFit:
    """Fit a logistic regression by Fisher scoring.

    Firth's (1993) penalty adds h (1/2 - pi) to the residuals, h the leverages, which removes the
    first-order bias and keeps estimates finite when a predictor separates the outcomes (Heinze and
    Schemper 2002).

    Parameters
    ----------
    x
        Columns, shape (n, p).
    y
        0 or 1, shape (n,).
    weights
        Shape (n,).
    firth
        Whether to penalise.

    Raises
    ------
    AnalysisError
        Without penalty, if the predictors separate the outcomes; or no convergence.

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika, 80, 27-38.
    Heinze, G., & Schemper, M. (2002). A solution to the problem of separation in logistic
    regression. Statistics in Medicine, 21, 2409-2419.
    """
    # Columns of like size keep the information well conditioned and the step limit meaningful.
    scale = np.sqrt(weights @ x**2 / weights.sum())
    z = x / scale
    beta = np.zeros(x.shape[1])
    for _ in range(_ITERATIONS):
        scores, bread, _ = _scores(z, y, weights, beta, firth=firth)
        step = bread @ scores.sum(axis=0)
        largest = float(np.abs(step).max())
        beta = beta + step * min(1.0, 5.0 / max(largest, 1e-300))
        if not firth and float(np.abs(z @ beta).max()) > 30.0:
            raise AnalysisError(
                "The predictors tell the two outcomes apart without error, so that there is no "
                "estimate; use Firth's penalty or fewer predictors."
            )
        if largest <= _TOLERANCE * (1.0 + float(np.abs(beta).max())):
            break
    else:
        raise AnalysisError("The logistic regression did not converge; use fewer predictors.")
    scores, bread, probability = _scores(z, y, weights, beta, firth=firth)
    eta = z @ beta
    loglik = float(weights @ np.where(y > 0, log_expit(eta), log_expit(-eta)))
    return BinaryFit(
        beta / scale, probability, bread / np.outer(scale, scale), scores * scale, loglik
    )


def average_effects(
    x: Array,
    weights: Array,
    params: Array,
    covariance: Array,
    siblings: Mapping[int, Sequence[int]],
) -> tuple[Array, Array]:
    """Return each column's average marginal effect on the probability and its standard error.

    For a level the average difference between everybody having it and everybody having the
    reference, for a number the average slope. Errors by the delta method, for the other predictors
    as they were observed.

    Parameters
    ----------
    x, weights
        Columns with the intercept first, and weights.
    params, covariance
        Of the fit.
    siblings
        For each column that is a dummy, all columns of its predictor, itself among them.
    """
    share = weights / weights.sum()
    p = x.shape[1]
    effects, gradient = np.empty(p), np.zeros((p, p))
    base = expit(x @ params)
    for place in range(p):
        if place in siblings:
            off = x.copy()
            off[:, list(siblings[place])] = 0.0
            on = off.copy()
            on[:, place] = 1.0
            p_on, p_off = expit(on @ params), expit(off @ params)
            effects[place] = share @ (p_on - p_off)
            gradient[place] = (share * p_on * (1 - p_on)) @ on - (share * p_off * (1 - p_off)) @ off
        else:
            density = base * (1.0 - base)
            effects[place] = params[place] * (share @ density)
            gradient[place] = params[place] * ((share * density * (1.0 - 2.0 * base)) @ x)
            gradient[place, place] += share @ density
    variance = np.einsum("ij,jk,ik->i", gradient, covariance, gradient)
    return effects, np.asarray(np.sqrt(np.maximum(variance, 0.0)))


def _scores(
    x: Array, y: Array, weights: Array, beta: Array, *, firth: bool
) -> tuple[Array, Array, Array]:
    probability = expit(x @ beta)
    information = weights * probability * (1.0 - probability)
    matrix = (x * information[:, None]).T @ x
    if np.linalg.cond(matrix) > 1e14:
        raise AnalysisError(
            "The predictors tell the two outcomes apart without error, so that there is no "
            "estimate; use Firth's penalty or fewer predictors."
        )
    bread = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    residual = weights * (y - probability)
    if firth:
        leverage = ((x @ bread) * x).sum(axis=1) * information
        residual = residual + leverage * (0.5 - probability)
    return x * residual[:, None], bread, probability
