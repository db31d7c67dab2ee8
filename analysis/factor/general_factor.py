"""A general factor behind the correlated factors of a solution: the Schmid-Leiman transformation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.correlation.smoothing import nearest_definite
from analysis.errors import AnalysisError, Note, note
from analysis.factor.extraction import extract
from analysis.factor.solution import FactorSolution
from analysis.matrices import FloatArray


@dataclass(frozen=True, slots=True)
class SchmidLeiman:
    """Orthogonal loadings on a general factor and on what each group factor has of its own.

    Attributes
    ----------
    loadings
        Items by ``g``, ``F1*``, ``F2*``, ...; orthogonal factors.
    second_order
        Loading of each first-order factor on the general one.
    omega_hierarchical
        Share of the variance of the sum of all items that the general factor explains; items that
        load negatively on it are reversed first.
    omega_total
        Share that all factors together explain.
    explained_common_variance
        Share of the common variance that is the general factor's.
    reversed_items
        Items reversed for the two omegas.
    notes
        Improper second-order solution, two factors only.
    """

    loadings: pd.DataFrame
    second_order: pd.Series
    omega_hierarchical: float
    omega_total: float
    explained_common_variance: float
    reversed_items: tuple[str, ...]
    notes: tuple[Note, ...] = ()


def second_order(solution: FactorSolution) -> SchmidLeiman:
    """Separate a general factor from the group factors of an oblique solution.

    The correlations of the factors are explained by one factor (minres). With two factors their
    loadings on it are not identified and are taken to be equal.

    Parameters
    ----------
    solution
        At least two correlated factors.

    Returns
    -------
    SchmidLeiman

    Raises
    ------
    AnalysisError
        Fewer than two factors, or an orthogonal rotation.

    References
    ----------
    Schmid, J., & Leiman, J. M. (1957). The development of hierarchical factor solutions.
    *Psychometrika*, 22, 53-61.

    Zinbarg, R. E., Revelle, W., Yovel, I., & Li, W. (2005). Cronbach's alpha, Revelle's beta, and
    McDonald's omega h. *Psychometrika*, 70, 123-133.
    """
    phi = solution.phi.to_numpy(dtype=float)
    if len(phi) < 2 or not solution.rotation.oblique:
        raise AnalysisError(
            "A general factor behind factors needs at least two that may correlate; use an oblique "
            "rotation."
        )
    general, group, gamma, notes = split_general(solution.loadings.to_numpy(dtype=float), phi)
    loadings = np.column_stack([general, group])
    turn = np.where(general < 0, -1.0, 1.0)
    r = solution.r.to_numpy(dtype=float) * np.outer(turn, turn)
    uniquenesses = 1.0 - (loadings**2).sum(axis=1)
    names = list(solution.loadings.columns)
    items = solution.loadings.index
    return SchmidLeiman(
        loadings=pd.DataFrame(loadings, index=items, columns=["g", *(f"{n}*" for n in names)]),
        second_order=pd.Series(gamma, index=names, name="g"),
        omega_hierarchical=float((turn @ general) ** 2 / r.sum()),
        omega_total=float(1.0 - uniquenesses.sum() / r.sum()),
        explained_common_variance=float((general**2).sum() / (loadings**2).sum()),
        reversed_items=tuple(str(n) for n, t in zip(items, turn, strict=True) if t < 0),
        notes=notes,
    )


def split_general(
    pattern: FloatArray, phi: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, tuple[Note, ...]]:
    """Split oblique factors into a general factor and orthogonal group factors.

    The factors' correlations get a single factor of their own with loadings b; the general loadings
    are Lambda b and the group loadings Lambda diag(1 - b^2)^(1/2) (Schmid and Leiman 1957).

    Parameters
    ----------
    pattern
        Loadings, shape (p, k), k at least 2.
    phi
        Correlations of the factors, shape (k, k).

    Returns
    -------
    general, group, second, notes
        Shapes (p,), (p, k) and (k,), the general loadings positive on the whole; remarks on the
        second-order loadings.
    """
    gamma, notes = _second_order_loadings(phi)
    general = pattern @ gamma
    if general.sum() < 0:
        general, gamma = -general, -gamma
    return general, pattern * np.sqrt(1.0 - gamma**2), gamma, notes


def _second_order_loadings(phi: FloatArray) -> tuple[FloatArray, tuple[Note, ...]]:
    """Return the loadings of the factors on one factor, and what is improper about them."""
    axis = np.linalg.eigh(phi)[1][:, -1]
    # Factors are turned the same way first, so that the general one need not be bipolar.
    sign = np.where(axis * np.sign(axis.sum() or 1.0) < 0, -1.0, 1.0)
    turned = phi * np.outer(sign, sign)
    if len(phi) == 2:
        gamma = np.full(2, np.sqrt(max(turned[0, 1], 0.0)))
        remark = note("With two factors their loadings on the general one are set equal.")
        return gamma * sign, (remark,)
    definite, _ = nearest_definite(turned)
    second = extract(definite, 1)
    gamma = second.loadings[:, 0] * np.where(second.loadings.sum() < 0, -1.0, 1.0)
    notes: tuple[Note, ...] = ()
    if second.at_bound:
        notes = (note("One factor is indistinguishable from the general factor (a Heywood case)."),)
    return np.clip(gamma, -1.0, 1.0) * sign, notes
