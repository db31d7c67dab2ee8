"""How well a factor model reproduces a correlation matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import chi2, ncx2

from analysis.matrices import FloatArray


@dataclass(frozen=True, slots=True)
class FitIndices:
    """Fit of a factor model; NaN where it is not defined.

    Attributes
    ----------
    objective
        Maximum-likelihood discrepancy of the matrix and its reproduction.
    chisq
        Test of exact fit, with Bartlett's correction.
    dof
        Its degrees of freedom.
    p
        Its probability.
    rmsea
        Root mean square error of approximation.
    rmsea_ci
        Its 90 % interval.
    tli
        Tucker-Lewis index.
    bic
        Bayesian information criterion, relative to the saturated model.
    rmsr
        Root mean square of the residual correlations.
    """

    objective: float
    chisq: float
    dof: int
    p: float
    rmsea: float
    rmsea_ci: tuple[float, float]
    tli: float
    bic: float
    rmsr: float


def fit_indices(
    r: FloatArray,
    loadings: FloatArray,
    phi: FloatArray,
    n: float | None,
    *,
    n_factors: int | None = None,
    is_model: bool = True,
) -> FitIndices:
    """Compare a correlation matrix with what the factors reproduce.

    Parameters
    ----------
    r
        Positive definite correlation matrix.
    loadings, phi
        Pattern loadings and correlations of the factors.
    n
        Respondents; without it, or with no more of them than items, only the discrepancy and the
        residuals are given.
    n_factors
        Number of factors if it is not that of the columns: 0 with a column of zeros.
    is_model
        Whether the factors claim to reproduce the correlations; components do not, and get
        residuals only.

    Returns
    -------
    FitIndices

    References
    ----------
    Tucker, L. R., & Lewis, C. (1973). A reliability coefficient for maximum likelihood factor
    analysis. *Psychometrika*, 38, 1-10.

    Steiger, J. H. (1990). Structural model evaluation and modification: An interval estimation
    approach. *Multivariate Behavioral Research*, 25, 173-180.
    """
    p = len(loadings)
    k = loadings.shape[1] if n_factors is None else n_factors
    dof = ((p - k) ** 2 - (p + k)) // 2
    implied = loadings @ phi @ loadings.T
    np.fill_diagonal(implied, 1.0)
    rmsr = float(np.sqrt(((r - implied) ** 2).sum() / (p * (p - 1))))
    nan = float("nan")
    objective = _discrepancy(r, implied) if is_model else nan
    factor = nan if n is None else n - 1 - (2 * p + 5) / 6 - 2 * k / 3
    if n is None or not np.isfinite(objective) or not factor > 0:
        return FitIndices(objective, nan, dof, nan, nan, (nan, nan), nan, nan, rmsr)
    chisq = objective * factor
    if dof <= 0:
        return FitIndices(objective, chisq, dof, nan, nan, (nan, nan), nan, nan, rmsr)
    _, log_determinant = np.linalg.slogdet(r)
    null_dof = p * (p - 1) // 2
    # Tucker and Lewis scale the null model like the fitted one.
    null = -float(log_determinant) * factor / null_dof
    return FitIndices(
        objective=objective,
        chisq=chisq,
        dof=dof,
        p=float(chi2.sf(chisq, dof)),
        rmsea=rmsea(chisq, dof, n),
        rmsea_ci=rmsea_interval(chisq, dof, n),
        tli=(null - chisq / dof) / (null - 1.0) if null != 1.0 else nan,
        bic=chisq - dof * float(np.log(n)),
        rmsr=rmsr,
    )


def rmsea(chisq: float, dof: int, n: float) -> float:
    """Root mean square error of approximation, with n - 1."""
    return float(np.sqrt(max(chisq - dof, 0.0) / (dof * (n - 1))))


def rmsea_interval(chisq: float, dof: int, n: float, level: float = 0.90) -> tuple[float, float]:
    """Interval of the RMSEA from the noncentral chi-squared distribution.

    Browne, M. W., & Cudeck, R. (1992). Alternative ways of assessing model fit. *Sociological
    Methods & Research*, 21, 230-258.
    """
    tail = (1 - level) / 2
    ends = [_noncentrality(chisq, dof, 1 - tail), _noncentrality(chisq, dof, tail)]
    low, high = (float(np.sqrt(value / (dof * (n - 1)))) for value in ends)
    return low, high


def _noncentrality(chisq: float, dof: int, probability: float) -> float:
    """Noncentrality at which a value up to ``chisq`` has the given probability; at least zero."""
    if chi2.cdf(chisq, dof) <= probability:
        return 0.0

    def excess(value: float) -> float:
        # Beyond a few thousand the exact distribution is slow and loses its digits, and the
        # normal approximation of Sankaran (1963) has more of them than the interval shows.
        if chisq > 1e5:
            return _sankaran(chisq, dof, value) - probability
        return float(ncx2.cdf(chisq, dof, value)) - probability

    high = max(chisq - dof, 0.0) + 10 * np.sqrt(2 * (dof + 2 * chisq)) + 10
    return float(brentq(excess, 1e-12, high, xtol=1e-10 * high, rtol=1e-12))


def _sankaran(x: float, dof: int, noncentrality: float) -> float:
    """Noncentral chi-squared distribution by a power transformation to the normal.

    Sankaran, M. (1963). Approximations to the non-central chi-square distribution. *Biometrika*,
    50, 199-204.
    """
    a, b = dof + noncentrality, dof + 2 * noncentrality
    h = 1 - 2 * a * (dof + 3 * noncentrality) / (3 * b**2)
    q = b / a**2
    m = (h - 1) * (1 - 3 * h)
    mean = 1 + h * q * (h - 1 - (2 - h) * m * q / 2)
    return float(ndtr(((x / a) ** h - mean) / (h * np.sqrt(2 * q) * np.sqrt(1 + m * q))))


def _discrepancy(r: FloatArray, implied: FloatArray) -> float:
    """Maximum-likelihood discrepancy; infinite if the implied matrix is not positive definite."""
    sign, log_implied = np.linalg.slogdet(implied)
    if sign <= 0 or np.linalg.eigvalsh(implied)[0] <= 0:
        return float("inf")
    _, log_observed = np.linalg.slogdet(r)
    trace = float(np.trace(np.linalg.solve(implied, r)))
    return max(0.0, float(log_implied - log_observed) + trace - len(r))
