"""The rows of a regression: which can be used, how they are coded, what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.design import SurveyDesign, design_rows, survey_design
from analysis.errors import AnalysisError, Note, note
from analysis.numeric import Array, numeric_frame, require_columns
from analysis.regression.terms import (
    ModelMatrix,
    check_full_rank,
    complete_rows,
    is_categorical,
    level_name,
    model_matrix,
    variables_of,
    weighted_mean,
    weighted_sd,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows of a regression, coded, with the design of the whole sample behind them.

    Attributes
    ----------
    y
        Outcome as it came, rows used only.
    matrix
        Coded predictors.
    weights
        Sampling weights of the rows used.
    design
        Design of all rows that have one; ``rows`` tells which of them are used.
    rows
        Boolean, one entry a row of the design.
    n_missing
        Rows of the frame that are not used.
    notes
        What was left out.
    """

    y: pd.Series
    matrix: ModelMatrix
    weights: Array
    design: SurveyDesign
    rows: NDArray[np.bool_]
    n_missing: int
    notes: tuple[Note, ...]

    @property
    def df(self) -> int:
        """Degrees of freedom of the design among the rows used."""
        return self.design.df_of(self.rows)

    @property
    def psu(self) -> NDArray[np.intp]:
        """Primary unit of each row used."""
        return self.design.psu[self.rows]


def regression_sample(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    *,
    weights: str | ArrayLike | None = None,
    clusters: str | ArrayLike | None = None,
    strata: str | ArrayLike | None = None,
    fpc: str | ArrayLike | None = None,
    standardise: bool = False,
) -> Sample:
    """Pick and code the rows of a regression, and say what was left out.

    Raises
    ------
    AnalysisError
        As in :func:`analysis.regression.fit_linear`.
    """
    require_columns(frame, [outcome])
    variables = variables_of(predictors, frame)
    if outcome in variables:
        raise AnalysisError("{outcome} cannot explain itself.", outcome=outcome)
    placed = design_rows(frame, weights, clusters, strata, fpc)
    if not placed.any():
        raise AnalysisError("No row has everything this regression needs.")
    kept = frame.loc[placed]
    design = survey_design(
        kept, *(_of_rows(given, frame, placed) for given in (weights, clusters, strata, fpc))
    )
    rows = complete_rows(kept, [outcome, *variables])
    used = kept.loc[rows]
    w = design.weights[rows]
    if len(used) < 3:
        raise AnalysisError("Only {n} rows have everything this regression needs.", n=len(used))
    matrix = model_matrix(used, predictors, w, standardise=standardise)
    if len(used) <= matrix.x.shape[1]:
        raise AnalysisError(
            "{n} complete rows are too few for {p} coefficients.", n=len(used), p=matrix.x.shape[1]
        )
    check_full_rank(matrix, w)
    sample = Sample(
        y=used[outcome],
        matrix=matrix,
        weights=w,
        design=design,
        rows=rows,
        n_missing=len(frame) - len(used),
        notes=_sample_notes(len(frame), int(placed.sum()), len(used), design),
    )
    if design.clustered:
        _check_spread_over_clusters(sample)
    return sample


def numeric_outcome(y: pd.Series, weights: Array, *, standardise: bool) -> Array:
    """Return a numeric outcome that varies, standardised if asked.

    Raises
    ------
    AnalysisError
        The outcome is not a number or does not vary.
    """
    name = str(y.name)
    if is_categorical(y):
        raise AnalysisError("The outcome {outcome} is not a number.", outcome=name)
    values = numeric_frame(y.to_frame(name)).to_numpy()[:, 0]
    if float(np.ptp(values)) <= 1e-12 * float(np.abs(values).max()):
        raise AnalysisError("{outcome} is the same for everybody used.", outcome=name)
    if standardise:
        values = (values - weighted_mean(values, weights)) / weighted_sd(values[:, None], weights)
    return values


def ordered_outcome(y: pd.Series) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Return each row's level, counted from 0, and the names of the levels in their order.

    Numbers and booleans by size, categories in their own order, text alphabetically.
    """
    if isinstance(y.dtype, pd.CategoricalDtype):
        there = set(y.unique())
        found = [level for level in y.cat.categories if level in there]
    elif is_categorical(y):
        found = sorted(y.unique(), key=lambda level: (str(type(level)), level))
    else:
        y = numeric_frame(y.to_frame("outcome"))["outcome"]
        found = sorted(y.unique())
    codes = pd.Categorical(y, categories=found).codes.astype(np.intp)
    return codes, tuple(level_name(level) for level in found)


def check_option(given: str, known: Sequence[str]) -> None:
    """Refuse an option that does not exist."""
    if given not in known:
        raise AnalysisError(
            "There is no option {given} here; there are {known}.", given=given, known=list(known)
        )


def default_df(sample: Sample) -> int:
    """Return primary units less strata, without clusters also less the predictors' columns."""
    df = sample.df
    if not sample.design.clustered:
        df -= sample.matrix.x.shape[1] - 1
    if df < 1:
        raise AnalysisError("The rows used leave no degrees of freedom to the design.")
    return df


def check_not_degenerate(sample: Sample, influence: Array, covariance: Array) -> None:
    """Refuse errors that are zero because scores cancel within every cluster.

    Raises
    ------
    AnalysisError
        Naming the coefficients.
    """
    within = (influence**2).sum(axis=0)
    census = bool((sample.design.fraction >= 1).all())
    zero = np.flatnonzero(np.diag(covariance) <= 1e-12 * within)
    if len(zero) and not census:
        raise AnalysisError(
            "The clusters say nothing about the error of {columns}: each cluster fits them "
            "exactly. Use the mixed model, or leave the clusters out.",
            columns=[sample.matrix.names[place] for place in zero.tolist()],
        )


def _of_rows(
    given: str | ArrayLike | None, frame: pd.DataFrame, rows: NDArray[np.bool_]
) -> str | ArrayLike | None:
    if given is None or isinstance(given, str):
        return given
    return (
        pd.Series(given, index=frame.index).loc[rows]
        if not isinstance(given, pd.Series)
        else given.loc[rows]
    )


def _check_spread_over_clusters(sample: Sample) -> None:
    """Refuse a level whose rows all lie in one cluster: its score there is zero by construction."""
    psu = sample.psu
    for term, places in sample.matrix.terms.items():
        columns = sample.matrix.x[:, list(places)]
        if not np.isin(columns, (0.0, 1.0)).all():
            continue
        names = sample.matrix.levels.get(term, ("0", *(sample.matrix.names[p] for p in places)))
        levels = np.column_stack([1.0 - columns.sum(axis=1), columns]) > 0
        alone = [
            str(name)
            for name, member in zip(names, levels.T, strict=True)
            if len(np.unique(psu[member])) == 1
        ]
        if alone:
            raise AnalysisError(
                "{levels} of {predictor} are found in one cluster only, so that clusters cannot "
                "show how uncertain they are. Join them with other levels, leave {predictor} out, "
                "or use the mixed model.",
                levels=alone,
                predictor=term,
            )


def _sample_notes(n: int, placed: int, used: int, design: SurveyDesign) -> tuple[Note, ...]:
    notes: list[Note] = []
    if placed < n:
        notes.append(
            note("{count} rows without weight, cluster or stratum were left out.", count=n - placed)
        )
    if used < placed:
        notes.append(
            note(
                "{count} of {rows} rows were left out because an answer is missing.",
                count=placed - used,
                rows=placed,
            )
        )
    return tuple(notes)
