"""What a regression hands back: coefficients with errors, inflation, and joint tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.design import design_notes
from analysis.errors import AnalysisError, Note, note
from analysis.numeric import Array
from analysis.regression.sample import Sample
from analysis.regression.terms import ModelMatrix, weighted_mean, weighted_sd


@dataclass(frozen=True, slots=True)
class RegressionFit:
    """A fitted regression; every series has one entry a coefficient.

    Attributes
    ----------
    family
        ``"linear"``, ``"logistic"`` or ``"ordinal"``.
    outcome
        Outcome variable.
    params, bse, tvalues, pvalues
        Coefficients, standard errors, ratios and two-sided p-values (t with ``t_df``).
    conf_int
        Columns ``low`` and ``high``.
    t_df
        Degrees of freedom of each coefficient's t.
    covariance
        Covariance of the coefficients.
    standardised
        Coefficient times the predictor's standard deviation, divided by the outcome's (linear) or
        not (logistic, ordinal); NaN for intercepts and thresholds.
    vif
        One entry a predictor (not a column): variance inflation, for several columns the
        generalised one raised to 1 / columns (Fox and Monette 1992), so that all compare.
    r2
        Share of the outcome's variance explained, weighted; for other families McFadden's.
    n, n_missing
        Rows used, and rows left out because something was missing.
    n_clusters, n_strata, df
        Of the rows used: primary units (None without clusters), strata (None without), and degrees
        of freedom of the design, primary units less strata.
    terms
        Predictor to the names of its coefficients.
    levels
        Categorical predictor (and outcome) to its levels, the reference first.
    errors
        ``"linearised"``, ``"cr2"``, ``"hc3"`` or ``"model"``.
    confidence
        Level of the intervals.
    weighted, standardise
        What was asked for.
    notes
        What was left out, few clusters, high inflation.
    effects
        Logistic: average marginal effects on the probability, with columns ``effect``, ``se``,
        ``low``, ``high``, ``pvalue``; None for other families.
    loglik
        Log-likelihood (weighted); NaN for linear regressions.
    """

    family: str
    outcome: str
    params: pd.Series
    bse: pd.Series
    tvalues: pd.Series
    pvalues: pd.Series
    conf_int: pd.DataFrame
    t_df: pd.Series
    covariance: pd.DataFrame
    standardised: pd.Series
    vif: pd.Series
    r2: float
    n: int
    n_missing: int
    n_clusters: int | None
    n_strata: int | None
    df: int
    terms: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, tuple[str, ...]]
    errors: str
    confidence: float
    weighted: bool
    standardise: bool
    notes: tuple[Note, ...]
    effects: pd.DataFrame | None = None
    loglik: float = float("nan")


@dataclass(frozen=True, slots=True)
class JointTest:
    """A Wald test that several coefficients are zero.

    Attributes
    ----------
    terms
        Predictors tested.
    f, df1, df2, pvalue
        F statistic, restrictions, and remaining degrees of freedom.
    """

    terms: tuple[str, ...]
    f: float
    df1: int
    df2: float
    pvalue: float


def joint_test(fit: RegressionFit, terms: Sequence[str]) -> JointTest:
    """Test that all coefficients of some predictors are zero.

    With clusters the F is the one of Korn and Graubard (1990), W (d - q + 1) / (d q) on q and
    d - q + 1 degrees of freedom, d those of the design; without, W / q on q and d.

    Parameters
    ----------
    fit
        A fitted regression.
    terms
        Predictors, by the names they were given in.

    Raises
    ------
    AnalysisError
        An unknown predictor, or more coefficients than the design has degrees of freedom.

    References
    ----------
    Korn, E. L., & Graubard, B. I. (1990). Simultaneous testing of regression coefficients with
    complex survey data. The American Statistician, 44, 270-276.
    """
    unknown = [name for name in terms if name not in fit.terms]
    if unknown or not terms:
        raise AnalysisError(
            "There is no predictor {unknown} in this regression.", unknown=unknown or "-"
        )
    names = [name for term in terms for name in fit.terms[term]]
    q, d = len(names), float(fit.t_df.loc[names].min())
    if q > d:
        raise AnalysisError(
            "{terms} take {q} coefficients but the design has only {df:g} degrees of freedom; "
            "they cannot be tested together.",
            terms=list(terms),
            q=q,
            df=d,
        )
    f, df2, pvalue = wald_test(
        fit.params.loc[names].to_numpy(),
        fit.covariance.loc[names, names].to_numpy(),
        d,
        clustered=fit.n_clusters is not None,
    )
    return JointTest(tuple(terms), f, q, df2, pvalue)


def wald_test(
    values: Array, covariance: Array, df: float, *, clustered: bool
) -> tuple[float, float, float]:
    """Test that all values are zero; return F, its second degrees of freedom, and p.

    Parameters
    ----------
    values, covariance
        Estimates and their covariance, shapes (q,) and (q, q), q no larger than ``df``.
    df
        Degrees of freedom of the design.
    clustered
        Take Korn and Graubard's (1990) F instead of the plain one; see :func:`joint_test`.

    Raises
    ------
    AnalysisError
        The covariance is singular.
    """
    q = len(values)
    sd = np.sqrt(np.diag(covariance))
    if not (sd > 0).all() or np.linalg.cond(covariance / np.outer(sd, sd)) > 1e12:
        raise AnalysisError(
            "These coefficients cannot be tested together: the clusters do not tell their errors "
            "apart."
        )
    wald = float(values @ np.linalg.solve(covariance, values))
    df2 = df - q + 1 if clustered else df
    f = wald * df2 / (df * q)
    return f, df2, float(stats.f.sf(f, q, df2))


def check_confidence(confidence: float) -> None:
    """Refuse a level that is not between 0 and 1."""
    if not 0.0 < confidence < 1.0:
        raise AnalysisError(
            "The confidence level lies between 0 and 1, not at {level}.", level=confidence
        )


def assemble(
    sample: Sample,
    *,
    family: str,
    outcome: str,
    params: Array,
    covariance: Array,
    t_df: Array,
    standardised: Array,
    r2: float,
    confidence: float,
    standardise: bool = False,
    errors: str = "linearised",
    names: Sequence[str] | None = None,
    levels: Mapping[str, tuple[str, ...]] | None = None,
    effects: tuple[Array, Array] | None = None,
    loglik: float = float("nan"),
    notes: Sequence[Note] = (),
) -> RegressionFit:
    """Label what was computed and derive t, p and intervals."""
    labels = pd.Index(list(names or sample.matrix.names))
    bse = np.sqrt(np.diag(covariance))
    t = params / bse
    half = stats.t.ppf(0.5 + confidence / 2.0, t_df) * bse
    vif = variance_inflation(sample.matrix, sample.weights)
    design, df = sample.design, sample.df
    return RegressionFit(
        family=family,
        outcome=outcome,
        params=pd.Series(params, labels),
        bse=pd.Series(bse, labels),
        tvalues=pd.Series(t, labels),
        pvalues=pd.Series(2.0 * stats.t.sf(np.abs(t), t_df), labels),
        conf_int=pd.DataFrame({"low": params - half, "high": params + half}, index=labels),
        t_df=pd.Series(t_df, labels),
        covariance=pd.DataFrame(covariance, index=labels, columns=labels),
        standardised=pd.Series(standardised, labels),
        vif=vif,
        r2=r2,
        n=int(sample.rows.sum()),
        n_missing=sample.n_missing,
        n_clusters=len(np.unique(sample.psu)) if design.clustered else None,
        n_strata=len(np.unique(design.stratum[sample.rows])) if design.stratified else None,
        df=df,
        terms={
            term: tuple(sample.matrix.names[place] for place in places)
            for term, places in sample.matrix.terms.items()
        },
        levels={**sample.matrix.levels, **(levels or {})},
        errors=errors,
        confidence=confidence,
        weighted=design.weighted,
        standardise=standardise,
        notes=(*sample.notes, *notes, *_fit_notes(sample, vif, df)),
        effects=None if effects is None else _effect_table(sample, effects, t_df, confidence),
        loglik=loglik,
    )


def _effect_table(
    sample: Sample, effects: tuple[Array, Array], t_df: Array, confidence: float
) -> pd.DataFrame:
    effect, se = effects[0][1:], effects[1][1:]
    half = stats.t.ppf(0.5 + confidence / 2.0, t_df[1:]) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        pvalue = 2.0 * stats.t.sf(np.abs(effect / se), t_df[1:])
    columns = {"effect": effect, "se": se, "low": effect - half, "high": effect + half}
    return pd.DataFrame({**columns, "pvalue": pvalue}, index=pd.Index(sample.matrix.names[1:]))


def variance_inflation(matrix: ModelMatrix, weights: Array) -> pd.Series:
    """Return the variance inflation of each predictor, comparable between one and many columns.

    For a predictor with m columns, [det R_own det R_others / det R]^(1/m), which for one column is
    1 / (1 - R^2).

    References
    ----------
    Fox, J., & Monette, G. (1992). Generalized collinearity diagnostics. Journal of the American
    Statistical Association, 87, 178-183.
    """
    columns = [place for places in matrix.terms.values() for place in places]
    x = matrix.x[:, columns]
    centred = (x - weighted_mean(x, weights)) / weighted_sd(x, weights)
    r = (centred * weights[:, None]).T @ centred / weights.sum()
    where = {place: at for at, place in enumerate(columns)}
    everything = np.linalg.slogdet(r)[1]
    inflation = {}
    for term, places in matrix.terms.items():
        own = [where[place] for place in places]
        rest = [at for at in range(len(columns)) if at not in own]
        log = np.linalg.slogdet(r[np.ix_(own, own)])[1] - everything
        log += np.linalg.slogdet(r[np.ix_(rest, rest)])[1] if rest else 0.0
        inflation[term] = float(np.exp(log / len(own)))
    return pd.Series(inflation)


def _fit_notes(sample: Sample, vif: pd.Series, df: int) -> list[Note]:
    notes = design_notes(sample.design, df)
    p = sample.matrix.x.shape[1]
    if sample.design.clustered and p - 1 > df:
        notes.append(
            note(
                "{p} coefficients but only {df} degrees of freedom in the design: they cannot be "
                "tested all together.",
                p=p,
                df=df,
            )
        )
    high = [str(name) for name in vif.index[vif > 5]]
    if high:
        notes.append(
            note(
                "{predictors} overlap strongly with the other predictors (VIF above 5).",
                predictors=high,
            )
        )
    return notes
