"""How answers go missing: at random, declined, or broken off."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.matrices import FloatArray
from analysis.simulate.truth import Model

SKIPPED, PREFER_NOT, NOT_REACHED = 1, 3, 4

PREFILLED = ("D_REGION", "D_COUNTY", "D_TOWN")
"""Background that the researcher fills in before the form is handed out: nobody breaks off there."""


def draw_gaps(
    values: pd.DataFrame,
    known: list[str],
    model: Model,
    latent: pd.DataFrame,
    people: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw which cells are missing and why.

    Parameters
    ----------
    values
        Complete answers (people x items in order of presentation).
    known
        Items the model has answers for; all others are skipped by everybody.
    model
        The data-generating model.
    latent, people
        What declining depends on.
    rng
        Random numbers.

    Returns
    -------
    DataFrame
        ``uint8``, as ``values`` in shape: 0, ``SKIPPED``, ``PREFER_NOT`` or ``NOT_REACHED``.
    """
    settings = model.settings["missing"]
    n = len(values)
    gaps = pd.DataFrame(np.uint8(0), index=values.index, columns=values.columns)
    background = [item for item in known if item.startswith("D_") and item != "D_REGION"]
    skips = settings["demographics_skip"]
    for item in known:
        if item == "OPEN1":
            gaps.loc[values[item].isna(), item] = SKIPPED
            continue
        if item in background:
            share = skips["D_TOWN"] if item == "D_TOWN" else skips["base"]
        elif item in PREFILLED:
            continue
        else:
            share = settings["mcar_item"]
        gaps.loc[rng.random(n) < share, item] = SKIPPED
    _decline(gaps, settings["prefer_not_MAR"]["items"], _declining_by_post(model, people), rng)
    start, slope = settings["prefer_not_MNAR"]["logit"]
    by_fear = _probability(start + slope * latent["RISK"].to_numpy())
    _decline(gaps, settings["prefer_not_MNAR"]["items"], by_fear, rng)
    _break_off(gaps, settings["breakoff"]["share"], rng)
    unknown = [item for item in values.columns if item not in known]
    gaps[unknown] = np.uint8(SKIPPED)
    return gaps


def _declining_by_post(model: Model, people: pd.DataFrame) -> FloatArray:
    start, no_post, young = model.settings["missing"]["prefer_not_MAR"]["logit"]
    follower = (people["D_LEAD"] == 0).to_numpy(dtype=float)
    youngest = (people["D_AGE"] == 1).to_numpy(dtype=float)
    return _probability(start + no_post * follower + young * youngest)


def _probability(logit: FloatArray) -> FloatArray:
    return 1 / (1 + np.exp(-logit))


def _decline(
    gaps: pd.DataFrame, items: list[str], probability: FloatArray, rng: np.random.Generator
) -> None:
    for item in items:
        if item in gaps.columns:
            gaps.loc[rng.random(len(gaps)) < probability, item] = PREFER_NOT


def _break_off(gaps: pd.DataFrame, share: float, rng: np.random.Generator) -> None:
    n, k = gaps.shape
    stops = rng.random(n) < share
    position = rng.integers(k // 3, k, size=n)
    cells = stops[:, None] & (np.arange(k) >= position[:, None])
    open_to_break = ~gaps.columns.isin([*PREFILLED, "OPEN1"])
    array = gaps.to_numpy(copy=True)
    array[cells & open_to_break] = NOT_REACHED
    gaps.loc[:, :] = array
