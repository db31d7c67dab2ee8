"""Errors for few clusters or few rows: CR2 with Satterthwaite's degrees of freedom, and HC3."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.numeric import Array


def cr2_covariance(
    x: Array, weights: Array, residual: Array, clusters: NDArray[np.intp]
) -> tuple[Array, Array]:
    """Return the bias-reduced cluster-robust covariance and a t's degrees of freedom.

    The residuals of a cluster are multiplied by the inverse symmetric root of what their covariance
    would be if errors were independent and equal, G_c = [(I - H)(I - H)']_cc, so that the
    covariance is then unbiased (Bell and McCaffrey 2002). Since G_c differs from the identity only
    in the space of X_c and W_c X_c, the root is taken there, whatever the cluster's size. Each
    coefficient has the degrees of freedom of the chi-square with its variance's first two moments
    (Satterthwaite); they can be far below the number of clusters if a predictor hardly varies
    within them or is spread unevenly over them.

    Parameters
    ----------
    x
        Columns of the regression, shape (n, p).
    weights
        Sampling weights, shape (n,).
    residual
        Of the weighted least-squares fit, shape (n,).
    clusters
        Cluster of each row, shape (n,).

    Returns
    -------
    covariance, df
        Shapes (p, p) and (p,).

    References
    ----------
    Bell, R. M., & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression
    with multi-stage samples. Survey Methodology, 28, 169-181.
    Pustejovsky, J. E., & Tipton, E. (2018). Small-sample methods for cluster-robust variance
    estimation and hypothesis testing in fixed effects models. Journal of Business and Economic
    Statistics, 36, 672-683.
    """
    p = x.shape[1]
    wx = x * weights[:, None]
    bread = np.asarray(np.linalg.inv(wx.T @ x), dtype=np.float64)
    k = wx.T @ wx
    inner = np.asarray(bread @ k @ bread)
    names = np.unique(clusters)
    scores = np.empty((len(names), p))
    s, t = np.empty((2, len(names), p, p))
    square = np.empty((len(names), p))
    for place, name in enumerate(names):
        rows = np.flatnonzero(clusters == name)
        own, weighted = x[rows], wx[rows]
        basis, a = _adjustment(own, weighted, bread, inner)
        # One column a coefficient: W_c X_c (X'WX)^-1, then the adjustment A_c.
        v = weighted @ bread
        v = v + basis @ (a @ (basis.T @ v))
        scores[place] = residual[rows] @ v
        s[place] = bread @ (own.T @ v)
        t[place] = weighted.T @ v
        square[place] = (v**2).sum(axis=0)
    df = np.empty(p)
    for place in range(p):
        sj, tj = s[:, :, place], t[:, :, place]
        cross = tj @ sj.T
        moments = np.diag(square[:, place]) - cross - cross.T + sj @ k @ sj.T
        size = float((moments**2).sum())
        # Without any spread there is nothing to approximate; the caller refuses such a coefficient.
        df[place] = np.trace(moments) ** 2 / size if size > 0 else np.nan
    return np.asarray(scores.T @ scores), df


def hc3_covariance(x: Array, weights: Array, residual: Array) -> Array:
    """Return MacKinnon and White's (1985) HC3: residuals divided by one minus their leverage.

    Parameters
    ----------
    x, weights, residual
        As in :func:`cr2_covariance`.

    References
    ----------
    MacKinnon, J. G., & White, H. (1985). Some heteroskedasticity-consistent covariance matrix
    estimators with improved finite sample properties. Journal of Econometrics, 29, 305-325.
    """
    wx = x * weights[:, None]
    influence = wx @ np.linalg.inv(wx.T @ x)
    leverage = (influence * x).sum(axis=1)
    influence *= (residual / np.maximum(1.0 - leverage, 1e-10))[:, None]
    return np.asarray(influence.T @ influence)


def _adjustment(own: Array, weighted: Array, bread: Array, inner: Array) -> tuple[Array, Array]:
    """Return Q and T with G_c^(-1/2) = I + Q T Q' (a pseudo-inverse where G_c is singular)."""
    stacked = np.hstack([own, weighted])
    basis, scale, _ = np.linalg.svd(stacked, full_matrices=False)
    basis = basis[:, scale > 1e-10 * scale[0]]
    left, right = basis.T @ own, basis.T @ weighted
    mixed = left @ bread @ right.T
    g = np.eye(basis.shape[1]) - mixed - mixed.T + left @ inner @ left.T
    values, vectors = np.linalg.eigh(g)
    usable = values > 1e-10
    root = np.where(usable, 1.0 / np.sqrt(np.where(usable, values, 1.0)), 0.0)
    return basis, (vectors * (root - 1.0)) @ vectors.T
