"""The arithmetic of making an indefinite correlation matrix positive definite."""

from __future__ import annotations

import numpy as np

from analysis.errors import Note, note
from analysis.matrices import FloatArray

SMALLEST_EIGENVALUE = 1e-4
"""Eigenvalue to which :func:`analysis.correlation.smooth` lifts the non-positive ones."""


def nearest_definite(
    r: FloatArray, smallest: float = SMALLEST_EIGENVALUE
) -> tuple[FloatArray, int]:
    """Lift the eigenvalues below ``smallest``; also return how many there were."""
    values, vectors = np.linalg.eigh(r)
    lifted = int((values < smallest).sum())
    if not lifted:
        return r, 0
    new = (vectors * np.maximum(values, smallest)) @ vectors.T
    root = np.sqrt(np.diag(new))
    new = new / np.outer(root, root)
    new = (new + new.T) / 2
    np.fill_diagonal(new, 1.0)
    return new, lifted


def smoothing_note(old: FloatArray, new: FloatArray, lifted: int) -> Note:
    """Say what smoothing did to a matrix."""
    return note(
        "The correlation matrix was not positive definite: {n} eigenvalues were lifted, which "
        "changed the correlations by at most {change}.",
        n=lifted,
        change=f"{np.abs(new - old).max():.3f}",
    )
