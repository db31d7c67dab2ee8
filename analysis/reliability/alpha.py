"""How far the items of a scale agree: Cronbach's alpha with its item statistics.

Omega (from a factor model) and split halves live beside it and are offered here too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.errors import AnalysisError, Note, note
from analysis.numeric import Array, Missing, moments, numeric_frame
from analysis.reliability.keyed_items import check_item_covariance, check_level, keyed_items
from analysis.resampling import bootstrap_counts, bootstrap_units, check_draws


@dataclass(frozen=True, slots=True)
class Reliability:
    """Cronbach's alpha of one scale.

    Attributes
    ----------
    alpha
        Alpha from the covariances of the items.
    alpha_standardised
        Alpha from their correlations.
    ci
        Lower and upper limit of alpha; NaN where undefined.
    confidence
        Level of the interval.
    n
        Respondents with at least one answer to the scale (pairwise) or with all (listwise).
    n_items
        Number of items.
    average_r
        Mean correlation between two different items after keying.
    items
        One row an item: ``n``, ``mean`` (as answered), ``sd``, ``key`` (1 or -1),
        ``item_rest_r`` (correlation with the sum of the other items after keying) and
        ``alpha_if_dropped`` (NaN for two items).
    missing, weighted
        How missing answers were handled, and whether rows were weighted.
    interval
        ``"feldt"``, ``"bootstrap"`` or ``"cluster bootstrap"``.
    n_boot, seed
        Draws behind the interval and their seed.
    notes
        Items that go against the scale, small n, and the like.
    """

    alpha: float
    alpha_standardised: float
    ci: tuple[float, float]
    confidence: float
    n: int
    n_items: int
    average_r: float
    items: pd.DataFrame
    missing: str
    weighted: bool
    interval: str
    n_boot: int
    seed: int
    notes: tuple[Note, ...]


def cronbach_alpha(
    items: pd.DataFrame,
    reverse: Collection[str] = (),
    weights: str | ArrayLike | None = None,
    missing: Missing = "pairwise",
    confidence: float = 0.95,
    *,
    clusters: str | ArrayLike | None = None,
    n_boot: int = 0,
    seed: int = 0,
) -> Reliability:
    """Compute Cronbach's alpha (1951) with item statistics and Feldt's interval.

    Items are keyed by sign, so that their range does not matter. With pairwise deletion each
    covariance uses the respondents who answered both items; respondents without any answer to the
    scale do not count. The interval (Feldt, Woodruff and Salih 1987) treats respondents as drawn
    independently and counts all of them; it is too short for clustered samples, for which there is
    the bootstrap of whole clusters (percentile limits).

    Parameters
    ----------
    items
        One row a respondent, one column an item; at least two items.
    reverse
        Items keyed the other way.
    weights
        Sampling weights: an array or a column of ``items``, which then is not an item.
    missing
        ``"pairwise"`` or ``"listwise"``.
    confidence
        Level of the interval.
    clusters
        For the bootstrap: whole clusters are drawn instead of respondents. A column of ``items``
        then is not an item.
    n_boot, seed
        Bootstrap draws for the interval (0: Feldt's), and their seed.

    Raises
    ------
    AnalysisError
        Fewer than two items, an item without variance or without common answers with another,
        unknown items in ``reverse``, improper weights.
    """
    units = bootstrap_units(items, clusters, n_boot)
    if isinstance(clusters, str):
        items = items.drop(columns=[clusters])
    frame, w, keys = keyed_items(items, weights, reverse)
    check_level(confidence)
    check_draws(n_boot)
    values = frame.to_numpy()
    about = moments(values, w, missing)
    covariance = about.covariance * np.outer(keys, keys)
    check_item_covariance(covariance, list(frame.columns), about.n)
    r = _correlation(covariance)
    alpha = alpha_from_covariance(covariance)
    table = _item_table(frame, about.mean, covariance, keys, np.diag(about.pair_n))
    return Reliability(
        alpha=alpha,
        alpha_standardised=alpha_from_covariance(r),
        ci=_bootstrapped(values * keys, w, missing, units, n_boot, seed, confidence)
        if n_boot
        else feldt_interval(alpha, about.n, len(keys), confidence),
        confidence=confidence,
        n=about.n,
        n_items=len(keys),
        average_r=float(r[np.triu_indices_from(r, 1)].mean()),
        items=table,
        missing=missing,
        weighted=weights is not None,
        interval=_interval_name(n_boot, units is not None),
        n_boot=n_boot,
        seed=seed,
        notes=_notes(table, alpha, about.n, weights is not None and not n_boot),
    )


def alpha_from_covariance(covariance: ArrayLike) -> float:
    """Return k / (k - 1) (1 - trace / sum) of a covariance or correlation matrix (Cronbach 1951).

    Raises
    ------
    AnalysisError
        Fewer than two items, or a total score without positive variance.
    """
    matrix = np.asarray(covariance, dtype=np.float64)
    k = len(matrix)
    if matrix.shape != (k, k) or k < 2:
        raise AnalysisError("Reliability needs at least two items.")
    total = float(matrix.sum())
    if not total > 0:
        raise AnalysisError(
            "The sum of the items does not vary: they cancel out. Check which items are reversed."
        )
    return k / (k - 1) * (1.0 - float(np.trace(matrix)) / total)


def feldt_interval(
    alpha: float, n: int, n_items: int, confidence: float = 0.95
) -> tuple[float, float]:
    """Return Feldt's interval of alpha, exact for parallel normal items.

    Parameters
    ----------
    alpha
        Estimate.
    n
        Respondents.
    n_items
        Items.
    confidence
        Level.

    References
    ----------
    Feldt, L. S., Woodruff, D. J., & Salih, F. A. (1987). Statistical inference for coefficient
    alpha. Applied Psychological Measurement, 11, 93-103.
    """
    if n < 2:
        return (float("nan"), float("nan"))
    tail = (1.0 - confidence) / 2.0
    df1, df2 = n - 1, (n - 1) * (n_items - 1)
    low = 1.0 - (1.0 - alpha) * float(stats.f.ppf(1.0 - tail, df1, df2))
    high = 1.0 - (1.0 - alpha) * float(stats.f.ppf(tail, df1, df2))
    return (low, high)


def keys_from_loadings(loadings: pd.DataFrame, least: float = 0.3) -> dict[str, dict[str, int]]:
    """Assign each item to the factor on which it loads most, with its sign.

    For data without known constructs. The sign is relative to the majority of the factor's items,
    so that a scale points where most of its items point.

    Parameters
    ----------
    loadings
        One row an item, one column a factor (pattern coefficients).
    least
        Items whose largest absolute loading is smaller belong nowhere.

    Returns
    -------
    dict
        Factor to item to 1 or -1; factors without items are left out.
    """
    frame = numeric_frame(loadings)
    values = frame.to_numpy()
    if np.isnan(values).any():
        raise AnalysisError("Some loadings are missing; no item can be assigned by them.")
    home = np.abs(values).argmax(axis=1)
    keyed: dict[str, dict[str, int]] = {}
    for place, factor in enumerate(frame.columns):
        mine = np.flatnonzero((home == place) & (np.abs(values[:, place]) >= least))
        if not len(mine):
            continue
        signs = np.where(values[mine, place] < 0, -1, 1)
        majority = -1 if signs.sum() < 0 else 1
        keyed[str(factor)] = {
            str(name): int(sign * majority)
            for name, sign in zip(frame.index[mine], signs, strict=True)
        }
    return keyed


def _bootstrapped(
    keyed: Array,
    w: Array,
    missing: Missing,
    units: NDArray[np.intp] | None,
    n_boot: int,
    seed: int,
    confidence: float,
) -> tuple[float, float]:
    """Return percentile limits of alpha."""
    k = keyed.shape[1]
    drawn = np.full(n_boot, np.nan)
    content = np.column_stack([keyed, w])
    for place, counts in enumerate(bootstrap_counts(content, units, n_boot, seed)):
        rows = np.flatnonzero(counts)
        covariance = moments(keyed[rows], w[rows] * counts[rows], missing).covariance
        total = float(covariance.sum())
        if total > 0:
            drawn[place] = k / (k - 1) * (1.0 - float(np.trace(covariance)) / total)
    usable = drawn[np.isfinite(drawn)]
    if 2 * len(usable) < n_boot:
        raise AnalysisError(
            "Most bootstrap draws lost the variation of some variable; there are too few clusters."
        )
    tail = 50.0 * (1.0 - confidence)
    low, high = np.percentile(usable, [tail, 100.0 - tail])
    return float(low), float(high)


def _interval_name(n_boot: int, clustered: bool) -> str:
    if not n_boot:
        return "feldt"
    return "cluster bootstrap" if clustered else "bootstrap"


def _correlation(covariance: Array) -> Array:
    sd = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(sd, sd))


def _item_table(
    frame: pd.DataFrame, mean: Array, covariance: Array, keys: Array, answered: Array
) -> pd.DataFrame:
    k = len(keys)
    variance = np.diag(covariance)
    total = float(covariance.sum())
    with_rest = covariance.sum(axis=1) - variance
    rest = total - 2.0 * with_rest - variance
    with np.errstate(invalid="ignore", divide="ignore"):
        item_rest = np.where(rest > 0, with_rest / np.sqrt(variance * rest), np.nan)
        dropped = np.full(k, np.nan)
        if k > 2:
            ratio = (k - 1) / (k - 2)
            dropped = ratio * (1.0 - (np.trace(covariance) - variance) / rest)
            dropped[rest <= 0] = np.nan
    return pd.DataFrame(
        {
            "n": answered.astype(int),
            "mean": mean,
            "sd": np.sqrt(variance),
            "key": keys.astype(int),
            "item_rest_r": item_rest,
            "alpha_if_dropped": dropped,
        },
        index=frame.columns,
    )


def _notes(table: pd.DataFrame, alpha: float, n: int, weighted: bool) -> tuple[Note, ...]:
    notes: list[Note] = []
    against = [str(name) for name in table.index[table["item_rest_r"] < 0]]
    if against:
        notes.append(
            note(
                "These items go against the rest of the scale; check whether they are reversed: "
                "{items}.",
                items=against,
            )
        )
    for name, row in table[table["alpha_if_dropped"] > alpha + 0.01].iterrows():
        notes.append(_better_without(str(name), row))
    if alpha < 0:
        notes.append(
            note("Alpha is negative: the items do not measure one thing as they are keyed.")
        )
    if n < 50:
        notes.append(note("Only {n} respondents: alpha is very uncertain.", n=n))
    if weighted:
        notes.append(note("The interval of alpha takes no account of the weights' unequal sizes."))
    return tuple(notes)


def _better_without(item: str, row: pd.Series) -> Note:
    value = float(row["alpha_if_dropped"])
    if row["key"] < 0 and row["item_rest_r"] > 0:
        return note(
            "Without {item} alpha would be {value:.2f}; but it is reversed, and people who agree "
            "with everything make reversed items look weaker than they are.",
            item=item,
            value=value,
        )
    return note("Without {item} alpha would be {value:.2f}.", item=item, value=value)
