"""Which cells of a breakdown are hidden so that no small group can be worked out.

A breakdown is a set of counts and of lines, each saying that some counts (the parts) add up to
another (the whole). Small counts are hidden first (primary suppression). Then more are hidden until
no hidden count follows from the shown ones and the lines, and until the hidden parts of a line
together hold at least the threshold (complementary suppression).

Every count is in at most two lines, as in a two-way table (its row and its column) or a nesting
(the whole of one line, a part of another). Taken as an edge between its lines, or between its line
and the ground, a hidden count follows from the shown ones exactly if its edge is a bridge: the only
link between two sides, so that adding up the lines of one side leaves it as the only unknown. On a
cycle, one can be raised where the next is lowered, and all lines still hold.

A count of 0 is shown: nobody is in it, and nothing is said about anybody. It is never a partner of a
hidden count either, because it adds nothing to what the hidden ones hold.

Source: Federal Committee on Statistical Methodology, Statistical Policy Working Paper 22, on primary
and complementary suppression; the bridge criterion is that of Gusfield (1988), SIAM Journal on
Computing 17(3), for two-way tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_GROUND = -1


@dataclass(frozen=True, slots=True)
class Line:
    """Places of the counts of one sum: the whole and its parts."""

    whole: int
    parts: tuple[int, ...]


def hide(counts: Sequence[int], lines: Sequence[Line], threshold: int) -> list[bool]:
    """Return which counts of a breakdown are hidden.

    Parameters
    ----------
    counts
        All counts, wholes included; none negative.
    lines
        The sums; every count is in one or two of them.
    threshold
        Smallest count that may be shown.

    Raises
    ------
    ValueError
        A count is negative, or a whole is not the sum of its parts.
    """
    if any(count < 0 for count in counts):
        raise ValueError("counts must not be negative")
    for line in lines:
        if counts[line.whole] != sum(counts[part] for part in line.parts):
            raise ValueError("a whole must be the sum of its parts")
    ends = _ends(len(counts), lines)
    hidden = [0 < count < threshold for count in counts]
    changed = True
    while changed:
        changed = False
        for line in lines:
            changed |= _fill_line(counts, line, hidden, threshold)
        changed |= _join_bridge(counts, lines, ends, hidden)
    return hidden


def _fill_line(counts: Sequence[int], line: Line, hidden: list[bool], threshold: int) -> bool:
    inside = [part for part in line.parts if hidden[part]]
    if not inside:
        return False
    rest = sorted(
        (part for part in line.parts if not hidden[part] and counts[part]), key=counts.__getitem__
    )
    held = sum(counts[part] for part in inside)
    n_hidden = len(inside)
    changed = False
    for part in rest:
        if n_hidden >= 2 and held >= threshold:
            break
        hidden[part] = changed = True
        n_hidden += 1
        held += counts[part]
    return changed


def _ends(n: int, lines: Sequence[Line]) -> list[tuple[int, int]]:
    found: list[list[int]] = [[] for _ in range(n)]
    for number, line in enumerate(lines):
        for place in (line.whole, *line.parts):
            found[place].append(number)
    if any(not 1 <= len(places) <= 2 for places in found):
        raise ValueError("every count must be in one or two lines")
    return [(places[0], places[1] if len(places) == 2 else _GROUND) for places in found]


def _join_bridge(
    counts: Sequence[int],
    lines: Sequence[Line],
    ends: Sequence[tuple[int, int]],
    hidden: list[bool],
) -> bool:
    """Hide one more count next to the first bridge, if there is one."""
    wholes = {line.whole for line in lines}
    for place in range(len(counts)):
        if not hidden[place]:
            continue
        side = _side_of(place, ends, hidden)
        if side is None:
            continue
        # One of the lines' ends lies inside and one outside: this links the two sides anew.
        links = [
            other
            for other, (one, two) in enumerate(ends)
            if not hidden[other] and counts[other] and (one in side) != (two in side)
        ]
        hidden[min(links, key=lambda other: (other in wholes, counts[other]))] = True
        return True
    return False


def follows(
    counts: Sequence[int], lines: Sequence[Line], hidden: Sequence[bool]
) -> tuple[int, ...]:
    """Return the places of hidden counts that follow from the shown ones."""
    ends = _ends(len(counts), lines)
    return tuple(
        place
        for place in range(len(counts))
        if hidden[place] and _side_of(place, ends, hidden) is not None
    )


def _side_of(
    bridge: int, ends: Sequence[tuple[int, int]], hidden: Sequence[bool]
) -> frozenset[int] | None:
    """Return the lines on the side of a bridge that is not the ground's; ``None`` if no bridge."""
    neighbours: dict[int, list[int]] = {}
    for place, (one, two) in enumerate(ends):
        if hidden[place] and place != bridge:
            neighbours.setdefault(one, []).append(two)
            neighbours.setdefault(two, []).append(one)
    start, goal = ends[bridge]
    if start == _GROUND:
        start, goal = goal, start
    side = _reached(start, neighbours)
    if goal in side:
        return None
    if _GROUND in side:
        side = _reached(goal, neighbours)
    return side


