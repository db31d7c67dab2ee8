"""Polychoric correlations of all pairs of ordered items at once (Olsson 1979, two-step).

Each ordered answer is a normal variable cut at thresholds. The thresholds come from each item's own
margin; given them, the correlation of a pair maximises the likelihood of its table. All pairs of
one shape are iterated together: Newton's method, with Fisher scoring where the curvature has the
wrong sign. Pairs for which that arithmetic is not exact enough (tables that a very large
correlation nearly empties) are solved again one by one with probabilities from their tails.

References
----------
Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient.
*Psychometrika*, 44, 443-460.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri

from analysis.correlation.bivariate_normal import density, log_rectangle, quadrant
from analysis.correlation.cross_tables import CrossTables, groups_of_pairs
from analysis.matrices import BoolArray, FloatArray

LARGEST = 0.9999
"""Estimates stay within this bound; a pair that reaches it is a pair of duplicates."""

_CELLS_A_CHUNK = 60_000
_TINY = 1e-8
_LONGEST_STEP = 0.25


@dataclass(frozen=True, slots=True)
class PolychoricEstimates:
    """Correlations of all pairs.

    Attributes
    ----------
    r
        Items by items.
    at_bound
        Pairs (i, j), i > j, whose estimate is at plus or minus :data:`LARGEST`.
    """

    r: FloatArray
    at_bound: tuple[tuple[int, int], ...]


def thresholds_from_margins(margins: list[FloatArray]) -> list[FloatArray]:
    """Thresholds of each item from the (weighted) counts of its categories.

    Parameters
    ----------
    margins
        For each item the count of each used category.

    Returns
    -------
    list[FloatArray]
        One ascending array an item, one entry fewer than it has categories.
    """
    return [np.asarray(ndtri(np.cumsum(m)[:-1] / m.sum())) for m in margins]


def estimate_polychorics(
    tables: CrossTables,
    thresholds: list[FloatArray],
    *,
    tolerance: float = 1e-8,
    n_nodes: int = 0,
    exact_tails: bool = True,
) -> PolychoricEstimates:
    """Estimate the polychoric correlation of every pair of items.

    Parameters
    ----------
    tables
        Pairwise tables; counts or sums of weights.
    thresholds
        Thresholds of each item.
    tolerance
        Iterate until no correlation of a chunk moves by more than this. Newton's steps are
        quadratic: the error left is about the square of it.
    n_nodes
        Nodes for the bivariate normal; 0 for full precision. Simulated null matrices, whose
        correlations are near zero, need few.
    exact_tails
        Solve difficult pairs again with tail-exact probabilities.

    Returns
    -------
    PolychoricEstimates
    """
    n_items = len(thresholds)
    r = np.eye(n_items)
    padded = np.zeros((n_items, int(tables.n_categories.max()) - 1))
    for item, cuts in enumerate(thresholds):
        padded[item, : len(cuts)] = cuts
    at_bound: list[tuple[int, int]] = []
    for i, j in groups_of_pairs(tables.n_categories):
        cells = int(tables.n_categories[i[0]] * tables.n_categories[j[0]])
        chunk = max(1, _CELLS_A_CHUNK // cells)
        counts = _without_empty_cell(tables.pairs(i, j))
        h = padded[i, : tables.n_categories[i[0]] - 1]
        k = padded[j, : tables.n_categories[j[0]] - 1]
        estimate = _starts(counts, h, k)
        # Pairs of like size share a rule with as few nodes as the largest of them needs.
        order = np.argsort(np.abs(estimate))
        unsure = np.zeros(len(i), dtype=bool)
        for first in range(0, len(i), chunk):
            part = order[first : first + chunk]
            estimate[part], unsure[part] = _solve(
                counts[part], h[part], k[part], estimate[part], tolerance, n_nodes
            )
        if exact_tails:
            for m in np.flatnonzero(unsure):
                estimate[m] = _solve_exactly(counts[m], h[m], k[m])
            bound = np.abs(estimate) >= LARGEST - 1e-6
            at_bound += [(int(a), int(b)) for a, b in zip(i[bound], j[bound], strict=True)]
        r[i, j] = r[j, i] = estimate
    return PolychoricEstimates(r, tuple(sorted(at_bound)))


def _without_empty_cell(counts: FloatArray) -> FloatArray:
    """Replace the one empty cell of a two-by-two table by a half, keeping its margins.

    Without this the estimate is at its bound whenever a cell is empty by chance (Savalei 2011).
    """
    if counts.shape[1:] != (2, 2):
        return counts
    empty = counts == 0
    single = empty.sum(axis=(1, 2)) == 1
    if not single.any():
        return counts
    main = single & (empty[:, 0, 0] | empty[:, 1, 1])
    sign = np.where(main, 1.0, -1.0) * single
    half = 0.5 * np.array([[1.0, -1.0], [-1.0, 1.0]])
    changed = counts + sign[:, None, None] * half
    # Counts below a half (small weights) would turn negative; such a table stays as it is.
    return np.where((changed >= 0).all(axis=(1, 2))[:, None, None], changed, counts)


def _starts(counts: FloatArray, h: FloatArray, k: FloatArray) -> FloatArray:
    """Pearson correlation of the category numbers over what the cutting leaves of it."""
    total = counts.sum(axis=(1, 2))
    x = np.arange(counts.shape[1], dtype=float)
    y = np.arange(counts.shape[2], dtype=float)
    mean_x = (counts.sum(axis=2) @ x) / total
    mean_y = (counts.sum(axis=1) @ y) / total
    covariance = np.einsum("mab,a,b->m", counts, x, y) / total - mean_x * mean_y
    slope_x = np.exp(-(h**2) / 2).sum(axis=1)
    slope_y = np.exp(-(k**2) / 2).sum(axis=1)
    return np.asarray(np.clip(covariance * 2 * np.pi / (slope_x * slope_y), -0.9, 0.9))


def _solve(
    counts: FloatArray,
    h: FloatArray,
    k: FloatArray,
    start: FloatArray,
    tolerance: float,
    n_nodes: int,
) -> tuple[FloatArray, BoolArray]:
    """Iterate one chunk; also tell which pairs this arithmetic does not settle."""
    r = start.copy()
    unsure = np.ones(len(r), dtype=bool)
    active = np.arange(len(r))
    for _ in range(25):
        step, tiny = _step(counts[active], h[active], k[active], r[active], n_nodes)
        r[active] = np.clip(r[active] + step, -LARGEST, LARGEST)
        done = np.abs(step) < tolerance
        unsure[active[done]] = tiny[done] | (np.abs(r[active[done]]) > 0.999)
        active = active[~done]
        if len(active) == 0:
            break
    return r, unsure


def _step(
    counts: FloatArray, h: FloatArray, k: FloatArray, r: FloatArray, n_nodes: int
) -> tuple[FloatArray, BoolArray]:
    """Return one step towards the maximum, and the pairs that have answers in all but empty cells.

    The derivative of a cell's probability is the double difference of the density at its corners
    (Olsson 1979, eq. 14).
    """
    probability = _cells(_with_margins(quadrant(h, k, r, n_nodes), h, k))
    tiny = np.asarray(((probability < _TINY) & (counts > 0)).any(axis=(1, 2)))
    # Rounding leaves about 1e-17 in an empty cell: dividing by less would invent information.
    np.maximum(probability, 1e-14, out=probability)
    phi = density(h, k, r)
    x, y, rho = h[:, :, None], k[:, None, :], r[:, None, None]
    rest = (1 - rho) * (1 + rho)
    phi_slope = phi * (rho / rest + (x * y * (1 + rho**2) - rho * (x**2 + y**2)) / rest**2)
    first = _cells(_with_zeros(phi))
    ratio = counts / probability
    at_corners = _corners(ratio)
    score = np.einsum("mab,mab->m", at_corners, phi)
    curvature = np.einsum("mab,mab->m", at_corners, phi_slope)
    curvature -= np.einsum("mab,mab,mab->m", ratio, first / probability, first)
    information = counts.sum(axis=(1, 2)) * (first**2 / probability).sum(axis=(1, 2))
    slope = np.where(curvature < -0.1 * information, -curvature, information)
    step = score / np.maximum(slope, 1e-12)
    # Not past the bound, nor far beyond where the quadratic holds.
    room = np.minimum(_LONGEST_STEP, 0.5 * (1.0001 - np.abs(r)))
    return np.clip(step, -room, room), tiny


def _with_margins(grid: FloatArray, h: FloatArray, k: FloatArray) -> FloatArray:
    """Surround quadrant probabilities with those at infinite thresholds."""
    m, a, b = grid.shape
    full = np.zeros((m, a + 2, b + 2))
    full[:, 1:-1, 1:-1] = grid
    full[:, 1:-1, -1] = ndtr(h)
    full[:, -1, 1:-1] = ndtr(k)
    full[:, -1, -1] = 1.0
    return full


def _with_zeros(grid: FloatArray) -> FloatArray:
    full = np.zeros((grid.shape[0], grid.shape[1] + 2, grid.shape[2] + 2))
    full[:, 1:-1, 1:-1] = grid
    return full


def _cells(corners: FloatArray) -> FloatArray:
    """Double difference: corners of a grid to its cells."""
    rows = corners[:, 1:] - corners[:, :-1]
    return rows[:, :, 1:] - rows[:, :, :-1]


def _corners(cells: FloatArray) -> FloatArray:
    """Sum of ``cells * difference(grid)`` as a sum over the grid's inner corners."""
    rows = cells[:, :-1] - cells[:, 1:]
    return rows[:, :, :-1] - rows[:, :, 1:]


