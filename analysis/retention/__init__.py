"""How many factors: parallel analysis, minimum average partial and other rules, and their agreement."""

from __future__ import annotations

from analysis.retention.comparison import ComparisonData, comparison_data
from analysis.retention.parallel import (
    MinimumAveragePartial,
    ParallelAnalysis,
    eigenvalues,
    minimum_average_partial,
    parallel_analysis,
)
from analysis.retention.rules import (
    RULES,
    EmpiricalKaiser,
    FactorCount,
    empirical_kaiser,
    how_many_factors,
    model_sequence,
)

__all__ = [
    "RULES",
    "ComparisonData",
    "EmpiricalKaiser",
    "FactorCount",
    "MinimumAveragePartial",
    "ParallelAnalysis",
    "comparison_data",
    "eigenvalues",
    "empirical_kaiser",
    "how_many_factors",
    "minimum_average_partial",
    "model_sequence",
    "parallel_analysis",
]
