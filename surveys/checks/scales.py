"""Rules about scales: enough items, keyed both ways, worded evenly."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.checks.places import QUESTIONNAIRE, of_item, warning
from surveys.model import Instrument, Item, ItemKind, ResponseScale
from surveys.problems import Problem
from surveys.words import message

LEAST_ITEMS = 3


def enough_items(instrument: Instrument) -> Iterator[Problem]:
    """Warn where a construct has too few Likert items for a factor of its own."""
    counts = {c.id: _count(instrument, c.id) for c in instrument.constructs}
    short = [name for name, count in counts.items() if 0 < count < LEAST_ITEMS]
    if short:
        yield warning(
            "few-items",
            QUESTIONNAIRE,
            message(
                "These constructs have fewer than three Likert items, so their reliability is "
                "poorly known or unknown: {constructs}.",
                constructs=short,
            ),
            message("Add items, or report the single items and not a scale."),
        )


def keyed_both_ways(instrument: Instrument) -> Iterator[Problem]:
    """Warn where agreement cannot be told from agreeing with everything."""
    one_way = []
    for construct in instrument.constructs:
        keys = {i.reverse for i in _likert(instrument, construct.id)}
        if len(keys) == 1 and _count(instrument, construct.id) >= LEAST_ITEMS:
            one_way.append(construct.id)
    if one_way:
        yield warning(
            "keyed-one-way",
            QUESTIONNAIRE,
            message(
                "In these constructs all items point the same way, so that people who agree with "
                "everything look like people who mean it: {constructs}.",
                constructs=one_way,
            ),
            message(
                "Word about a third of the items the other way round and mark them as reversed."
            ),
        )


def ends_are_worded(instrument: Instrument) -> Iterator[Problem]:
    """Warn where the lowest or the highest point is not worded."""
    for item in instrument.items:
        scale = item.scale
        if not item.kind.ordered or scale is None:
            continue
        if not scale.label(scale.minimum) or not scale.label(scale.maximum):
            yield warning(
                "end-not-worded",
                of_item(item.id),
                message(
                    "The lowest ({low}) or highest ({high}) point of the scale has no wording.",
                    low=scale.minimum,
                    high=scale.maximum,
                ),
                message("Word both ends."),
            )


def wording_is_balanced(instrument: Instrument) -> Iterator[Problem]:
    """Warn where more points are worded on one side of the middle than on the other."""
    seen: set[str] = set()
    for item in instrument.items:
        scale = item.scale
        if item.kind is not ItemKind.LIKERT or scale is None or scale.id in seen:
            continue
        seen.add(scale.id)
        if not _balanced(scale):
            yield warning(
                "unbalanced-scale",
                message("Scale {scale}", scale=scale.id),
                message("The worded points do not lie evenly around the middle."),
                message("Word the mirror points too."),
            )


def _balanced(scale: ResponseScale) -> bool:
    worded = {anchor.value for anchor in scale.anchors if anchor.label}
    return worded == {scale.minimum + scale.maximum - value for value in worded}


def _likert(instrument: Instrument, construct_id: str) -> list[Item]:
    return [
        item
        for item in instrument.items
        if item.construct == construct_id and item.kind is ItemKind.LIKERT
    ]


def _count(instrument: Instrument, construct_id: str) -> int:
    return len(_likert(instrument, construct_id))
