"""Regressions for survey samples, with errors that know how the sample was drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.design import linearised_covariance
from analysis.errors import AnalysisError
from analysis.regression_results import (
    JointTest,
    RegressionFit,
    assemble,
    check_confidence,
    joint_test,
)
from analysis.regression_sample import (
    check_not_degenerate,
    default_df,
    numeric_outcome,
    regression_sample,
)
from analysis.terms import INTERCEPT, weighted_mean, weighted_sd

__all__ = ["JointTest", "RegressionFit", "fit_linear", "joint_test"]


def fit_linear(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    *,
    weights: str | ArrayLike | None = None,
    clusters: str | ArrayLike | None = None,
    strata: str | ArrayLike | None = None,
    fpc: str | ArrayLike | None = None,
    standardise: bool = False,
    confidence: float = 0.95,
) -> RegressionFit:
    """Fit a weighted least-squares regression with design-based errors.

    Errors are those of Taylor linearisation and equal R's ``svyglm`` (without clusters they are
    White's HC0 times n / (n - 1)). Intervals and p-values use t with primary units less strata
    degrees of freedom; without clusters with n - strata - predictors' columns, never the normal z.

    Parameters
    ----------
    frame
        One row a respondent. Rows with anything missing are left out and counted; for errors they
        stay part of the design (a domain).
    outcome
        Numeric column.
    predictors
        Columns, and products ``a:b`` of two that are there too. Text, categories and booleans
        become ``variable[level]``; so turn numeric codes of categories into categories first.
    weights, clusters, strata, fpc
        Column or array, see :func:`analysis.design.survey_design`.
    standardise
        Bring the outcome and numeric predictors to mean 0 and standard deviation 1 first.
    confidence
        Level of the intervals.

    Raises
    ------
    AnalysisError
        A constant outcome or predictor, predictors that determine one another, a level found in
        one cluster only, more coefficients than rows, and every fault of the design.

    References
    ----------
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys.
    International Statistical Review, 51, 279-292.
    """
    from statsmodels.regression.linear_model import WLS

    check_confidence(confidence)
    sample = regression_sample(
        frame,
        outcome,
        predictors,
        weights=weights,
        clusters=clusters,
        strata=strata,
        fpc=fpc,
        standardise=standardise,
    )
    y = numeric_outcome(sample.y, sample.weights, standardise=standardise)
    matrix, w = sample.matrix, sample.weights
    solved = WLS(y, matrix.x, weights=w).fit(method="qr")
    params = np.asarray(solved.params)
    residual = y - matrix.x @ params
    total = float(w @ (y - weighted_mean(y, w)) ** 2)
    if float(w @ residual**2) <= 1e-12 * total:
        raise AnalysisError(
            "The predictors reproduce {outcome} exactly; nothing is left to chance.",
            outcome=outcome,
        )
    bread = np.asarray(solved.normalized_cov_params)
    influence = (matrix.x * (w * residual)[:, None]) @ bread
    covariance = linearised_covariance(influence, sample.design, sample.rows)
    check_not_degenerate(sample, influence, covariance)
    spread = weighted_sd(matrix.x, w) / float(weighted_sd(y[:, None], w)[0])
    return assemble(
        sample,
        family="linear",
        outcome=outcome,
        params=params,
        covariance=covariance,
        t_df=np.full(len(params), float(default_df(sample))),
        standardised=np.where(np.array(matrix.names) == INTERCEPT, np.nan, params * spread),
        r2=1.0 - float(w @ residual**2) / total,
        confidence=confidence,
        standardise=standardise,
    )
