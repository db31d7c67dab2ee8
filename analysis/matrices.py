"""What the numerical modules accept: frames or arrays of answers, and sampling weights.

Everything that can be wrong with the input is said here, once, with the name of the item, so that
the estimators behind it may rely on a clean matrix of numbers with NaN where an answer is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import AnalysisError, Note, note
from analysis.stable_order import content_order

FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
IntArray: TypeAlias = npt.NDArray[np.int64]
Items: TypeAlias = pd.DataFrame | npt.NDArray[Any] | Sequence[Sequence[float]]
Weights: TypeAlias = str | pd.Series | npt.NDArray[Any] | Sequence[float] | None
Missing = Literal["pairwise", "listwise"]


@dataclass(frozen=True, slots=True)
class ItemMatrix:
    """Answers as numbers.

    Attributes
    ----------
    answers
        Respondents by items, NaN where missing.
    names
        One name an item.
    weights
        One sampling weight a respondent, scaled to a mean of 1; all ones without weights.
    weighted
        Whether weights were given.
    missing
        The rule for missing answers that made this matrix.
    kept
        Positions, among the rows given, of the respondents that are in ``answers``.
    notes
        Respondents left out.
    """

    answers: FloatArray
    names: tuple[str, ...]
    weights: FloatArray
    weighted: bool
    missing: str
    kept: IntArray
    notes: tuple[Note, ...]

    def in_order_of_content(self) -> ItemMatrix:
        """Return the same respondents in an order that does not depend on the order given."""
        order = content_order(self.answers, self.weights)
        return replace(
            self,
            answers=self.answers[order],
            weights=self.weights[order],
            kept=self.kept[order],
        )

    @property
    def n(self) -> int:
        """Number of respondents kept."""
        return int(self.answers.shape[0])


def item_matrix(
    items: Items,
    weights: Weights = None,
    missing: str = "pairwise",
    *,
    least: int = 3,
    allow_constant: bool = False,
) -> ItemMatrix:
    """Turn answers into a matrix of numbers and refuse what cannot be analysed.

    Parameters
    ----------
    items
        Respondents by items: a frame (nullable or float, ordered categories count as 1, 2, ...) or
        a two-dimensional array.
    weights
        Sampling weights: the name of a column of ``items`` (which is then no item), or one number
        a respondent.
    missing
        ``"pairwise"`` keeps everybody who answered at least one item, ``"listwise"`` only those who
        answered all.
    least
        Fewest respondents and fewest answers an item may have.
    allow_constant
        Accept items whose answers are all the same.

    Returns
    -------
    ItemMatrix

    Raises
    ------
    AnalysisError
        Fewer than one item, text instead of numbers, two items of the same name, infinite values,
        an item without answers or without variation, too few respondents, weights that are
        missing, infinite, zero or negative.
    """
    one_of(missing, get_args(Missing), option="missing")
    frame, given = _split_weights(items, weights)
    values, names = _numbers(frame)
    w = _check_weights(given, len(values))
    answered = ~np.isnan(values)
    counts = answered.sum(axis=0)
    keep = answered.all(axis=1) if missing == "listwise" else answered.any(axis=1)
    dropped = len(values) - int(keep.sum())
    notes: tuple[Note, ...] = ()
    if dropped and missing == "listwise":
        notes = (note("{n} respondents with a missing answer were left out.", n=dropped),)
    elif dropped:
        notes = (note("{n} respondents who answered none of the items were left out.", n=dropped),)
    # Said before the count of respondents: an empty item is why listwise deletion left nobody.
    for name, n_answers in zip(names, counts, strict=True):
        if n_answers == 0:
            raise AnalysisError("Nobody answered the item {item}; leave it out.", item=name)
    if dropped:
        values, w = values[keep], w[keep]
    if len(values) < least:
        raise AnalysisError(
            "Only {n} respondents have usable answers; at least {least} are needed.",
            n=len(values),
            least=least,
        )
    _check_items(values, names, least, allow_constant=allow_constant)
    return ItemMatrix(
        answers=values,
        names=names,
        weights=w / w.mean(),
        weighted=given is not None,
        missing=missing,
        kept=np.flatnonzero(keep),
        notes=notes,
    )


def one_of(value: str, allowed: Sequence[str], *, option: str) -> None:
    """Raise an :class:`AnalysisError` unless ``value`` is one of the ``allowed`` words."""
    if value not in allowed:
        raise AnalysisError(
            "{option} cannot be {value}; it is one of {allowed}.",
            option=option,
            value=repr(value),
            allowed=list(allowed),
        )


def correlation_array(r: pd.DataFrame | npt.NDArray[Any]) -> tuple[FloatArray, tuple[str, ...]]:
    """Return a correlation matrix as numbers, with the names of its items.

    Parameters
    ----------
    r
        Square, symmetric, with ones on the diagonal and values between -1 and 1.

    Raises
    ------
    AnalysisError
        If it is not a correlation matrix.
    """
    array = np.array(r, dtype=float)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise AnalysisError(
            "A correlation matrix is square; this one has the shape {shape}.",
            shape=" x ".join(str(k) for k in array.shape),
        )
    names = _names(r.columns) if isinstance(r, pd.DataFrame) else _default_names(len(array))
    if not np.isfinite(array).all():
        row = int(np.argwhere(~np.isfinite(array))[0, 0])
        raise AnalysisError("The correlations of {item} are missing or infinite.", item=names[row])
    if (
        np.abs(array - array.T).max(initial=0.0) > 1e-8
        or np.abs(np.diag(array) - 1).max(initial=0.0) > 1e-8
        or np.abs(array).max(initial=0.0) > 1 + 1e-8
    ):
        raise AnalysisError(
            "This is not a correlation matrix: it must be symmetric, with ones on the diagonal "
            "and nothing beyond 1."
        )
    array = (array + array.T) / 2
    np.fill_diagonal(array, 1.0)
    return array, names


def _split_weights(items: Items, weights: Weights) -> tuple[pd.DataFrame | Any, Any]:
    """Take the column of weights out of the frame when weights are given by name."""
    if not isinstance(weights, str):
        if (
            isinstance(weights, pd.Series)
            and isinstance(items, pd.DataFrame)
            and len(weights) == len(items)
            and not weights.index.equals(items.index)
        ):
            raise AnalysisError(
                "The weights and the answers have different row labels; align them first."
            )
        return items, weights
    if not isinstance(items, pd.DataFrame) or weights not in items.columns:
        raise AnalysisError("There is no column {name} for the weights.", name=weights)
    return items.drop(columns=weights), items[weights]


def _numbers(items: Any) -> tuple[FloatArray, tuple[str, ...]]:
    """Answers as float64 with NaN, and the items' names."""
    if isinstance(items, pd.DataFrame):
        names = _names(items.columns)
        if len(names) == 0:
            raise AnalysisError("There is no item to analyse.")
        if all(dtype == np.float64 for dtype in items.dtypes):
            values = items.to_numpy()
        else:
            columns = [_column(items.iloc[:, j], name) for j, name in enumerate(names)]
            values = np.column_stack(columns)
    else:
        try:
            values = np.array(items, dtype=float)
        except (TypeError, ValueError) as reason:
            raise AnalysisError(
                "The answers are not numbers; code the answers as numbers first."
            ) from reason
        if values.ndim != 2 or values.shape[1] == 0:
            raise AnalysisError("Answers need a table of respondents by items.")
        names = _default_names(values.shape[1])
    infinite = np.isinf(values).any(axis=0)
    if infinite.any():
        raise AnalysisError(
            "The item {item} has infinite values.", item=names[int(infinite.argmax())]
        )
    return values, names


