"""A general factor behind correlated factors: the Schmid-Leiman transformation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError, Note, note
from analysis.extraction import extract
from analysis.factor import FactorSolution
from analysis.smoothing import nearest_definite


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


def schmid_leiman(solution: FactorSolution) -> SchmidLeiman:
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
    k = len(phi)
    if k < 2 or not solution.rotation.oblique:
        raise AnalysisError(
            "A general factor behind factors needs at least two that may correlate; use an oblique "
            "rotation"
        )
    notes: list[Note] = []
    # A factor may be turned round so that the general factor does not have to be bipolar.
    sign = np.where(_main_axis(phi) < 0, -1.0, 1.0)
    turned = phi * np.outer(sign, sign)
    if k == 2:
        gamma = np.full(2, np.sqrt(max(turned[0, 1], 0.0)))
        notes.append(note("With two factors their loadings on the general one are set equal"))
    else:
        definite, _ = nearest_definite(turned)
        second = extract(definite, 1)
        gamma = second.loadings[:, 0] * np.where(second.loadings.sum() < 0, -1.0, 1.0)
        if second.at_bound:
            notes.append(
                note("One factor is indistinguishable from the general factor (a Heywood case)")
            )
    gamma = np.clip(gamma, -1.0, 1.0) * sign
    pattern = solution.loadings.to_numpy(dtype=float)
    general = pattern @ gamma
    if general.sum() < 0:
        general, gamma = -general, -gamma
    groups = pattern * np.sqrt(1.0 - gamma**2)
    loadings = np.column_stack([general, groups])
    turn = np.where(general < 0, -1.0, 1.0)
    r = solution.r.to_numpy(dtype=float) * np.outer(turn, turn)
    uniquenesses = 1.0 - (loadings**2).sum(axis=1)
    common = (loadings**2).sum()
    names = list(solution.loadings.columns)
    return SchmidLeiman(
        loadings=pd.DataFrame(
            loadings, index=solution.loadings.index, columns=["g", *(f"{n}*" for n in names)]
        ),
        second_order=pd.Series(gamma, index=names, name="g"),
        omega_hierarchical=float((turn @ general) ** 2 / r.sum()),
        omega_total=float(1.0 - uniquenesses.sum() / r.sum()),
        explained_common_variance=float((general**2).sum() / common),
        reversed_items=tuple(
            str(n) for n, t in zip(solution.loadings.index, turn, strict=True) if t < 0
        ),
        notes=tuple(notes),
    )


def _main_axis(phi: np.ndarray) -> np.ndarray:
    """First eigenvector, turned so that it points along most factors."""
    vector = np.linalg.eigh(phi)[1][:, -1]
    return np.asarray(vector * (-1.0 if vector.sum() < 0 else 1.0))
