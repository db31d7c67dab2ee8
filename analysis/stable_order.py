"""An order of rows and of groups that does not depend on how the data happened to be sorted.

Whatever draws at random (permutations, bootstraps, random halves) numbers what it draws from. If the
numbers came from the place of a row in the file, merging laptops in another order would change the
result. They come from what the row says instead: rows are ordered by a hash of their content, groups
by their name. Rows that say the same may change places without any effect.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def content_order(*parts: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Return the positions of rows in an order given by their content.

    Parameters
    ----------
    *parts
        Arrays of the same length, (n,) or (n, p); NaN counts as content.
    """
    columns = np.column_stack([np.asarray(part, dtype=np.float64) for part in parts])
    # Adding zero turns -0.0 into 0.0, which says the same and must hash the same.
    digests = pd.util.hash_pandas_object(pd.DataFrame(columns + 0.0), index=False)
    return np.argsort(digests.to_numpy(), kind="stable")


def content_rank(*parts: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Return each row's place in :func:`content_order`."""
    order = content_order(*parts)
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    return rank


def group_codes(groups: Any) -> tuple[npt.NDArray[np.intp], list[Any]]:
    """Return a number for each group, in the order of their names.

    Parameters
    ----------
    groups
        One name a row, of any type; missing ones get -1.

    Returns
    -------
    codes, names
        The number of each row's group, and the names in the order of the numbers.
    """
    found, names = pd.factorize(groups, sort=False)
    order = sorted(
        range(len(names)), key=lambda place: (str(type(names[place])), str(names[place]))
    )
    new = np.empty(len(names) + 1, dtype=np.intp)
    new[order] = np.arange(len(names))
    new[-1] = -1
    return new[found], [names[place] for place in order]
