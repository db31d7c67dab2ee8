"""Extraction of common factors from a correlation matrix.

Unweighted least squares (minres) and maximum likelihood minimise over the uniquenesses alone: given
them, the loadings are the leading eigenvectors of a reduced matrix, so that the objective and its
gradient are sums over eigenvalues (Joreskog 1977).

References
----------
Joreskog, K. G. (1977). Factor analysis by least-squares and maximum-likelihood methods. In K.
Enslein, A. Ralston & H. S. Wilf (Eds.), *Statistical methods for digital computers* (Vol. 3, pp.
125-153). Wiley.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import minimize

from analysis.matrices import FloatArray

ExtractionMethod = Literal["minres", "ml", "pa", "pc"]

LEAST_UNIQUENESS = 0.005
"""Lower bound of a uniqueness; an item that reaches it is a Heywood case."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """Unrotated loadings.

    Attributes
    ----------
    loadings
        Items by factors, columns in descending order of their sum of squares.
    uniquenesses
        One an item.
    objective
        Minimum of the method's own function; for ``pa`` and ``pc`` the residual sum of squares.
    converged
        Whether the iterations ended at a minimum.
    at_bound
        Positions of the items whose uniqueness is at its lower bound (``pa``: at or below it).
    """

    loadings: FloatArray
    uniquenesses: FloatArray
    objective: float
    converged: bool
    at_bound: tuple[int, ...]


def extract(
    r: FloatArray,
    n_factors: int,
    method: ExtractionMethod = "minres",
    *,
    tolerance: float | None = None,
    max_iterations: int = 1000,
) -> Extraction:
    """Extract factors.

    Parameters
    ----------
    r
        Positive definite correlation matrix.
    n_factors
        Number of factors.
    method
        ``"minres"`` (unweighted least squares), ``"ml"`` (maximum likelihood), ``"pa"`` (principal
        axes, iterated) or ``"pc"`` (principal components).
    tolerance
        For ``"pa"``: iterate until the sum of the communalities moves by less (default 1e-8).
        Other programs stop at 1e-3.
    max_iterations
        Most iterations.

    Returns
    -------
    Extraction
    """
    if method == "minres":
        return _minres(r, n_factors, max_iterations)
    if method == "ml":
        return _maximum_likelihood(r, n_factors, max_iterations)
    if method == "pa":
        return _principal_axes(r, n_factors, tolerance or 1e-8, max_iterations)
    return _principal_components(r, n_factors)


def squared_multiple_correlations(r: FloatArray) -> FloatArray:
    """Share of each item's variance that the other items explain."""
    return np.asarray(1.0 - 1.0 / np.diag(np.linalg.inv(r)))


def _minres(r: FloatArray, k: int, max_iterations: int) -> Extraction:
    """Unweighted least squares, whose minimum is the minres solution.

    Harman, H. H., & Jones, W. H. (1966). Factor analysis by minimizing residuals (minres).
    *Psychometrika*, 31, 351-368.
    """

    def loss(psi: FloatArray) -> tuple[float, FloatArray]:
        values, vectors = _leading(r - np.diag(psi), k)
        values = np.maximum(values, 0.0)
        rest = off_diagonal + ((1.0 - psi) ** 2).sum() - (values**2).sum()
        return 0.5 * float(rest), (vectors**2) @ values - (1.0 - psi)

    off_diagonal = float((r**2).sum()) - len(r)
    psi, converged = _minimise(loss, r, max_iterations)
    values, vectors = _leading(r - np.diag(psi), k)
    loadings = vectors * np.sqrt(np.maximum(values, 0.0))
    return _done(r, loadings, psi, loss(psi)[0], converged)


