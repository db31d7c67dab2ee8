"""How much of R squared each predictor or family of predictors is worth: the arithmetic.

General dominance, also called LMG or the Shapley value, is a predictor's contribution to R squared
averaged over all orders in which predictors can enter. It needs R squared of every subset; the
subsets are reached by sweeping one predictor after the other out of a correlation matrix, so that
2^p regressions cost about 2^p multiplications each, for many bootstrapped matrices at once.

References
----------
Lindeman, R. H., Merenda, P. F., & Gold, R. Z. (1980). Introduction to bivariate and multivariate
analysis. Scott, Foresman.
Budescu, D. V. (1993). Dominance analysis. Psychological Bulletin, 114, 542-551.
Johnson, J. W. (2000). A heuristic method for estimating the relative weight of predictor variables
in multiple regression. Multivariate Behavioral Research, 35, 1-19.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial

import numpy as np

from analysis.numeric import Array

PIVOT_TOLERANCE = 1e-10
"""A predictor whose remaining variance share is below this adds nothing to R squared."""


def subset_r2(r: Array, players: Sequence[Sequence[int]]) -> Array:
    """Return R squared of the last variable on every union of players.

    Parameters
    ----------
    r
        Correlation matrices, shape (b, m + 1, m + 1), the outcome last.
    players
        For each player the places of its variables; together they are all m, each once.

    Returns
    -------
    numpy.ndarray
        Shape (b, 2^k); bit j of the second index tells whether player j is in.
    """
    order = [place for player in players for place in player]
    order.append(r.shape[-1] - 1)
    # Variables first, matrices and subsets last: the long axes are then contiguous.
    state = np.ascontiguousarray(r[:, order][:, :, order].transpose(1, 2, 0))[..., None]
    for player in players:
        size = len(player)
        without = state[size:, size:]
        swept = state
        for _ in range(size):
            swept = _sweep_first(swept)
        state = np.concatenate([without, swept], axis=-1)
    return np.asarray(1.0 - state[0, 0] / r[:, -1, -1][:, None])


def shapley_shares(r2: Array) -> Array:
    """Average each player's contribution over all orders of entry.

    share_j = sum over S without j of |S|! (k - |S| - 1)! / k! [R2(S + j) - R2(S)].

    Written as one weighted sum over the subsets that contain j less a sum over all of them, the
    first is had for every j by halving the table once a bit.

    Parameters
    ----------
    r2
        As from :func:`subset_r2`, shape (b, 2^k).

    Returns
    -------
    numpy.ndarray
        Shape (b, k); rows sum to R squared of all players.
    """
    k = int(r2.shape[1]).bit_length() - 1
    weight = np.array(
        [factorial(s) * factorial(k - s - 1) / factorial(k) for s in range(k)] + [0.0]
    )
    sizes = np.zeros(1, dtype=np.intp)
    for _ in range(k):
        sizes = np.concatenate([sizes, sizes + 1])
    everywhere = r2 @ weight[sizes]
    before = np.concatenate([[0.0], weight[:-1]])
    table = r2 * (before + weight)[sizes]
    shares = np.empty((len(r2), k))
    for player in reversed(range(k)):
        half = table.shape[1] // 2
        shares[:, player] = table[:, half:].sum(axis=1) - everywhere
        table = table[:, :half] + table[:, half:]
    return shares


def relative_weights(r: Array) -> Array:
    """Return Johnson's (2000) relative weights of the last variable on the others.

    Parameters
    ----------
    r
        Correlation matrices, shape (b, m + 1, m + 1), the outcome last.

    Returns
    -------
    numpy.ndarray
        Shape (b, m); rows sum to R squared.
    """
    values, vectors = np.linalg.eigh(r[:, :-1, :-1])
    values = np.maximum(values, 0.0)
    root = np.sqrt(values)
    half = (vectors * root[:, None, :]) @ vectors.transpose(0, 2, 1)
    usable = values > PIVOT_TOLERANCE * values.max(axis=1, keepdims=True)
    inverse = np.where(usable, 1.0 / np.where(usable, root, 1.0), 0.0)
    projected = (vectors.transpose(0, 2, 1) @ r[:, :-1, -1, None])[:, :, 0] * inverse
    beta = (vectors @ projected[:, :, None])[:, :, 0]
    return np.asarray((half**2 @ (beta**2)[:, :, None])[:, :, 0] / r[:, -1, -1][:, None])


def partial_out(r: Array, controls: Sequence[int]) -> tuple[Array, Array]:
    """Remove from all variables what the controls explain.

    Parameters
    ----------
    r
        Correlation matrices, shape (b, m + 1, m + 1), the outcome last.
    controls
        Places of the controls.

    Returns
    -------
    partial, explained
        Correlations of the others given the controls, in their order, the outcome last; and R
        squared of the outcome on the controls, shape (b,).
    """
    out = list(controls)
    stay = [place for place in range(r.shape[-1]) if place not in set(out)]
    across = r[:, out][:, :, stay]
    rest = (
        r[:, stay][:, :, stay]
        - across.transpose(0, 2, 1) @ np.linalg.pinv(r[:, out][:, :, out], hermitian=True) @ across
    )
    variance = np.diagonal(rest, axis1=1, axis2=2)
    sd = np.sqrt(np.where(variance > PIVOT_TOLERANCE, variance, np.nan))
    partial = np.nan_to_num(rest / (sd[:, :, None] * sd[:, None, :]), nan=0.0)
    every = np.arange(len(stay))
    partial[:, every, every] = 1.0
    return partial, 1.0 - variance[:, -1] / r[:, -1, -1]


def divide(
    r: Array, players: Mapping[str, Sequence[int]], controls: Sequence[int], method: str
) -> Array:
    """Return each player's share of the outcome's variance beyond the controls, shape (b, k).

    Parameters
    ----------
    r
        Correlation matrices, shape (b, m + 1, m + 1), the outcome last.
    players
        Player to the places of its variables.
    controls
        Places of the variables that are always in; players and controls make up all m.
    method
        ``"lmg"`` or ``"johnson"``.
    """
    left = np.ones(len(r))
    if controls:
        stay = [place for place in range(r.shape[-1]) if place not in set(controls)]
        r, explained = partial_out(r, controls)
        left = 1.0 - explained
        players = {name: [stay.index(place) for place in own] for name, own in players.items()}
    if method == "lmg":
        shares = shapley_shares(subset_r2(r, list(players.values())))
    else:
        single = relative_weights(r)
        shares = np.column_stack([single[:, list(own)].sum(axis=1) for own in players.values()])
    return np.asarray(shares * left[:, None])


def _sweep_first(state: Array) -> Array:
    pivot = state[0, 0]
    adds = pivot > PIVOT_TOLERANCE
    column = state[1:, 0]
    scaled = column * np.where(adds, 1.0 / np.where(adds, pivot, 1.0), 0.0)
    return np.asarray(state[1:, 1:] - scaled[:, None] * column[None, :])
