"""Exploratory factors: extraction, rotation, fit, scores, bootstrap intervals."""

from __future__ import annotations

from analysis.factor.bootstrap import BootstrapFactors, bootstrap_factors
from analysis.factor.conventions import convention
from analysis.factor.general_factor import SchmidLeiman, second_order
from analysis.factor.rotation import RotationSettings, rotate
from analysis.factor.scores import FactorScores, factor_scores
from analysis.factor.solution import (
    FactorSolution,
    fit_factors,
    fit_factors_from_correlation,
)

__all__ = [
    "BootstrapFactors",
    "FactorScores",
    "FactorSolution",
    "RotationSettings",
    "SchmidLeiman",
    "bootstrap_factors",
    "convention",
    "factor_scores",
    "fit_factors",
    "fit_factors_from_correlation",
    "rotate",
    "second_order",
]
