"""Scale scores: the mean of a scale's items after reversing, and its 0-100 index.

Scores belong to persons: they stay in memory and are never part of a result that is saved, printed
or exported.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.errors import AnalysisError
from analysis.numeric import Array, numeric_frame

TWO_THIRDS = (2, 3)
"""Share of a scale's items, as a fraction of integers, that must have been answered."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What makes a score out of items: which, which of them reversed, and the range of answers.

    Attributes
    ----------
    name
        Name of the construct; the column of the score.
    items
        Its items. All must have the same range of answers: a mean over different response formats
        has no unit, and there is no option that would pretend otherwise.
    reversed_items
        Those of them that are keyed the other way.
    minimum, maximum
        Lowest and highest answer that can be given.
    """

    name: str
    items: tuple[str, ...]
    reversed_items: frozenset[str] = frozenset()
    minimum: float = 1.0
    maximum: float = 5.0

    def __post_init__(self) -> None:
        """Refuse a scale that cannot be scored."""
        object.__setattr__(self, "items", tuple(self.items))
        object.__setattr__(self, "reversed_items", frozenset(self.reversed_items))
        if not self.items or len(set(self.items)) < len(self.items):
            raise AnalysisError("The scale {scale} needs items, each named once.", scale=self.name)
        _check_range(self.minimum, self.maximum)
        _check_reversed(self.items, self.reversed_items)


@overload
def reverse(values: pd.DataFrame, minimum: float, maximum: float) -> pd.DataFrame: ...
@overload
def reverse(values: pd.Series, minimum: float, maximum: float) -> pd.Series: ...
@overload
def reverse(values: ArrayLike, minimum: float, maximum: float) -> Array: ...
def reverse(
    values: pd.DataFrame | pd.Series | ArrayLike, minimum: float, maximum: float
) -> pd.DataFrame | pd.Series | Array:
    """Turn answers round: minimum + maximum - value.

    Parameters
    ----------
    values
        Answers of any shape; missing ones stay missing.
    minimum, maximum
        Lowest and highest answer that can be given.

    Raises
    ------
    AnalysisError
        An answer lies outside the range (a missing code that was taken for an answer, say).
    """
    _check_range(minimum, maximum)
    if isinstance(values, pd.DataFrame | pd.Series):
        frame = values.to_frame("values") if isinstance(values, pd.Series) else values
        _check_inside(numeric_frame(frame), minimum, maximum)
        return minimum + maximum - values
    array = np.asarray(values, dtype=np.float64)
    _check_inside(pd.DataFrame({"values": array.ravel()}), minimum, maximum)
    return minimum + maximum - array


def score_scale(
    items: pd.DataFrame,
    reversed_items: Collection[str],
    minimum: float,
    maximum: float,
    min_valid: tuple[int, int] = TWO_THIRDS,
) -> pd.Series:
    """Return the mean of the items after reversing, for those who answered enough of them.

    Parameters
    ----------
    items
        One row a respondent, one column an item of the scale, all with the same range.
    reversed_items
        Items keyed the other way.
    minimum, maximum
        Lowest and highest answer that can be given.
    min_valid
        Numerator a and denominator b of the share of items that must have been answered: a score
        needs ``b * n_valid >= a * n_items``. The default (2, 3) asks for two of three, three of
        four, four of five items.

    Returns
    -------
    pandas.Series
        Scores in the unit of the answers, NaN where too few were given; index as ``items``.

    Raises
    ------
    AnalysisError
        An answer outside the range, a reversed item that is not among the items, or an impossible
        ``min_valid``.
    """
    _check_range(minimum, maximum)
    least, of = min_valid
    if not 0 < least <= of:
        raise AnalysisError(
            "The share of items that must be answered is a fraction between 0 and 1, not {a}/{b}.",
            a=least,
            b=of,
        )
    frame = numeric_frame(items)
    _check_reversed(tuple(frame.columns), frozenset(reversed_items))
    _check_inside(frame, minimum, maximum)
    values = frame.to_numpy(copy=True)
    turned = [place for place, name in enumerate(frame.columns) if name in reversed_items]
    values[:, turned] = minimum + maximum - values[:, turned]
    valid = (~np.isnan(values)).sum(axis=1)
    enough = (of * valid >= least * values.shape[1]) & (valid > 0)
    score = np.full(len(values), np.nan)
    score[enough] = np.nansum(values[enough], axis=1) / valid[enough]
    return pd.Series(score, index=frame.index)


def index_0_100(score: pd.Series, minimum: float, maximum: float) -> pd.Series:
    """Return a score as 100 (score - minimum) / (maximum - minimum).

    Parameters
    ----------
    score
        Scores in the unit of the answers; missing ones stay missing.
    minimum, maximum
        Lowest and highest answer that can be given.

    Raises
    ------
    AnalysisError
        A score outside the range.
    """
    _check_range(minimum, maximum)
    values = numeric_frame(score.to_frame("score"))
    _check_inside(values, minimum, maximum)
    return pd.Series(
        100.0 * (values["score"].to_numpy() - minimum) / (maximum - minimum),
        index=score.index,
        name=score.name,
    )


def score_scales(
    frame: pd.DataFrame, scales: Sequence[Scale], min_valid: tuple[int, int] = TWO_THIRDS
) -> pd.DataFrame:
    """Return the score of every scale, one column each, in the unit of its answers.

    Parameters
    ----------
    frame
        One row a respondent, with a column for every item of every scale.
    scales
        The scales, with different names.
    min_valid
        As in :func:`score_scale`.

    Raises
    ------
    AnalysisError
        An item is absent, two scales share a name, or as in :func:`score_scale`.
    """
    names = [scale.name for scale in scales]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AnalysisError("Several scales are called {scales}.", scales=twice)
    scored = {
        scale.name: score_scale(
            numeric_frame(frame, scale.items),
            scale.reversed_items,
            scale.minimum,
            scale.maximum,
            min_valid,
        )
        for scale in scales
    }
    return pd.DataFrame(scored, index=frame.index, columns=pd.Index(names))


def _check_range(minimum: float, maximum: float) -> None:
    if not minimum < maximum:
        raise AnalysisError(
            "The lowest answer ({minimum}) must be below the highest ({maximum}).",
            minimum=minimum,
            maximum=maximum,
        )


def _check_reversed(items: tuple[str, ...], reversed_items: frozenset[str]) -> None:
    strange = sorted(reversed_items.difference(items))
    if strange:
        raise AnalysisError(
            "These reversed items are not among the items of the scale: {items}.", items=strange
        )


def _check_inside(frame: pd.DataFrame, minimum: float, maximum: float) -> None:
    values = frame.to_numpy()
    outside = np.flatnonzero(np.any((values < minimum) | (values > maximum), axis=0))
    if len(outside):
        items = [str(name) for name in frame.columns[outside]]
        raise AnalysisError(
            "Answers outside {minimum} to {maximum} at {items}: mark missing codes as missing "
            "before scoring.",
            minimum=minimum,
            maximum=maximum,
            items=items,
        )
