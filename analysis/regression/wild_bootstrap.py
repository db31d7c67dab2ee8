"""The wild cluster bootstrap: p-values and intervals that hold with a dozen clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.errors import AnalysisError, Note, note
from analysis.numeric import Array
from analysis.regression.results import check_confidence
from analysis.regression.sample import Sample, numeric_outcome, regression_sample

WEBB = np.sqrt(np.array([0.5, 1.0, 1.5]))
"""Webb's six points are these and their negatives, equally likely."""

_STEPS = 60


@dataclass(frozen=True, slots=True)
class WildBootstrap:
    """Wild cluster bootstrap of single coefficients.

    Attributes
    ----------
    outcome
        Outcome variable.
    table
        One row a coefficient: ``estimate``, ``t`` (cluster-robust), ``pvalue`` (two-sided, that it
        is zero), ``low`` and ``high`` (values that are not rejected; infinite where the search
        found no end).
    n, n_missing, n_clusters
        Rows used, rows left out, clusters.
    n_boot, seed, confidence
        Draws, seed, level of the limits.
    weighted
        Whether rows were weighted.
    notes
        What was left out, limits without end.
    """

    outcome: str
    table: pd.DataFrame
    n: int
    n_missing: int
    n_clusters: int
    n_boot: int
    seed: int
    confidence: float
    weighted: bool
    notes: tuple[Note, ...]


def wild_cluster_bootstrap(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    *,
    clusters: str | ArrayLike,
    weights: str | ArrayLike | None = None,
    coefficients: Sequence[str] | None = None,
    standardise: bool = False,
    n_boot: int = 9999,
    seed: int = 0,
    confidence: float = 0.95,
    tick: Callable[[float], None] | None = None,
) -> WildBootstrap:
    """Test single coefficients of a linear regression by the wild cluster bootstrap.

    Residuals of the fit under the null hypothesis are multiplied cluster by cluster with Webb's six
    points and the cluster-robust t is computed anew; the p-value is the share of larger absolute t
    (the sample itself counted in). The interval holds the values that are not rejected. Everything
    is done with one number a cluster (Roodman et al. 2019), so that ten thousand draws cost nothing.

    Parameters
    ----------
    frame, outcome, predictors, weights, standardise
        As in :func:`analysis.regression.fit_linear`.
    clusters
        Primary sampling units.
    coefficients
        Names as in ``RegressionFit.params``; all but the intercept if None.
    n_boot
        Draws, at least 199.
    seed
        Of the draws; every coefficient sees the same ones.
    confidence
        Level of the limits.
    tick
        Called with the finished share of the work.

    Raises
    ------
    AnalysisError
        An unknown coefficient, fewer than five clusters, too few draws, and as in
        :func:`analysis.regression.fit_linear`.

    References
    ----------
    Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for
    inference with clustered errors. Review of Economics and Statistics, 90, 414-427.
    Webb, M. D. (2023). Reworking wild bootstrap-based inference for clustered errors. Canadian
    Journal of Economics, 56, 839-858.
    Roodman, D., MacKinnon, J. G., Nielsen, M. O., & Webb, M. D. (2019). Fast and wild: bootstrap
    inference in Stata using boottest. The Stata Journal, 19, 4-60.
    """
    check_confidence(confidence)
    if n_boot < 199:
        raise AnalysisError("A wild bootstrap needs at least 199 draws, not {n}.", n=n_boot)
    sample = regression_sample(
        frame, outcome, predictors, weights=weights, clusters=clusters, standardise=standardise
    )
    y = numeric_outcome(sample.y, sample.weights, standardise=standardise)
    n_clusters = len(np.unique(sample.psu))
    if n_clusters < 5:
        raise AnalysisError(
            "A wild bootstrap needs at least five clusters; there are {n}.", n=n_clusters
        )
    labels = list(sample.matrix.names)
    chosen = _chosen(labels, coefficients)
    rng = np.random.default_rng(seed)
    signs = rng.choice(np.concatenate([-WEBB, WEBB]), size=(n_boot, n_clusters))
    rows: dict[str, tuple[float, float, float, float, float]] = {}
    for done, name in enumerate(chosen):
        rows[name] = _test(sample, y, labels.index(name), signs, 1.0 - confidence)
        if tick is not None:
            tick((done + 1) / len(chosen))
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["estimate", "t", "pvalue", "low", "high"]
    )
    endless = [name for name, row in rows.items() if not np.isfinite(row[3:]).all()]
    notes = list(sample.notes)
    if endless:
        notes.append(
            note("No end of the interval was found for {coefficients}.", coefficients=endless)
        )
    return WildBootstrap(
        outcome=outcome,
        table=table,
        n=len(y),
        n_missing=sample.n_missing,
        n_clusters=n_clusters,
        n_boot=n_boot,
        seed=seed,
        confidence=confidence,
        weighted=weights is not None,
        notes=tuple(notes),
    )


