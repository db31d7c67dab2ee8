"""What goes with the outcome when all drivers are looked at side by side, and how much each explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import Note
from analysis.findings import Cell, Chapter, Kind, Provenance, Table
from analysis.importance import MOST_PLAYERS_BOOTSTRAPPED, Importance, relative_importance
from analysis.regression import fit_linear
from analysis.regression_results import RegressionFit
from analysis.templates.cells import column, construct_label, family_label, interval, number
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Tick, Workings
from surveys.model import ItemKind, Valence
from surveys.words import Message, Text, as_message, message

AGREEING = "agreeing"
"""Name of the covariate for the habit of agreeing; no construct can have it (ids are upper case)."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the interval of one driver says."""

    name: str
    estimate: float
    low: float
    high: float
    expected: int

    @property
    def clear(self) -> bool:
        return self.low > 0 or self.high < 0

    @property
    def as_expected(self) -> bool:
        return self.clear and np.sign(self.estimate) == self.expected


def make_drivers(workings: Workings, tick: Tick) -> Chapter:
    """Regress the outcome on all drivers with clustered errors, and divide R squared among them."""
    plan, instrument = workings.plan, workings.instrument
    if plan.outcome is None or not plan.drivers:
        return Chapter(id="drivers", title=CHAPTER_TITLES["drivers"], omitted=_why_not(workings))
    frame = _frame(workings)
    covariates = [AGREEING] if AGREEING in frame.columns else []
    controls = [item for item in plan.controls if item in frame.columns]
    fit = fit_linear(
        frame,
        plan.outcome,
        [*plan.drivers, *covariates, *controls],
        clusters=plan.clusters,
        strata=plan.strata,
        standardise=True,
        confidence=plan.confidence,
    )
    tick(0.2)
    bootstrapped = len(plan.drivers) + len(covariates) <= MOST_PLAYERS_BOOTSTRAPPED
    importance = relative_importance(
        frame,
        plan.outcome,
        [*plan.drivers, *covariates],
        clusters=plan.clusters,
        n_boot=plan.n_boot if bootstrapped else 0,
        seed=plan.seed,
        confidence=plan.confidence,
        tick=lambda share: tick(0.2 + 0.8 * share),
    )
    readings = [_reading(workings, fit, name) for name in plan.drivers]
    outcome = construct_label(instrument, plan.outcome)
    tables = [
        _coefficients(workings, fit, readings),
        *([_controls(workings, fit, controls + covariates)] if controls or covariates else []),
        _fit_table(workings, fit),
        _importance(workings, importance, readings),
    ]
    return Chapter(
        id="drivers",
        title=message("What goes with “{outcome}”", outcome=outcome),
        question=message(
            "Which working conditions go together with “{outcome}”, when all are looked at side by "
            "side?",
            outcome=outcome,
        ),
        sentences=_sentences(workings, fit, readings),
        tables=tuple(tables),
        cautions=_cautions(bool(covariates), fit),
    )


def _why_not(workings: Workings) -> Message:
    if not workings.scales:
        return message(
            "No outcome and no drivers are known, because the questionnaire says of no question "
            "which scale it belongs to. Give the questionnaire its constructs and their roles, then "
            "run the analyses again."
        )
    if workings.plan.outcome is None:
        return message(
            "The questionnaire has no scale with the role of an outcome; give one construct that "
            "role."
        )
    return message(
        "The questionnaire has no scale with the role of a driver; give constructs that role."
    )


def _frame(workings: Workings) -> pd.DataFrame:
    """Put scores, background and sampling units of the kept entries side by side."""
    plan = workings.plan
    names = [name for name in (plan.outcome, *plan.drivers) if name is not None]
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


def _reading(workings: Workings, fit: RegressionFit, name: str) -> _Reading:
    instrument = workings.instrument
    signs = {Valence.FAVOURABLE: 1, Valence.UNFAVOURABLE: -1, Valence.NEUTRAL: 0}
    outcome = signs[instrument.construct(str(workings.plan.outcome)).valence]
    driver = signs[instrument.construct(name).valence]
    return _Reading(
        name,
        float(fit.params[name]),
        float(fit.conf_int["low"][name]),
        float(fit.conf_int["high"][name]),
        outcome * driver,
    )


def _provenance(workings: Workings, fit: RegressionFit) -> Provenance:
    plan = workings.plan
    if plan.clusters is None:
        errors = message("heteroscedasticity-consistent (linearised)")
    else:
        errors = message(
            "clustered by {item} ({n} units), t({df})",
            item=plan.clusters,
            n=fit.n_clusters or 0,
            df=fit.df,
        )
    return Provenance(
        n=fit.n,
        estimator=message("ordinary least squares on standardised scale means"),
        standard_errors=errors,
        weights=message("none"),
        missing=message("listwise: {n} entries left out", n=fit.n_missing),
        left_out=tuple(as_message(remark) for remark in fit.notes),
    )


