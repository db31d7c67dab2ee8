"""Does a predictor move every step of an ordered answer alike, as an ordinal regression assumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.design import linearised_covariance
from analysis.errors import AnalysisError, Note
from analysis.numeric import Array
from analysis.regression.logistic import fit_binary
from analysis.regression.results import wald_test
from analysis.regression.sample import (
    Sample,
    default_df,
    ordered_outcome,
    regression_sample,
)


@dataclass(frozen=True, slots=True)
class ProportionalOdds:
    """Test of the proportional-odds assumption, predictor by predictor.

    Attributes
    ----------
    outcome
        Outcome variable.
    slopes
        One row a column of the regression, one column a cut ``low|high``: log odds of an answer
        above the cut.
    table
        One row a predictor: ``f``, ``df1``, ``df2``, ``pvalue``; NaN where the design has too few
        degrees of freedom for the test.
    n, n_missing
        Rows used and left out.
    notes
        What was left out.
    """

    outcome: str
    slopes: pd.DataFrame
    table: pd.DataFrame
    n: int
    n_missing: int
    notes: tuple[Note, ...]


def proportional_odds(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    *,
    weights: str | ArrayLike | None = None,
    clusters: str | ArrayLike | None = None,
    strata: str | ArrayLike | None = None,
    fpc: str | ArrayLike | None = None,
) -> ProportionalOdds:
    """Compare the slopes of separate logistic regressions at every cut of an ordered answer.

    Brant's (1990) test, with the joint covariance of the cuts' slopes from their influences, so
    that it holds for weighted and clustered samples.

    Parameters
    ----------
    frame, outcome, predictors, weights, clusters, strata, fpc
        As in :func:`analysis.regression.fit_ordinal`.

    Raises
    ------
    AnalysisError
        Fewer than three answers, a cut that the predictors separate without error, and as in
        :func:`analysis.regression.fit_linear`.

    References
    ----------
    Brant, R. (1990). Assessing proportionality in the proportional odds model for ordinal logistic
    regression. Biometrics, 46, 1171-1178.
    """
    sample = regression_sample(
        frame, outcome, predictors, weights=weights, clusters=clusters, strata=strata, fpc=fpc
    )
    level, names = ordered_outcome(sample.y)
    if len(names) < 3:
        raise AnalysisError(
            "{outcome} needs at least three values; for two use a logistic regression.",
            outcome=outcome,
        )
    x, cuts = sample.matrix.x, len(names) - 1
    fits = [
        fit_binary(x, (level > cut).astype(np.float64), sample.weights, firth=False)
        for cut in range(cuts)
    ]
    influence = np.hstack([fit.scores @ fit.bread for fit in fits])
    covariance = linearised_covariance(influence, sample.design, sample.rows)
    slopes = np.column_stack([fit.params for fit in fits])
    labels = [f"{low}|{high}" for low, high in pairwise(names)]
    rows = {
        term: _compare(sample, slopes, covariance, places)
        for term, places in sample.matrix.terms.items()
    }
    return ProportionalOdds(
        outcome=outcome,
        slopes=pd.DataFrame(
            slopes[1:], index=pd.Index(sample.matrix.names[1:]), columns=pd.Index(labels)
        ),
        table=pd.DataFrame.from_dict(rows, orient="index", columns=["f", "df1", "df2", "pvalue"]),
        n=len(level),
        n_missing=sample.n_missing,
        notes=sample.notes,
    )


def _compare(
    sample: Sample, slopes: Array, covariance: Array, places: Sequence[int]
) -> tuple[float, int, float, float]:
    """Test one predictor's slopes at the later cuts against those at the first."""
    p, cuts = slopes.shape
    q = len(places) * (cuts - 1)
    df = float(default_df(sample))
    if q > df:
        return float("nan"), q, float("nan"), float("nan")
    contrast = np.zeros((q, p * cuts))
    row = 0
    for cut in range(1, cuts):
        for place in places:
            contrast[row, cut * p + place], contrast[row, place] = 1.0, -1.0
            row += 1
    values = contrast @ slopes.T.ravel()
    spread = contrast @ covariance @ contrast.T
    f, df2, pvalue = wald_test(values, spread, df, clustered=sample.design.clustered)
    return f, q, df2, pvalue
