"""Which columns of numbers belong to one response scale."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveys.importing.cells import whole_number
from surveys.importing.column_profile import Profile, Sort
from surveys.importing.known_scales import known_points

_HIGHEST = 10
_LOWEST = -5
_LEAST_SPAN = 2
_RATING_SPAN = 9
_FEW_ANSWERS = 300
_UNNAMED_RUN = 4
_MANY_POINTS = 6
_STEM = re.compile(r"[\s_.\-]*\d+$")


@dataclass(slots=True)
class Block:
    """Columns next to each other with answers on the same points.

    Attributes
    ----------
    stem
        What their names have in common, empty if nothing.
    members
        The columns.
    low, high
        The smallest and largest answer, including those that only have a label.
    wordings
        Point to the wording in the file.
    """

    stem: str
    members: list[Profile]
    low: int
    high: int
    wordings: dict[int, str] = field(default_factory=dict)

    @property
    def rating(self) -> bool:
        """Tell whether there are so many points that people rate rather than agree."""
        return self.high - self.low >= _RATING_SPAN


@dataclass(frozen=True, slots=True)
class _Candidate:
    profile: Profile
    stem: str
    low: int
    high: int
    wordings: Mapping[int, str]
    certain: bool

    @property
    def numbered(self) -> bool:
        return self.stem != self.profile.name


def find_blocks(profiles: Sequence[Profile]) -> list[Block]:
    """Find the blocks of columns that share a response scale.

    Columns next to each other belong together if their names differ in a number only (``A1``,
    ``A2``) and their answers cover the same few points, or if at least four in a row do the latter.
    Where few people answered, an end of the scale may have been used by nobody; then ranges that
    differ a little count as the same, and the block takes the widest.

    Parameters
    ----------
    profiles
        Columns in the order of the file.

    Returns
    -------
    list of Block
        In the order of the file; columns in none of them are on no scale.
    """
    blocks: list[Block] = []
    run: list[_Candidate] = []
    for profile in profiles:
        candidate = _candidate(profile)
        if candidate is None:
            blocks += _blocks_of_run(run)
            run = []
        else:
            run.append(candidate)
    return blocks + _blocks_of_run(run)


def point_wordings(profile: Profile) -> dict[int, str]:
    """Return the wordings that the file gives to whole numbers, missing values left out."""
    column = profile.column
    wordings: dict[int, str] = {}
    for text, label in column.value_labels.items():
        number = whole_number(text)
        if number is not None and number >= 0 and not column.declared_missing(text):
            wordings[number] = label.get("zh")
    return wordings


def _candidate(profile: Profile) -> _Candidate | None:
    stem = _STEM.sub("", profile.name)
    if profile.sort is Sort.CATEGORY:
        points = known_points(profile.texts)
        if points is None:
            return None
        wordings = {point: text for text, point in points.items()}
        return _Candidate(profile, stem, 1, 5, wordings, certain=True)
    if profile.sort is not Sort.INTEGER or profile.doubtful():
        return None
    wordings = point_wordings(profile)
    low = min(profile.low, *wordings) if wordings else profile.low
    high = max(profile.high, *wordings) if wordings else profile.high
    if low < _LOWEST or high > _HIGHEST or high - low < _LEAST_SPAN:
        return None
    on_scale = known_points(wordings.values()) is not None
    return _Candidate(profile, stem, low, high, wordings, certain=on_scale)


def _blocks_of_run(run: Sequence[_Candidate]) -> list[Block]:
    if any((candidate.low, candidate.high) == (0, _HIGHEST) for candidate in run):
        run = [_on_rating(candidate) for candidate in run]
    groups: list[list[_Candidate]] = []
    for candidate in run:
        if groups and _same_group(groups[-1], candidate):
            groups[-1].append(candidate)
        else:
            groups.append([candidate])
    groups = _widened(_joined_singles(groups))
    return [_block(group) for group in groups if _accepted(group)]


def _on_rating(candidate: _Candidate) -> _Candidate:
    """Take answers on many points beside a scale from 0 to 10 for answers on that scale."""
    if candidate.low >= 0 and candidate.high - candidate.low >= _MANY_POINTS:
        return replace(candidate, low=0, high=_HIGHEST)
    return candidate


def _same_group(group: Sequence[_Candidate], candidate: _Candidate) -> bool:
    last = group[-1]
    if not (last.numbered and candidate.numbered and last.stem == candidate.stem):
        return False
    low, high = min(c.low for c in group), max(c.high for c in group)
    return _same_range(low, high, candidate)


def _same_range(low: int, high: int, candidate: _Candidate) -> bool:
    few = candidate.profile.n_valid < _FEW_ANSWERS
    slack = (3 if max(high - low, candidate.high - candidate.low) >= 7 else 1) if few else 0
    return abs(candidate.low - low) <= slack and abs(candidate.high - high) <= slack


def _joined_singles(groups: Sequence[list[_Candidate]]) -> list[list[_Candidate]]:
    """Join columns with unlike names where at least four in a row have exactly the same range."""
    joined: list[list[_Candidate]] = []
    for group in groups:
        single = len(group) == 1 and not group[0].numbered
        previous = joined[-1] if joined else []
        open_run = bool(previous) and all(not candidate.numbered for candidate in previous)
        if single and open_run and _range(previous[-1:]) == _range(group):
            previous.extend(group)
        else:
            joined.append(list(group))
    return joined


def _range(group: Sequence[_Candidate]) -> tuple[int, int]:
    return min(c.low for c in group), max(c.high for c in group)


def _widened(groups: Sequence[list[_Candidate]]) -> list[list[_Candidate]]:
    """Put a column between two blocks on the same points on their scale.

    It may be an attention check, to which nearly everybody gives the same answer.
    """
    widened = [list(group) for group in groups]
    for before, group, after in zip(widened, widened[1:], widened[2:], strict=False):
        low, high = _range(before)
        alone = len(group) == 1 and group[0].numbered
        blocks = all(len(near) > 1 and near[0].numbered for near in (before, after))
        if alone and blocks and _range(after) == (low, high):
            one = group[0]
            few = one.profile.n_valid < _FEW_ANSWERS and low <= one.low <= one.high <= high
            if few or (one.low, one.high) == (low, high):
                group[0] = replace(one, low=low, high=high, certain=True)
    return widened


def _accepted(group: Sequence[_Candidate]) -> bool:
    if all(candidate.certain for candidate in group) or _range(group) == (0, _HIGHEST):
        return True
    return len(group) > 1 and (group[0].numbered or len(group) >= _UNNAMED_RUN)


def _block(group: Sequence[_Candidate]) -> Block:
    low, high = _range(group)
    wordings: dict[int, str] = {}
    for candidate in group:
        wordings.update(candidate.wordings)
    stem = group[0].stem if group[0].numbered else ""
    return Block(stem, [candidate.profile for candidate in group], low, high, wordings)