def holm(p: pd.Series) -> pd.Series:
    """Adjust p-values for looking at several at once (Holm 1979, Scand. J. Statist. 6, 65-70)."""
    order = p.sort_values()
    steps = order * np.arange(len(order), 0, -1)
    return steps.cummax().clip(upper=1.0).reindex(p.index)


def _coefficients(workings: Workings, fit: RegressionFit, readings: list[_Reading]) -> Table:
    instrument = workings.instrument
    names = [reading.name for reading in readings]
    adjusted = holm(fit.pvalues[names])
    readings = sorted(readings, key=lambda reading: -abs(reading.estimate))
    rows: list[tuple[Cell, ...]] = [
        (
            construct_label(instrument, reading.name),
            family_label(instrument, reading.name),
            number(reading.estimate),
            interval(reading.low, reading.high),
            number(fit.pvalues[reading.name]),
            number(adjusted[reading.name]),
            number(fit.vif[reading.name]),
            _verdict(reading),
        )
        for reading in readings
    ]
    return Table(
        id="drivers.coefficients",
        title=message("Standardised effects, all drivers side by side"),
        columns=(
            column("predictor", message("Driver"), Kind.LABEL),
            column("family", message("Family"), Kind.LABEL),
            column("estimate", message("Effect (SD)"), Kind.ESTIMATE),
            column("ci", _level(workings), Kind.INTERVAL),
            column("p", message("p"), Kind.PROBABILITY),
            column("p_holm", message("p (Holm)"), Kind.PROBABILITY),
            column("vif", message("VIF"), Kind.ESTIMATE),
            column("verdict", message("Reading"), Kind.KEY),
        ),
        rows=tuple(rows),
        notes=(
            message(
                "An effect is the change of the outcome, in standard deviations, that goes with one "
                "standard deviation more of the driver, all else in the model being equal."
            ),
        ),
        provenance=_provenance(workings, fit),
    )


def _verdict(reading: _Reading) -> Message:
    if not reading.clear:
        return message("not clear")
    if reading.expected == 0:
        return message("clear")
    return message("as expected") if reading.as_expected else message("opposite")


def _level(workings: Workings) -> Message:
    return message("{level:.0f}% interval", level=100 * workings.plan.confidence)


def _controls(workings: Workings, fit: RegressionFit, names: list[str]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            _term_label(workings, name, term),
            number(fit.params[term]),
            interval(fit.conf_int["low"][term], fit.conf_int["high"][term]),
            number(fit.pvalues[term]),
        )
        for name in names
        for term in fit.terms[name]
    ]
    return Table(
        id="drivers.controls",
        title=message("What was held equal"),
        columns=(
            column("predictor", message("Background"), Kind.LABEL),
            column("estimate", message("Effect (SD)"), Kind.ESTIMATE),
            column("ci", _level(workings), Kind.INTERVAL),
            column("p", message("p"), Kind.PROBABILITY),
        ),
        rows=tuple(rows),
        notes=(message("Categories are compared with the first one of their question."),),
        provenance=_provenance(workings, fit),
    )


def _term_label(workings: Workings, name: str, term: str) -> Message | Text | str:
    if name == AGREEING:
        return message("Habit of agreeing (balanced items)")
    item = workings.instrument.item(name)
    level = term.removeprefix(f"{name}[").removesuffix("]")
    label = item.label(int(level)) if level.lstrip("-").isdigit() else None
    return message("{item}: {level}", item=item.text or name, level=label or level)


def _fit_table(workings: Workings, fit: RegressionFit) -> Table:
    return Table(
        id="drivers.fit",
        title=message("How much the drivers explain together"),
        columns=(
            column("measure", message("Measure"), Kind.LABEL),
            column("value", message("Value"), Kind.ESTIMATE),
        ),
        rows=((message("R², drivers and background together"), number(fit.r2)),),
        provenance=_provenance(workings, fit),
    )


