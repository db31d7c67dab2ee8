"""What a pre-test says about each item: is it answered, does it tell people apart, does it fit.

Classical item analysis for rating items. Numbers are given with what a small pilot can carry: an
item is only called unfit when even the upper end of its interval is poor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError, Note, note
from analysis.numeric import Array, numeric_frame
from analysis.scores import Scale, reverse, score_scale

KEEP, REVISE, DROP, UNDECIDED = "keep", "revise", "drop", "undecided"


@dataclass(frozen=True, slots=True)
class ItemRules:
    """When an item gets a remark.

    Attributes
    ----------
    least_n
        Fewer answers decide nothing.
    missing
        Share of missing answers (those not reached aside) from which on it is remarked.
    declined
        Share of "prefer not to answer" from which on it is remarked.
    one_answer
        Share of the commonest answer from which on the item tells people apart too little.
    extreme
        Share of the lowest or highest answer from which on there is a floor or ceiling.
    item_rest
        Correlation with the rest of the scale below which the item is weak.
    unfit
        An item is unfit if the upper limit of that correlation lies below this; a reversed one is
        only remarked on, because agreeing with everything makes it look weaker than it is.
    discrimination
        Difference between the upper and lower group, as a share of the range, below which the item
        separates them too little.
    """

    least_n: int = 30
    missing: float = 0.10
    declined: float = 0.05
    one_answer: float = 0.80
    extreme: float = 0.60
    item_rest: float = 0.30
    unfit: float = 0.20
    discrimination: float = 0.20


@dataclass(frozen=True, slots=True)
class ItemAnalysis:
    """Statistics and verdicts of a pre-test; nothing in it belongs to a person.

    Attributes
    ----------
    table
        One row an item: ``scale``, ``reversed``, ``n``, ``missing`` (share), ``mean``, ``sd``,
        ``skewness``, ``floor`` and ``ceiling`` (shares of the lowest and highest possible answer),
        ``commonest`` (share), ``unused`` (answers nobody gave), ``discrimination``,
        ``item_rest_r`` with ``r_low`` and ``r_high``, ``verdict``. Means and shares are of the
        answers as given; discrimination and correlation after reversing.
    distribution
        Item by answer: share of those who answered.
    missing
        Item by kind of missing: share of all respondents; the one column ``missing`` if kinds are
        not known.
    remarks
        Item to remarks, empty if there is nothing to say.
    verdicts
        Item to a sentence.
    n
        Respondents.
    rules
        When an item gets a remark.
    """

    table: pd.DataFrame
    distribution: pd.DataFrame
    missing: pd.DataFrame
    remarks: Mapping[str, tuple[Note, ...]]
    verdicts: Mapping[str, Note]
    n: int
    rules: ItemRules


def analyse_items(
    items: pd.DataFrame,
    scales: Sequence[Scale],
    kinds: pd.DataFrame | None = None,
    rules: ItemRules | None = None,
) -> ItemAnalysis:
    """Describe every item of the scales and say which can stay.

    The discrimination of an item is the mean (after reversing, as a share of the range) among the
    27 percent highest on the rest of its scale less that among the 27 percent lowest (Kelley 1939);
    everybody tied at the boundary is in. The correlation is with the mean of the rest of the scale,
    for those who answered two thirds of it; its 95 percent limits are Fisher's.

    Parameters
    ----------
    items
        One row a respondent, answers as given (not reversed), NA where missing.
    scales
        Scales with their items, reversed items and ranges.
    kinds
        Kind of each missing answer, aligned with ``items``: text or NA; columns that are absent
        count as unknown. The kinds ``not_reached`` and ``prefer_not`` are treated as such.
    rules
        When an item gets a remark.

    Raises
    ------
    AnalysisError
        No scales, an item in two scales, absent columns, answers outside the range.

    References
    ----------
    Kelley, T. L. (1939). The selection of upper and lower groups for the validation of test items.
    Journal of Educational Psychology, 30, 17-24.
    """
    limits = rules or ItemRules()
    if not scales:
        raise AnalysisError("An item analysis needs to know which items belong together.")
    names = [name for scale in scales for name in scale.items]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AnalysisError("These items belong to more than one scale: {items}.", items=twice)
    answers = numeric_frame(items, names)
    missing = _missing_by_kind(answers, kinds)
    gaps = {str(name): shares_of for name, shares_of in missing.iterrows()}
    rows = {}
    shares = {}
    remarks: dict[str, tuple[Note, ...]] = {}
    verdicts: dict[str, Note] = {}
    for scale in scales:
        frame = answers[list(scale.items)]
        turned = [name for name in scale.items if name in scale.reversed_items]
        keyed = frame.copy()
        if turned:
            keyed[turned] = reverse(keyed[turned], scale.minimum, scale.maximum)
        for name in scale.items:
            row, shares[name] = _describe(frame[name], scale)
            row |= _against_rest(keyed, name, scale)
            remarks[name] = tuple(_remarks(row, gaps[name], scale, limits))
            row["verdict"], verdicts[name] = _verdict(row, remarks[name], limits)
            rows[name] = row
    table = pd.DataFrame.from_dict(rows, orient="index")
    distribution = pd.DataFrame.from_dict(shares, orient="index").fillna(0.0)
    return ItemAnalysis(
        table=table,
        distribution=distribution[sorted(distribution.columns)],
        missing=missing,
        remarks=remarks,
        verdicts=verdicts,
        n=len(items),
        rules=limits,
    )


def discrimination(item: Array, rest: Array, minimum: float, maximum: float) -> float:
    """Return the upper-lower difference of an item as a share of its range (Kelley 1939).

    Parameters
    ----------
    item
        Answers after reversing, shape (n,), NaN where missing.
    rest
        Score on the rest of the scale, shape (n,).
    minimum, maximum
        Lowest and highest possible answer.

    Returns
    -------
    float
        Between -1 and 1; NaN if the groups cannot be told apart.
    """
    both = ~(np.isnan(item) | np.isnan(rest))
    if both.sum() < 4:
        return float("nan")
    item, rest = item[both], rest[both]
    low, high = np.quantile(rest, [0.27, 0.73])
    if not low < high:
        return float("nan")
    difference = item[rest >= high].mean() - item[rest <= low].mean()
    return float(difference / (maximum - minimum))


def _describe(answers: pd.Series, scale: Scale) -> tuple[dict[str, object], dict[float, float]]:
    values = answers.dropna().to_numpy()
    n = len(values)
    found, counts = np.unique(values, return_counts=True)
    shares = {float(v): float(c) / n for v, c in zip(found, counts, strict=True)}
    points = np.arange(scale.minimum, scale.maximum + 0.5)
    whole = bool(np.isin(found, points).all())
    sd = float(values.std(ddof=1)) if n > 1 else float("nan")
    centred = values - values.mean() if n else values
    return {
        "scale": scale.name,
        "reversed": answers.name in scale.reversed_items,
        "n": n,
        "missing": float(answers.isna().mean()),
        "mean": float(values.mean()) if n else float("nan"),
        "sd": sd,
        "skewness": float((centred**3).mean() / values.std() ** 3)
        if n > 2 and sd > 0
        else float("nan"),
        "floor": shares.get(float(scale.minimum), 0.0),
        "ceiling": shares.get(float(scale.maximum), 0.0),
        "commonest": max(shares.values(), default=float("nan")),
        "unused": int((~np.isin(points, found)).sum()) if whole else 0,
    }, shares


def _against_rest(keyed: pd.DataFrame, name: str, scale: Scale) -> dict[str, float]:
    blank = {"discrimination": np.nan, "item_rest_r": np.nan, "r_low": np.nan, "r_high": np.nan}
    if keyed.shape[1] < 2:
        return blank
    item = keyed[name].to_numpy()
    rest = score_scale(keyed.drop(columns=[name]), (), scale.minimum, scale.maximum).to_numpy()
    both = ~(np.isnan(item) | np.isnan(rest))
    n = int(both.sum())
    if n < 4 or np.ptp(item[both]) == 0 or np.ptp(rest[both]) == 0:
        return blank
    r = float(np.corrcoef(item[both], rest[both])[0, 1])
    z, half = np.arctanh(np.clip(r, -0.999999, 0.999999)), 1.959964 / np.sqrt(n - 3)
    return {
        "discrimination": discrimination(item, rest, scale.minimum, scale.maximum),
        "item_rest_r": r,
        "r_low": float(np.tanh(z - half)),
        "r_high": float(np.tanh(z + half)),
    }


def _missing_by_kind(answers: pd.DataFrame, kinds: pd.DataFrame | None) -> pd.DataFrame:
    gaps = answers.isna()
    if kinds is None:
        return pd.DataFrame({"missing": gaps.mean()}, index=answers.columns)
    if not kinds.index.equals(answers.index):
        raise AnalysisError("The kinds of missing answers have other rows than the answers.")
    told = kinds.reindex(columns=answers.columns).astype(object)
    told = told.where(told.notna(), "unknown").where(gaps)
    found = sorted({str(kind) for kind in pd.unique(told.to_numpy().ravel()) if pd.notna(kind)})
    return pd.DataFrame(
        {kind: (told == kind).mean() for kind in found},
        index=answers.columns,
        columns=pd.Index(found),
    )


def _remarks(
    row: Mapping[str, object], missing: pd.Series, scale: Scale, limits: ItemRules
) -> list[Note]:
    number = {key: float(value) for key, value in row.items() if isinstance(value, int | float)}
    given: list[Note] = []
    if number["item_rest_r"] < 0:
        given.append(note("It goes against its scale: is it reversed, or misunderstood?"))
    elif number["item_rest_r"] < limits.item_rest:
        given.append(
            note(
                "It goes little with the rest of its scale (r = {r:.2f}).", r=number["item_rest_r"]
            )
        )
    if row["reversed"] and 0 <= number["item_rest_r"] < limits.item_rest:
        given.append(
            note(
                "It is reversed, and people who agree with everything make reversed items look "
                "weaker; do not leave it out for that alone."
            )
        )
    if number["discrimination"] < limits.discrimination:
        given.append(
            note(
                "It hardly separates the highest from the lowest on the scale (D = {d:.2f}).",
                d=number["discrimination"],
            )
        )
    if number["commonest"] >= limits.one_answer:
        given.append(
            note(
                "{share:.0%} gave the same answer: it tells people apart too little.",
                share=number["commonest"],
            )
        )
    elif number["floor"] >= limits.extreme:
        given.append(note("{share:.0%} gave the lowest answer.", share=number["floor"]))
    elif number["ceiling"] >= limits.extreme:
        given.append(note("{share:.0%} gave the highest answer.", share=number["ceiling"]))
    if number["unused"] and number["n"] >= 20 * (scale.maximum - scale.minimum + 1):
        given.append(note("Nobody used {count} of its answers.", count=int(number["unused"])))
    declined = float(missing.get("prefer_not", 0.0))
    unanswered = float(missing.drop(["not_reached"], errors="ignore").sum())
    if declined >= limits.declined:
        given.append(
            note(
                "{share:.0%} preferred not to answer: the topic may be too sensitive.",
                share=declined,
            )
        )
    elif unanswered >= limits.missing:
        given.append(note("{share:.0%} left it unanswered.", share=unanswered))
    return given


def _verdict(
    row: Mapping[str, object], remarks: Sequence[Note], limits: ItemRules
) -> tuple[str, Note]:
    n, upper, r = int(str(row["n"])), float(str(row["r_high"])), float(str(row["item_rest_r"]))
    if n < limits.least_n:
        return UNDECIDED, note("Too few answers ({n}) to decide.", n=n)
    if upper < 0:
        return REVISE, note("Check its direction first; as it is keyed it cannot stay.")
    if upper < limits.unfit and not row["reversed"]:
        return DROP, note("Leave it out or write it anew.")
    if remarks:
        return REVISE, note("Look at it again before the field work.")
    if np.isnan(r):
        return KEEP, note(
            "Nothing speaks against it; whether it belongs to a scale cannot be seen."
        )
    return KEEP, note("Keep it.")
