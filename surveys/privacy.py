"""The rules by which nothing shown says who answered what.

Small cells are :mod:`surveys.suppression`'s, names and numbers of persons
:mod:`surveys.identifiers`'; both are offered here too. Thresholds come from the study
(:meth:`surveys.study.Study.effective_threshold`).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from surveys.identifiers import (
    Found,
    IdentifierKind,
    find_identifiers,
    looks_like_identifier,
    mask,
)
from surveys.model import Item, Sensitivity
from surveys.problems import Problem
from surveys.suppression import (
    HiddenNesting,
    HiddenTable,
    suppress,
    suppress_nested,
    suppress_table,
)
from surveys.words import Message, message

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "HOMOGENEOUS_SHARE",
    "LARGE_GROUP",
    "MOST_CROSSED",
    "Found",
    "HiddenNesting",
    "HiddenTable",
    "IdentifierKind",
    "difference_too_small",
    "find_identifiers",
    "hides_distribution",
    "homogeneous",
    "looks_like_identifier",
    "mask",
    "may_show_grouping",
    "round_n",
    "round_percent",
    "share_unique",
    "smallest_combination",
    "suppress",
    "suppress_nested",
    "suppress_table",
]

HOMOGENEOUS_SHARE = 0.9
"""From this share in one category on, a distribution tells what each member answered (rule P4)."""

LARGE_GROUP = 30
"""From this size on a homogeneous group may be called mostly favourable or unfavourable (P4)."""

MOST_CROSSED = 2
"""How many items a breakdown may cross (P3)."""

TOWNSHIP_LEVEL = 2
COUNTY_LEVEL = 3
LEADERSHIP_ITEMS = frozenset({"D_LEAD"})
REGION_ITEMS = frozenset({"D_REGION"})


def homogeneous(counts: Sequence[int], share: float = HOMOGENEOUS_SHARE) -> bool:
    """Tell whether nearly all members of a group gave the same answer (rule P4).

    Parameters
    ----------
    counts
        How often each answer was given.
    share
        From which share on; compared without rounding error.

    Examples
    --------
    >>> homogeneous([13, 1])
    True
    """
    total = sum(counts)
    return total > 0 and max(counts) >= share * total - 1e-9


def hides_distribution(item: Item, counts: Sequence[int]) -> bool:
    """Tell whether the distribution of an item in a group is hidden (rule P4).

    It is where the item is highly sensitive and the group homogeneous; from :data:`LARGE_GROUP`
    answers on, the direction alone may be told.
    """
    return item.sensitivity is Sensitivity.HIGH and homogeneous(counts)


def round_n(n: float, base: int = 5) -> int:
    """Round a number of people to a multiple of ``base``, halves up (rule P5).

    Examples
    --------
    >>> [round_n(n) for n in (10, 12, 13, 37.5)]
    [10, 10, 15, 40]
    """
    return base * math.floor(n / base + 0.5)


def round_percent(share: float) -> int:
    """Return a share between 0 and 1 as a whole percentage, halves up (rule P5).

    Examples
    --------
    >>> [round_percent(share) for share in (0.285, 0.5, 1)]
    [29, 50, 100]
    """
    return math.floor(round(share * 100, 6) + 0.5)


def may_show_grouping(items: Sequence[Item]) -> Problem | None:
    """Tell why a breakdown by these items, crossed with each other, must not be shown (P3, P6, P9).

    Parameters
    ----------
    items
        The items that make the groups; several are crossed.

    Returns
    -------
    Problem or None
        ``None`` if nothing speaks against it; small cells are another matter.
    """
    where = message("breakdown by {items}", items=[item.text for item in items])
    if any(item.cluster_level == TOWNSHIP_LEVEL for item in items):
        return _not_shown(
            "township-output",
            where,
            message("Nothing is shown by township or unit: the groups are too well known."),
            message("Use the county or the region."),
        )
    if len(items) > MOST_CROSSED:
        return _not_shown(
            "too-many-crossed",
            where,
            message("At most two items may be crossed."),
            message("Leave out all but two."),
        )
    leaders = [item for item in items if item.id in LEADERSHIP_ITEMS]
    others = [item for item in items if item.id not in LEADERSHIP_ITEMS | REGION_ITEMS]
    if leaders and others:
        return _not_shown(
            "leaders-crossed",
            where,
            message("Leadership posts are few and known, and are crossed with the region only."),
            message("Cross with the region, or leave the leadership post out."),
        )
    return None


def _not_shown(code: str, where: Message, what: Message, remedy: Message) -> Problem:
    return Problem(code, where, what, remedy)


def difference_too_small(
    group: Collection[str], released: Iterable[Collection[str]], threshold: int
) -> int | None:
    """Return by how many people a group differs from one given out before, if they are too few.

    Whoever holds both figures can subtract one from the other (rule P3).

    Parameters
    ----------
    group
        Ids of the entries in the group now asked for.
    released
        Ids of the entries in each group given out before, also in earlier waves.
    threshold
        Smallest group of which anything is shown.

    Returns
    -------
    int or None
        The smallest difference between 1 and ``threshold - 1``; ``None`` if there is none.
    """
    members = frozenset(group)
    differences = (len(members.symmetric_difference(other)) for other in released)
    return min((n for n in differences if 0 < n < threshold), default=None)


def smallest_combination(frame: pd.DataFrame, keys: Sequence[str]) -> int:
    """Return the k of k-anonymity: rows of the rarest combination of values there is (rule P8).

    Parameters
    ----------
    frame
        One row a person; a missing value counts as a value.
    keys
        Columns that together could point to a person; none gives the number of rows.
    """
    sizes = _combination_sizes(frame, keys)
    return int(sizes.min()) if len(sizes) else 0


def share_unique(frame: pd.DataFrame, keys: Sequence[str]) -> float:
    """Return the share of rows whose combination of values nobody else has (rule P8).

    Parameters
    ----------
    frame
        One row a person; a missing value counts as a value.
    keys
        Columns that together could point to a person.
    """
    if not len(frame):
        return 0.0
    return float((_combination_sizes(frame, keys) == 1).sum() / len(frame))


def _combination_sizes(frame: pd.DataFrame, keys: Sequence[str]) -> pd.Series[int]:
    import pandas as pd

    if not keys:
        return pd.Series([len(frame)] if len(frame) else [], dtype="int64")
    return frame.groupby(list(keys), dropna=False, observed=True).size()
