"""Regressions with the errors of the sampling design: linear, logistic (also Firth's), ordinal."""

from __future__ import annotations

from analysis.regression.fits import fit_linear, fit_logistic, fit_ordinal
from analysis.regression.results import JointTest, RegressionFit, joint_test

__all__ = [
    "JointTest",
    "RegressionFit",
    "fit_linear",
    "fit_logistic",
    "fit_ordinal",
    "joint_test",
]
