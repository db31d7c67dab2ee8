"""The items of one scale as numbers, with their directions."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.errors import AnalysisError
from analysis.numeric import Array, numeric_frame, row_weights


def keyed_items(
    items: pd.DataFrame, weights: str | ArrayLike | None, reverse: Collection[str]
) -> tuple[pd.DataFrame, Array, Array]:
    """Return items as numbers (unchanged), row weights, and 1 or -1 for each item.

    Parameters
    ----------
    items
        One row a respondent, one column an item; at least two items.
    weights
        Array, or a column of ``items``, which then is not an item.
    reverse
        Items keyed the other way.

    Raises
    ------
    AnalysisError
        Fewer than two items, unknown items in ``reverse``, improper weights or answers.
    """
    w = row_weights(items, weights)
    if isinstance(weights, str):
        items = items.drop(columns=[weights])
    frame = numeric_frame(items)
    if frame.shape[1] < 2:
        raise AnalysisError("Reliability needs at least two items.")
    check_reversed(list(frame.columns), reverse)
    return frame, w, np.where(frame.columns.isin(list(reverse)), -1.0, 1.0)


def check_reversed(names: list[str], reverse: Collection[str]) -> None:
    """Refuse reversed items that are not among the items."""
    strange = sorted(set(reverse).difference(names))
    if strange:
        raise AnalysisError(
            "These reversed items are not among the items of the scale: {items}.", items=strange
        )


def check_level(confidence: float) -> None:
    """Refuse a confidence level that is not between 0 and 1."""
    if not 0.0 < confidence < 1.0:
        raise AnalysisError(
            "The confidence level lies between 0 and 1, not at {level}.", level=confidence
        )


def check_item_covariance(covariance: Array, names: list[str], n: int) -> None:
    """Refuse covariances from which no reliability follows.

    Raises
    ------
    AnalysisError
        Too few respondents, pairs of items that nobody answered together, constant items.
    """
    if n < 3:
        raise AnalysisError("Only {n} respondents answered these items; that is too few.", n=n)
    alone = np.flatnonzero(np.isnan(covariance).any(axis=1))
    if len(alone):
        raise AnalysisError(
            "Nobody or only one respondent answered both of some pairs of items; look at {items}.",
            items=[names[place] for place in alone.tolist()],
        )
    variance = np.diag(covariance)
    constant = np.flatnonzero(variance <= 1e-12 * max(float(variance.max()), 1e-300))
    if len(constant):
        raise AnalysisError(
            "Everybody gave the same answer to {items}; leave such items out.",
            items=[names[place] for place in constant.tolist()],
        )
