"""Exploratory factor analysis: extraction, rotation, fit, in one consistent order of factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pandas as pd

from analysis.correlation import CorrelationMatrix, CorrelationMethod, correlate
from analysis.correlation.positive_definite import named_correlations
from analysis.errors import AnalysisError, Note, note
from analysis.factor.extraction import Extraction, ExtractionMethod, extract
from analysis.factor.fit_indices import FitIndices, fit_indices
from analysis.factor.rotation import (
    Rotation,
    RotationMethod,
    RotationSettings,
    check_settings,
    rotate,
)
from analysis.matrices import FloatArray, Items, Weights, one_of
from analysis.threads import one_blas_thread

_LEAST_VARIANCE = 1e-6


@dataclass(frozen=True, slots=True)
class FactorSolution:
    """A rotated factor solution.

    Factors are named F1, F2, ... in descending order of the variance they explain, the signs such
    that each factor's loadings sum to a positive number; every table has this one order. A target
    rotation keeps the order and the signs of the target, a bifactor rotation the general factor
    first.

    Attributes
    ----------
    loadings
        Pattern loadings, items by factors.
    phi
        Correlations of the factors; the identity if they are orthogonal.
    structure
        Correlations of items with factors, ``loadings @ phi``.
    communalities
        Share of each item's variance the factors explain, ``diag(loadings phi loadings')``.
    uniquenesses
        One minus the communality.
    variance_explained
        One row a factor: ``ss_loadings``, ``proportion`` of the items' variance, ``cumulative``.
    complexity
        Hofmann's index of each item: on how many factors it loads; 1 is simple structure.
    chisq, dof, p
        Test of exact fit with Bartlett's correction; NaN without ``n``. For correlations other than
        Pearson's it is a description, not a test.
    rmsea
        Root mean square error of approximation.
    rmsea_ci
        Its 90 % interval.
    tli
        Tucker-Lewis index.
    bic
        Bayesian information criterion relative to the saturated model; smaller is better.
    rmsr
        Root mean square residual correlation.
    objective
        Maximum-likelihood discrepancy.
    eigenvalues
        Of the correlation matrix, descending.
    r
        The correlations that were factored.
    n
        Respondents used for fit, or None.
    correlation
        ``"polychoric"``, ``"pearson"``, ``"spearman"``, ``"mixed"`` or ``"given"``.
    extraction
        ``"minres"``, ``"ml"``, ``"pa"`` or ``"pc"``.
    rotation
        All settings of the rotation.
    missing
        ``"pairwise"``, ``"listwise"`` or ``"given"``.
    weighted
        Whether the correlations were weighted.
    converged
        Whether extraction and rotation converged.
    heywood
        Items whose uniqueness is at or below its lower bound.
    notes
        What was left out, smoothed, not reached, or improper.
    """

    loadings: pd.DataFrame
    phi: pd.DataFrame
    structure: pd.DataFrame
    communalities: pd.Series
    uniquenesses: pd.Series
    variance_explained: pd.DataFrame
    complexity: pd.Series
    chisq: float
    dof: int
    p: float
    rmsea: float
    rmsea_ci: tuple[float, float]
    tli: float
    bic: float
    rmsr: float
    objective: float
    eigenvalues: FloatArray
    r: pd.DataFrame
    n: float | None
    correlation: str
    extraction: str
    rotation: RotationSettings
    missing: str
    weighted: bool
    converged: bool
    heywood: tuple[str, ...]
    notes: tuple[Note, ...] = ()

    @property
    def n_factors(self) -> int:
        """Number of factors."""
        return self.loadings.shape[1]

    @property
    def residuals(self) -> pd.DataFrame:
        """Correlations left over, zero on the diagonal."""
        left = self.r - self.loadings @ self.phi @ self.loadings.T
        array = left.to_numpy(copy=True)
        np.fill_diagonal(array, 0.0)
        return pd.DataFrame(array, index=self.r.index, columns=self.r.columns)


def fit_factors(
    items: Items,
    n_factors: int,
    correlation: CorrelationMethod = "polychoric",
    extraction: ExtractionMethod = "minres",
    rotation: RotationMethod | RotationSettings = "oblimin",
    weights: Weights = None,
    missing: str = "pairwise",
    *,
    extraction_tolerance: float | None = None,
) -> FactorSolution:
    """Fit an exploratory factor model to answers.

    Parameters
    ----------
    items
        Respondents by items, a frame or an array; NA or NaN where missing.
    n_factors
        Number of factors.
    correlation
        ``"polychoric"``, ``"pearson"``, ``"spearman"`` or ``"mixed"``.
    extraction
        ``"minres"``, ``"ml"``, ``"pa"`` (iterated principal axes) or ``"pc"`` (components).
    rotation
        A method, or :class:`~analysis.factor.rotation.RotationSettings` for its options.
    weights
        Sampling weights: the name of a column of ``items`` or one number a respondent.
    missing
        ``"pairwise"`` or ``"listwise"``.
    extraction_tolerance
        For ``"pa"``: where to stop; see :func:`analysis.factor.extraction.extract`.

    Returns
    -------
    FactorSolution

    Raises
    ------
    AnalysisError
        Answers that cannot be correlated, more factors than the items can identify or the
        correlations hold, an unknown method or an option it does not have.

    References
    ----------
    Fabrigar, L. R., Wegener, D. T., MacCallum, R. C., & Strahan, E. J. (1999). Evaluating the use
    of exploratory factor analysis in psychological research. *Psychological Methods*, 4, 272-299.
    """
    check_settings(_settings(rotation))
    matrix = correlate(items, correlation, weights, missing)
    return fit_factors_from_correlation(
        matrix,
        n_factors,
        extraction=extraction,
        rotation=rotation,
        extraction_tolerance=extraction_tolerance,
    )


def fit_factors_from_correlation(
    r: CorrelationMatrix | pd.DataFrame | FloatArray,
    n_factors: int,
    n: float | None = None,
    extraction: ExtractionMethod = "minres",
    rotation: RotationMethod | RotationSettings = "oblimin",
    *,
    extraction_tolerance: float | None = None,
) -> FactorSolution:
    """Fit an exploratory factor model to a correlation matrix.

    Parameters
    ----------
    r
        Correlations, items by items. An indefinite matrix is smoothed, with a note.
    n_factors
        Number of factors.
    n
        Respondents, for the tests of fit; taken from a
        :class:`~analysis.correlation.CorrelationMatrix` if not given.
    extraction, rotation, extraction_tolerance
        As for :func:`fit_factors`.

    Returns
    -------
    FactorSolution

    Raises
    ------
    AnalysisError
        As :func:`fit_factors`.
    """
    settings = _settings(rotation)
    check_settings(settings)
    one_of(extraction, get_args(ExtractionMethod), option="extraction")
    if extraction_tolerance is not None and (extraction != "pa" or extraction_tolerance <= 0):
        raise AnalysisError(
            "A tolerance above 0 can be given for the extraction pa, and only for it."
        )
    with one_blas_thread():
        array, names, notes = named_correlations(r)
        _check_n_factors(n_factors, len(names), extraction)
        if n is None and isinstance(r, CorrelationMatrix):
            n = r.n
        extracted = extract(array, n_factors, extraction, tolerance=extraction_tolerance)
        _check_rank(extracted)
        rotated = rotate(extracted.loadings, settings, names)
        loadings, phi = _in_order(rotated, settings.method)
        fit = fit_indices(array, loadings, phi, n, is_model=extraction != "pc")
        eigenvalues = np.linalg.eigvalsh(array)[::-1]
    source = r if isinstance(r, CorrelationMatrix) else None
    remarks = _remarks(extracted, rotated, names, settings)
    if source is not None and np.isfinite(fit.chisq):
        remarks += _remarks_on_fit(source)
    return _solution(
        array,
        names,
        loadings,
        phi,
        fit,
        eigenvalues=eigenvalues,
        n=n,
        correlation=source.method if source else "given",
        extraction=extraction,
        rotation=settings,
        missing=source.missing if source else "given",
        weighted=source.weighted if source else False,
        converged=extracted.converged and rotated.converged,
        heywood=tuple(names[i] for i in extracted.at_bound),
        notes=(*notes, *remarks),
    )


def _settings(rotation: RotationMethod | RotationSettings) -> RotationSettings:
    return rotation if isinstance(rotation, RotationSettings) else RotationSettings(rotation)


def _check_n_factors(n_factors: int, p: int, extraction: str) -> None:
    if isinstance(n_factors, bool) or int(n_factors) != n_factors or n_factors < 1:
        raise AnalysisError(
            "The number of factors is a whole number from 1, not {value}.", value=n_factors
        )
    if extraction == "pc":
        most = p
    else:
        most = max((k for k in range(1, p) if (p - k) ** 2 - (p + k) >= 0), default=0)
    if n_factors > most:
        raise AnalysisError(
            "{items} items can identify at most {most} factors; {n} were asked for.",
            items=p,
            most=most,
            n=n_factors,
        )


def _check_rank(extracted: Extraction) -> None:
    """Refuse factors without any variance, which no rotation can give a meaning."""
    sizes = (extracted.loadings**2).sum(axis=0)
    real = int((sizes > _LEAST_VARIANCE).sum())
    if real < len(sizes):
        raise AnalysisError(
            "Only {real} of the {n} factors asked for explain anything; ask for fewer.",
            real=real,
            n=len(sizes),
        )


def _in_order(rotated: Rotation, method: str) -> tuple[FloatArray, FloatArray]:
    """Sort factors by the variance they explain, each with a positive sum of loadings.

    A target says itself which factor is which and what is positive; a bifactor rotation says which
    one is general.
    """
    loadings, phi = rotated.loadings, rotated.phi
    if method == "target":
        return loadings, phi
    if method != "bifactor":
        explained = np.diag(phi @ loadings.T @ loadings)
        order = np.argsort(-explained, kind="stable")
        loadings, phi = loadings[:, order], phi[np.ix_(order, order)]
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return loadings * sign, phi * np.outer(sign, sign)


def _remarks(
    extracted: Extraction, rotated: Rotation, names: tuple[str, ...], settings: RotationSettings
) -> list[Note]:
    remarks = []
    if extracted.at_bound:
        remarks.append(
            note(
                "The factors explain all or more than all of the variance of {items} (a Heywood "
                "case): too many factors, or items that nearly repeat each other.",
                items=[names[i] for i in extracted.at_bound],
            )
        )
    if not extracted.converged:
        remarks.append(note("The extraction did not converge; do not rely on these loadings."))
    if not rotated.converged:
        remarks.append(note("The rotation {rotation} did not converge.", rotation=settings.method))
    if rotated.n_minima > 1:
        remarks.append(
            note(
                "The rotation {rotation} has {n} different minima from {starts} starts; the lowest "
                "is shown.",
                rotation=settings.method,
                n=rotated.n_minima,
                starts=settings.n_starts,
            )
        )
    return remarks


def _remarks_on_fit(source: CorrelationMatrix) -> list[Note]:
    remarks = []
    if source.method != "pearson":
        remarks.append(
            note(
                "The chi-square and the indices made from it take the correlations for Pearson's; "
                "read them as a description."
            )
        )
    if source.weighted:
        remarks.append(
            note(
                "The chi-square and the indices made from it take the respondents for a simple "
                "random sample, whatever their weights."
            )
        )
    return remarks


def _solution(
    r: FloatArray,
    names: tuple[str, ...],
    loadings: FloatArray,
    phi: FloatArray,
    fit: FitIndices,
    **settings: Any,
) -> FactorSolution:
    """Label the numbers."""
    factors = [f"F{j + 1}" for j in range(loadings.shape[1])]
    index = list(names)
    explained = np.diag(phi @ loadings.T @ loadings)
    share = explained / len(names)
    communalities = np.einsum("if,fg,ig->i", loadings, phi, loadings)
    squares = loadings**2
    with np.errstate(invalid="ignore"):
        complexity = squares.sum(axis=1) ** 2 / (squares**2).sum(axis=1)
    return FactorSolution(
        loadings=pd.DataFrame(loadings, index=index, columns=factors),
        phi=pd.DataFrame(phi, index=factors, columns=factors),
        structure=pd.DataFrame(loadings @ phi, index=index, columns=factors),
        communalities=pd.Series(communalities, index=index, name="communality"),
        uniquenesses=pd.Series(1.0 - communalities, index=index, name="uniqueness"),
        variance_explained=pd.DataFrame(
            {"ss_loadings": explained, "proportion": share, "cumulative": np.cumsum(share)},
            index=factors,
        ),
        complexity=pd.Series(complexity, index=index, name="complexity"),
        chisq=fit.chisq,
        dof=fit.dof,
        p=fit.p,
        rmsea=fit.rmsea,
        rmsea_ci=fit.rmsea_ci,
        tli=fit.tli,
        bic=fit.bic,
        rmsr=fit.rmsr,
        objective=fit.objective,
        r=pd.DataFrame(r, index=index, columns=index),
        **settings,
    )
