"""What the chapter on drivers computes: the frame of scores, the regressions, the readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.regression import fit_linear
from analysis.regression.results import RegressionFit
from analysis.templates.workings import Workings
from surveys.model import ItemKind, Valence

AGREEING = "agreeing"
"""Name of the covariate for the habit of agreeing; no construct can have it (ids are upper case)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the interval of one driver says."""

    name: str
    estimate: float
    low: float
    high: float
    expected: int

    @property
    def clear(self) -> bool:
        """Whether the interval excludes zero."""
        return self.low > 0 or self.high < 0

    @property
    def as_expected(self) -> bool:
        """Whether the effect is clear and on the side its valence makes one expect."""
        return self.clear and np.sign(self.estimate) == self.expected


def driver_frame(workings: Workings) -> pd.DataFrame:
    """Put scores, background and sampling units of the kept entries side by side."""
    plan = workings.plan
    names = [name for name in (plan.outcome, plan.mediator, *plan.drivers) if name is not None]
    frame = workings.scores[names].copy()
    if plan.adjust_agreeing and workings.agreeing is not None:
        frame[AGREEING] = workings.agreeing
    for name in dict.fromkeys((*plan.controls, plan.clusters, plan.strata)):
        if name is None:
            continue
        column = workings.kept.values[name]
        if workings.instrument.item(name).kind is ItemKind.SINGLE:
            codes = sorted(column.dropna().unique())
            column = pd.Series(
                pd.Categorical(column.map(lambda code: code, na_action="ignore"), codes),
                index=column.index,
            ).cat.rename_categories([str(code) for code in codes])
        else:
            column = column.astype(object).where(column.notna(), None)
        frame[name] = column
    # A control answered alike by everybody has nothing to control for.
    constant = [name for name in plan.controls if frame[name].nunique() < 2]
    return frame.drop(columns=constant)


def fit_drivers(workings: Workings, frame: pd.DataFrame, predictors: list[str]) -> RegressionFit:
    """Regress the outcome on some columns of the frame, standardised, with clustered errors."""
    plan = workings.plan
    return fit_linear(
        frame,
        str(plan.outcome),
        predictors,
        clusters=plan.clusters,
        strata=plan.strata,
        standardise=True,
        confidence=plan.confidence,
    )


def read_effect(workings: Workings, fit: RegressionFit, name: str) -> Reading:
    """Set a driver's effect beside the direction that the valences of both ends make expected."""
    instrument = workings.instrument
    signs = {Valence.FAVOURABLE: 1, Valence.UNFAVOURABLE: -1, Valence.NEUTRAL: 0}
    outcome = signs[instrument.construct(str(workings.plan.outcome)).valence]
    driver = signs[instrument.construct(name).valence]
    return Reading(
        name,
        float(fit.params[name]),
        float(fit.conf_int["low"][name]),
        float(fit.conf_int["high"][name]),
        outcome * driver,
    )


def holm(p: pd.Series) -> pd.Series:
    """Adjust p-values for looking at several at once (Holm 1979, Scand. J. Statist. 6, 65-70)."""
    order = p.sort_values()
    steps = order * np.arange(len(order), 0, -1)
    return steps.cummax().clip(upper=1.0).reindex(p.index)
