"""The scales at a glance: means on 0-100 with intervals that respect the sampling."""

from __future__ import annotations

from analysis.errors import AnalysisError
from analysis.findings import Cell, Chapter, Hidden, Kind, Provenance, Table
from analysis.means import survey_mean
from analysis.scores import index_0_100
from analysis.templates.cells import column, construct_label, family_label, interval, number
from analysis.templates.titles import CHAPTER_TITLES
from analysis.templates.workings import Tick, Workings
from surveys.model import Valence
from surveys.privacy import round_n
from surveys.words import Message, as_message, message

_VALENCES = {
    Valence.FAVOURABLE: message("high is favourable"),
    Valence.UNFAVOURABLE: message("high is unfavourable"),
    Valence.NEUTRAL: message("neither"),
}


def make_scales(workings: Workings, tick: Tick) -> Chapter:
    """Estimate the mean of every scale on 0-100."""
    if not workings.scales:
        return Chapter(
            id="scales",
            title=CHAPTER_TITLES["scales"],
            omitted=message(
                "The questionnaire says of no question which scale it belongs to; the next chapter "
                "shows which questions go together."
            ),
        )
    rows = []
    notes: list[Message] = []
    for place, scale in enumerate(workings.scales):
        row, remark = _row(workings, scale.name)
        rows.append(row)
        if remark is not None and remark not in notes:
            notes.append(remark)
        tick((place + 1) / len(workings.scales))
    unplaced = _without_unit(workings)
    if unplaced is not None:
        notes.append(unplaced)
    scoring = workings.instrument.scoring
    table = Table(
        id="scales.means",
        title=message("Scale means, 0 to 100"),
        columns=(
            column("construct", message("Scale"), Kind.LABEL),
            column("family", message("Family"), Kind.LABEL),
            column("n", message("People"), Kind.COUNT),
            column("mean", message("Mean"), Kind.INDEX),
            column("ci", message("{level:.0f}% interval", level=_level(workings)), Kind.INTERVAL),
            column("sd", message("SD"), Kind.INDEX),
            column("valence", message("Reading"), Kind.KEY),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
        provenance=Provenance(
            n=len(workings.kept),
            estimator=message("mean of the items after reversing, turned to 0-100"),
            standard_errors=_errors(workings),
            missing=message(
                "A score needs {a} of {b} items answered.",
                a=scoring.numerator,
                b=scoring.denominator,
            ),
        ),
    )
    return Chapter(
        id="scales",
        title=CHAPTER_TITLES["scales"],
        question=message("How high or low does each scale stand?"),
        sentences=_sentences(workings, table),
        tables=(table,),
        cautions=(
            message(
                "A mean describes the people together; it is no verdict on anyone or any unit."
            ),
        ),
    )


def _level(workings: Workings) -> float:
    return 100 * workings.plan.confidence


def _errors(workings: Workings) -> Message:
    if workings.plan.clusters is None:
        return message("heteroscedasticity-consistent")
    return message("clustered by {item}, t(units - strata)", item=workings.plan.clusters)


def _without_unit(workings: Workings) -> Message | None:
    """Say how many people are left out because it is not known where they were sampled."""
    if workings.plan.clusters is None:
        return None
    n = int(workings.kept.values[workings.plan.clusters].isna().sum())
    if n < workings.plan.threshold:
        return None
    return message(
        "{n:,} people whose sampling unit ({item}) is not known are left out.",
        n=round_n(n),
        item=workings.plan.clusters,
    )


def _row(workings: Workings, name: str) -> tuple[tuple[Cell, ...], Message | None]:
    """Return the row of one scale, and a remark where its interval ignores the clusters."""
    plan, instrument = workings.plan, workings.instrument
    scale = next(s for s in workings.scales if s.name == name)
    index = index_0_100(workings.scores[name], scale.minimum, scale.maximum)
    label = construct_label(instrument, name)
    family = family_label(instrument, name)
    valence = _VALENCES[instrument.construct(name).valence]
    n = int(index.notna().sum())
    if n < plan.threshold:
        return (label, family, Hidden(), Hidden(), Hidden(), Hidden(), valence), None
    frame = index.to_frame(name)
    design = {}
    for option, item in (("clusters", plan.clusters), ("strata", plan.strata)):
        if item is not None:
            codes = workings.kept.values[item]
            frame[item] = codes.astype(object).where(codes.notna(), None)
            design[option] = item
    remark = None
    try:
        found = survey_mean(frame, name, **design, confidence=plan.confidence)
    except AnalysisError as error:
        if not design:
            raise
        remark = message(
            "Some intervals do not allow for the sampling in units: {reason}",
            reason=as_message(error),
        )
        found = survey_mean(frame, name, confidence=plan.confidence)
    row: tuple[Cell, ...] = (
        label,
        family,
        found.n,
        number(found.mean),
        interval(*found.ci),
        number(found.sd),
        valence,
    )
    return row, remark


def _sentences(workings: Workings, table: Table) -> tuple[Message, ...]:
    good = [
        (value, label, construct.valence)
        for construct, label, value in zip(
            workings.instrument.scales(),
            table.column("construct"),
            table.column("mean"),
            strict=True,
        )
        if isinstance(value, float)
    ]
    favourable = [
        (value if valence is Valence.FAVOURABLE else 100 - value, value, label)
        for value, label, valence in good
        if valence is not Valence.NEUTRAL
    ]
    if len(favourable) < 2:
        return ()
    best = max(favourable, key=lambda row: row[0])
    worst = min(favourable, key=lambda row: row[0])
    return (
        message(
            "Seen from the favourable side, “{best}” stands best (mean {high:.0f} of 100) and "
            "“{worst}” worst (mean {low:.0f} of 100).",
            best=best[2],
            high=best[1],
            worst=worst[2],
            low=worst[1],
        ),
    )
