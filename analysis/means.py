"""Means of a sample with the error that its design gives them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from analysis.design import design_notes, design_rows, linearised_covariance, survey_design
from analysis.errors import AnalysisError, Note
from analysis.regression.results import check_confidence


@dataclass(frozen=True, slots=True)
class SurveyMean:
    """A mean and how sure it is.

    Attributes
    ----------
    mean, bse
        Weighted mean and its linearised standard error.
    ci
        Interval from t with ``df`` degrees of freedom.
    sd
        Weighted standard deviation of the values.
    n, n_missing
        Rows used, and rows left out because value, weight, cluster or stratum was missing.
    df
        Degrees of freedom of the design: primary units less strata.
    notes
        Few clusters, rows without a cluster.
    """

    mean: float
    bse: float
    ci: tuple[float, float]
    sd: float
    n: int
    n_missing: int
    df: int
    notes: tuple[Note, ...]


def survey_mean(
    frame: pd.DataFrame,
    variable: str,
    *,
    weights: str | ArrayLike | None = None,
    clusters: str | ArrayLike | None = None,
    strata: str | ArrayLike | None = None,
    fpc: str | ArrayLike | None = None,
    confidence: float = 0.95,
) -> SurveyMean:
    """Estimate a mean with its design-based interval, as R's ``svymean`` does.

    Parameters
    ----------
    frame
        One row a respondent.
    variable
        Numeric column; rows where it is missing stay part of the design (a domain).
    weights, clusters, strata, fpc
        Column or array, see :func:`analysis.design.survey_design`.
    confidence
        Level of the interval.

    Raises
    ------
    AnalysisError
        Fewer than two values, values that are not finite, and every fault of the design.

    References
    ----------
    Woodruff, R. S. (1971). A simple method for approximating the variance of a complicated
    estimate. Journal of the American Statistical Association, 66, 411-414.
    """
    check_confidence(confidence)
    inside = design_rows(frame, weights, clusters, strata, fpc)
    used = frame.loc[inside]

    def part(given: str | ArrayLike | None) -> str | ArrayLike | None:
        if given is None or isinstance(given, str):
            return given
        return np.asarray(given)[inside]

    design = survey_design(used, part(weights), part(clusters), part(strata), part(fpc))
    values = used[variable].to_numpy(dtype=float, na_value=np.nan)
    there = ~np.isnan(values)
    if there.sum() < 2 or np.isinf(values).any():
        raise AnalysisError(
            "“{variable}” needs at least two finite values for a mean with an interval.",
            variable=variable,
        )
    w = np.where(there, design.weights, 0.0)
    filled = np.where(there, values, 0.0)
    total = w.sum()
    mean = float(w @ filled / total)
    influence = (w * (filled - mean) / total)[:, None]
    bse = float(np.sqrt(linearised_covariance(influence, design)[0, 0]))
    df = design.df_of(there)
    if df < 1:
        raise AnalysisError(
            "“{variable}” was answered in too few sampling units for an interval.",
            variable=variable,
        )
    half = float(stats.t.ppf((1 + confidence) / 2, df)) * bse
    n = int(there.sum())
    spread = float(w @ (filled - mean) ** 2 / total * n / (n - 1))
    return SurveyMean(
        mean=mean,
        bse=bse,
        ci=(mean - half, mean + half),
        sd=float(np.sqrt(spread)),
        n=n,
        n_missing=len(frame) - n,
        df=df,
        notes=tuple(design_notes(design, df)),
    )
