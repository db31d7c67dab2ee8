"""How much of R squared each predictor, or family of predictors, accounts for."""

from __future__ import annotations

from analysis.importance.shares import (
    MOST_PLAYERS,
    MOST_PLAYERS_BOOTSTRAPPED,
    Importance,
    relative_importance,
    relative_importance_from_correlation,
)

__all__ = [
    "MOST_PLAYERS",
    "MOST_PLAYERS_BOOTSTRAPPED",
    "Importance",
    "relative_importance",
    "relative_importance_from_correlation",
]
