"""Reliability of the sum of ordered answers, from the factor behind the answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from analysis.correlation.bivariate_normal import quadrant
from analysis.numeric import Array

_LARGEST = 0.9999


def ordered_score_reliability(
    loadings: Array,
    keys: Array,
    r: Array,
    thresholds: Sequence[Sequence[float]],
    categories: Sequence[Sequence[float]],
) -> float:
    """Return the share of a sum score's variance that is due to one factor (Green and Yang 2009).

    An ordered answer is a normal tendency cut at thresholds; the covariance of two answers follows
    from the correlation of their tendencies. With the correlations that the factor explains it is
    true covariance, with the polychoric ones it is all of it. Unlike ordinal alpha or omega this is
    about the score that is added up, not about the tendencies.

    Parameters
    ----------
    loadings
        On the factor, as the items were asked (not keyed), shape (p,).
    keys
        1 or -1 for each item, shape (p,).
    r
        Polychoric correlations, not keyed, shape (p, p).
    thresholds
        For each item its thresholds, increasing, one less than its categories.
    categories
        For each item its answers, increasing.

    References
    ----------
    Green, S. B., & Yang, Y. (2009). Reliability of summed item scores using structural equation
    modeling: an alternative to coefficient alpha. Psychometrika, 74, 155-167.
    """
    p = len(keys)
    cuts = [np.asarray(row, dtype=np.float64) for row in thresholds]
    steps = [np.diff(np.asarray(row, dtype=np.float64)) for row in categories]
    true, whole = 0.0, 0.0
    for j in range(p):
        below = ndtr(cuts[j])
        spread = np.minimum(below[:, None], below[None, :]) - np.outer(below, below)
        whole += float(steps[j] @ spread @ steps[j])
        true += _covariance(cuts[j], cuts[j], loadings[j] ** 2, steps[j], steps[j])
        for k in range(j):
            sign = 2.0 * keys[j] * keys[k]
            common = loadings[j] * loadings[k]
            true += sign * _covariance(cuts[j], cuts[k], common, steps[j], steps[k])
            whole += sign * _covariance(cuts[j], cuts[k], r[j, k], steps[j], steps[k])
    return true / whole if whole > 0 else float("nan")


def _covariance(h: Array, k: Array, r: float, steps_h: Array, steps_k: Array) -> float:
    """Return the covariance of two answers whose tendencies correlate ``r``."""
    bounded = float(np.clip(r, -_LARGEST, _LARGEST))
    both = quadrant(h[None], k[None], np.array([bounded]))[0]
    return float(steps_h @ (both - np.outer(ndtr(h), ndtr(k))) @ steps_k)
