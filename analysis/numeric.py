"""Frames of answers turned into numbers, and the first moments of what was answered.

The numerical modules work on floating-point arrays in which a missing answer is NaN. Whatever is
not a number is refused here, by name, before it can turn into a silent nonsense further on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.errors import AnalysisError, Note, note

Missing = Literal["pairwise", "listwise"]
Array = NDArray[np.float64]

_BLOCK = 4096
_LARGEST = 1e100  # squares of larger numbers overflow


@dataclass(frozen=True, slots=True)
class Moments:
    """Means and covariances of columns with missing answers.

    Attributes
    ----------
    mean
        Weighted mean of each column over its own answers, shape (p,).
    covariance
        Covariances, shape (p, p); a pair without two common answers is NaN.
    pair_n
        Rows behind each covariance, shape (p, p).
    n
        Rows with at least one answer used.
    """

    mean: Array
    covariance: Array
    pair_n: Array
    n: int


def numeric_frame(items: pd.DataFrame, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the columns as float64 with NaN where an answer is missing.

    Parameters
    ----------
    items
        One row a respondent, one column an item; missing answers are NA of any kind.
    columns
        Which columns, in which order; all of them if None.

    Raises
    ------
    AnalysisError
        A column is absent, twice there, not numeric, or infinite; or there is nothing at all.
    """
    names = [str(name) for name in items.columns]
    wanted = names if columns is None else list(columns)
    require_columns(items, wanted)
    twice = sorted({name for name in wanted if wanted.count(name) > 1 or names.count(name) > 1})
    if twice:
        raise AnalysisError("These columns are there more than once: {columns}.", columns=twice)
    if not wanted or not len(items):
        raise AnalysisError("There are no answers to work on.")
    picked = items.set_axis(names, axis="columns")
    values = np.empty((len(items), len(wanted)))
    for place, name in enumerate(wanted):
        values[:, place] = _numbers(picked[name], name)
    return pd.DataFrame(values, index=items.index, columns=pd.Index(wanted))


def require_columns(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse if the frame lacks any of the columns.

    Raises
    ------
    AnalysisError
        Naming every absent column.
    """
    there = {str(name) for name in frame.columns}
    absent = sorted({name for name in columns if name not in there})
    if absent:
        raise AnalysisError("The data have no column {columns}.", columns=absent)


def row_values(frame: pd.DataFrame, given: str | ArrayLike | None, what: Note) -> pd.Series | None:
    """Return a column of the frame or an array of its length as a series on the frame's index.

    Raises
    ------
    AnalysisError
        The column is absent or the array has another length; ``what`` names its role.
    """
    if given is None:
        return None
    if isinstance(given, str):
        require_columns(frame, [given])
        if list(frame.columns).count(given) > 1:
            raise AnalysisError("These columns are there more than once: {columns}.", columns=given)
        return frame[given]
    if isinstance(given, pd.Series) and not given.index.equals(frame.index):
        raise AnalysisError(
            "The {what} come with other row labels than the data; align them first.", what=what
        )
    values = given.array if isinstance(given, pd.Series) else np.asarray(given)
    if len(values) != len(frame):
        raise AnalysisError(
            "There are {given} {what} for {rows} rows.",
            given=len(values),
            what=what,
            rows=len(frame),
        )
    return pd.Series(values, index=frame.index)


def row_weights(frame: pd.DataFrame, weights: str | ArrayLike | None) -> Array:
    """Return a positive weight for every row; ones if there are none.

    Raises
    ------
    AnalysisError
        A weight is missing, infinite, zero or negative.
    """
    series = row_values(frame, weights, note("weights"))
    if series is None:
        return np.ones(len(frame))
    values = _numbers(series, weights if isinstance(weights, str) else note("weights"))
    bad = int((~np.isfinite(values) | (values <= 0)).sum())
    if bad:
        raise AnalysisError(
            "{count} of {rows} weights are missing, zero or negative; leave those rows out or "
            "correct the weights.",
            count=bad,
            rows=len(values),
        )
    return values


def moments(values: Array, weights: Array, missing: Missing) -> Moments:
    """Compute weighted means and covariances from all common answers or from complete rows.

    A pairwise covariance takes both means over the pair's own rows, as R's ``cov`` does. The
    divisor is W (n - 1) / n with W the sum of weights and n the rows of the pair, so that equal
    weights of any size give the ordinary n - 1.

    Parameters
    ----------
    values
        Shape (n, p), NaN where missing.
    weights
        Shape (n,), positive.
    missing
        ``"pairwise"`` or ``"listwise"``.
    """
    if missing not in ("pairwise", "listwise"):
        raise AnalysisError(
            "Missing answers are handled pairwise or listwise, not {rule}.", rule=missing
        )
    if missing == "listwise":
        complete = ~np.isnan(values).any(axis=1)
        values, weights = values[complete], weights[complete]
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, values, 0.0).T @ weights / (there.T @ weights)
        # Centring first keeps the products small whatever the unit.
        pair_n, pair_weight, sums, products = _cross_products(values - mean, weights)
        products = products - sums * sums.T / pair_weight
        covariance = products / pair_weight * (pair_n / (pair_n - 1.0))
    covariance[pair_n < 2] = np.nan
    return Moments(mean, (covariance + covariance.T) / 2.0, pair_n, int(there.any(axis=1).sum()))


def _cross_products(centred: Array, weights: Array) -> tuple[Array, Array, Array, Array]:
    """Return, by pair: rows, weight, sums of the first over rows that have both, products."""
    p = centred.shape[1]
    count, total = np.zeros((p, p)), np.zeros((2 * p, 2 * p))
    for start in range(0, len(centred), _BLOCK):
        block, w = centred[start : start + _BLOCK], weights[start : start + _BLOCK, None]
        seen = (~np.isnan(block)).astype(np.float64)
        both = np.hstack([seen, np.where(seen > 0, block, 0.0)])
        count += seen.T @ seen
        total += (both * w).T @ both
    return count, total[:p, :p], total[p:, :p], total[p:, p:]


def _numbers(series: pd.Series, name: str | Note) -> Array:
    if isinstance(series.dtype, pd.CategoricalDtype) or not (
        pd.api.types.is_numeric_dtype(series) or series.isna().all()
    ):
        converted = pd.to_numeric(series.astype(object), errors="coerce")
        if bool((converted.isna() & series.notna()).any()) or isinstance(
            series.dtype, pd.CategoricalDtype
        ):
            raise AnalysisError(
                "The column {column} holds answers that are not numbers.", column=name
            )
        series = converted
    values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    if (np.abs(values) > _LARGEST).any():
        raise AnalysisError("The column {column} holds infinite values.", column=name)
    return values
