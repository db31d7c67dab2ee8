"""Which analyses to run on a project's answers, and running them.

A :class:`Plan` is saved with the project. The same answers, plan, instrument and program version give
the same findings, and are found again by their key instead of being computed twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import metadata
from typing import TYPE_CHECKING, Literal

import msgspec

from analysis.errors import AnalysisError
from analysis.findings import Chapter, Findings, Hidden
from surveys.model import Instrument, ItemKind
from surveys.study import FLOOR_THRESHOLD, Study
from surveys.words import as_message, message

if TYPE_CHECKING:
    from analysis.templates.workings import Workings
    from surveys.answers import Answers

CHAPTERS = (
    "design",
    "respondents",
    "quality",
    "items",
    "scales",
    "factors",
    "reliability",
    "drivers",
)
"""Chapters of the standard report, in the order in which they are printed."""

_CONTROLS = ("D_DEPT", "D_RANK", "D_LEAD", "D_YEARS", "D_SEX")
_LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "factor-analyzer", "zhiyan")


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to compute, and every choice that changes a number.

    Attributes
    ----------
    chapters
        Names from :data:`CHAPTERS`.
    threshold
        Smallest group of which anything is shown.
    screen
        Set careless respondents aside before the analyses.
    flags
        How many indices of carelessness set a respondent aside.
    correlation
        ``"polychoric"``, ``"pearson"`` or ``"spearman"``, for the factors.
    n_factors
        Number of factors; ``None`` leaves it to parallel analysis.
    parallel_sets, percentile
        Random data sets of parallel analysis, and the percentile of their eigenvalues to exceed.
    outcome, mediator, drivers, controls
        Ids of constructs (outcome, mediator, drivers) and background items (controls) of the
        regression. The mediator stays out of the model of total effects.
    clusters, strata
        Ids of the items that say where people were sampled.
    adjust_agreeing
        Add the index of agreeing with anything as a covariate, where the instrument allows it.
    n_boot
        Bootstrap samples (of clusters) for the intervals of importance.
    confidence
        Level of all intervals.
    seed
        Seed of everything random.
    """

    chapters: tuple[str, ...] = CHAPTERS
    threshold: int = 10
    screen: bool = True
    flags: int = 2
    correlation: Literal["polychoric", "pearson", "spearman"] = "polychoric"
    n_factors: int | None = None
    parallel_sets: int = 100
    percentile: float = 95.0
    outcome: str | None = None
    mediator: str | None = None
    drivers: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    clusters: str | None = None
    strata: str | None = None
    adjust_agreeing: bool = True
    n_boot: int = 500
    confidence: float = 0.95
    seed: int = 20260117

    @property
    def digest(self) -> str:
        """Hash of all choices."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()

    def encode(self) -> bytes:
        """Return the plan as JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2)

    @staticmethod
    def decode(data: bytes) -> Plan:
        """Read a plan from JSON.

        Raises
        ------
        AnalysisError
            If it is not JSON, or has a field that no plan has, or one of the wrong type.
        """
        try:
            return msgspec.json.decode(data, type=Plan)
        except msgspec.DecodeError as error:
            raise AnalysisError(
                "The plan cannot be read: {reason}. Write one with “zhiyan analyse --write-plan” "
                "and change that.",
                reason=str(error),
            ) from error


def default_plan(instrument: Instrument, study: Study) -> Plan:
    """Return the plan for an instrument: what its constructs, roles and codes allow.

    The outcome is the first construct with that role, the drivers are all scales with that role;
    people are clustered by the study's primary sampling unit or else by the widest area code.
    """
    scales = instrument.scales()
    known = {item.id for item in instrument.items}
    by_role = {
        role: tuple(c.id for c in scales if c.role == role)
        for role in ("outcome", "mediator", "driver")
    }
    areas = sorted(
        (item for item in instrument.items if item.cluster_level is not None),
        key=lambda item: -(item.cluster_level or 0),
    )
    return Plan(
        threshold=study.effective_threshold(),
        outcome=next(iter(by_role["outcome"]), None),
        mediator=next(iter(by_role["mediator"]), None),
        drivers=by_role["driver"],
        controls=tuple(item for item in _CONTROLS if item in known),
        clusters=study.design.psu or next((item.id for item in areas), None),
        strata=study.design.strata,
    )


def check_plan(plan: Plan, instrument: Instrument) -> None:
    """Refuse a plan that does not fit the instrument, naming what does not.

    Raises
    ------
    AnalysisError
        For unknown chapters, constructs or items, or a threshold under the floor.
    """
    for chapter in plan.chapters:
        if chapter not in CHAPTERS:
            raise AnalysisError(
                "The plan asks for a chapter “{chapter}”, which does not exist; there are {all}.",
                chapter=chapter,
                all=", ".join(CHAPTERS),
            )
    if plan.threshold < FLOOR_THRESHOLD:
        raise AnalysisError(
            "The plan shows groups of {threshold}; fewer than {floor} is never shown.",
            threshold=plan.threshold,
            floor=FLOOR_THRESHOLD,
        )
    _check_numbers(plan)
    _check_names(plan, instrument)


