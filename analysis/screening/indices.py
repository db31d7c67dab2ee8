"""The indices of careless answering: each a value and a flag a respondent, or why it is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.errors import Note, note
from analysis.numeric import Array, numeric_frame, row_values
from analysis.scores import Scale, reverse
from analysis.screening.response_quality import (
    even_odd_consistency,
    intra_individual_sd,
    longest_run,
    pair_consistency,
    squared_distances,
    strong_pairs,
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where each index becomes a flag.

    Attributes
    ----------
    seconds_per_item
        Faster is flagged.
    longest_run
        Runs of at least so many identical answers are flagged.
    spread
        Intra-individual standard deviations below this share of the answers' range are flagged.
    mahalanobis_p
        Distances with a smaller upper-tail probability are flagged.
    consistency
        Even-odd and synonym correlations below it are flagged, antonym ones above its negative.
    pair_r
        Least absolute correlation in the sample that makes a pair of synonyms or antonyms.
    kinds
        Kinds of sign that must meet before a respondent is set aside.
    """

    seconds_per_item: float = 2.0
    longest_run: int = 12
    spread: float = 0.1
    mahalanobis_p: float = 0.001
    consistency: float = 0.0
    pair_r: float = 0.6
    kinds: int = 2


@dataclass(frozen=True, slots=True)
class Index:
    """One index: a value and a flag a respondent, and remarks."""

    value: Array
    flag: NDArray[np.bool_]
    notes: tuple[Note, ...] = ()


def attention_index(items: pd.DataFrame, attention: Mapping[str, float]) -> Index | Note:
    """Count failed attention items; an attention item without answer is not a failure."""
    if not attention:
        return note("The questionnaire has no attention item.")
    answers = numeric_frame(items, list(attention)).to_numpy()
    there = ~np.isnan(answers)
    failed = (there & (answers != np.array(list(attention.values()), dtype=float))).sum(axis=1)
    values = np.where(there.any(axis=1), failed.astype(float), np.nan)
    return Index(values, failed > 0)


def time_index(
    items: pd.DataFrame,
    answers: pd.DataFrame,
    seconds: str | ArrayLike | None,
    limits: Thresholds,
) -> Index | Note:
    """Flag respondents who took too little time for each item that they answered."""
    taken = row_values(items, seconds, note("times"))
    if taken is None:
        return note("The time taken was not recorded.")
    time = numeric_frame(taken.to_frame("seconds")).to_numpy()[:, 0]
    answered = answers.notna().to_numpy().sum(axis=1)
    usable = (time > 0) & (answered > 0)
    if not usable.any():
        return note("The time taken was not recorded.")
    values = np.where(usable, time / np.where(answered > 0, answered, 1), np.nan)
    return Index(values, values < limits.seconds_per_item)


def longstring_index(
    answers: pd.DataFrame, blocks: Sequence[Sequence[str]], limits: Thresholds
) -> Index | Note:
    """Flag long runs of identical answers within a block of one response scale."""
    long = [list(block) for block in blocks if len(block) >= limits.longest_run]
    if not long:
        return note(
            "No block of items with the same answers has {length} items or more.",
            length=limits.longest_run,
        )
    runs = np.column_stack([longest_run(answers[block].to_numpy()) for block in long])
    values = np.fmax.reduce(runs, axis=1)
    return Index(values, values >= limits.longest_run)


def irv_index(
    answers: pd.DataFrame,
    blocks: Sequence[Sequence[str]],
    ranges: Mapping[str, tuple[float, float]],
    limits: Thresholds,
) -> Index | Note:
    """Flag respondents whose answers hardly differ, in shares of the range, in block after block.

    What counts is the block with the largest spread: one short block of like statements can be
    answered alike in good faith.
    """
    parts: list[Array] = []
    for block in blocks:
        values = answers[list(block)].to_numpy()
        if len(block) < 10 or np.isnan(values).all():
            continue
        low = min(ranges[name][0] if name in ranges else np.inf for name in block)
        high = max(ranges[name][1] if name in ranges else -np.inf for name in block)
        low, high = min(low, float(np.nanmin(values))), max(high, float(np.nanmax(values)))
        if high > low:
            parts.append(intra_individual_sd(values) / (high - low))
    if not parts:
        return note(
            "No block of items with the same answers has {length} items or more.", length=10
        )
    values = np.fmax.reduce(np.column_stack(parts), axis=1)
    return Index(values, values < limits.spread)


def mahalanobis_index(answers: pd.DataFrame, limits: Thresholds) -> Index | Note:
    """Flag patterns of answers that are unlikely given all others, by chi-square (Mahalanobis 1936)."""
    values = answers.to_numpy()
    with np.errstate(invalid="ignore"):
        varies = np.nanmax(values, axis=0, initial=-np.inf) > np.nanmin(
            values, axis=0, initial=np.inf
        )
    values = values[:, varies]
    n, p = values.shape
    seen = (~np.isnan(values)).astype(float)
    pairs = seen.T @ seen
    if p < 3 or n < 5 * p or pairs.min() < 2 * p:
        return note(
            "Unlikely patterns need at least three items that vary and five respondents an item; "
            "there are {n} respondents for {p} items.",
            n=n,
            p=p,
        )
    distance, answered, smoothed = squared_distances(values)
    remarks = (
        note("For unlikely patterns the correlations of the items were made positive definite."),
    )
    tail = stats.chi2.sf(distance, answered)
    flag = np.asarray(tail < limits.mahalanobis_p)
    return Index(distance / np.maximum(answered, 1), flag, remarks if smoothed else ())


def even_odd_index(
    items: pd.DataFrame, scales: Sequence[Scale], limits: Thresholds
) -> Index | Note:
    """Flag respondents whose odd and even items of the scales contradict one another."""
    usable = [scale for scale in scales if len(scale.items) >= 2]
    if len(usable) < 3:
        return note("Contradiction between halves needs at least three scales of two items.")
    halves: list[tuple[Array, Array]] = []
    for scale in usable:
        frame = numeric_frame(items, scale.items)
        turned = [name for name in scale.items if name in scale.reversed_items]
        if turned:
            frame[turned] = reverse(frame[turned], scale.minimum, scale.maximum)
        values = (frame.to_numpy() - scale.minimum) / (scale.maximum - scale.minimum)
        halves.append((_row_mean(values[:, ::2]), _row_mean(values[:, 1::2])))
    values = even_odd_consistency(halves)
    return Index(values, values < limits.consistency)


def pair_index(answers: pd.DataFrame, limits: Thresholds, *, against: bool) -> Index | Note:
    """Flag respondents who treat items apart that others answer alike (or the opposite way)."""
    values = answers.to_numpy()
    synonyms, antonyms = strong_pairs(values, limits.pair_r)
    pairs = antonyms if against else synonyms
    if len(pairs) < 5:
        return note(
            "Only {count} pairs of items correlate beyond {r}; five are needed.",
            count=len(pairs),
            r=limits.pair_r,
        )
    z = (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0)
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    r = pair_consistency(z[:, left], z[:, right])
    return Index(r, r > -limits.consistency if against else r < limits.consistency)


def _row_mean(values: Array) -> Array:
    there = (~np.isnan(values)).sum(axis=1)
    return np.where(there > 0, np.nansum(values, axis=1) / np.maximum(there, 1), np.nan)
