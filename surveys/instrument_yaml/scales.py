"""The response scales that items share, as they stand in the ``scales`` block."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from surveys.instrument_yaml.fields import Fields
from surveys.model import Anchor, ResponseScale
from surveys.words import Text, message

SCALE_KINDS = ("likert", "rating", "single_choice", "multiple_choice", "integer", "decimal")
PLAIN_KINDS = ("date", "code", "open_text")
MAX_POINTS = 101

_INTEGER = re.compile(r"-?[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Shared:
    """One entry of the block; only ordered scales have points."""

    kind: str
    scale: ResponseScale | None
    anchors_per_item: bool = False
    max_chars: int | None = None


def read_scales(top: Fields, languages: tuple[str, ...]) -> Mapping[str, Shared]:
    """Read the ``scales`` block."""
    block = top.mapping("scales")
    if block is None:
        return {}
    found = {}
    for name in block.values:
        entry = block.mapping(name)
        if entry is not None:
            shared = _shared(name, entry, languages)
            if shared is not None:
                found[name] = shared
    return found


def _shared(name: str, entry: Fields, languages: tuple[str, ...]) -> Shared | None:
    entry.known(
        (
            "type",
            "min",
            "max",
            "anchors",
            "anchors_per_item",
            "options_per_item",
            "range_per_item",
            "max_chars",
        )
    )
    if not entry.require("type"):
        return None
    kind = entry.string("type") or ""
    if kind not in {*SCALE_KINDS, *PLAIN_KINDS}:
        entry.unknown_word("type", kind, [*SCALE_KINDS, *PLAIN_KINDS])
        return None
    for key in ("options_per_item", "range_per_item"):
        if not entry.flag(key, True):
            entry.problem(
                "not-shared",
                message("Options and ranges cannot be shared between items."),
                message("Give them with each item."),
                key=key,
            )
    if kind not in {"likert", "rating"}:
        return Shared(kind, None, max_chars=entry.integer("max_chars"))
    scale = read_points(name, entry, languages)
    if scale is None:
        return None
    return Shared(kind, scale, anchors_per_item=entry.flag("anchors_per_item", False))


def read_points(name: str, entry: Fields, languages: tuple[str, ...]) -> ResponseScale | None:
    """Read ``min``, ``max`` and ``anchors``."""
    if not all([entry.require("min"), entry.require("max")]):
        return None
    low, high = entry.integer("min"), entry.integer("max")
    if low is None or high is None:
        return None
    if low >= high:
        entry.problem(
            "empty-range",
            message("The lowest value {low} is not below the highest, {high}.", low=low, high=high),
            message("Correct “min” or “max”."),
            key="min",
        )
        return None
    if high - low >= MAX_POINTS:
        entry.problem(
            "too-many-points",
            message("The scale has more than {n} points.", n=MAX_POINTS),
            message("Ask for a number (type: integer) instead."),
            key="max",
        )
        return None
    return ResponseScale(name, low, high, read_anchors(entry, low, high, languages))


def read_anchors(
    entry: Fields, low: int, high: int, languages: tuple[str, ...]
) -> tuple[Anchor, ...]:
    """Read the wording of the points; the keys are whole numbers, or text that looks like one."""
    block = entry.mapping("anchors")
    if block is None:
        return ()
    found: dict[int, Text] = {}
    for key in block.values:
        label = block.text(key, languages)
        if not _INTEGER.fullmatch(key):
            block.problem(
                "bad-anchor",
                message("“{key}” is not a point of the scale.", key=key),
                message("Name the points by their whole numbers."),
                key=key,
            )
        elif not low <= int(key) <= high:
            block.problem(
                "anchor-out-of-range",
                message(
                    "{key} lies outside the scale {low} to {high}.", key=key, low=low, high=high
                ),
                message("Delete this wording, or widen the scale."),
                key=key,
            )
        elif int(key) in found:
            block.problem(
                "duplicate-anchor",
                message("The point {key} is worded twice.", key=int(key)),
                message("Delete one of the two."),
                key=key,
            )
        elif label is not None:
            found[int(key)] = label
    return tuple(Anchor(value, found[value]) for value in sorted(found))