def _importance(workings: Workings, importance: Importance, readings: list[_Reading]) -> Table:
    instrument = workings.instrument
    clear = {reading.name: reading.clear for reading in readings}
    table = importance.table.sort_values("share_of_r2", ascending=False)
    rows: list[tuple[Cell, ...]] = []
    for name, row in table.iterrows():
        key = str(name)
        low = row.get("share_of_r2_low", np.nan)
        high = row.get("share_of_r2_high", np.nan)
        agreeing = key == AGREEING
        rows.append(
            (
                message("Habit of agreeing (balanced items)")
                if agreeing
                else construct_label(instrument, key),
                None if agreeing else family_label(instrument, key),
                number(row["share_of_r2"]),
                interval(low, high),
                None if agreeing else clear[key],
            )
        )
    left_out = tuple(as_message(remark) for remark in importance.notes if isinstance(remark, Note))
    return Table(
        id="drivers.importance",
        title=message("Share of what can be explained"),
        columns=(
            column("predictor", message("Driver"), Kind.LABEL),
            column("family", message("Family"), Kind.LABEL),
            column("share", message("Share of R², %"), Kind.SHARE),
            column("ci", _level(workings), Kind.INTERVAL),
            column("partial_excludes_zero", message("Own effect clear"), Kind.MARK),
        ),
        rows=tuple(rows),
        notes=(
            message(
                "Only a driver whose own effect is clear is worth acting on; a share alone is no "
                "reason."
            ),
        ),
        provenance=Provenance(
            n=importance.n,
            estimator=message(
                "general dominance (LMG): the mean gain in R² over all orders; R² = {r2:.2f}",
                r2=importance.r2,
            ),
            standard_errors=message(
                "percentiles of {n} bootstrap samples of {what}",
                n=importance.n_boot,
                what=message("whole units")
                if importance.resampled == "clusters"
                else message("people"),
            )
            if importance.n_boot
            else message("none: too many drivers to resample"),
            weights=message("none"),
            missing=message("listwise: {n} entries left out", n=importance.n_missing),
            seed=importance.seed if importance.n_boot else None,
            left_out=left_out,
        ),
    )


def _sentences(
    workings: Workings, fit: RegressionFit, readings: list[_Reading]
) -> tuple[Message, ...]:
    instrument = workings.instrument
    outcome = str(workings.plan.outcome)
    outcome_label = construct_label(instrument, outcome)
    clear = sorted((r for r in readings if r.clear), key=lambda r: -abs(r.estimate))
    if not clear:
        return (
            message(
                "No driver goes clearly with “{outcome}”: every interval includes zero.",
                outcome=outcome_label,
            ),
        )
    scale = next(s for s in workings.scales if s.name == outcome)
    points = 100 * float(workings.scores[outcome].std()) / (scale.maximum - scale.minimum)
    first = clear[0]
    more = message("higher") if first.estimate > 0 else message("lower")
    labels: list[Text | str] = [construct_label(instrument, r.name) for r in clear]
    sentences = []
    if len(clear) > 1:
        sentences.append(
            message(
                "“{outcome}” goes most strongly with “{first}”, then “{second}”.",
                outcome=outcome_label,
                first=labels[0],
                second=labels[1],
            )
        )
    else:
        sentences.append(
            message(
                "“{outcome}” goes clearly with one driver only: “{first}”.",
                outcome=outcome_label,
                first=labels[0],
            )
        )
    sentences.append(
        message(
            "Other things equal, people one standard deviation higher on “{driver}” score about "
            "{points:.0f} points {more} on “{outcome}” (0-100).",
            driver=labels[0],
            points=abs(first.estimate) * points,
            more=more,
            outcome=outcome_label,
        )
    )
    opposite = [r for r in clear if r.expected != 0 and not r.as_expected]
    if opposite:
        sentences.append(
            message(
                "Against expectation: {names}.",
                names=[construct_label(instrument, r.name) for r in opposite],
            )
        )
    unclear = [r for r in readings if not r.clear]
    if unclear:
        sentences.append(
            message(
                "Not clear from these answers: {names}.",
                names=[construct_label(instrument, r.name) for r in unclear],
            )
        )
    return tuple(sentences)


def _cautions(adjusted: bool, fit: RegressionFit) -> tuple[Message, ...]:
    cautions = [
        message("Views that go together need not cause one another: all were asked at one moment.")
    ]
    if adjusted:
        cautions.append(
            message(
                "Some people agree with almost anything. The habit is measured on balanced items "
                "and held equal, which removes part of what it adds to effects, not all."
            )
        )
    else:
        cautions.append(
            message(
                "Some people agree with almost anything. The questionnaire has too few questions "
                "worded both ways to hold that equal, so small effects in the direction of agreeing "
                "deserve doubt."
            )
        )
    if fit.n_clusters is not None and fit.n_clusters < 15:
        cautions.append(
            message(
                "Only {n} sampling units: intervals use t with {df} degrees of freedom and are still "
                "approximate.",
                n=fit.n_clusters,
                df=fit.df,
            )
        )
    return tuple(cautions)