def _chosen(labels: list[str], coefficients: Sequence[str] | None) -> list[str]:
    chosen = labels[1:] if coefficients is None else list(coefficients)
    unknown = [name for name in chosen if name not in labels]
    if unknown or not chosen:
        raise AnalysisError(
            "There is no coefficient {unknown} in this regression.", unknown=unknown or "-"
        )
    return chosen


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What one coefficient's bootstrap needs, by cluster; linear in the value under the null.

    The restricted residuals for the value b are ``u0 - b u1``; each pair holds the part of u0 and
    of u1.
    """

    own: tuple[Array, Array]
    across: tuple[Array, Array]
    estimate: float
    error: float

    def at(self, value: float) -> tuple[Array, Array]:
        """Return the clusters' contributions and their cross effects under a null value."""
        return self.own[0] - value * self.own[1], self.across[0] - value * self.across[1]


def _test(
    sample: Sample, y: Array, place: int, signs: Array, alpha: float
) -> tuple[float, float, float, float, float]:
    pieces = _pieces(sample, y, place)

    def pvalue(value: float) -> float:
        own, across = pieces.at(value)
        observed = abs(pieces.estimate - value) / pieces.error
        top = signs @ own
        bottom = np.sqrt(((signs * own - signs @ across.T) ** 2).sum(axis=1))
        larger = np.abs(top) >= observed * bottom * (1.0 - 1e-12)
        return (1.0 + float(larger.sum())) / (len(signs) + 1.0)

    low = _limit(pvalue, pieces.estimate, -pieces.error, alpha)
    high = _limit(pvalue, pieces.estimate, pieces.error, alpha)
    return pieces.estimate, pieces.estimate / pieces.error, pvalue(0.0), low, high


def _pieces(sample: Sample, y: Array, place: int) -> _Pieces:
    x, w = sample.matrix.x, sample.weights
    _, cluster = np.unique(sample.psu, return_inverse=True)
    g = int(cluster.max()) + 1
    root = np.sqrt(w)
    others = np.delete(x, place, axis=1)
    restricted = [
        column - others @ np.linalg.lstsq(others * root[:, None], column * root)[0]
        for column in (y, x[:, place])
    ]
    bread = np.linalg.inv((x * w[:, None]).T @ x)
    line = bread[place]
    influence = (x @ line) * w
    # By cluster: how its rows move the coefficient, and how its refit answers to others' scores.
    refit = np.zeros((g, x.shape[1]))
    np.add.at(refit, cluster, x * influence[:, None])
    own, across = [], []
    for u in restricted:
        score = np.zeros((g, x.shape[1]))
        np.add.at(score, cluster, x * (w * u)[:, None])
        own.append(np.bincount(cluster, influence * u, minlength=g).astype(np.float64))
        across.append(refit @ bread @ score.T)
    beta = np.linalg.lstsq(x * root[:, None], y * root)[0]
    fitted = np.bincount(cluster, influence * (y - x @ beta), minlength=g)
    error = float(np.sqrt((fitted**2).sum()))
    if not error > 0:
        raise AnalysisError(
            "A coefficient has no variation between clusters; nothing can be tested."
        )
    return _Pieces((own[0], own[1]), (across[0], across[1]), float(beta[place]), error)


def _limit(pvalue: Callable[[float], float], start: float, step: float, alpha: float) -> float:
    """Return the value on one side where the p-value falls below alpha, or an infinity."""
    inside, outside = start, start + step
    for _ in range(12):
        if pvalue(outside) < alpha:
            break
        inside, outside = outside, start + 2.0 * (outside - start)
    else:
        return float(np.copysign(np.inf, step))
    for _ in range(_STEPS):
        middle = 0.5 * (inside + outside)
        if abs(outside - inside) <= 1e-6 * abs(step):
            break
        inside, outside = (middle, outside) if pvalue(middle) >= alpha else (inside, middle)
    return 0.5 * (inside + outside)
