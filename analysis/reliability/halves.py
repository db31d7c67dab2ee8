"""How well two halves of a scale agree, over every way to halve it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.errors import AnalysisError
from analysis.numeric import Array, Missing, moments
from analysis.reliability.keyed_items import check_item_covariance, keyed_items

_ALL_UP_TO = 16
_SAMPLED = 20_000


@dataclass(frozen=True, slots=True)
class SplitHalf:
    """Split-half coefficients of one scale (Guttman 1945).

    Attributes
    ----------
    maximum
        Best split: Guttman's lambda 4.
    minimum
        Worst split; far below the maximum, the scale consists of clusters.
    average
        Mean over the splits.
    odd_even
        Split between odd and even items in the order given.
    lambda2
        Guttman's lambda 2, never below alpha.
    best, worst
        One half of the best and of the worst split.
    n_splits
        Splits looked at.
    exhaustive
        Whether these were all.
    n, n_items
        Respondents and items.
    """

    maximum: float
    minimum: float
    average: float
    odd_even: float
    lambda2: float
    best: tuple[str, ...]
    worst: tuple[str, ...]
    n_splits: int
    exhaustive: bool
    n: int
    n_items: int


def split_half(
    items: pd.DataFrame,
    reverse: Collection[str] = (),
    weights: str | ArrayLike | None = None,
    missing: Missing = "pairwise",
    seed: int = 0,
) -> SplitHalf:
    """Compute Guttman's split-half coefficient 4 c_ab / v over all halves of the scale.

    c_ab is the covariance between the two half scores and v the variance of their sum. With an odd
    number of items one half has one more. Up to 16 items all splits are taken, beyond that 20,000
    drawn at random.

    Parameters
    ----------
    items
        One row a respondent, one column an item; at least two items.
    reverse
        Items keyed the other way.
    weights
        Sampling weights: an array or a column of ``items``.
    missing
        ``"pairwise"`` or ``"listwise"``.
    seed
        Of the draw of splits.

    Raises
    ------
    AnalysisError
        As in :func:`analysis.reliability.cronbach_alpha`.

    References
    ----------
    Guttman, L. (1945). A basis for analyzing test-retest reliability. Psychometrika, 10, 255-282.
    """
    frame, w, keys = keyed_items(items, weights, reverse)
    about = moments(frame.to_numpy(), w, missing)
    covariance = about.covariance * np.outer(keys, keys)
    check_item_covariance(covariance, list(frame.columns), about.n)
    total = float(covariance.sum())
    if not total > 0:
        raise AnalysisError(
            "The sum of the items does not vary: they cancel out. Check which items are reversed."
        )
    k = len(keys)
    halves = _halves(k, seed)
    coefficients = _coefficients(halves, covariance)
    names = np.array(frame.columns, dtype=object)
    odd = (np.arange(k) % 2 == 0).astype(float)[None]
    best, worst = int(coefficients.argmax()), int(coefficients.argmin())
    off = covariance - np.diag(np.diag(covariance))
    return SplitHalf(
        maximum=float(coefficients[best]),
        minimum=float(coefficients[worst]),
        average=float(coefficients.mean()),
        odd_even=float(_coefficients(odd, covariance)[0]),
        lambda2=float((off.sum() + np.sqrt(k / (k - 1) * (off**2).sum())) / total),
        best=tuple(names[halves[best] > 0]),
        worst=tuple(names[halves[worst] > 0]),
        n_splits=len(halves),
        exhaustive=k <= _ALL_UP_TO,
        n=about.n,
        n_items=k,
    )


def _halves(k: int, seed: int) -> Array:
    """Return one row a split: 1 for the items of the one half."""
    size = k // 2
    if k > _ALL_UP_TO:
        order = np.random.default_rng(seed).random((_SAMPLED, k)).argsort(axis=1)
        return (order < size).astype(np.float64)
    chosen = np.array(list(combinations(range(k), size)))
    if k % 2 == 0:
        chosen = chosen[: comb(k, size) // 2]
    halves = np.zeros((len(chosen), k))
    np.put_along_axis(halves, chosen, 1.0, axis=1)
    return halves


def _coefficients(halves: Array, covariance: Array) -> Array:
    across = ((halves @ covariance) * (1.0 - halves)).sum(axis=1)
    return np.asarray(4.0 * across / covariance.sum())
