"""Regressions for survey samples, with errors that know how the sample was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.design import linearised_covariance
from analysis.errors import AnalysisError, note
from analysis.numeric import Array
from analysis.regression.logistic import average_effects, fit_binary
from analysis.regression.ordinal import fit_ordered
from analysis.regression.results import (
    RegressionFit,
    assemble,
    check_confidence,
)
from analysis.regression.sample import (
    Sample,
    check_not_degenerate,
    check_option,
    default_df,
    numeric_outcome,
    ordered_outcome,
    regression_sample,
)
from analysis.regression.small_samples import cr2_covariance, hc3_covariance
from analysis.regression.terms import INTERCEPT, is_categorical, weighted_mean, weighted_sd

LinearErrors = Literal["linearised", "cr2", "hc3"]


def fit_linear(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    *,
    weights: str | ArrayLike | None = None,
    clusters: str | ArrayLike | None = None,
    strata: str | ArrayLike | None = None,
    fpc: str | ArrayLike | None = None,
    errors: LinearErrors = "linearised",
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
    errors
        ``"linearised"``; ``"cr2"`` for few clusters (bias-reduced, Satterthwaite's degrees of
        freedom; without strata and correction); ``"hc3"`` for few rows without clusters.
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
    covariance, t_df = _linear_errors(sample, influence, w, residual, errors)
    check_not_degenerate(sample, influence, covariance)
    spread = weighted_sd(matrix.x, w) / float(weighted_sd(y[:, None], w)[0])
    return assemble(
        sample,
        family="linear",
        outcome=outcome,
        params=params,
        covariance=covariance,
        t_df=t_df,
        errors=errors,
        standardised=np.where(np.array(matrix.names) == INTERCEPT, np.nan, params * spread),
        r2=1.0 - float(w @ residual**2) / total,
        confidence=confidence,
        standardise=standardise,
    )


def fit_logistic(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    *,
    weights: str | ArrayLike | None = None,
    clusters: str | ArrayLike | None = None,
    strata: str | ArrayLike | None = None,
    fpc: str | ArrayLike | None = None,
    penalty: Literal["none", "firth"] = "none",
    errors: Literal["linearised", "model"] = "linearised",
    standardise: bool = False,
    confidence: float = 0.95,
) -> RegressionFit:
    """Fit a logistic regression with design-based errors and average marginal effects.

    Coefficients are log odds; ``effects`` are what a reader wants: by how much the probability
    changes, on average over the people observed (with products among the predictors there are no
    effects, since one part cannot move alone).

    Parameters
    ----------
    frame, predictors, weights, clusters, strata, fpc, standardise, confidence
        As in :func:`fit_linear`; numeric predictors are standardised, the outcome is not.
    outcome
        0 and 1, a boolean, or two levels, of which the second is the event.
    penalty
        ``"firth"`` for rare events and predictors that separate the outcomes. Weights are then
        brought to a mean of one, because the penalty counts rows.
    errors
        ``"linearised"`` (as R's ``svyglm``) or ``"model"`` (inverse information; only without
        weights, clusters and strata).

    Raises
    ------
    AnalysisError
        An outcome without exactly two values, predictors that separate them (without penalty), and
        as in :func:`fit_linear`.

    References
    ----------
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys.
    International Statistical Review, 51, 279-292.
    """
    check_confidence(confidence)
    check_option(penalty, ("none", "firth"))
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
    y, levels = _binary_outcome(sample)
    x, w = sample.matrix.x, sample.weights
    firth = penalty == "firth"
    used = w / w.mean() if firth else w
    fit = fit_binary(x, y.astype(np.float64), used, firth=firth)
    covariance = likelihood_errors(sample, fit.scores, fit.bread, errors)
    share = float(used @ y / used.sum())
    null = used.sum() * (share * np.log(share) + (1.0 - share) * np.log1p(-share))
    t_df = np.full(x.shape[1], float(default_df(sample)))
    spread = weighted_sd(x, w)
    return assemble(
        sample,
        family="logistic",
        outcome=outcome,
        params=fit.params,
        covariance=covariance,
        t_df=t_df,
        standardised=np.where(
            np.array(sample.matrix.names) == INTERCEPT, np.nan, fit.params * spread
        ),
        r2=1.0 - fit.loglik / float(null),
        confidence=confidence,
        standardise=standardise,
        errors=errors,
        levels={outcome: levels},
        effects=_effects(sample, fit.params, covariance),
        loglik=fit.loglik,
        notes=[note("Firth's penalised likelihood.")] if firth else [],
    )


def fit_ordinal(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    *,
    weights: str | ArrayLike | None = None,
    clusters: str | ArrayLike | None = None,
    strata: str | ArrayLike | None = None,
    fpc: str | ArrayLike | None = None,
    errors: Literal["linearised", "model"] = "linearised",
    standardise: bool = False,
    confidence: float = 0.95,
) -> RegressionFit:
    """Fit a proportional-odds logistic regression with design-based errors.

    Coefficients are log odds of a higher answer; after them come the thresholds ``low|high`` with
    P(answer <= low) = logistic(threshold - linear predictor), as in R's ``polr`` and ``svyolr``.

    Parameters
    ----------
    frame, predictors, weights, clusters, strata, fpc, standardise, confidence
        As in :func:`fit_linear`; the outcome is not standardised.
    outcome
        Numbers, or an ordered category; the order of text is not known and refused.
    errors
        As in :func:`fit_logistic`.

    Raises
    ------
    AnalysisError
        An outcome without an order or with fewer than three values, and as in :func:`fit_linear`.

    References
    ----------
    McCullagh, P. (1980). Regression models for ordinal data. Journal of the Royal Statistical
    Society B, 42, 109-142.
    """
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
    y, levels = _several_levels(sample)
    x, w = sample.matrix.x[:, 1:], sample.weights
    fit = fit_ordered(x, y, w, len(levels))
    covariance = likelihood_errors(sample, fit.scores, fit.bread, errors)
    cuts = [f"{low}|{high}" for low, high in pairwise(levels)]
    counts = np.bincount(y, w)
    null = float(counts @ np.log(counts / counts.sum()))
    return assemble(
        sample,
        family="ordinal",
        outcome=outcome,
        params=np.concatenate([fit.slopes, fit.thresholds]),
        covariance=covariance,
        t_df=np.full(len(covariance), float(default_df(sample))),
        standardised=np.concatenate([fit.slopes * weighted_sd(x, w), np.full(len(cuts), np.nan)]),
        r2=1.0 - fit.loglik / null,
        confidence=confidence,
        standardise=standardise,
        errors=errors,
        names=[*sample.matrix.names[1:], *cuts],
        levels={outcome: levels},
        loglik=fit.loglik,
    )


def _binary_outcome(sample: Sample) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    y, levels = ordered_outcome(sample.y)
    if len(levels) != 2:
        raise AnalysisError(
            "{outcome} needs exactly two values; there are {count}.",
            outcome=str(sample.y.name),
            count=len(levels),
        )
    return y, levels


def _several_levels(sample: Sample) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    outcome = str(sample.y.name)
    if is_categorical(sample.y) and not getattr(sample.y.dtype, "ordered", False):
        raise AnalysisError("The answers of {outcome} have no known order.", outcome=outcome)
    y, levels = ordered_outcome(sample.y)
    if len(levels) < 3:
        raise AnalysisError(
            "{outcome} needs at least three values; for two use a logistic regression.",
            outcome=outcome,
        )
    if len(levels) > 20:
        raise AnalysisError(
            "{outcome} has {count} different values; that is a measurement, not an order of answers.",
            outcome=outcome,
            count=len(levels),
        )
    return y, levels


def _effects(sample: Sample, params: Array, covariance: Array) -> tuple[Array, Array] | None:
    """Return average marginal effects; none with products, whose parts cannot move alone."""
    matrix = sample.matrix
    if matrix.products:
        return None
    dummies = {
        place: places
        for places in matrix.terms.values()
        for place in places
        if np.isin(matrix.x[:, place], (0.0, 1.0)).all()
    }
    return average_effects(matrix.x, sample.weights, params, covariance, dummies)


def likelihood_errors(sample: Sample, scores: Array, bread: Array, errors: str) -> Array:
    """Return the covariance of a likelihood's estimates, by linearisation or from its curvature.

    Raises
    ------
    AnalysisError
        Model-based errors with weights, clusters or strata; an unknown kind; degenerate clusters.
    """
    check_option(errors, ("linearised", "model"))
    design = sample.design
    if errors == "model":
        if design.weighted or design.clustered or design.stratified:
            raise AnalysisError(
                "Model-based errors hold only without weights, clusters and strata; use linearised "
                "ones."
            )
        return bread
    influence = scores @ bread
    covariance = linearised_covariance(influence, design, sample.rows)
    check_not_degenerate(sample, influence, covariance)
    return covariance


def _linear_errors(
    sample: Sample, influence: Array, weights: Array, residual: Array, errors: str
) -> tuple[Array, Array]:
    """Return the covariance asked for and each coefficient's degrees of freedom."""
    design, x = sample.design, sample.matrix.x
    df = np.full(x.shape[1], float(default_df(sample)))
    if errors == "linearised":
        return linearised_covariance(influence, design, sample.rows), df
    if errors not in ("cr2", "hc3"):
        raise AnalysisError("Errors are linearised, cr2 or hc3, not {errors}.", errors=errors)
    if design.stratified or design.fraction.any():
        raise AnalysisError(
            "{errors} errors know no strata and no finite population correction; use linearised "
            "ones.",
            errors=errors.upper(),
        )
    if (errors == "cr2") != design.clustered:
        raise AnalysisError("CR2 errors are for clusters and HC3 errors for samples without them.")
    if errors == "hc3":
        return hc3_covariance(x, weights, residual), df
    return cr2_covariance(x, weights, residual, sample.psu)
