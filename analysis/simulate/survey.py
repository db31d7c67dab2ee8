"""Draw one survey from the model: people, latent variables, answers, and how they go missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.matrices import FloatArray, IntArray
from analysis.simulate.answering import draw_other_answers, draw_scale_answers, spoil_careless
from analysis.simulate.gaps import NOT_REACHED, PREFER_NOT, SKIPPED, draw_gaps
from analysis.simulate.truth import Model

__all__ = ["NOT_REACHED", "PREFER_NOT", "SKIPPED", "SimulatedSurvey", "simulate_survey"]


@dataclass(frozen=True, slots=True)
class SimulatedSurvey:
    """One draw of the model.

    Attributes
    ----------
    values
        One row a person, one column an item in the order of presentation; numbers as float with NaN
        where missing, codes and open answers as objects with ``None``.
    gaps
        Same shape, ``uint8``: 0 answered, otherwise ``SKIPPED``, ``PREFER_NOT`` or ``NOT_REACHED``.
    seconds
        Time taken, by person.
    latent
        The true latent variables, by person.
    careless
        Who answered without reading.
    """

    values: pd.DataFrame
    gaps: pd.DataFrame
    seconds: pd.Series
    latent: pd.DataFrame
    careless: pd.Series


def simulate_survey(
    items: pd.DataFrame,
    model: Model,
    n: int = 3400,
    seed: int | None = None,
    tick: Callable[[float], None] | None = None,
) -> SimulatedSurvey:
    """Draw a synthetic survey.

    Parameters
    ----------
    items
        One row an item in the order of presentation (index: item id), with columns ``construct``
        (str or None), ``reverse`` (bool) and ``frequency`` (bool: answered on the frequency scale,
        not the agreement scale). Items that the model does not know are left empty.
    model
        The data-generating model.
    n
        Number of people, at least 120 (three a township).
    seed
        Seed of the random numbers; the model's own where ``None``. The same seed gives the same
        survey.
    tick
        Told how far the work is, 0 to 1.

    Returns
    -------
    SimulatedSurvey
        Answers as codes, with the truth behind them.

    Raises
    ------
    AnalysisError
        If ``n`` is too small for the places of the model.
    """
    places = int(model.settings["townships"])
    if n < 3 * places:
        raise AnalysisError(
            "A synthetic survey needs at least {least} people, three for each township; {n} were "
            "asked for.",
            least=3 * places,
            n=n,
        )
    tell = tick or (lambda _share: None)
    rng = np.random.default_rng(model.settings["reference_seed"] if seed is None else seed)
    township = _draw_townships(model, n, rng)
    people = _draw_people(model, township, rng)
    latent = _draw_latent(model, people, township, rng)
    tell(0.3)
    style = rng.normal(size=n)
    style += np.where(people["D_EDU"] == 1, model.settings["acquiescence"]["mean_if_D_EDU_1"], 0.0)
    values = draw_scale_answers(items, model, latent, style, rng)
    tell(0.6)
    values = values.join(draw_other_answers(model, latent, people, rng)).join(people)
    careless, seconds = spoil_careless(values, items, model, rng)
    known = [item for item in items.index if item in values.columns]
    values = values.reindex(columns=items.index)
    gaps = draw_gaps(values, known, model, latent, people, rng)
    tell(0.9)
    values = values.mask(gaps > 0, np.nan)
    for column in values.select_dtypes([object, "str"]).columns:
        values[column] = values[column].where(gaps[column] == 0, None)
    tell(1.0)
    return SimulatedSurvey(values, gaps, seconds, latent, careless)


def _county_of(model: Model) -> IntArray:
    return np.repeat(np.arange(model.settings["counties"]), model.settings["townships_per_county"])


def _draw_townships(model: Model, n: int, rng: np.random.Generator) -> IntArray:
    places = int(model.settings["townships"])
    # In a survey smaller than the model's own the least size shrinks with it.
    least = min(int(model.settings["township_size"]["min"]), int(0.41 * n / places))
    while True:
        sizes = rng.multinomial(n, rng.dirichlet(np.full(places, 12.0)))
        if sizes.min() >= least:
            return np.asarray(rng.permutation(np.repeat(np.arange(places), sizes)))


def _pick(probabilities: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw one column index a row from a matrix of probabilities."""
    edges = probabilities.cumsum(axis=1)
    edges[:, -1] = 1.0
    return np.asarray((rng.random(len(edges))[:, None] > edges).sum(axis=1))


