"""Polyserial correlation: of a continuous variable with the normal one behind ordered answers.

Olsson, U., Drasgow, F., & Dorans, N. J. (1982). The polyserial correlation coefficient.
*Psychometrika*, 47, 337-347.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from analysis.correlation.bivariate_normal import log_interval
from analysis.correlation.cross_tables import CodeArray
from analysis.correlation.two_step import LARGEST
from analysis.matrices import FloatArray


def polyserial_correlation(
    continuous: FloatArray, codes: CodeArray, thresholds: FloatArray, weights: FloatArray
) -> float:
    """Two-step estimate: mean, variance and thresholds from the margins, then the correlation.

    Parameters
    ----------
    continuous
        One number a respondent, NaN where missing.
    codes
        Category of the ordered item from 0, -1 where missing.
    thresholds
        Thresholds of the ordered item.
    weights
        One positive weight a respondent.

    Returns
    -------
    float
        Maximum-likelihood estimate, within plus or minus .9999.
    """
    known = ~np.isnan(continuous)
    w = weights[known]
    mean = np.average(continuous[known], weights=w)
    spread = np.sqrt(np.average((continuous[known] - mean) ** 2, weights=w))
    both = known & (codes >= 0)
    z = (continuous[both] - mean) / spread
    share = weights[both] / weights[both].sum()
    ends = np.concatenate([[-np.inf], thresholds, [np.inf]])
    low, high = ends[codes[both]], ends[codes[both] + 1]

    def loss(r: float) -> float:
        rest = np.sqrt((1.0 - r) * (1.0 + r))
        return -float(share @ log_interval((low - r * z) / rest, (high - r * z) / rest))

    found = minimize_scalar(
        loss, bounds=(-LARGEST, LARGEST), method="bounded", options={"xatol": 1e-10}
    )
    return float(found.x)
