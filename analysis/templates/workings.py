"""What several chapters need, computed once a run: screening, scores, correlations, factors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.scores import Scale, score_scales
from analysis.screening import acquiescence
from surveys.answers import Answers
from surveys.model import Instrument, Item, ItemKind, ResponseScale, Valence
from surveys.study import Study
from surveys.words import Text

if TYPE_CHECKING:
    from analysis.correlation import CorrelationMatrix
    from analysis.factor import FactorSolution
    from analysis.plan import Plan
    from analysis.retention.rules import FactorCount
    from analysis.screening import Screening

Tick = Callable[[float], None]

LEAST_PAIRS = 4
"""Fewer pairs of forward and reversed items measure their content, not the habit of agreeing."""


@dataclass(frozen=True, slots=True)
class Block:
    """Likert items shown together: those of a construct, or those of a section without one.

    All are answered on the same response scale.
    """

    id: str
    label: Text
    scale: ResponseScale
    items: tuple[Item, ...]
    valence: Valence | None = None


def blocks_of(instrument: Instrument) -> list[Block]:
    """Group the Likert items by construct, then what is left by section; split by response scale."""
    groups = [(c.id, c.label, c.valence, instrument.items_of(c.id)) for c in instrument.constructs]
    placed = {item.id for *_rest, items in groups for item in items}
    for section in instrument.sections:
        rest = tuple(
            item
            for item in (instrument.item(i) for i in section.item_ids)
            if item.kind is ItemKind.LIKERT and item.id not in placed
        )
        groups.append((section.id, section.title, Valence.NEUTRAL, rest))
    blocks = []
    for name, label, valence, items in groups:
        scales = {item.scale.id: item.scale for item in items if item.scale is not None}
        for scale_id, scale in scales.items():
            part = tuple(item for item in items if item.scale is not None and item.scale == scale)
            key = name if len(scales) == 1 else f"{name}.{scale_id}"
            known = None if valence is Valence.NEUTRAL else valence
            blocks.append(Block(key, label, scale, part, known))
    return blocks


class Workings:
    """Intermediate results of one run of a plan.

    Parameters
    ----------
    plan
        What to compute.
    instrument
        What was asked.
    study
        How people were sampled.
    answers
        All final entries, in a stable order.
    """

    def __init__(self, plan: Plan, instrument: Instrument, study: Study, answers: Answers) -> None:
        self.plan = plan
        self.instrument = instrument
        self.study = study
        self.answers = answers
        self._count: FactorCount | None = None
        self._factors: FactorSolution | None = None

    @cached_property
    def likert(self) -> tuple[Item, ...]:
        """Likert items in order of presentation."""
        return self.instrument.likert_items

    @cached_property
    def scales(self) -> list[Scale]:
        """Scoring keys of all constructs measured by several Likert items."""
        return [scale_of(self.instrument, c.id) for c in self.instrument.scales()]

    @cached_property
    def blocks(self) -> list[Block]:
        """Likert items grouped for display: by construct, or by section where there are none."""
        return blocks_of(self.instrument)

    @cached_property
    def screening(self) -> Screening:
        """Indices of careless answering of all entries."""
        from analysis.templates.quality import screen_answers

        return screen_answers(self)

    @cached_property
    def kept(self) -> Answers:
        """The entries that the analyses use: all, or those that the screening keeps."""
        if not self.plan.screen:
            return self.answers
        keep = ~self.screening.flagged.to_numpy(dtype=bool)
        return Answers(
            self.answers.values.loc[keep],
            self.answers.missing.loc[keep],
            self.answers.about.loc[keep],
        )

    @cached_property
    def items(self) -> pd.DataFrame:
        """Likert answers of the kept entries as float, NaN where missing."""
        return numbers(self.kept.values, [item.id for item in self.likert])

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scale means of the kept entries, one column a construct; never leaves memory."""
        return self.scores_of(self.kept)

    def scores_of(self, answers: Answers) -> pd.DataFrame:
        """Score all scales of some entries (raw metric, higher means more of the construct)."""
        frame = numbers(answers.values, [item for scale in self.scales for item in scale.items])
        scoring = self.instrument.scoring
        return score_scales(frame, self.scales, (scoring.numerator, scoring.denominator))

    @cached_property
    def agreeing(self) -> pd.Series | None:
        """Index of agreeing with anything; ``None`` where the instrument has too few pairs."""
        pairs = sum(
            min(len(scale.reversed_items), len(scale.items) - len(scale.reversed_items))
            for scale in self.scales
        )
        return acquiescence(self.items, self.scales) if pairs >= LEAST_PAIRS else None

    @cached_property
    def correlation(self) -> CorrelationMatrix:
        """Correlations of the Likert items that vary."""
        from analysis.correlation import correlate

        if len(self.varying) < 3:
            raise AnalysisError(
                "There are {n} Likert items with answers that differ; factors need at least three.",
                n=len(self.varying),
            )
        return correlate(self.items[self.varying], self.plan.correlation)

    @cached_property
    def varying(self) -> list[str]:
        """Ids of the Likert items with at least two different answers."""
        return [str(name) for name in self.items.columns if self.items[name].nunique() > 1]

    def count(self, tick: Tick) -> FactorCount:
        """Ask several rules for the number of factors; computed once."""
        if self._count is None:
            from analysis.retention.rules import how_many_factors

            self._count = how_many_factors(
                self.items[self.varying],
                correlation=self.plan.correlation,
                n_sets=self.plan.parallel_sets,
                percentile=self.plan.percentile,
                seed=self.plan.seed,
                tick=tick,
            )
        return self._count

    def factors(self, tick: Tick) -> FactorSolution:
        """Extract and rotate the factors; computed once."""
        if self._factors is None:
            from analysis.factor import fit_factors_from_correlation

            n_factors = self.plan.n_factors or max(1, self.count(tick).parallel.n_factors)
            self._factors = fit_factors_from_correlation(
                self.correlation, n_factors, extraction="minres", rotation="oblimin"
            )
        return self._factors


def numbers(values: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns as float with NaN where missing."""
    frame = values[list(columns)]
    return pd.DataFrame(
        frame.to_numpy(dtype=float, na_value=np.nan), index=frame.index, columns=frame.columns
    )


def scale_of(instrument: Instrument, construct_id: str) -> Scale:
    """Return the scoring key of a construct.

    Raises
    ------
    AnalysisError
        If its items are answered on different response scales, which a mean cannot mix.
    """
    items = instrument.items_of(construct_id)
    ranges = {(item.scale.minimum, item.scale.maximum) for item in items if item.scale}
    if len(ranges) != 1:
        raise AnalysisError(
            "The items of “{construct}” are answered on different response scales; "
            "a mean of them has no meaning.",
            construct=construct_id,
        )
    ((minimum, maximum),) = ranges
    return Scale(
        construct_id,
        tuple(item.id for item in items),
        frozenset(item.id for item in items if item.reverse),
        minimum,
        maximum,
    )
