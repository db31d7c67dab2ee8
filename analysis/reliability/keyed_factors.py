"""A general factor of all items and group factors beside it, and the shares they have in the score."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError, Note, note
from analysis.factor import fit_factors_from_correlation
from analysis.factor.extraction import ExtractionMethod, extract
from analysis.factor.general_factor import split_general
from analysis.factor.rotation import RotationMethod
from analysis.numeric import Array

Reverse = Collection[str] | Literal["auto"]


@dataclass(frozen=True, slots=True)
class GeneralFactorModel:
    """General and group loadings after keying.

    Attributes
    ----------
    general, group
        Shapes (p,) and (p, k); k is 0 with one factor.
    common
        Communalities of the oblique factors, shape (p,).
    names, keys
        Items, and 1 or -1 for each.
    r
        Correlations after keying, shape (p, p).
    notes
        Items turned round or going against the rest.
    """

    general: Array
    group: Array
    common: Array
    names: tuple[str, ...]
    keys: Array
    r: Array
    notes: tuple[Note, ...]


def general_factor_model(
    r: pd.DataFrame,
    n_factors: int,
    reverse: Reverse,
    extraction: ExtractionMethod,
    rotation: RotationMethod,
) -> GeneralFactorModel:
    """Fit the factors, split off the general one and turn the items round.

    Parameters
    ----------
    r
        Correlations of the items.
    n_factors
        1, or 3 and more.
    reverse
        Items keyed the other way, or ``"auto"``: by the sign of their general loading.
    extraction, rotation
        As in :func:`analysis.factor.fit_factors`.

    Raises
    ------
    AnalysisError
        Fewer than three items, two factors, unknown ``reverse``, and as in :mod:`analysis.factor`.
    """
    p = len(r)
    if p < 3:
        raise AnalysisError("Omega needs at least three items; for two give alpha.")
    if n_factors == 2:
        raise AnalysisError(
            "With two factors the general factor is not determined; take one factor, or three and "
            "more."
        )
    solution = fit_factors_from_correlation(
        r, n_factors, extraction=extraction, rotation=rotation if n_factors > 1 else "none"
    )
    loadings = solution.loadings.to_numpy()
    remarks: tuple[Note, ...] = ()
    if n_factors == 1:
        general, group = loadings[:, 0], np.empty((p, 0))
    else:
        general, group, _second, remarks = split_general(loadings, solution.phi.to_numpy())
    common = solution.communalities.to_numpy()
    return _keyed(r, general, group, common, reverse, (*solution.notes, *remarks))


def single_factor_model(
    r: pd.DataFrame, reverse: Reverse, extraction: ExtractionMethod
) -> GeneralFactorModel:
    """Return the model of one factor without its fit statistics, for the draws of the bootstrap."""
    if not np.isfinite(r.to_numpy()).all():
        raise AnalysisError(
            "Everybody gave the same answer to {items}; leave such items out.",
            items=[str(name) for name in r.columns[r.isna().all()]],
        )
    general = extract(r.to_numpy(), 1, extraction).loadings[:, 0]
    return _keyed(r, general, np.empty((len(r), 0)), general**2, reverse, ())


def _keyed(
    r: pd.DataFrame,
    general: Array,
    group: Array,
    common: Array,
    reverse: Reverse,
    remarks: tuple[Note, ...],
) -> GeneralFactorModel:
    """Turn items round and say which."""
    names = tuple(str(name) for name in r.columns)
    notes = list(remarks)
    if isinstance(reverse, str):
        if reverse != "auto":
            raise AnalysisError(
                "Reversed items are a list of names, or auto; not {given}.", given=reverse
            )
        keys = np.where(general < 0, -1.0, 1.0)
        turned = [name for name, key in zip(names, keys, strict=True) if key < 0]
        if turned:
            notes.append(note("Turned round by the sign of their loading: {items}.", items=turned))
    else:
        keys = np.where(np.isin(names, list(reverse)), -1.0, 1.0)
        if (general * keys).sum() < 0:
            general = -general
        against = [n for n, g, k in zip(names, general, keys, strict=True) if g * k < 0]
        if against:
            notes.append(
                note(
                    "These items go against the rest of the scale; check whether they are reversed: "
                    "{items}.",
                    items=against,
                )
            )
    keyed = r.to_numpy() * np.outer(keys, keys)
    if not keyed.sum() > 0:
        raise AnalysisError(
            "The sum of the items does not vary: they cancel out. Check which items are reversed."
        )
    return GeneralFactorModel(
        general * keys, group * keys[:, None], common, names, keys, keyed, tuple(notes)
    )


def omega_coefficients(model: GeneralFactorModel) -> tuple[float, float]:
    """Return omega total and hierarchical, over the variance of the observed sum."""
    total = float(model.r.sum())
    return 1.0 - float((1.0 - model.common).sum()) / total, float(model.general.sum()) ** 2 / total