def _solve_exactly(counts: FloatArray, h: FloatArray, k: FloatArray) -> float:
    """Maximise the likelihood of one table, its unlikely cells with tail-exact probabilities."""
    x = np.concatenate([[-np.inf], h, [np.inf]])
    y = np.concatenate([[-np.inf], k, [np.inf]])
    share = counts / counts.sum()
    grid_h, grid_k = h[None], k[None]

    def loss(r: float) -> float:
        corners = _with_margins(quadrant(grid_h, grid_k, np.array([r])), grid_h, grid_k)
        cells = _cells(corners)[0]
        log_p = np.log(np.maximum(cells, 1e-300))
        for a, b in np.argwhere((counts > 0) & (cells < 10 * _TINY)):
            log_p[a, b] = log_rectangle((x[a], y[b]), (x[a + 1], y[b + 1]), r)
        return -float((share * log_p).sum())

    # A coarse look first: next to one the likelihood can be flat on a wide stretch.
    grid = np.concatenate([-np.flip(_GRID), _GRID])
    best = int(np.argmin([loss(float(r)) for r in grid]))
    low = grid[max(best - 1, 0)]
    high = grid[min(best + 1, len(grid) - 1)]
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-9})
    candidates = [float(found.x), float(grid[0]), float(grid[-1])]
    return min(candidates, key=loss)


_GRID = np.array([0.0, 0.2, 0.4, 0.6, 0.75, 0.85, 0.92, 0.96, 0.98, 0.99, 0.995, 0.998, LARGEST])
