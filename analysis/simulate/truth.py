"""The data-generating model: what is true in the synthetic survey.

The model is a YAML file beside this module. It describes no real survey; its effect sizes are design
choices of plausible size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.matrices import FloatArray


@dataclass(frozen=True)
class Model:
    """The data-generating model.

    Attributes
    ----------
    settings
        The content of the model file.
    """

    settings: dict[str, Any]

    @property
    def drivers(self) -> list[str]:
        """Names of the latent drivers, in the order of all arrays."""
        return list(self.settings["drivers"])

    @property
    def outcomes(self) -> list[str]:
        """Names of the latent variables that the paths explain, causes first."""
        return list(self.settings["paths"])

    @cached_property
    def driver_correlation(self) -> FloatArray:
        """Correlation of the drivers, (12, 12): one general factor and a few doublets.

        Raises
        ------
        AnalysisError
            If the model's loadings and doublets do not make a correlation matrix.
        """
        general = np.array([self.settings["general_factor"][name] for name in self.drivers])
        r = np.outer(general, general)
        for first, second, extra in self.settings["doublets"]:
            i, j = self.drivers.index(first), self.drivers.index(second)
            r[i, j] += extra
            r[j, i] += extra
        np.fill_diagonal(r, 1.0)
        if np.linalg.eigvalsh(r)[0] <= 0:
            raise AnalysisError(
                "The correlations of the drivers in the model do not fit together; "
                "make the doublets smaller."
            )
        return np.asarray(r, dtype=float)

    def shares(self, level: int) -> FloatArray:
        """Variance of each driver between counties (0), between townships (1), between people (2)."""
        pairs = np.array([self.settings["level_shares"][name] for name in self.drivers])
        return np.column_stack([pairs, 1 - pairs.sum(axis=1)])[:, level]

    def direct_effects(self, outcome: str) -> pd.Series:
        """Return the path coefficients on one outcome, by cause (absent causes are exactly 0)."""
        return pd.Series(self.settings["paths"][outcome], dtype=float)

    def total_effects(self, outcome: str) -> pd.Series:
        """Return the effect of each driver on an outcome, direct and through the mediator."""
        direct = self.direct_effects(outcome)
        total = direct.reindex(self.drivers, fill_value=0.0)
        for cause, path in direct.items():
            if cause in self.settings["paths"]:
                total = total + path * self.total_effects(str(cause))
        return total


def load_model() -> Model:
    """Read the model that ships with the program."""
    from ruamel.yaml import YAML

    text = resources.files("analysis.simulate").joinpath("model.yaml").read_text("utf-8")
    return Model(YAML(typ="safe", pure=True).load(text))
