"""Correlation matrices that can be inverted: what every method that needs one starts from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.correlation.matrix import CorrelationMatrix
from analysis.correlation.smoothing import nearest_definite, smoothing_note
from analysis.errors import AnalysisError, Note
from analysis.matrices import FloatArray, correlation_array

SINGULAR = 1e-8
"""A matrix whose smallest eigenvalue is below this cannot be inverted with any accuracy."""


def named_correlations(
    r: CorrelationMatrix | pd.DataFrame | FloatArray,
) -> tuple[FloatArray, tuple[str, ...], tuple[Note, ...]]:
    """Return a positive definite correlation matrix, the items' names, and what was done to it.

    Parameters
    ----------
    r
        Correlations of at least two items. A matrix with an eigenvalue below :data:`SINGULAR` is
        smoothed as by :func:`analysis.correlation.smooth`.

    Returns
    -------
    FloatArray
        Items by items.
    tuple of str
        Names of the items.
    tuple of Note
        The notes of ``r``, and one on the smoothing if there was any.

    Raises
    ------
    AnalysisError
        Not a correlation matrix, or fewer than two items.
    """
    given = r.notes if isinstance(r, CorrelationMatrix) else ()
    array, names = correlation_array(r.r if isinstance(r, CorrelationMatrix) else r)
    if len(names) < 2:
        raise AnalysisError("Factors need at least two items.")
    if np.linalg.eigvalsh(array)[0] >= SINGULAR:
        return array, names, given
    smoothed, lifted = nearest_definite(array)
    return smoothed, names, (*given, smoothing_note(array, smoothed, lifted))