def _draw_people(model: Model, township: IntArray, rng: np.random.Generator) -> pd.DataFrame:
    n = len(township)
    tables = {name: np.array(rows) for name, rows in model.settings["demographics"].items()}
    age = _pick(np.tile(tables["D_AGE"], (n, 1)), rng)
    rank = _pick(tables["D_RANK_given_age"][age], rng)
    county = _county_of(model)[township]
    return pd.DataFrame(
        {
            "D_REGION": np.array(model.settings["county_region"])[county].astype(float),
            "D_COUNTY": np.array([f"C{c + 1:02d}" for c in range(county.max() + 1)], dtype=object)[
                county
            ],
            "D_TOWN": np.array([f"T{t + 1:02d}" for t in range(township.max() + 1)], dtype=object)[
                township
            ],
            "D_DEPT": 1.0 + _pick(np.tile(tables["D_DEPT"], (n, 1)), rng),
            "D_RANK": 1.0 + rank,
            "D_LEAD": (rng.random(n) < tables["D_LEAD_given_rank"][rank]).astype(float),
            "D_YEARS": 1.0 + _pick(tables["D_YEARS_given_age"][age], rng),
            "D_AGE": 1.0 + age,
            "D_SEX": 1.0 + _pick(np.tile(tables["D_SEX"], (n, 1)), rng),
            "D_EDU": 1.0 + _pick(tables["D_EDU_given_age"][age], rng),
        }
    )


def _shift(model: Model, people: pd.DataFrame, target: str) -> FloatArray:
    total = np.zeros(len(people))
    for shift in model.settings["group_shifts"]:
        if shift["target"] == target:
            ((variable, code),) = shift["if"].items()
            dummy = (people[variable] == code).to_numpy(dtype=float)
            total += shift["effect"] * (dummy - dummy.mean())
    return total


def _draw_latent(
    model: Model, people: pd.DataFrame, township: IntArray, rng: np.random.Generator
) -> pd.DataFrame:
    county = _county_of(model)[township]
    levels = (county, township, np.arange(len(township)))
    root = np.linalg.cholesky(model.driver_correlation)
    drivers = np.zeros((len(township), len(model.drivers)))
    for level, place in enumerate(levels):
        draw = rng.normal(size=(place.max() + 1, len(model.drivers))) @ root.T
        drivers += (draw * np.sqrt(model.shares(level)))[place]
    latent = pd.DataFrame(drivers, columns=model.drivers)
    for name in model.drivers:
        latent[name] += _shift(model, people, name)
    for outcome in model.outcomes:
        total, *shares = model.settings["residual"][outcome]
        shares.append(1 - sum(shares))
        value = _shift(model, people, outcome)
        for share, place in zip(shares, levels, strict=True):
            value += np.sqrt(total * share) * rng.normal(size=place.max() + 1)[place]
        effects = model.direct_effects(outcome)
        value += latent[effects.index].to_numpy() @ effects.to_numpy()
        value += _interaction(model, outcome, latent)
        latent[outcome] = value
    return latent


def _interaction(model: Model, outcome: str, latent: pd.DataFrame) -> FloatArray | float:
    term = model.settings["interaction"]
    if term["outcome"] != outcome:
        return 0.0
    product = (latent[term["x"]] * latent[term["moderator"]]).to_numpy()
    # Centred at its expectation, so that the latent mean stays 0.
    i, j = model.drivers.index(term["x"]), model.drivers.index(term["moderator"])
    centred: FloatArray = term["effect"] * (product - model.driver_correlation[i, j])
    return centred
