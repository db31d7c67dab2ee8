"""Whether items share enough variance to look for factors: KMO and Bartlett's test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2

from analysis.correlation.matrix import CorrelationMatrix
from analysis.correlation.positive_definite import named_correlations
from analysis.errors import AnalysisError, Note
from analysis.matrices import FloatArray


@dataclass(frozen=True, slots=True)
class SamplingAdequacy:
    """KMO and Bartlett's test of sphericity.

    Attributes
    ----------
    kmo
        Overall measure of sampling adequacy, 0 to 1. Kaiser (1974) calls .9 marvellous, .8
        meritorious, .7 middling, .6 mediocre, .5 miserable and less unacceptable.
    kmo_items
        The same for each item.
    chisq
        Bartlett's statistic: whether all correlations are zero.
    dof
        Its degrees of freedom.
    p
        Its probability.
    n
        Respondents it was computed with.
    notes
        Smoothing of an indefinite matrix.
    """

    kmo: float
    kmo_items: pd.Series
    chisq: float
    dof: int
    p: float
    n: float
    notes: tuple[Note, ...] = ()


def sampling_adequacy(
    r: CorrelationMatrix | pd.DataFrame | FloatArray, n: float | None = None
) -> SamplingAdequacy:
    """Measure whether a correlation matrix is worth factoring.

    Parameters
    ----------
    r
        Correlations, items by items (not the answers themselves). An indefinite matrix is
        smoothed, with a note.
    n
        Respondents; taken from a :class:`~analysis.correlation.CorrelationMatrix` if not given.

    Returns
    -------
    SamplingAdequacy

    Raises
    ------
    AnalysisError
        Not a correlation matrix, fewer than two items, or no number of respondents.

    References
    ----------
    Kaiser, H. F., & Rice, J. (1974). Little Jiffy, Mark IV. *Educational and Psychological
    Measurement*, 34, 111-117.

    Bartlett, M. S. (1951). The effect of standardization on a chi-square approximation in factor
    analysis. *Biometrika*, 38, 337-344.
    """
    array, names, notes = named_correlations(r)
    if n is None and isinstance(r, CorrelationMatrix):
        n = r.n
    p = len(names)
    if n is None or not np.isfinite(n) or n <= p:
        raise AnalysisError(
            "Bartlett's test needs more respondents than items; there are {n} for {p} items.",
            n="?" if n is None else f"{n:.0f}",
            p=p,
        )
    partial = _anti_image(array)
    squares = array**2 - np.eye(p)
    partial_squares = partial**2
    np.fill_diagonal(partial_squares, 0.0)
    by_item = squares.sum(axis=0), partial_squares.sum(axis=0)
    with np.errstate(invalid="ignore"):
        items = by_item[0] / (by_item[0] + by_item[1])
        overall = by_item[0].sum() / (by_item[0].sum() + by_item[1].sum())
    dof = p * (p - 1) // 2
    _, log_determinant = np.linalg.slogdet(array)
    statistic = max(0.0, -(n - 1 - (2 * p + 5) / 6) * float(log_determinant))
    return SamplingAdequacy(
        kmo=float(overall),
        kmo_items=pd.Series(items, index=list(names), name="kmo"),
        chisq=statistic,
        dof=dof,
        p=float(chi2.sf(statistic, dof)),
        n=float(n),
        notes=notes,
    )


def _anti_image(r: FloatArray) -> FloatArray:
    """Partial correlations of each pair given all other items, up to sign."""
    inverse = np.linalg.inv(r)
    scale = np.sqrt(np.diag(inverse))
    return np.asarray(inverse / np.outer(scale, scale))
