"""Who answered without care: several independent signs, and a rule that needs two kinds of them.

No single sign convicts anybody: a person may honestly agree with everything, or be fast. A
respondent is set aside only when signs of two different kinds meet, and every analysis can be
repeated with all respondents (:func:`sensitivity`). Values and flags belong to persons and stay in
memory; what may be reported are the counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.errors import AnalysisError, Note, note
from analysis.numeric import Array, numeric_frame
from analysis.scores import Scale
from analysis.screening.indices import (
    Index,
    Thresholds,
    attention_index,
    even_odd_index,
    irv_index,
    longstring_index,
    mahalanobis_index,
    pair_index,
    time_index,
)

KIND_OF = MappingProxyType(
    {
        "attention": "attention",
        "time": "speed",
        "longstring": "sameness",
        "irv": "sameness",
        "mahalanobis": "oddity",
        "even_odd": "inconsistency",
        "synonyms": "inconsistency",
        "antonyms": "inconsistency",
    }
)
"""Index to the kind of sign it is. Two indices of one kind see the same thing and count once,
unless no constructs are known (see :func:`screen`)."""


@dataclass(frozen=True, slots=True)
class Screening:
    """Flags for careless answering; persons' values stay in memory.

    Attributes
    ----------
    values
        One row a respondent, one column an index, NaN where it could not be computed.
    flags
        The same as booleans; what could not be computed is not flagged.
    kinds
        Number of different kinds of sign (of indices, if no constructs are known), one entry a
        respondent.
    flagged
        Whether at least ``thresholds.kinds`` kinds met.
    kept
        The opposite.
    counts
        One row an index: ``computed``, ``flagged`` and ``share`` (flagged of computed).
    n, n_flagged, n_kept
        Respondents in all, set aside, kept.
    thresholds
        Where an index becomes a flag, and how many kinds must meet.
    not_computed
        Index to the reason why it is missing.
    notes
        Remarks for the report.
    """

    values: pd.DataFrame
    flags: pd.DataFrame
    kinds: pd.Series
    flagged: pd.Series
    kept: pd.Series
    counts: pd.DataFrame
    n: int
    n_flagged: int
    n_kept: int
    thresholds: Thresholds
    not_computed: Mapping[str, Note]
    notes: tuple[Note, ...]


def screen(
    items: pd.DataFrame,
    blocks: Sequence[Sequence[str]] | None = None,
    scales: Sequence[Scale] = (),
    attention: Mapping[str, float] | None = None,
    seconds: str | ArrayLike | None = None,
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    indices: Collection[str] | None = None,
    thresholds: Thresholds | None = None,
) -> Screening:
    """Compute signs of careless answering and flag respondents in whom two kinds of them meet.

    Where the constructs are known (``scales``) the five indices are a failed attention item, less
    than two seconds an item, a long run of identical answers, an unlikely pattern (Mahalanobis),
    and contradiction between odd and even items of the scales. Where they are not known,
    contradiction cannot be seen and the rule rests on what is left: ``longstring``, ``irv`` and
    ``mahalanobis``, with attention and time if they were recorded. Each then counts by itself, since
    otherwise nobody who ticks one column could ever be found; a note says what that costs. If fewer
    than two can be computed nobody is flagged, and a note says why.

    Parameters
    ----------
    items
        One row a respondent; a column for every item named below, as answered (not reversed).
    blocks
        Lists of items of one response scale each, in presentation order, without attention items.
        None: all columns but attention items and times are one block in the frame's order.
    scales
        Constructs with their items, reversed items and ranges.
    attention
        Attention item to the answer it asks for; a missing answer is not a failure.
    seconds
        Time each respondent took for the items, in seconds: column of ``items`` or array.
    ranges
        Item to lowest and highest possible answer, for ``irv`` where no scale tells; observed
        extremes otherwise.
    indices
        Which indices to use instead; any of ``KIND_OF``.
    thresholds
        Where an index becomes a flag.

    Raises
    ------
    AnalysisError
        Unknown columns or indices, answers that are not numbers, impossible thresholds.
    """
    limits = thresholds or Thresholds()
    _check_thresholds(limits)
    chosen = _chosen(indices, bool(scales))
    skip = set(attention or ()) | ({seconds} if isinstance(seconds, str) else set())
    parts = [list(part) for part in blocks] if blocks is not None else None
    if parts is None:
        parts = [[str(name) for name in items.columns if str(name) not in skip]]
    names = list(dict.fromkeys(name for part in parts for name in part))
    if not names:
        raise AnalysisError("There are no items to screen.")
    answers = numeric_frame(items, names)
    found: dict[str, Index] = {}
    reasons: dict[str, Note] = {}
    work: dict[str, Callable[[], Index | Note]] = {
        "attention": lambda: attention_index(items, attention or {}),
        "time": lambda: time_index(items, answers, seconds, limits),
        "longstring": lambda: longstring_index(answers, parts, limits),
        "irv": lambda: irv_index(answers, parts, _all_ranges(scales, ranges), limits),
        "mahalanobis": lambda: mahalanobis_index(answers, limits),
        "even_odd": lambda: even_odd_index(items, scales, limits),
        "synonyms": lambda: pair_index(answers, limits, against=False),
        "antonyms": lambda: pair_index(answers, limits, against=True),
    }
    for index in chosen:
        outcome = work[index]()
        if isinstance(outcome, Note):
            reasons[index] = outcome
        else:
            found[index] = outcome
    return _verdict(items.index, found, reasons, limits, known=bool(scales))


def sensitivity(
    frame: pd.DataFrame,
    screening: Screening,
    statistic: Callable[[pd.DataFrame], pd.Series],
) -> pd.DataFrame:
    """Compute a statistic with everybody and without those set aside.

    Parameters
    ----------
    frame
        The data, with the rows that were screened.
    screening
        Result of :func:`screen`.
    statistic
        From a frame to labelled numbers (means, coefficients); never to persons.

    Returns
    -------
    pandas.DataFrame
        One row a label: ``everybody``, ``kept``, ``difference`` (kept less everybody).

    Raises
    ------
    AnalysisError
        The frame has other rows than were screened.
    """
    if not frame.index.equals(screening.flagged.index):
        raise AnalysisError("These are not the rows that were screened.")
    everybody = statistic(frame)
    kept = statistic(frame.loc[screening.kept.to_numpy()])
    table = pd.DataFrame({"everybody": everybody, "kept": kept})
    table["difference"] = table["kept"] - table["everybody"]
    return table


def acquiescence(items: pd.DataFrame, scales: Sequence[Scale]) -> pd.Series:
    """Return how readily each respondent agrees whatever is said.

    The mean raw answer, 0 to 1, over the reversed items and, for each scale that has some, its first
    forward items, as many as there are reversed ones: content cancels, agreeing does not
    (Weijters, Baumgartner and Schillewaert 2013).

    Parameters
    ----------
    items
        One row a respondent, as answered.
    scales
        Constructs; those without items of both directions contribute nothing.

    Raises
    ------
    AnalysisError
        No scale has items of both directions.
    """
    parts: list[Array] = []
    for scale in scales:
        back = [name for name in scale.items if name in scale.reversed_items]
        forward = [name for name in scale.items if name not in scale.reversed_items]
        pairs = min(len(back), len(forward))
        if pairs:
            raw = numeric_frame(items, [*back[:pairs], *forward[:pairs]]).to_numpy()
            parts.append((raw - scale.minimum) / (scale.maximum - scale.minimum))
    if not parts:
        raise AnalysisError(
            "No scale has both forward and reversed items, so that agreeing with everything cannot "
            "be told from meaning it."
        )
    values = np.hstack(parts)
    there = ~np.isnan(values)
    enough = 2 * there.sum(axis=1) >= values.shape[1]
    mean = np.nansum(values, axis=1) / np.where(enough, there.sum(axis=1), 1)
    return pd.Series(np.where(enough, mean, np.nan), index=items.index)


def _chosen(indices: Collection[str] | None, known: bool) -> list[str]:
    if indices is None:
        last = ["even_odd"] if known else ["irv"]
        return ["attention", "time", "longstring", "mahalanobis", *last]
    strange = sorted(set(indices).difference(KIND_OF))
    if strange or not indices:
        raise AnalysisError(
            "There is no screening index {unknown}; there are {known}.",
            unknown=strange or "-",
            known=list(KIND_OF),
        )
    return [index for index in KIND_OF if index in indices]


def _check_thresholds(limits: Thresholds) -> None:
    fine = (
        limits.seconds_per_item > 0
        and limits.longest_run >= 2
        and 0 <= limits.spread < 1
        and 0 < limits.mahalanobis_p < 1
        and -1 < limits.consistency < 1
        and 0 < limits.pair_r < 1
        and limits.kinds >= 1
    )
    if not fine:
        raise AnalysisError(
            "A screening threshold is impossible: {thresholds}.", thresholds=str(limits)
        )


def _all_ranges(
    scales: Sequence[Scale], ranges: Mapping[str, tuple[float, float]] | None
) -> dict[str, tuple[float, float]]:
    known = {name: (s.minimum, s.maximum) for s in scales for name in s.items}
    return {**known, **(ranges or {})}


def _verdict(
    index: pd.Index,
    found: Mapping[str, Index],
    reasons: Mapping[str, Note],
    limits: Thresholds,
    *,
    known: bool,
) -> Screening:
    columns = pd.Index(list(found))
    values = pd.DataFrame({k: v.value for k, v in found.items()}, index=index, columns=columns)
    flags = pd.DataFrame({k: v.flag for k, v in found.items()}, index=index, columns=columns)
    kind_of = {name: KIND_OF[name] if known else name for name in found}
    there = sorted(set(kind_of.values()))
    kinds = pd.Series(0, index=index)
    for kind in there:
        kinds += flags[[name for name in found if kind_of[name] == kind]].any(axis=1).astype(int)
    flagged = kinds >= limits.kinds
    computed = values.notna().sum()
    counts = pd.DataFrame({"computed": computed, "flagged": flags.sum().astype(int)}, index=columns)
    counts["share"] = counts["flagged"] / counts["computed"].where(counts["computed"] > 0)
    remarks = [remark for index_ in found.values() for remark in index_.notes]
    if len(there) < limits.kinds:
        remarks.append(
            note(
                "Only {there} kinds of sign could be computed and {needed} must meet, so nobody is "
                "set aside.",
                there=len(there),
                needed=limits.kinds,
            )
        )
    if not known:
        remarks.append(
            note(
                "No constructs are known, so that contradictions between answers cannot be seen; "
                "people who honestly agree with everything look like people who do not read."
            )
        )
    return Screening(
        values=values,
        flags=flags,
        kinds=kinds,
        flagged=flagged,
        kept=~flagged,
        counts=counts,
        n=len(index),
        n_flagged=int(flagged.sum()),
        n_kept=int((~flagged).sum()),
        thresholds=limits,
        not_computed=dict(reasons),
        notes=tuple(remarks),
    )
