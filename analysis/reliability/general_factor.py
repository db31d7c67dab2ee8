"""Reliability from a factor model: omega of a scale, and how much of it is one general factor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.correlation import CorrelationMatrix, CorrelationMethod, correlate
from analysis.errors import AnalysisError, Note, note
from analysis.factor.extraction import ExtractionMethod
from analysis.factor.rotation import RotationMethod
from analysis.numeric import Array, Missing, moments, numeric_frame
from analysis.reliability.keyed_factors import (
    GeneralFactorModel,
    Reverse,
    general_factor_model,
    omega_coefficients,
    single_factor_model,
)
from analysis.reliability.keyed_items import check_level, check_reversed, keyed_items
from analysis.reliability.score_reliability import ordered_score_reliability
from analysis.resampling import bootstrap_counts, bootstrap_units, check_draws


@dataclass(frozen=True, slots=True)
class Omega:
    """McDonald's omega of the sum of standardised items.

    Attributes
    ----------
    omega_total
        Share of the score's variance that is due to all common factors.
    omega_hierarchical
        Share due to the general factor alone; equal to the total with one factor.
    omega_score
        With polychoric correlations and one factor: reliability of the sum of the answers
        themselves (Green and Yang 2009); NaN otherwise.
    alpha
        Alpha from the same correlations (ordinal alpha, if they are polychoric).
    loadings
        One row an item, after keying: ``general``, then one column a group factor (Schmid and
        Leiman 1957; none with one factor), ``communality`` (of the oblique factors) and ``key``.
    explained_common
        Share of the common variance that is the general factor's.
    ci_total, ci_hierarchical
        Percentile limits from the bootstrap; NaN without it.
    confidence
        Their level.
    n_factors, n, n_items
        Group factors, respondents (None if unknown), items.
    correlation, extraction, rotation
        What the model was fitted to, and how.
    n_boot, n_boot_failed, seed
        Bootstrap draws used, draws that could not be computed, and the seed.
    notes
        Items turned round, negative uniquenesses, and the like.
    """

    omega_total: float
    omega_hierarchical: float
    omega_score: float
    alpha: float
    loadings: pd.DataFrame
    explained_common: float
    ci_total: tuple[float, float]
    ci_hierarchical: tuple[float, float]
    confidence: float
    n_factors: int
    n: float | None
    n_items: int
    correlation: str
    extraction: str
    rotation: str
    n_boot: int
    n_boot_failed: int
    seed: int
    notes: tuple[Note, ...]


def omega(
    items: pd.DataFrame,
    n_factors: int = 1,
    reverse: Reverse = (),
    correlation: CorrelationMethod = "pearson",
    weights: str | ArrayLike | None = None,
    missing: Missing = "pairwise",
    *,
    extraction: ExtractionMethod = "minres",
    rotation: RotationMethod = "oblimin",
    clusters: str | ArrayLike | None = None,
    n_boot: int = 0,
    seed: int = 0,
    confidence: float = 0.95,
    tick: Callable[[float], None] | None = None,
) -> Omega:
    """Compute omega from a factor model of the items' correlations.

    With one factor this is McDonald's (1999) omega of a homogeneous scale; with three or more the
    oblique factors are split by Schmid and Leiman into a general factor and group factors. With
    polychoric correlations it is the reliability of the tendencies behind the answers, not of the
    score that is added up from them (Chalmers 2018): a note says so, and ``omega_score`` is about
    the score.

    Parameters
    ----------
    items
        One row a respondent, one column an item; at least three items.
    n_factors
        1, or 3 and more (with two the general factor is not determined: refused).
    reverse
        Items keyed the other way, or ``"auto"``: by the sign of their general loading.
    correlation
        ``"pearson"``, ``"spearman"`` or ``"polychoric"``.
    weights
        Sampling weights: an array or a column of ``items``.
    missing
        ``"pairwise"`` or ``"listwise"``.
    extraction, rotation
        As in :func:`analysis.factor.fit_factors`.
    clusters
        For the bootstrap: whole clusters are drawn instead of respondents. A column of ``items``
        then is not an item.
    n_boot, seed, confidence
        Bootstrap draws (0 for none), its seed, level of its limits.
    tick
        Called with the finished share of the bootstrap.

    Raises
    ------
    AnalysisError
        Two factors, too few items for the factors, and as in :mod:`analysis.factor`.

    References
    ----------
    McDonald, R. P. (1999). Test theory: a unified treatment. Erlbaum.
    Schmid, J., & Leiman, J. M. (1957). The development of hierarchical factor solutions.
    Psychometrika, 22, 53-61.
    Zinbarg, R. E., Revelle, W., Yovel, I., & Li, W. (2005). Cronbach's alpha, Revelle's beta, and
    McDonald's omega_H. Psychometrika, 70, 123-133.
    Chalmers, R. P. (2018). On misconceptions and the limited usefulness of ordinal alpha.
    Educational and Psychological Measurement, 78, 1056-1071.
    """
    check_draws(n_boot)
    check_level(confidence)
    units = bootstrap_units(items, clusters, n_boot)
    if isinstance(clusters, str):
        items = items.drop(columns=[clusters])
    frame, w, _ = keyed_items(items, weights, () if isinstance(reverse, str) else reverse)
    row_weight = None if weights is None else w
    matrix = correlate(frame, correlation, row_weight, missing)
    model = general_factor_model(matrix.r, n_factors, reverse, extraction, rotation)

    def drawn(some: pd.DataFrame, its_weights: Array) -> tuple[float, float]:
        if correlation == "pearson":
            its_r = _pearson(some, its_weights, missing)
        else:
            its_r = correlate(some, correlation, its_weights, missing).r
        if n_factors == 1:
            return omega_coefficients(single_factor_model(its_r, reverse, extraction))
        return omega_coefficients(
            general_factor_model(its_r, n_factors, reverse, extraction, rotation)
        )

    draws, failed = _bootstrap(frame, w, units, drawn, n_boot, seed, tick)
    return _result(
        model,
        n=matrix.n,
        score=_score_reliability(model, matrix),
        correlation=correlation,
        extraction=extraction,
        rotation=rotation,
        limits=_limits(draws, confidence),
        confidence=confidence,
        n_boot=len(draws),
        failed=failed,
        seed=seed,
        notes=(*matrix.notes, *model.notes, *_remarks(correlation, failed, n_boot)),
    )


def omega_from_correlation(
    r: pd.DataFrame,
    n_factors: int = 1,
    reverse: Reverse = (),
    n: float | None = None,
    *,
    extraction: ExtractionMethod = "minres",
    rotation: RotationMethod = "oblimin",
) -> Omega:
    """Compute omega from a correlation matrix; see :func:`omega`.

    Parameters
    ----------
    r
        Correlations of the items, shape (p, p), with the same names on both sides.
    n_factors, reverse, extraction, rotation
        As in :func:`omega`.
    n
        Respondents behind it, for the record.
    """
    frame = numeric_frame(r)
    frame.index = frame.columns
    if not isinstance(reverse, str):
        check_reversed(list(frame.columns), reverse)
    model = general_factor_model(frame, n_factors, reverse, extraction, rotation)
    return _result(
        model,
        n=n,
        correlation="given",
        extraction=extraction,
        rotation=rotation,
        limits=np.full((2, 2), np.nan),
        confidence=0.95,
        n_boot=0,
        failed=0,
        seed=0,
        notes=model.notes,
    )


def _limits(draws: Array, confidence: float) -> Array:
    """Return percentile limits of both omegas, shape (2, 2); NaN without draws."""
    if not len(draws):
        return np.full((2, 2), np.nan)
    tail = 50.0 * (1.0 - confidence)
    return np.asarray(np.percentile(draws, [tail, 100.0 - tail], axis=0))


def _remarks(correlation: str, failed: int, n_boot: int) -> list[Note]:
    remarks: list[Note] = []
    if correlation == "polychoric":
        remarks.append(
            note(
                "From polychoric correlations: the reliability of the tendencies behind the "
                "answers, not of the score."
            )
        )
    if failed:
        remarks.append(
            note(
                "{count} of {n} bootstrap draws could not be computed and were left out.",
                count=failed,
                n=n_boot,
            )
        )
    return remarks


def _score_reliability(model: GeneralFactorModel, matrix: CorrelationMatrix) -> float:
    if matrix.method != "polychoric" or model.group.shape[1]:
        return float("nan")
    return ordered_score_reliability(
        model.general * model.keys,
        model.keys,
        matrix.r.to_numpy(),
        [matrix.thresholds[name] for name in model.names],
        [matrix.categories[name] for name in model.names],
    )


def _pearson(frame: pd.DataFrame, w: Array, missing: Missing) -> pd.DataFrame:
    covariance = moments(frame.to_numpy(), w, missing).covariance
    with np.errstate(invalid="ignore", divide="ignore"):
        sd = np.sqrt(np.diag(covariance))
        r = covariance / np.outer(sd, sd)
    return pd.DataFrame(r, index=frame.columns, columns=frame.columns)


def _bootstrap(
    frame: pd.DataFrame,
    w: Array,
    units: NDArray[np.intp] | None,
    coefficients: Callable[[pd.DataFrame, Array], tuple[float, float]],
    n_boot: int,
    seed: int,
    tick: Callable[[float], None] | None,
) -> tuple[Array, int]:
    drawn: list[tuple[float, float]] = []
    failed = 0
    content = np.column_stack([frame.to_numpy(), w])
    for done, counts in enumerate(bootstrap_counts(content, units, n_boot, seed)):
        rows = np.flatnonzero(counts)
        try:
            drawn.append(coefficients(frame.iloc[rows], w[rows] * counts[rows]))
        except AnalysisError:
            # A draw without variation in some item tells nothing; it is counted and reported.
            failed += 1
        if tick is not None:
            tick((done + 1) / n_boot)
    if 2 * failed > n_boot:
        raise AnalysisError(
            "Most bootstrap draws lost the variation of some variable; there are too few clusters."
        )
    return np.array(drawn, dtype=np.float64).reshape(-1, 2), failed


def _result(
    model: GeneralFactorModel,
    *,
    n: float | None,
    score: float = float("nan"),
    correlation: str,
    extraction: str,
    rotation: str,
    limits: Array,
    confidence: float,
    n_boot: int,
    failed: int,
    seed: int,
    notes: tuple[Note, ...],
) -> Omega:
    total, hierarchical = omega_coefficients(model)
    k, p = model.group.shape[1], len(model.names)
    table = pd.DataFrame({"general": model.general}, index=pd.Index(model.names))
    for place in range(k):
        table[f"F{place + 1}"] = model.group[:, place]
    table["communality"], table["key"] = model.common, model.keys.astype(int)
    return Omega(
        omega_total=total,
        omega_hierarchical=hierarchical,
        omega_score=score,
        alpha=p / (p - 1) * (1.0 - p / float(model.r.sum())),
        loadings=table,
        explained_common=float((model.general**2).sum() / model.common.sum()),
        ci_total=(float(limits[0, 0]), float(limits[1, 0])),
        ci_hierarchical=(float(limits[0, 1]), float(limits[1, 1])),
        confidence=confidence,
        n_factors=max(k, 1),
        n=n,
        n_items=p,
        correlation=correlation,
        extraction=extraction,
        rotation=rotation if k else "none",
        n_boot=n_boot,
        n_boot_failed=failed,
        seed=seed,
        notes=notes,
    )
