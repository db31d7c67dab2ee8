"""Predictors turned into the columns of a regression, and the rows that can be used.

A number is one column. Text, categories and booleans are treatment-coded: one column
``variable[level]`` for every level but the first. A product ``a:b`` is made of the columns of two
predictors that are there themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.numeric import Array, numeric_frame, require_columns

INTERCEPT = "Intercept"


@dataclass(frozen=True, slots=True)
class ModelMatrix:
    """Columns of a regression for the rows that have every answer.

    Attributes
    ----------
    x
        Shape (n, p), the intercept first if there is one.
    names
        Names of the columns.
    terms
        Predictor to its columns' places, in the order given; the intercept belongs to none.
    levels
        Categorical predictor to its levels, the reference first.
    products
        Terms that are products of others.
    """

    x: Array
    names: tuple[str, ...]
    terms: Mapping[str, tuple[int, ...]]
    levels: Mapping[str, tuple[str, ...]]
    products: tuple[str, ...] = ()


def is_categorical(column: pd.Series) -> bool:
    """Tell whether a column is treatment-coded: text, categories, booleans.

    A column of Python objects that are all numbers is a number.

    Raises
    ------
    AnalysisError
        The column holds dates or times, which are neither.
    """
    if pd.api.types.is_bool_dtype(column) or isinstance(column.dtype, pd.CategoricalDtype):
        return True
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind.startswith(("date", "time", "period", "interval")):
        raise AnalysisError(
            "{column} holds dates or times; turn them into numbers or groups first.",
            column=str(column.name),
        )
    numbers = ("integer", "floating", "mixed-integer-float", "decimal", "empty")
    return not pd.api.types.is_numeric_dtype(column) and kind not in numbers


def variables_of(predictors: Sequence[str], frame: pd.DataFrame) -> list[str]:
    """Return the columns of the frame that the predictors need, each once.

    Raises
    ------
    AnalysisError
        No predictor, one named twice, an absent column, or a product whose parts are not
        predictors themselves (its coefficient would depend on where zero lies).
    """
    given = list(predictors)
    if isinstance(predictors, str) or not given:
        raise AnalysisError("A regression needs a list of predictors.")
    twice = sorted({name for name in given if given.count(name) > 1})
    if twice:
        raise AnalysisError("These predictors are named more than once: {columns}.", columns=twice)
    single = [name for name in given if not is_product(name, frame)]
    require_columns(frame, single)
    doubled = sorted({name for name in single if list(frame.columns).count(name) > 1})
    if doubled:
        raise AnalysisError("These columns are there more than once: {columns}.", columns=doubled)
    for name in given:
        if is_product(name, frame):
            lacking = [part for part in name.split(":") if part not in single]
            if lacking:
                raise AnalysisError(
                    "The product {product} needs {parts} among the predictors too.",
                    product=name,
                    parts=lacking,
                )
    return single


def is_product(name: str, frame: pd.DataFrame) -> bool:
    """Tell whether ``a:b`` means a product: it does unless the frame has a column of that name."""
    return ":" in name and name not in frame.columns


def complete_rows(frame: pd.DataFrame, variables: Sequence[str]) -> np.ndarray:
    """Return which rows have an answer in every one of the variables."""
    require_columns(frame, variables)
    return np.asarray(frame[list(variables)].notna().all(axis=1).to_numpy(), dtype=bool)


def model_matrix(
    frame: pd.DataFrame,
    predictors: Sequence[str],
    weights: Array,
    *,
    standardise: bool = False,
    intercept: bool = True,
) -> ModelMatrix:
    """Code the predictors for rows without missing answers.

    Parameters
    ----------
    frame
        The rows used, every predictor answered.
    predictors
        Column names and products ``a:b``.
    weights
        For the means and standard deviations, shape (n,).
    standardise
        Bring numeric predictors to mean 0 and standard deviation 1; dummies stay 0 and 1, and
        products are products of what was standardised.
    intercept
        Put a column of ones first.

    Raises
    ------
    AnalysisError
        A predictor that does not vary in the rows used.
    """
    single = variables_of(predictors, frame)
    coded: dict[str, tuple[list[str], Array]] = {}
    levels: dict[str, tuple[str, ...]] = {}
    for name in single:
        if is_categorical(frame[name]):
            names, columns, levels[name] = _dummies(frame[name], name)
        else:
            column = numeric_frame(frame, [name]).to_numpy()
            _check_varies(column[:, 0], name)
            names, columns = [name], _standardised(column, weights) if standardise else column
        coded[name] = (names, columns)
    for name in predictors:
        if name not in coded:
            coded[name] = _product([coded[part] for part in name.split(":")])
    x: list[Array] = [np.ones((len(frame), 1))] if intercept else []
    labels = [INTERCEPT] if intercept else []
    terms: dict[str, tuple[int, ...]] = {}
    for name in predictors:
        names, columns = coded[name]
        terms[name] = tuple(range(len(labels), len(labels) + len(names)))
        labels += names
        x.append(columns)
    products = tuple(name for name in predictors if name not in single)
    return ModelMatrix(np.hstack(x), tuple(labels), terms, levels, products)


def check_full_rank(matrix: ModelMatrix, weights: Array) -> None:
    """Refuse columns that are linear combinations of earlier ones, naming them.

    Raises
    ------
    AnalysisError
        Naming the columns that carry no information of their own.
    """
    root = np.sqrt(weights)[:, None]
    x = matrix.x * root
    scale = np.linalg.norm(x, axis=0)
    basis = np.empty((len(x), 0))
    dependent: list[str] = []
    for place, name in enumerate(matrix.names):
        column = x[:, place] / scale[place] if scale[place] > 0 else x[:, place]
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)
        length = float(np.linalg.norm(rest))
        if length < 1e-7:
            dependent.append(name)
        else:
            basis = np.column_stack([basis, rest / length])
    if dependent:
        raise AnalysisError(
            "{columns} can be worked out from the other predictors; leave one of them out.",
            columns=dependent,
        )


def level_name(level: object) -> str:
    """Return what a level is called in coefficients: whole numbers without a decimal point."""
    return f"{level:g}" if isinstance(level, float) else str(level)


def _dummies(column: pd.Series, name: str) -> tuple[list[str], Array, tuple[str, ...]]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        there = set(column.unique())
        found = [level for level in column.cat.categories if level in there]
    else:
        found = sorted(column.unique(), key=lambda level: (str(type(level)), level))
    labels = [level_name(level) for level in found]
    if len(set(labels)) < len(labels):
        raise AnalysisError("Several levels of {column} look the same.", column=name)
    if len(found) < 2:
        raise AnalysisError("{column} is the same for everybody used; leave it out.", column=name)
    values = column.to_numpy(dtype=object)
    columns = np.column_stack([(values == level).astype(np.float64) for level in found[1:]])
    return [f"{name}[{label}]" for label in labels[1:]], columns, tuple(labels)


def _product(parts: list[tuple[list[str], Array]]) -> tuple[list[str], Array]:
    names, columns = parts[0]
    for more_names, more in parts[1:]:
        columns = np.column_stack(
            [columns[:, i] * more[:, j] for i in range(len(names)) for j in range(len(more_names))]
        )
        names = [f"{left}:{right}" for left in names for right in more_names]
    return names, columns


def _check_varies(column: Array, name: str) -> None:
    spread = float(np.ptp(column)) if len(column) else 0.0
    if spread <= 1e-12 * max(float(np.abs(column).max(initial=0.0)), 1e-300):
        raise AnalysisError("{column} is the same for everybody used; leave it out.", column=name)


def _standardised(column: Array, weights: Array) -> Array:
    return np.asarray((column - weighted_mean(column, weights)) / weighted_sd(column, weights))


def weighted_mean(columns: Array, weights: Array) -> Array:
    """Return the weighted mean of each column."""
    return np.asarray(weights @ columns / weights.sum())


def weighted_sd(columns: Array, weights: Array) -> Array:
    """Return the weighted standard deviation of each column, divisor W (n - 1) / n."""
    n = len(columns)
    centred = columns - weighted_mean(columns, weights)
    return np.asarray(np.sqrt(weights @ centred**2 / weights.sum() * n / (n - 1)))
