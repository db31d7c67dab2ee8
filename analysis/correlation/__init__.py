"""Correlations of items: Pearson, Spearman, polychoric and mixed, with missing answers and weights."""

from __future__ import annotations

from analysis.correlation.adequacy import SamplingAdequacy, sampling_adequacy
from analysis.correlation.asymptotic import PolychoricCovariance, polychoric_covariance
from analysis.correlation.blocks import polychoric_from_blocks
from analysis.correlation.matrix import CorrelationMatrix, smooth
from analysis.correlation.methods import (
    CorrelationMethod,
    correlate,
    correlation_of_tables,
    mixed,
    pearson,
    polychoric,
    spearman,
)

__all__ = [
    "CorrelationMatrix",
    "CorrelationMethod",
    "PolychoricCovariance",
    "SamplingAdequacy",
    "correlate",
    "correlation_of_tables",
    "mixed",
    "pearson",
    "polychoric",
    "polychoric_covariance",
    "polychoric_from_blocks",
    "sampling_adequacy",
    "smooth",
    "spearman",
]
