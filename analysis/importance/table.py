"""The table of an importance analysis: shares, ranks and what the bootstrap says of both."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.numeric import Array


class ImportanceTable(TypedDict):
    """Shares (as they are and relative), their sum, and the table of all players."""

    shares: pd.Series
    share_of_r2: pd.Series
    r2: float
    table: pd.DataFrame


def importance_table(
    estimate: Array, draws: Array, names: list[str], confidence: float
) -> ImportanceTable:
    """Return shares, R squared and the table with ranks and percentile limits."""
    r2 = float(estimate.sum())
    if not r2 > 1e-12:
        raise AnalysisError("The predictors explain nothing; there is nothing to divide.")
    rank = _ranks(estimate[None])[0]
    table = pd.DataFrame(
        {"share": estimate, "share_of_r2": estimate / r2, "rank": rank}, index=pd.Index(names)
    )
    if len(draws):
        tail = 50.0 * (1.0 - confidence)
        relative = draws / draws.sum(axis=1, keepdims=True)
        ranks = _ranks(draws)
        for label, values in (("share", draws), ("share_of_r2", relative)):
            table[f"{label}_low"], table[f"{label}_high"] = np.percentile(
                values, [tail, 100.0 - tail], axis=0
            )
        table["rank_low"], table["rank_high"] = np.percentile(
            ranks, [tail, 100.0 - tail], axis=0, method="nearest"
        ).astype(int)
        table["rank_stability"] = (ranks == rank).mean(axis=0)
        table["first"] = (ranks == 1).mean(axis=0)
    return {
        "shares": table["share"].copy(),
        "share_of_r2": table["share_of_r2"].copy(),
        "r2": r2,
        "table": table,
    }


def _ranks(shares: Array) -> NDArray[np.intp]:
    order = np.argsort(-shares, axis=1, kind="stable")
    return np.asarray(np.argsort(order, axis=1, kind="stable") + 1)
