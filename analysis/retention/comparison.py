"""Comparison data: factors are added while they help to reproduce the eigenvalues.

For each number of factors, data sets are drawn from a population with that many factors and with
the items' own distributions. While one more factor brings the eigenvalues of the drawn sets closer
to the observed ones, it is added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import mannwhitneyu

from analysis.correlation import polychoric
from analysis.correlation.cross_tables import encode
from analysis.correlation.positive_definite import named_correlations
from analysis.correlation.product_moment import pairwise_pearson
from analysis.errors import AnalysisError, Note, note
from analysis.factor.extraction import extract
from analysis.matrices import FloatArray, ItemMatrix, Items, Weights, item_matrix
from analysis.threads import one_blas_thread


@dataclass(frozen=True, slots=True)
class ComparisonData:
    """How close drawn eigenvalues come to the observed ones.

    Attributes
    ----------
    n_factors
        Number of factors after which one more brings no improvement.
    errors
        Drawn sets by number of factors tried (1, 2, ...): root mean square difference of their
        eigenvalues from the observed ones.
    p
        For each number from 2: one-sided Mann-Whitney probability that it is no closer than one
        factor less.
    alpha
        Level of that test.
    n_sets, seed
        Settings of the simulation.
    notes
        When the largest number tried was still an improvement.
    """

    n_factors: int
    errors: pd.DataFrame
    p: pd.Series
    alpha: float
    n_sets: int
    seed: int
    notes: tuple[Note, ...]


def comparison_data(
    items: Items,
    most: int | None = None,
    n_sets: int = 200,
    alpha: float = 0.30,
    seed: int = 0,
    weights: Weights = None,
    missing: str = "pairwise",
    tick: Callable[[float], None] | None = None,
) -> ComparisonData:
    """Find the number of factors by comparison data (Ruscio & Roche 2012).

    The populations are normal variables with the factors that principal axes find in the polychoric
    correlations, cut at the items' thresholds: they have each item's distribution and the given
    number of factors without the search that unordered items would need. Eigenvalues are those of
    Pearson correlations. Drawn sets have the gaps of the answers.

    Parameters
    ----------
    items
        Ordered answers, respondents by items; NA or NaN where missing.
    most
        Largest number of factors tried; by default half the items, at most 12.
    n_sets
        Sets drawn for each number of factors, at least 50.
    alpha
        Level at which one more factor counts as an improvement; lenient, as recommended.
    seed
        Seed of the simulation.
    weights, missing
        As for :func:`analysis.correlation.polychoric`.
    tick
        Called with the share of the factors tried.

    Returns
    -------
    ComparisonData

    Raises
    ------
    AnalysisError
        Answers that cannot be correlated, or settings out of range.

    References
    ----------
    Ruscio, J., & Roche, B. (2012). Determining the number of factors to retain in an exploratory
    factor analysis using comparison data of known factorial structure. *Psychological Assessment*,
    24, 282-292.
    """
    if n_sets < 50 or not 0 < alpha < 1:
        raise AnalysisError("Comparison data need at least 50 sets and a level between 0 and 1.")
    data = item_matrix(items, weights, missing).in_order_of_content()
    p = len(data.names)
    largest = min(p // 2, 12) if most is None else most
    if not 1 <= largest < p:
        raise AnalysisError(
            "The largest number of factors to try is between 1 and {most}, not {value}.",
            most=p - 1,
            value=largest,
        )
    r, _, _ = named_correlations(polychoric(items, weights, missing))
    draw = _drawing(data)
    observed = _spectrum(data.answers, data.weights)
    streams = np.random.SeedSequence(seed).spawn(largest)
    errors: dict[int, FloatArray] = {}
    ps: dict[int, float] = {}
    for k in range(1, largest + 1):
        errors[k] = _errors(r, k, draw, observed, data.weights, n_sets, streams[k - 1])
        if tick is not None:
            tick(k / largest)
        if k > 1:
            ps[k] = float(mannwhitneyu(errors[k], errors[k - 1], alternative="less").pvalue)
            if ps[k] >= alpha:
                break
    found = max(errors) if not ps or ps[max(ps)] < alpha else max(errors) - 1
    notes: tuple[Note, ...] = ()
    if found == largest:
        notes = (
            note("The largest number of factors tried, {n}, was still an improvement.", n=found),
        )
    if tick is not None:
        tick(1.0)
    return ComparisonData(
        n_factors=found,
        errors=pd.DataFrame(errors).rename_axis(columns="factors"),
        p=pd.Series(ps, name="p", dtype=float).rename_axis("factors"),
        alpha=alpha,
        n_sets=n_sets,
        seed=seed,
        notes=notes,
    )


Drawing = Callable[[np.random.Generator, FloatArray, FloatArray], FloatArray]


def _drawing(data: ItemMatrix) -> Drawing:
    """Return what draws answers from given loadings and uniquenesses."""
    coded = encode(data.answers, data.names)
    widest = int(coded.n_categories.max())
    # Padded with infinity, all items are cut in one comparison.
    cuts = np.full((len(data.names), widest - 1), np.inf)
    for j, categories in enumerate(coded.categories):
        share = np.bincount(
            coded.codes[coded.codes[:, j] >= 0, j],
            weights=data.weights[coded.codes[:, j] >= 0],
            minlength=len(categories),
        )
        cuts[j, : len(categories) - 1] = ndtri(np.cumsum(share)[:-1] / share.sum())
    values = np.full((len(data.names), widest), np.nan)
    for j, categories in enumerate(coded.categories):
        values[j, : len(categories)] = categories
    gaps = coded.codes < 0
    any_gap = bool(gaps.any())
    columns = np.arange(len(data.names))

    def draw(
        generator: np.random.Generator, loadings: FloatArray, spread: FloatArray
    ) -> FloatArray:
        n = len(gaps)
        latent = generator.standard_normal((n, loadings.shape[1])) @ loadings.T
        latent += generator.standard_normal((n, len(spread))) * spread
        codes = np.zeros(latent.shape, dtype=np.int8)
        for c in range(widest - 1):
            codes += latent > cuts[:, c]
        answers = np.asarray(values[columns, codes])
        if any_gap:
            answers[gaps] = np.nan
        return answers

    return draw


def _errors(
    r: FloatArray,
    k: int,
    draw: Drawing,
    observed: FloatArray,
    weights: FloatArray,
    n_sets: int,
    stream: np.random.SeedSequence,
) -> FloatArray:
    """Distance of the eigenvalues of each drawn set from the observed ones."""
    generator = np.random.default_rng(stream)
    with one_blas_thread():
        loadings = extract(r, k, "minres").loadings
        # A Heywood case would leave no room for its own part.
        length = np.sqrt((loadings**2).sum(axis=1))
        loadings = loadings * np.minimum(1.0, 0.995 / np.maximum(length, 1e-12))[:, None]
        spread = np.sqrt(1.0 - (loadings**2).sum(axis=1))
        spectra = [_spectrum(draw(generator, loadings, spread), weights) for _ in range(n_sets)]
    return np.asarray(np.sqrt(((np.array(spectra) - observed) ** 2).mean(axis=1)))


def _spectrum(answers: FloatArray, weights: FloatArray) -> FloatArray:
    r, _ = pairwise_pearson(answers, weights)
    r = np.where(np.isfinite(r), r, 0.0)
    np.fill_diagonal(r, 1.0)
    return np.asarray(np.linalg.eigvalsh(r)[::-1])
