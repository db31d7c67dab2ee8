"""Bootstrap intervals for loadings and factor correlations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from analysis.correlation import CorrelationMethod
from analysis.errors import AnalysisError, Note, note
from analysis.factor.extraction import ExtractionMethod
from analysis.factor.rotation import RotationMethod, RotationSettings
from analysis.factor.solution import FactorSolution, fit_factors
from analysis.matrices import FloatArray, Items, Weights, item_matrix
from analysis.stable_order import group_codes


@dataclass(frozen=True, slots=True)
class BootstrapFactors:
    """A factor solution with intervals.

    Attributes
    ----------
    solution
        From the answers as they are.
    loadings_se, loadings_low, loadings_high
        Standard error and percentile interval of each loading.
    phi_se, phi_low, phi_high
        The same for the factor correlations.
    congruence
        For each factor the mean congruence (Tucker's phi) of its loadings over the samples; below
        .85 the factor is not the same one from sample to sample.
    level
        Level of the intervals.
    n_boot
        Samples drawn.
    n_used
        Samples that gave a solution.
    seed
        Seed of the samples.
    clustered
        Whether whole clusters were drawn.
    notes
        Samples that failed, unstable factors.
    """

    solution: FactorSolution
    loadings_se: pd.DataFrame
    loadings_low: pd.DataFrame
    loadings_high: pd.DataFrame
    phi_se: pd.DataFrame
    phi_low: pd.DataFrame
    phi_high: pd.DataFrame
    congruence: pd.Series
    level: float
    n_boot: int
    n_used: int
    seed: int
    clustered: bool
    notes: tuple[Note, ...]


def bootstrap_factors(
    items: Items,
    n_factors: int,
    correlation: CorrelationMethod = "polychoric",
    extraction: ExtractionMethod = "minres",
    rotation: RotationMethod | RotationSettings = "oblimin",
    weights: Weights = None,
    missing: str = "pairwise",
    *,
    clusters: str | pd.Series | FloatArray | None = None,
    n_boot: int = 500,
    level: float = 0.95,
    seed: int = 0,
    tick: Callable[[float], None] | None = None,
) -> BootstrapFactors:
    """Draw respondents (or clusters) with replacement and fit the factors again.

    The factors of each sample are matched to those of the answers by the congruence of their
    loadings, and turned where their sign is reversed.

    Parameters
    ----------
    items, n_factors, correlation, extraction, rotation, weights, missing
        As for :func:`analysis.factor.fit_factors`.
    clusters
        Cluster of each respondent: a column of ``items`` (which is then no item) or one value a
        respondent. Whole clusters are drawn.
    n_boot
        Samples, at least 50.
    level
        Level of the percentile intervals, between 0.5 and 1.
    seed
        Seed of the samples.
    tick
        Called with the share done.

    Returns
    -------
    BootstrapFactors

    Raises
    ------
    AnalysisError
        As :func:`analysis.factor.fit_factors`; settings out of range; fewer than ten clusters; more
        than half of the samples without a solution.

    References
    ----------
    Zhang, G., Preacher, K. J., & Luo, S. (2010). Bootstrap confidence intervals for ordinary least
    squares factor loadings and correlations in exploratory factor analysis. *Multivariate
    Behavioral Research*, 45, 104-134.
    """
    if n_boot < 50 or not 0.5 <= level < 1:
        raise AnalysisError(
            "The bootstrap needs at least 50 samples and a level from 0.5 to below 1."
        )
    items, groups = _split_clusters(items, clusters)
    solution = fit_factors(items, n_factors, correlation, extraction, rotation, weights, missing)
    data = item_matrix(items, weights, missing).in_order_of_content()
    members = _members(groups, data.kept)
    frame = pd.DataFrame(data.answers, columns=list(data.names))
    w = data.weights if data.weighted else None
    loadings, phis, congruences = [], [], []
    for index, stream in enumerate(np.random.SeedSequence(seed).spawn(n_boot)):
        generator = np.random.default_rng(stream)
        drawn = generator.integers(0, len(members), size=len(members))
        rows = np.concatenate([members[d] for d in drawn])
        try:
            one = fit_factors(
                frame.iloc[rows],
                n_factors,
                correlation,
                extraction,
                rotation,
                None if w is None else w[rows],
                missing,
            )
        except AnalysisError:
            # Counted below: a sample may lose the variation of a rare answer.
            continue
        finally:
            if tick is not None:
                tick((index + 1) / n_boot)
        matched = _matched(one, solution)
        loadings.append(matched[0])
        phis.append(matched[1])
        congruences.append(matched[2])
    if len(loadings) < n_boot / 2:
        raise AnalysisError(
            "Only {used} of {n} bootstrap samples gave a solution; there are too few respondents "
            "for these items.",
            used=len(loadings),
            n=n_boot,
        )
    return _intervals(
        solution, loadings, phis, congruences, level, n_boot, seed, clustered=groups is not None
    )


def _split_clusters(
    items: Items, clusters: str | pd.Series | FloatArray | None
) -> tuple[Items, np.ndarray | None]:
    if clusters is None:
        return items, None
    if isinstance(clusters, str):
        if not isinstance(items, pd.DataFrame) or clusters not in items.columns:
            raise AnalysisError("There is no column {name} for the clusters.", name=clusters)
        return items.drop(columns=clusters), group_codes(items[clusters])[0]
    codes = group_codes(np.asarray(clusters))[0]
    if len(codes) != len(items):
        raise AnalysisError(
            "There are {given} clusters for {n} respondents.", given=len(codes), n=len(items)
        )
    return items, codes


def _members(groups: np.ndarray | None, kept: np.ndarray) -> list[np.ndarray]:
    """Rows of each unit that is drawn."""
    if groups is None:
        return list(np.arange(len(kept))[:, None])
    codes = groups[kept]
    if (codes < 0).any():
        raise AnalysisError(
            "{n} respondents have no cluster; leave them out.", n=int((codes < 0).sum())
        )
    _, codes = np.unique(codes, return_inverse=True)
    n_clusters = int(codes.max()) + 1
    if n_clusters < 10:
        raise AnalysisError(
            "Only {n} clusters: at least 10 are needed to draw them anew.", n=n_clusters
        )
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes))[:-1])


def _matched(
    one: FactorSolution, solution: FactorSolution
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return loadings, factor correlations and congruences in the order and signs of the solution."""
    a = solution.loadings.to_numpy(dtype=float)
    b = one.loadings.to_numpy(dtype=float)
    lengths = np.outer(np.sqrt((a**2).sum(axis=0)), np.sqrt((b**2).sum(axis=0)))
    congruence = (a.T @ b) / np.maximum(lengths, 1e-300)
    rows, order = linear_sum_assignment(-np.abs(congruence))
    best = congruence[rows, order]
    sign = np.where(best < 0, -1.0, 1.0)
    phi = one.phi.to_numpy(dtype=float)[np.ix_(order, order)] * np.outer(sign, sign)
    return b[:, order] * sign, phi, np.abs(best)


def _intervals(
    solution: FactorSolution,
    loadings: list[FloatArray],
    phis: list[FloatArray],
    congruences: list[FloatArray],
    level: float,
    n_boot: int,
    seed: int,
    *,
    clustered: bool,
) -> BootstrapFactors:
    tails = [50 * (1 - level), 50 * (1 + level)]

    def framed(values: FloatArray, like: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(values, index=like.index, columns=like.columns)

    low, high = np.percentile(loadings, tails, axis=0)
    phi_low, phi_high = np.percentile(phis, tails, axis=0)
    congruence = pd.Series(
        np.mean(congruences, axis=0), index=solution.loadings.columns, name="congruence"
    )
    notes = []
    failed = n_boot - len(loadings)
    if failed:
        notes.append(note("{n} bootstrap samples gave no solution and were left out.", n=failed))
    means = congruence.to_numpy()
    unstable = [str(f) for f, mean in zip(congruence.index, means, strict=True) if mean < 0.85]
    if unstable:
        notes.append(
            note(
                "{factors} differ from sample to sample; their intervals do not describe one factor.",
                factors=unstable,
            )
        )
    return BootstrapFactors(
        solution=solution,
        loadings_se=framed(np.std(loadings, axis=0, ddof=1), solution.loadings),
        loadings_low=framed(low, solution.loadings),
        loadings_high=framed(high, solution.loadings),
        phi_se=framed(np.std(phis, axis=0, ddof=1), solution.phi),
        phi_low=framed(phi_low, solution.phi),
        phi_high=framed(phi_high, solution.phi),
        congruence=congruence,
        level=level,
        n_boot=n_boot,
        n_used=len(loadings),
        seed=seed,
        clustered=clustered,
        notes=tuple(notes),
    )
