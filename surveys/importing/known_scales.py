"""Wordings of ordered answers that other programs export in place of numbers."""

from __future__ import annotations

from collections.abc import Iterable

KNOWN_SCALES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("非常不同意", "完全不同意", "很不同意"),
        ("不同意", "比较不同意", "不太同意"),
        ("一般", "不确定", "中立", "说不清", "既不同意也不反对"),
        ("同意", "比较同意", "基本同意"),
        ("非常同意", "完全同意", "很同意"),
    ),
    (
        ("非常不满意", "很不满意"),
        ("不满意", "比较不满意", "不太满意"),
        ("一般", "不确定"),
        ("满意", "比较满意"),
        ("非常满意", "很满意"),
    ),
    (
        ("非常不符合", "完全不符合", "很不符合"),
        ("不符合", "比较不符合", "不太符合"),
        ("一般", "不确定"),
        ("符合", "比较符合"),
        ("非常符合", "完全符合", "很符合"),
    ),
    (("从不", "从来没有"), ("很少", "偶尔"), ("有时",), ("经常", "常常"), ("总是", "一直")),
    (
        ("strongly disagree", "completely disagree"),
        ("disagree", "somewhat disagree"),
        ("neither agree nor disagree", "neutral", "undecided", "not sure"),
        ("agree", "somewhat agree"),
        ("strongly agree", "completely agree"),
    ),
    (
        ("very dissatisfied",),
        ("dissatisfied", "somewhat dissatisfied"),
        ("neither satisfied nor dissatisfied", "neutral"),
        ("satisfied", "somewhat satisfied"),
        ("very satisfied",),
    ),
    (("never",), ("rarely", "seldom"), ("sometimes",), ("often",), ("always",)),
)
"""Each scale lists its points from lowest to highest, each point the wordings that stand for it."""

_LEAST_POINTS = 3


def known_points(wordings: Iterable[str]) -> dict[str, int] | None:
    """Return the point of each wording, if all of them belong to one known scale.

    Returns
    -------
    dict or None
        Wording to point, counted from 1. None if no scale has them all, or fewer than three are
        given, or two of them mean the same point.
    """
    given = list(wordings)
    for scale in KNOWN_SCALES:
        places = {text: point for point, texts in enumerate(scale, 1) for text in texts}
        found = {wording: places.get(wording.strip().casefold()) for wording in given}
        points = [point for point in found.values() if point is not None]
        if len(points) == len(given) == len(set(points)) >= _LEAST_POINTS:
            return {wording: point for wording, point in found.items() if point is not None}
    return None