def _maximum_likelihood(r: FloatArray, k: int, max_iterations: int) -> Extraction:
    """Maximum likelihood; minimised over the logarithms of the uniquenesses.

    Lawley, D. N., & Maxwell, A. E. (1971). *Factor analysis as a statistical method* (2nd ed.).
    Butterworths.
    """

    def solution(psi: FloatArray) -> tuple[FloatArray, FloatArray]:
        root = np.sqrt(psi)
        values, vectors = eigh(r / np.outer(root, root))
        leading = np.sqrt(np.maximum(values[::-1][:k] - 1.0, 0.0))
        return values[::-1], root[:, None] * vectors[:, ::-1][:, :k] * leading

    def loss(log_psi: FloatArray) -> tuple[float, FloatArray]:
        psi = np.exp(log_psi)
        values, loadings = solution(psi)
        rest = np.maximum(values[k:], 1e-300)
        gradient = ((loadings**2).sum(axis=1) + psi - 1.0) / psi
        return float((rest - np.log(rest) - 1.0).sum()), gradient

    log_psi, converged = _minimise(loss, r, max_iterations, log=True)
    psi = np.exp(log_psi)
    return _done(r, solution(psi)[1], psi, loss(log_psi)[0], converged)


def _principal_axes(r: FloatArray, k: int, tolerance: float, max_iterations: int) -> Extraction:
    """Iterate principal axes from squared multiple correlations."""
    reduced = r.copy()
    communalities = squared_multiple_correlations(r)
    loadings = np.zeros((len(r), k))
    converged = False
    for _ in range(max_iterations):
        np.fill_diagonal(reduced, communalities)
        values, vectors = _leading(reduced, k)
        loadings = vectors * np.sqrt(np.maximum(values, 0.0))
        new = (loadings**2).sum(axis=1)
        moved = abs(float(new.sum() - communalities.sum()))
        communalities = new
        if moved < tolerance:
            converged = True
            break
    return _done(r, loadings, 1.0 - communalities, _residual(r, loadings), converged)


def _principal_components(r: FloatArray, k: int) -> Extraction:
    """Principal components: no uniquenesses in the model, what is left over is reported as such."""
    values, vectors = _leading(r, k)
    loadings = vectors * np.sqrt(np.maximum(values, 0.0))
    psi = np.maximum(1.0 - (loadings**2).sum(axis=1), 0.0)
    return Extraction(loadings, psi, _residual(r, loadings), True, ())


def _leading(matrix: FloatArray, k: int) -> tuple[FloatArray, FloatArray]:
    """Largest eigenvalues, descending, and their vectors."""
    p = len(matrix)
    values, vectors = eigh(matrix, subset_by_index=[p - k, p - 1])
    return values[::-1], vectors[:, ::-1]


def _minimise(
    loss: Callable[[FloatArray], tuple[float, FloatArray]],
    r: FloatArray,
    max_iterations: int,
    *,
    log: bool = False,
) -> tuple[FloatArray, bool]:
    """Minimise over uniquenesses between :data:`LEAST_UNIQUENESS` and one."""
    start = np.clip(1.0 - squared_multiple_correlations(r), 2 * LEAST_UNIQUENESS, 0.995)
    low, high = LEAST_UNIQUENESS, 1.0
    if log:
        start, low, high = np.log(start), float(np.log(low)), 0.0
    found = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(low, high)] * len(r),
        options={
            "maxiter": max_iterations,
            "maxfun": 4 * max_iterations,
            "maxcor": 20,
            "ftol": 1e-14,
            "gtol": 1e-7,
        },
    )
    return found.x, bool(found.success)


def _residual(r: FloatArray, loadings: FloatArray) -> float:
    left = r - loadings @ loadings.T
    np.fill_diagonal(left, 0.0)
    return 0.5 * float((left**2).sum())


def _done(
    r: FloatArray, loadings: FloatArray, psi: FloatArray, objective: float, converged: bool
) -> Extraction:
    at_bound = np.flatnonzero(psi <= LEAST_UNIQUENESS * (1 + 1e-6))
    return Extraction(loadings, psi, objective, converged, tuple(int(i) for i in at_bound))
