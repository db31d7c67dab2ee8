"""From latent variables to ticks on paper, by attentive and by careless people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.matrices import FloatArray
from analysis.simulate.truth import Model


def draw_scale_answers(
    items: pd.DataFrame,
    model: Model,
    latent: pd.DataFrame,
    style: FloatArray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw the Likert answers, 1 to 5.

    The response before cutting is ``s (lambda eta + sqrt(1 - lambda^2) e) + gamma a``, where ``s`` is
    -1 for reverse-worded items and ``a`` is the person's style of agreeing; it is cut at the item's
    four thresholds.

    Parameters
    ----------
    items
        As for :func:`analysis.simulate.simulate_survey`.
    model
        The data-generating model.
    latent
        (people x latent variables).
    style
        Agreeing style by person.
    rng
        Random numbers.

    Returns
    -------
    DataFrame
        (people x Likert items), float.
    """
    settings = model.settings
    answers = {}
    for construct, loadings in settings["loadings"].items():
        for place, (item, loading) in enumerate(loadings.items()):
            if item not in items.index:
                continue
            reverse = bool(items.loc[item, "reverse"])
            frequency = bool(items.loc[item, "frequency"])
            gamma = settings["acquiescence"]["gamma_freq5" if frequency else "gamma_agree5"]
            noise = np.sqrt(1 - loading**2) * rng.normal(size=len(latent))
            true = loading * latent[construct].to_numpy() + noise
            response = (-true if reverse else true) + gamma * style
            name = settings["thresholds"][construct][1 if reverse else 0]
            cuts = np.array(settings["threshold_sets"][name])
            cuts = cuts + settings["item_threshold_offset"][place]
            answers[item] = 1.0 + np.searchsorted(cuts, response)
    return pd.DataFrame(answers, index=latent.index)


def draw_other_answers(
    model: Model, latent: pd.DataFrame, people: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw ratings, numbers, the stated priority and the open answers.

    Parameters
    ----------
    model
        The data-generating model.
    latent
        (people x latent variables).
    people
        Background of each person; the county shifts one rating.
    rng
        Random numbers.

    Returns
    -------
    DataFrame
        (people x the other items); open answers are objects.
    """
    n = len(latent)

    def noise(sd: float) -> FloatArray:
        return rng.normal(scale=sd, size=n)

    load = 0.50 * latent["INDL"] + np.sqrt(0.75) * rng.normal(size=n)
    indicators = np.clip(np.round(np.exp(3.30 + 0.50 * load)), 3, 300)
    x = np.log(indicators) - np.log(25)
    county = pd.factorize(people["D_COUNTY"])[0]
    stressed = 7.4 + rng.normal(scale=0.3, size=county.max() + 1)[county] + noise(1.7)
    honoured = 4.5 + 1.3 * latent["CRED"] + 0.15 * (stressed - 7.4) + noise(1.6)
    benefit = 6.2 - 0.60 * x - 2.20 * x**2 - 0.30 * latent["FORM"] + noise(1.6)
    overtime = np.round(np.maximum(0, 9 + 3 * latent["BURN"] + noise(5)))
    appeal = np.column_stack(
        [
            0.45 - 0.35 * latent["CRED"],
            0.00 - 0.30 * latent["CAPA"],
            0.30 + 0.25 * latent["FORM"],
        ]
    )
    # A softmax choice is the largest of appeals with Gumbel noise.
    first = 1.0 + np.argmax(appeal + rng.gumbel(size=appeal.shape), axis=1)
    return pd.DataFrame(
        {
            "RAT1": np.clip(np.round(stressed), 0, 10),
            "RAT2": np.clip(np.round(honoured), 0, 10),
            "RAT3": np.clip(np.round(benefit), 0, 10),
            "IND_N": indicators,
            "OT_H": np.clip(overtime, 0, 60),
            "PRIO1": first,
            "OPEN1": _draw_open_answers(model, n, rng),
        },
        index=latent.index,
    )


def _draw_open_answers(model: Model, n: int, rng: np.random.Generator) -> pd.Series:
    settings = model.settings["other_variables"]["OPEN1"]
    sentences = model.settings["open_answers"]
    plain = np.array(sentences["plain"], dtype=object)[
        rng.integers(len(sentences["plain"]), size=n)
    ]
    planted = np.array(sentences["planted"], dtype=object)
    planted = planted[rng.integers(len(planted), size=n)]
    share = settings["share_of_answers_with_planted_fictitious_identifier"]
    text = np.where(rng.random(n) < share, planted, plain)
    text[rng.random(n) >= settings["share_answering"]] = None
    return pd.Series(text, dtype=object)


def spoil_careless(
    values: pd.DataFrame, items: pd.DataFrame, model: Model, rng: np.random.Generator
) -> tuple[pd.Series, pd.Series]:
    """Replace the ticks of careless people, draw the attention check and the time taken.

    Parameters
    ----------
    values
        Answers of everybody; changed in place.
    items
        As for :func:`analysis.simulate.simulate_survey`.
    model
        The data-generating model.
    rng
        Random numbers.

    Returns
    -------
    tuple
        Who was careless (bool) and the seconds taken, by person.
    """
    settings = model.settings["careless"]
    n = len(values)
    likert = [
        item
        for loadings in model.settings["loadings"].values()
        for item in loadings
        if item in items.index
    ]
    careless = rng.random(n) < settings["share"]
    straight = careless & (rng.random(n) < settings["straightliner_share_of_careless"])
    random = careless & ~straight
    category = 1.0 + rng.choice(5, size=n, p=[0.10, 0.15, 0.30, 0.35, 0.10])
    ticks = values[likert].to_numpy(copy=True)
    same = straight[:, None] & (rng.random(ticks.shape) < 0.97)
    ticks = np.where(same, category[:, None], ticks)
    ticks = np.where(random[:, None], 1.0 + rng.integers(5, size=ticks.shape), ticks)
    values[likert] = ticks
    passing = settings["attention_pass"]
    passed = rng.random(n) < np.where(random, passing["random"], passing["attentive"])
    others = np.array([1.0, 2.0, 3.0, 5.0])[rng.integers(4, size=n)]
    values["ATT1"] = np.where(straight, category, np.where(passed, 4.0, others))
    median, sigma = settings["duration_s"]["attentive"]
    median_careless, sigma_careless = settings["duration_s"]["careless"]
    log_time = np.where(
        careless,
        np.log(median_careless) + sigma_careless * rng.normal(size=n),
        np.log(median) + sigma * rng.normal(size=n),
    )
    seconds = pd.Series(np.round(np.exp(log_time)), index=values.index, name="seconds")
    return pd.Series(careless, index=values.index, name="careless"), seconds