def _check_numbers(plan: Plan) -> None:
    for field, fits, allowed in (
        ("flags", plan.flags >= 1, message("at least 1")),
        (
            "n_factors",
            plan.n_factors is None or plan.n_factors >= 1,
            message("at least 1, or nothing"),
        ),
        ("parallel_sets", plan.parallel_sets >= 10, message("at least 10")),
        ("percentile", 50 <= plan.percentile <= 100, message("from 50 to 100")),
        ("n_boot", plan.n_boot == 0 or plan.n_boot >= 100, message("0, or at least 100")),
        ("confidence", 0.5 <= plan.confidence < 1, message("between 0.5 and 1")),
    ):
        if not fits:
            raise AnalysisError(
                "The plan sets “{field}” to {value}; it must be {range}.",
                field=field,
                value=getattr(plan, field),
                range=allowed,
            )


def _check_names(plan: Plan, instrument: Instrument) -> None:
    scales = {construct.id for construct in instrument.scales()}
    for construct in filter(None, (plan.outcome, plan.mediator, *plan.drivers)):
        if construct not in scales:
            raise AnalysisError(
                "The plan names “{construct}”, which is no scale of the questionnaire “{id}”.",
                construct=construct,
                id=instrument.id,
            )
    choices = {i.id for i in instrument.items if i.kind in {ItemKind.SINGLE, ItemKind.CODE}}
    for item in filter(None, (plan.clusters, plan.strata, *plan.controls)):
        if item not in choices:
            raise AnalysisError(
                "The plan names “{item}”, which is no choice or code of the questionnaire “{id}”.",
                item=item,
                id=instrument.id,
            )


def findings_key(plan: Plan, data_hash: str, instrument: Instrument, study: Study) -> str:
    """Return the key under which the findings of a plan on these answers are saved."""
    parts = (
        metadata.version("zhiyan"),
        data_hash,
        plan.digest,
        instrument.digest,
        hashlib.sha256(msgspec.json.encode(study, order="deterministic")).hexdigest(),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def run_plan(
    plan: Plan,
    answers: Answers,
    instrument: Instrument,
    *,
    study: Study | None = None,
    key: str = "",
    last_change: str = "",
    tick: Callable[[float], None] | None = None,
) -> Findings:
    """Run every analysis of a plan and return what was found, with small groups hidden.

    Parameters
    ----------
    plan
        What to compute. Where the study asks for larger groups, its threshold holds.
    answers
        The final entries; the order of rows does not matter.
    instrument
        What was asked.
    study
        How people were sampled, and whether the answers are made up; where ``None``, a study of
        which only the questionnaire's title is known.
    key
        Result of :func:`findings_key`, where the findings will be saved.
    last_change
        ISO date of the last change of data or plan.
    tick
        Told how far the work is, 0 to 1; may raise to stop it.

    Returns
    -------
    Findings
        One chapter an analysis; one that cannot be done says why.

    Raises
    ------
    AnalysisError
        If the plan does not fit the instrument, or there are too few answers to show anything.
    """
    study = study or Study(title=instrument.title)
    check_plan(plan, instrument)
    plan = msgspec.structs.replace(plan, threshold=max(plan.threshold, study.effective_threshold()))
    if len(answers) < plan.threshold:
        raise AnalysisError(
            "There are {n} entries; nothing is shown for fewer than {threshold}.",
            n=len(answers),
            threshold=plan.threshold,
        )
    # Not needed to refuse a plan, and slow to load.
    from analysis.templates import CHAPTER_MAKERS, Workings

    tell = tick or (lambda _share: None)
    workings = Workings(plan, instrument, study, _in_stable_order(answers))
    chapters = []
    weights = {name: weight for name, (_make, weight) in CHAPTER_MAKERS.items()}
    total = sum(weights[name] for name in plan.chapters)
    done = 0.0
    for name in plan.chapters:
        maker, weight = CHAPTER_MAKERS[name]
        start = done

        def tell_part(share: float, start: float = start, weight: float = weight) -> None:
            tell((start + share * weight) / total)

        tell_part(0.0)
        chapters.append(_make(name, maker, workings, tell_part))
        done += weight
    tell(1.0)
    return Findings(
        key=key,
        plan_digest=plan.digest,
        instrument_digest=instrument.digest,
        n_received=len(answers),
        n_analysed=len(workings.kept),
        threshold=plan.threshold,
        n_hidden=_count_hidden(chapters),
        synthetic=study.synthetic,
        versions={name: metadata.version(name) for name in _LIBRARIES},
        last_change=last_change,
        chapters=tuple(chapters),
    )


def _make(
    name: str,
    maker: Callable[[Workings, Callable[[float], None]], Chapter],
    workings: Workings,
    tick: Callable[[float], None],
) -> Chapter:
    from analysis.templates import CHAPTER_TITLES

    try:
        return maker(workings, tick)
    except AnalysisError as error:
        return Chapter(id=name, title=CHAPTER_TITLES[name], omitted=as_message(error))


def _in_stable_order(answers: Answers) -> Answers:
    """Sort entries by what they say, so that no result depends on ids or on the order of rows."""
    import numpy as np
    import pandas as pd

    from surveys.answers import Answers as Sorted

    digests = [
        pd.util.hash_pandas_object(frame, index=False).to_numpy()
        for frame in (answers.values, answers.missing, answers.about[["seconds"]])
    ]
    order = np.lexsort(digests[::-1])
    return Sorted(
        answers.values.iloc[order], answers.missing.iloc[order], answers.about.iloc[order]
    )


def _count_hidden(chapters: list[Chapter]) -> int:
    return sum(
        isinstance(cell, Hidden)
        for chapter in chapters
        for table in chapter.tables
        for row in table.rows
        for cell in row
    )
