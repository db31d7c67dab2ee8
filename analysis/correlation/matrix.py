"""The correlation matrix as a result: numbers with what is needed to use and to cite them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.correlation.smoothing import SMALLEST_EIGENVALUE, nearest_definite, smoothing_note
from analysis.errors import AnalysisError, Note
from analysis.matrices import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class CorrelationMatrix:
    """Correlations of items with what is needed to use and to cite them.

    Attributes
    ----------
    r
        Items by items.
    n
        Respondents for tests of fit: the harmonic mean of the pairwise numbers; the number of
        respondents itself when nothing is missing.
    n_pairs
        Items by items: respondents who answered both (on the diagonal, who answered the item).
        Counts of people, not sums of weights.
    n_rows
        Respondents with at least one answer (pairwise) or all answers (listwise).
    method
        ``"pearson"``, ``"spearman"``, ``"polychoric"`` or ``"mixed"``.
    missing
        ``"pairwise"`` or ``"listwise"``.
    weighted
        Whether sampling weights were used.
    thresholds
        For ordered items, by name: where their normal variables are cut. Empty otherwise.
    categories
        For ordered items, by name: the answers used, ascending; one more than thresholds.
    smoothed
        Whether the matrix was made positive definite by :func:`smooth`.
    notes
        Respondents left out, duplicates, smoothing.
    """

    r: pd.DataFrame
    n: float
    n_pairs: pd.DataFrame
    n_rows: int
    method: str
    missing: str
    weighted: bool
    thresholds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    categories: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    smoothed: bool = False
    notes: tuple[Note, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """Names of the items."""
        return tuple(self.r.columns)


def smooth(matrix: CorrelationMatrix, smallest: float = SMALLEST_EIGENVALUE) -> CorrelationMatrix:
    """Make an indefinite correlation matrix positive definite, and say so.

    Eigenvalues below ``smallest`` are lifted to it and the diagonal is scaled back to ones. A
    matrix whose eigenvalues are all positive and not below ``smallest`` is returned as it is.

    Parameters
    ----------
    matrix
        Any correlation matrix.
    smallest
        Smallest eigenvalue to leave, between 0 and 0.1.

    Returns
    -------
    CorrelationMatrix
        With a note that tells how many eigenvalues were lifted and the largest change.

    Raises
    ------
    AnalysisError
        If ``smallest`` is out of range.

    References
    ----------
    Wothke, W. (1993). Nonpositive definite matrices in structural modeling. In K. A. Bollen &
    J. S. Long (Eds.), *Testing structural equation models* (pp. 256-293). Sage.
    """
    if not 0 < smallest <= 0.1:
        raise AnalysisError(
            "The smallest eigenvalue to leave is between 0 and 0.1, not {value}.", value=smallest
        )
    old = matrix.r.to_numpy(dtype=float)
    new, lifted = nearest_definite(old, smallest)
    if not lifted:
        return matrix
    r = pd.DataFrame(new, index=matrix.r.index, columns=matrix.r.columns)
    remark = smoothing_note(old, new, lifted)
    return replace(matrix, r=r, smoothed=True, notes=(*matrix.notes, remark))


def harmonic_n(n_pairs: FloatArray) -> float:
    """Harmonic mean of the pairwise numbers of respondents."""
    off = n_pairs[np.tril_indices(len(n_pairs), -1)]
    return float(1.0 / np.mean(1.0 / off))


def labelled(array: FloatArray | IntArray, names: tuple[str, ...]) -> pd.DataFrame:
    """Name the rows and columns after the items."""
    return pd.DataFrame(array, index=list(names), columns=list(names))