def _reached(start: int, neighbours: dict[int, list[int]]) -> frozenset[int]:
    seen = {start}
    waiting = [start]
    while waiting:
        for line in neighbours.get(waiting.pop(), ()):
            if line not in seen:
                seen.add(line)
                waiting.append(line)
    return frozenset(seen)


@dataclass(frozen=True, slots=True)
class HiddenTable:
    """What of a two-way table with its margins is hidden.

    Attributes
    ----------
    cells
        One row a row of the table.
    rows, columns
        The totals of the rows and of the columns.
    total
        The grand total.
    """

    cells: tuple[tuple[bool, ...], ...]
    rows: tuple[bool, ...]
    columns: tuple[bool, ...]
    total: bool


@dataclass(frozen=True, slots=True)
class HiddenNesting:
    """What of groups within groups is hidden: the parts of each group, the groups, the total."""

    parts: tuple[tuple[bool, ...], ...]
    groups: tuple[bool, ...]
    total: bool


def suppress(counts: Sequence[int], threshold: int) -> tuple[bool, ...]:
    """Return which groups of a breakdown are hidden, given that their total is known.

    A group is hidden if it has fewer than ``threshold`` members, but more than none; then the next
    smallest ones are, until at least two are hidden and these hold ``threshold`` together, or no
    group that is not empty is left.

    Parameters
    ----------
    counts
        Valid answers in each group.
    threshold
        Smallest group of which anything is shown.

    Examples
    --------
    >>> suppress([43, 38, 9, 25], 10)
    (False, False, True, True)
    >>> suppress([43, 38, 6, 2], 10)
    (False, True, True, True)
    """
    numbers = [int(count) for count in counts]
    line = Line(len(numbers), tuple(range(len(numbers))))
    return tuple(hide([*numbers, sum(numbers)], [line], threshold)[:-1])


def suppress_table(counts: Iterable[Sequence[int]], threshold: int) -> HiddenTable:
    """Return what is hidden of a two-way table that is shown with its margins.

    No hidden cell or margin follows from what is shown. In every row and column that has at least
    two cells that are not empty, none or at least two are hidden, and these hold ``threshold``
    together unless no more are left.

    Parameters
    ----------
    counts
        The cells, row by row, without margins.
    threshold
        Smallest group of which anything is shown.
    """
    table = [[int(count) for count in row] for row in counts]
    n_rows, n_columns = len(table), len(table[0]) if table else 0
    if any(len(row) != n_columns for row in table):
        raise ValueError("all rows must have the same number of cells")
    wide = [[*row, sum(row)] for row in table]
    wide.append([sum(column) for column in zip(*wide, strict=True)] or [0])
    step = n_columns + 1
    flat = [count for row in wide for count in row]
    lines = [
        Line(row * step + n_columns, tuple(range(row * step, row * step + n_columns)))
        for row in range(n_rows + 1)
    ]
    lines += [
        Line(n_rows * step + column, tuple(range(column, n_rows * step, step)))
        for column in range(step)
    ]
    hidden = hide(flat, lines, threshold)
    rows = [tuple(hidden[row * step : (row + 1) * step]) for row in range(n_rows + 1)]
    return HiddenTable(
        cells=tuple(row[:-1] for row in rows[:-1]),
        rows=tuple(row[-1] for row in rows[:-1]),
        columns=rows[-1][:-1],
        total=rows[-1][-1],
    )


def suppress_nested(parts: Iterable[Sequence[int]], threshold: int) -> HiddenNesting:
    """Return what is hidden of groups within groups, shown with the groups' sums and the total.

    Parameters
    ----------
    parts
        For each group, the counts of its parts.
    threshold
        Smallest group of which anything is shown.

    Examples
    --------
    >>> suppress_nested([[60, 52, 8]], 10).parts
    ((False, True, True),)
    """
    groups = [[int(count) for count in group] for group in parts]
    flat = [count for group in groups for count in group]
    n_parts = len(flat)
    lines: list[Line] = []
    begin = 0
    for number, group in enumerate(groups):
        lines.append(Line(n_parts + number, tuple(range(begin, begin + len(group)))))
        begin += len(group)
    sums = [sum(group) for group in groups]
    lines.append(Line(n_parts + len(groups), tuple(range(n_parts, n_parts + len(groups)))))
    hidden = hide([*flat, *sums, sum(sums)], lines, threshold)
    within = iter(hidden)
    return HiddenNesting(
        parts=tuple(tuple(next(within) for _ in group) for group in groups),
        groups=tuple(next(within) for _ in groups),
        total=hidden[-1],
    )
