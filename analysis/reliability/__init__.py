"""How far the items of a scale measure one thing: alpha, omega, split halves."""

from __future__ import annotations

from analysis.reliability.alpha import (
    Reliability,
    alpha_from_covariance,
    cronbach_alpha,
    feldt_interval,
    keys_from_loadings,
)
from analysis.reliability.general_factor import Omega, omega, omega_from_correlation
from analysis.reliability.halves import SplitHalf, split_half

__all__ = [
    "Omega",
    "Reliability",
    "SplitHalf",
    "alpha_from_covariance",
    "cronbach_alpha",
    "feldt_interval",
    "keys_from_loadings",
    "omega",
    "omega_from_correlation",
    "split_half",
]
