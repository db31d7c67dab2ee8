"""Which predictors, or families of them, carry what a regression explains.

Importance on scale means inherits every bias of scale means: with agree-style answering a driver
without effect can take a tenth of R squared. :func:`relative_importance_from_correlation` takes the
correlations of latent variables instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.design import FEW_CLUSTERS
from analysis.errors import AnalysisError, Note, note
from analysis.importance.shapley import divide, partial_out
from analysis.importance.table import importance_table
from analysis.numeric import Array, numeric_frame
from analysis.regression.results import check_confidence
from analysis.regression.sample import Sample, numeric_outcome, regression_sample
from analysis.resampling import bootstrap_correlations, check_draws, weighted_correlation

Method = Literal["lmg", "johnson"]

MOST_PLAYERS = 20
"""LMG looks at all subsets: a million for twenty predictors."""
MOST_PLAYERS_BOOTSTRAPPED = 15
_TABLE_CELLS = 2**18  # small enough for the processor's cache


@dataclass(frozen=True, slots=True)
class Importance:
    """Shares of R squared.

    Attributes
    ----------
    outcome
        Outcome variable.
    method
        ``"lmg"`` or ``"johnson"``.
    shares
        Predictor (or family, if ``groups`` were given) to its part of R squared; they sum to it.
    share_of_r2
        The same divided by R squared.
    r2
        R squared of all predictors together, beyond the controls.
    controls, r2_controls
        What was in the regression before any predictor, and its R squared.
    table
        One row a predictor or family: ``share``, ``share_of_r2``, ``rank`` and, if bootstrapped,
        percentile limits of both (``share_low``, ``share_high``, ``share_of_r2_low``,
        ``share_of_r2_high``), ``rank_low`` and ``rank_high``, ``rank_stability`` (share of draws
        with this same rank) and ``first`` (share of draws in which it comes first).
    n, n_missing
        Rows used and left out; ``n`` is None if only a correlation matrix was given.
    n_boot, n_boot_failed, seed
        Bootstrap draws used, draws that could not be computed, and the seed.
    resampled
        ``"clusters"``, ``"rows"``, ``"given"`` (draws of a model) or ``"none"``.
    confidence
        Level of the limits.
    groups
        Family to predictors, or None.
    weighted
        Whether rows were weighted.
    notes
        What was left out, few clusters, and the like.
    """

    outcome: str
    method: str
    shares: pd.Series
    share_of_r2: pd.Series
    r2: float
    table: pd.DataFrame
    n: int | None
    n_missing: int
    n_boot: int
    n_boot_failed: int
    seed: int
    resampled: str
    controls: tuple[str, ...]
    r2_controls: float
    confidence: float
    groups: Mapping[str, tuple[str, ...]] | None
    weighted: bool
    notes: tuple[Note, ...]


def relative_importance(
    frame: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    method: Method = "lmg",
    *,
    weights: str | ArrayLike | None = None,
    clusters: str | ArrayLike | None = None,
    n_boot: int = 0,
    seed: int = 0,
    groups: Mapping[str, Sequence[str]] | None = None,
    controls: Sequence[str] = (),
    confidence: float = 0.95,
    tick: Callable[[float], None] | None = None,
) -> Importance:
    """Divide R squared of a linear regression among its predictors or families of predictors.

    Families are players of their own (a family's worth is what it adds as a whole, averaged over
    the orders of families), so that a family does not win by having many members. A text or
    categorical predictor counts as one, with all its columns.

    Parameters
    ----------
    frame
        One row a respondent; rows with anything missing are left out and counted.
    outcome, predictors
        Columns. Products are refused: importance has no meaning for a part of an interaction.
    method
        ``"lmg"`` (general dominance, exact) or ``"johnson"`` (relative weights; a cross-check).
    weights
        Sampling weights.
    clusters
        Primary sampling units; the bootstrap then draws whole clusters.
    n_boot
        Bootstrap draws; 0 for none.
    seed
        Of the bootstrap.
    groups
        Family to predictors; every predictor in exactly one.
    controls
        Columns that are in the regression before any predictor; what they explain is not divided.
    confidence
        Level of the percentile limits.
    tick
        Called with the finished share of the work.

    Raises
    ------
    AnalysisError
        More than 20 predictors or families (15 with bootstrap), products, families that do not
        divide the predictors, collinear predictors, and as in
        :func:`analysis.regression.fit_linear`.
    """
    _check_options(method, n_boot, confidence)
    products = [
        name for name in (*predictors, *controls) if ":" in name and name not in frame.columns
    ]
    if products:
        raise AnalysisError(
            "Importance is not defined for products of predictors: {products}.", products=products
        )
    sample = regression_sample(
        frame, outcome, [*predictors, *controls], weights=weights, clusters=clusters
    )
    y = numeric_outcome(sample.y, sample.weights, standardise=False)
    places = {name: [at - 1 for at in own] for name, own in sample.matrix.terms.items()}
    always = [place for name in controls for place in places.pop(name)]
    players, families = _players(places, groups)
    _check_count(len(players), n_boot, method)
    columns = np.column_stack([sample.matrix.x[:, 1:], y])
    units = sample.psu if sample.design.clustered else None
    r = weighted_correlation(columns, sample.weights)[None]
    batch = max(1, _TABLE_CELLS >> len(players)) if method == "lmg" else 256
    matrices = bootstrap_correlations(columns, sample.weights, units, n_boot, seed, min(batch, 256))
    shares, failed = _drawn(matrices, players, always, method, n_boot, tick)
    return Importance(
        outcome=outcome,
        method=method,
        n=len(y),
        n_missing=sample.n_missing,
        n_boot=len(shares),
        n_boot_failed=failed,
        seed=seed,
        resampled=_resampled(n_boot, units is not None),
        controls=tuple(controls),
        r2_controls=float(partial_out(r, always)[1][0]) if always else 0.0,
        confidence=confidence,
        groups=families,
        weighted=weights is not None,
        notes=(*sample.notes, *_boot_notes(sample, n_boot, failed)),
        **importance_table(
            divide(r, players, always, method)[0], shares, list(players), confidence
        ),
    )


def relative_importance_from_correlation(
    r: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str] | None = None,
    method: Method = "lmg",
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    controls: Sequence[str] = (),
    n: int | None = None,
    draws: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Importance:
    """Divide R squared that follows from a correlation matrix, of latent variables for instance.

    Parameters
    ----------
    r
        Correlation matrix with the same names on both sides, shape (q, q).
    outcome
        One of its names.
    predictors
        Others of its names; all others if None.
    method, groups, controls
        As in :func:`relative_importance`.
    n
        Rows behind the matrix, for the record.
    draws
        Matrices like ``r``, estimated anew in bootstrap draws of the whole model, shape (b, q, q)
        with the names in the order of ``r``; they give the limits and the stability of ranks. Draws
        that are not finite or not positive definite are left out and counted.
    confidence
        Level of the percentile limits.

    Raises
    ------
    AnalysisError
        Names that differ or are absent, a matrix that is not a correlation matrix, predictors that
        determine one another, and as in :func:`relative_importance`.
    """
    _check_options(method, 0, confidence)
    frame = numeric_frame(r)
    if list(frame.columns) != [str(name) for name in r.index]:
        raise AnalysisError("A correlation matrix has the same names on both sides.")
    others = [name for name in frame.columns if name not in (outcome, *controls)]
    chosen = others if predictors is None else list(predictors)
    named = [*chosen, *controls, outcome]
    absent = sorted(set(named).difference(frame.columns))
    if absent or not chosen or len(set(named)) < len(named):
        raise AnalysisError(
            "Outcome and predictors must be different names of the matrix; look at {names}.",
            names=absent or named,
        )
    at = [list(frame.columns).index(name) for name in named]
    matrix = frame.to_numpy()[np.ix_(at, at)]
    _check_correlation(matrix)
    players, families = _players({name: [place] for place, name in enumerate(chosen)}, groups)
    always = list(range(len(chosen), len(named) - 1))
    replicas = _replicas(draws, frame.shape[1])[:, at][:, :, at]
    _check_count(len(players), len(replicas), method)
    batch = max(1, _TABLE_CELLS >> len(players))
    blocks = (replicas[start : start + batch] for start in range(0, len(replicas), batch))
    shares, failed = _drawn(blocks, players, always, method, len(replicas), None)
    return Importance(
        outcome=outcome,
        method=method,
        n=n,
        n_missing=0,
        n_boot=len(shares),
        n_boot_failed=failed,
        seed=0,
        resampled="given" if len(replicas) else "none",
        controls=tuple(controls),
        r2_controls=float(partial_out(matrix[None], always)[1][0]) if always else 0.0,
        confidence=confidence,
        groups=families,
        weighted=False,
        notes=tuple(_failed_note(failed, len(replicas))),
        **importance_table(
            divide(matrix[None], players, always, method)[0], shares, list(players), confidence
        ),
    )


def _replicas(draws: ArrayLike | None, q: int) -> Array:
    if draws is None:
        return np.empty((0, q, q))
    replicas = np.asarray(draws, dtype=np.float64)
    if replicas.ndim != 3 or replicas.shape[1:] != (q, q):
        raise AnalysisError(
            "The bootstrap draws must be correlation matrices of the same size as the first."
        )
    check_draws(len(replicas))
    return replicas


def _check_options(method: str, n_boot: int, confidence: float) -> None:
    if method not in ("lmg", "johnson"):
        raise AnalysisError(
            "Importance is computed as lmg or johnson, not {method}.", method=method
        )
    check_draws(n_boot)
    check_confidence(confidence)


def _check_count(players: int, n_boot: int, method: str) -> None:
    most = MOST_PLAYERS_BOOTSTRAPPED if n_boot else MOST_PLAYERS
    if method == "lmg" and players > most:
        raise AnalysisError(
            "{n} predictors are too many for importance over all their subsets (at most {most}); "
            "put them into families.",
            n=players,
            most=most,
        )


def _check_correlation(matrix: Array) -> None:
    if (
        not np.isfinite(matrix).all()
        or not np.allclose(matrix, matrix.T, atol=1e-8)
        or not np.allclose(np.diag(matrix), 1.0, atol=1e-6)
    ):
        raise AnalysisError("This is not a correlation matrix: look at its diagonal and symmetry.")
    values = np.linalg.eigvalsh(matrix)
    if values[0] < -1e-8:
        raise AnalysisError("The correlation matrix is not positive definite; smooth it first.")
    if np.linalg.eigvalsh(matrix[:-1, :-1])[0] < 1e-9:
        raise AnalysisError("Some predictors can be worked out from the others; leave one out.")


def _players(
    places: Mapping[str, Sequence[int]], groups: Mapping[str, Sequence[str]] | None
) -> tuple[dict[str, list[int]], Mapping[str, tuple[str, ...]] | None]:
    if groups is None:
        return {name: list(own) for name, own in places.items()}, None
    members = [name for group in groups.values() for name in group]
    wrong = sorted(
        set(members).symmetric_difference(places)
        | {name for name in members if members.count(name) > 1}
    )
    if wrong or not all(groups.values()):
        raise AnalysisError(
            "Every predictor belongs to exactly one family; look at {names}.",
            names=wrong or [name for name, group in groups.items() if not group],
        )
    players = {
        family: [place for name in group for place in places[name]]
        for family, group in groups.items()
    }
    return players, {family: tuple(group) for family, group in groups.items()}


def _drawn(
    matrices: Iterable[Array],
    players: Mapping[str, list[int]],
    always: Sequence[int],
    method: str,
    n_boot: int,
    tick: Callable[[float], None] | None,
) -> tuple[Array, int]:
    """Return the shares of every draw that could be computed, and how many could not."""
    drawn = [np.empty((0, len(players)))]
    done = failed = 0
    for r in matrices:
        usable = np.asarray(np.isfinite(r).all(axis=(1, 2)))
        usable[usable] = np.linalg.eigvalsh(r[usable])[:, 0] > -1e-8
        shares = divide(r[usable], players, always, method)
        # Where nothing is explained there is no share of it either.
        shares = shares[shares.sum(axis=1) > 1e-12]
        failed += len(r) - len(shares)
        drawn.append(shares)
        done += len(r)
        if tick is not None:
            tick(done / n_boot)
    if 2 * failed > n_boot:
        raise AnalysisError(
            "Most bootstrap draws lost the variation of some variable; there are too few clusters."
        )
    return np.vstack(drawn), failed


def _resampled(n_boot: int, clustered: bool) -> str:
    if not n_boot:
        return "none"
    return "clusters" if clustered else "rows"


def _boot_notes(sample: Sample, n_boot: int, failed: int) -> list[Note]:
    notes: list[Note] = []
    clusters = len(np.unique(sample.psu))
    if n_boot and sample.design.clustered and clusters < FEW_CLUSTERS:
        notes.append(
            note(
                "The bootstrap draws from only {clusters} clusters; its limits are too narrow.",
                clusters=clusters,
            )
        )
    return [*notes, *_failed_note(failed, n_boot)]


def _failed_note(failed: int, n_boot: int) -> list[Note]:
    if not failed:
        return []
    return [
        note(
            "{count} of {n} bootstrap draws could not be computed and were left out.",
            count=failed,
            n=n_boot,
        )
    ]
