"""What goes with the outcome when all drivers are looked at side by side, and how much each explains."""

from __future__ import annotations

import numpy as np

from analysis.errors import Note
from analysis.findings import Cell, Chapter, Kind, Provenance, Table
from analysis.importance import MOST_PLAYERS_BOOTSTRAPPED, Importance, relative_importance
from analysis.regression.results import RegressionFit
from analysis.templates.cells import column, construct_label, family_label, interval, number
from analysis.templates.driver_models import (
    AGREEING,
    Reading,
    driver_frame,
    fit_drivers,
    holm,
    read_effect,
)
from analysis.templates.driver_words import driver_cautions, driver_sentences, why_not
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Tick, Workings
from surveys.words import Message, Text, as_message, message


def make_drivers(workings: Workings, tick: Tick) -> Chapter:
    """Regress the outcome on all drivers with clustered errors, and divide R squared among them."""
    plan, instrument = workings.plan, workings.instrument
    if plan.outcome is None or not plan.drivers:
        return Chapter(id="drivers", title=CHAPTER_TITLES["drivers"], omitted=why_not(workings))
    frame = driver_frame(workings)
    covariates = [AGREEING] if AGREEING in frame.columns else []
    controls = [item for item in plan.controls if item in frame.columns]
    predictors = [*plan.drivers, *covariates, *controls]
    fit = fit_drivers(workings, frame, predictors)
    direct = fit_drivers(workings, frame, [*predictors, plan.mediator]) if plan.mediator else None
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
    readings = [read_effect(workings, fit, name) for name in plan.drivers]
    outcome = construct_label(instrument, plan.outcome)
    tables = [
        _coefficients(workings, fit, readings),
        *([_controls(workings, fit, controls + covariates)] if controls or covariates else []),
        *([] if direct is None else [_direct_table(workings, fit, direct)]),
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
        sentences=driver_sentences(workings, fit, readings),
        tables=tuple(tables),
        cautions=driver_cautions(fit, adjusted=bool(covariates)),
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


def _coefficients(workings: Workings, fit: RegressionFit, readings: list[Reading]) -> Table:
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


def _verdict(reading: Reading) -> Message:
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


def _direct_table(workings: Workings, total: RegressionFit, direct: RegressionFit) -> Table:
    """Set the effects with the mediator in the model beside those without it."""
    instrument, mediator = workings.instrument, str(workings.plan.mediator)
    names = sorted(workings.plan.drivers, key=lambda name: -abs(float(direct.params[name])))
    rows: list[tuple[Cell, ...]] = [
        (
            construct_label(instrument, name),
            number(total.params[name]) if name != mediator else None,
            number(direct.params[name]),
            interval(direct.conf_int["low"][name], direct.conf_int["high"][name]),
            number(direct.pvalues[name]),
        )
        for name in (mediator, *names)
    ]
    return Table(
        id="drivers.direct",
        title=message(
            "Effects with “{mediator}” held equal", mediator=construct_label(instrument, mediator)
        ),
        columns=(
            column("predictor", message("Driver"), Kind.LABEL),
            column("total", message("Without it"), Kind.ESTIMATE),
            column("estimate", message("With it"), Kind.ESTIMATE),
            column("ci", _level(workings), Kind.INTERVAL),
            column("p", message("p"), Kind.PROBABILITY),
        ),
        rows=tuple(rows),
        notes=(
            message(
                "What an effect loses here may run through “{mediator}”; one survey cannot prove it.",
                mediator=construct_label(instrument, mediator),
            ),
        ),
        provenance=_provenance(workings, direct),
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


def _importance(workings: Workings, importance: Importance, readings: list[Reading]) -> Table:
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