def _column(column: pd.Series, name: str) -> FloatArray:
    """One item as float64."""
    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered:
        codes = column.cat.codes.to_numpy(dtype=float)
        return np.where(codes < 0, np.nan, codes + 1)
    if not (pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column)):
        if column.isna().all():
            return np.full(len(column), np.nan)
        raise AnalysisError(
            "The item {item} holds text or dates; code its answers as numbers first.", item=name
        )
    if pd.api.types.is_complex_dtype(column.dtype):
        raise AnalysisError("The item {item} has complex numbers.", item=name)
    return column.to_numpy(dtype=float, na_value=np.nan)


def _names(columns: pd.Index[Any]) -> tuple[str, ...]:
    names = tuple(str(c) for c in columns)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise AnalysisError("Two items have the same name {item}.", item=twice)
    return names


def _default_names(n: int) -> tuple[str, ...]:
    return tuple(f"V{j + 1}" for j in range(n))


def _check_weights(weights: Any, n: int) -> FloatArray:
    """Weights as positive numbers; ones if there are none."""
    if weights is None:
        return np.ones(n)
    if isinstance(weights, pd.Series):
        w = _column(weights, str(weights.name))
    else:
        try:
            w = np.array(weights, dtype=float)
        except (TypeError, ValueError) as reason:
            raise AnalysisError("The weights are not numbers.") from reason
    if w.shape != (n,):
        raise AnalysisError("There are {given} weights for {n} respondents.", given=w.size, n=n)
    if not np.isfinite(w).all():
        raise AnalysisError("{n} weights are missing or infinite.", n=int((~np.isfinite(w)).sum()))
    if (w <= 0).any():
        raise AnalysisError(
            "{n} weights are zero or negative; leave those respondents out or correct the weights.",
            n=int((w <= 0).sum()),
        )
    return w


def _check_items(
    values: FloatArray, names: tuple[str, ...], least: int, *, allow_constant: bool
) -> None:
    """Refuse items with too few answers or without variation."""
    counts = (~np.isnan(values)).sum(axis=0)
    for name, n_answers in zip(names, counts, strict=True):
        if n_answers < least:
            raise AnalysisError(
                "The item {item} has only {n} answers; at least {least} are needed.",
                item=name,
                n=int(n_answers),
                least=least,
            )
    if allow_constant:
        return
    constant = np.fmin.reduce(values, axis=0) == np.fmax.reduce(values, axis=0)
    if constant.any():
        raise AnalysisError(
            "Everybody gave the same answer to the item {item}; it cannot correlate with "
            "anything, leave it out.",
            item=names[int(constant.argmax())],
        )
