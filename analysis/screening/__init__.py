"""Who answered without care: signs, and the rule by which people are set aside."""

from __future__ import annotations

from analysis.screening.indices import Thresholds
from analysis.screening.signs import KIND_OF, Screening, acquiescence, screen, sensitivity

__all__ = ["KIND_OF", "Screening", "Thresholds", "acquiescence", "screen", "sensitivity"]
