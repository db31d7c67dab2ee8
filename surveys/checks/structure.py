"""Rules without which an instrument cannot be used at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from surveys.checks.places import QUESTIONNAIRE, of_item
from surveys.model import Instrument, Item, ItemKind
from surveys.patterns import pattern_fault
from surveys.problems import Problem
from surveys.words import Message, message

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CHOICES = frozenset({ItemKind.SINGLE, ItemKind.MULTIPLE})


def has_items(instrument: Instrument) -> Iterator[Problem]:
    """Require at least one item."""
    if not instrument.items:
        yield Problem(
            "no-items",
            QUESTIONNAIRE,
            message("There is not a single item."),
            message("Add at least one."),
        )


def ids_are_good(instrument: Instrument) -> Iterator[Problem]:
    """Require ids that data files and conditions can use."""
    for item in instrument.items:
        if not _ID.fullmatch(item.id):
            yield Problem(
                "bad-id",
                of_item(item.id),
                message("“{name}” cannot be an id.", name=item.id),
                message("Use English letters, digits and the underscore; begin with a letter."),
            )


def ids_are_unique(instrument: Instrument) -> Iterator[Problem]:
    """Require that no two items, sections or constructs share an id."""
    items = Counter(item.id for item in instrument.items)
    for name in (name for name, count in items.items() if count > 1):
        yield Problem(
            "duplicate-item",
            of_item(name),
            message("The item {item} occurs {n} times.", item=name, n=items[name]),
            message("Give one of the two another id."),
        )
    sections = Counter(section.id for section in instrument.sections)
    for name in (name for name, count in sections.items() if count > 1):
        yield Problem(
            "duplicate-section",
            message("Section {section}", section=name),
            message("The section {section} occurs {n} times.", section=name, n=sections[name]),
            message("Give each section its own id."),
        )
    constructs = Counter(construct.id for construct in instrument.constructs)
    for name in (name for name, count in constructs.items() if count > 1):
        yield Problem(
            "duplicate-construct",
            message("Construct {construct}", construct=name),
            message("The construct {construct} occurs twice.", construct=name),
            message("Delete one of the two."),
        )


def each_item_has_one_place(instrument: Instrument) -> Iterator[Problem]:
    """Require each item in exactly one section, and sections that name only items that exist."""
    known = {item.id for item in instrument.items}
    placed = Counter(name for section in instrument.sections for name in section.item_ids)
    for section in instrument.sections:
        for name in section.item_ids:
            if name not in known:
                yield Problem(
                    "unknown-item",
                    message("Section {section}", section=section.id),
                    message("There is no item {item}.", item=name),
                    message("Add the item, or take its name out of the section."),
                )
    for name in sorted(known):
        if placed[name] == 0:
            yield Problem(
                "item-in-no-section",
                of_item(name),
                message("The item {item} stands in no section.", item=name),
                message("Put it into a section, or delete it."),
            )
        elif placed[name] > 1:
            yield Problem(
                "item-in-two-sections",
                of_item(name),
                message("The item {item} stands in {n} places.", item=name, n=placed[name]),
                message("Leave it in one place only."),
            )


def answers_are_possible(instrument: Instrument) -> Iterator[Problem]:
    """Require scales, options and ranges that leave something to answer."""
    for item in instrument.items:
        for code, what, remedy in _faults(item):
            yield Problem(code, of_item(item.id), what, remedy)


def _faults(item: Item) -> Iterator[tuple[str, Message, Message]]:
    if item.kind.ordered:
        yield from _scale_faults(item)
    if item.kind in _CHOICES:
        yield from _option_faults(item)
    if item.minimum is not None and item.maximum is not None and item.minimum >= item.maximum:
        yield (
            "empty-range",
            message(
                "The lowest value {low} is not below the highest, {high}.",
                low=item.minimum,
                high=item.maximum,
            ),
            message("Correct one of the two."),
        )


def _scale_faults(item: Item) -> Iterator[tuple[str, Message, Message]]:
    scale = item.scale
    if scale is None:
        yield (
            "missing-scale",
            message("The item has no scale."),
            message("Choose a scale for it."),
        )
    elif scale.minimum >= scale.maximum:
        yield (
            "empty-range",
            message(
                "The lowest value {low} is not below the highest, {high}.",
                low=scale.minimum,
                high=scale.maximum,
            ),
            message("Correct one of the two."),
        )
    else:
        for anchor in scale.anchors:
            if anchor.value not in scale.points:
                yield (
                    "anchor-out-of-range",
                    message(
                        "{key} lies outside the scale {low} to {high}.",
                        key=anchor.value,
                        low=scale.minimum,
                        high=scale.maximum,
                    ),
                    message("Delete this wording, or widen the scale."),
                )


def _option_faults(item: Item) -> Iterator[tuple[str, Message, Message]]:
    if len(item.options) < 2:
        yield (
            "too-few-options",
            message("A choice needs at least two options."),
            message("Add the others."),
        )
    codes = Counter(option.code for option in item.options)
    for code, count in codes.items():
        if count > 1:
            yield (
                "duplicate-option",
                message("The code {code} stands for two options.", code=code),
                message("Give each option its own code."),
            )
        if code < 0:
            yield (
                "bad-code",
                message("The code {code} is not between 0 and 9999.", code=code),
                message("Negative codes stand for missing answers; use 0 to 9999."),
            )


def constructs_are_known(instrument: Instrument) -> Iterator[Problem]:
    """Require a definition of what an item measures."""
    known = {construct.id for construct in instrument.constructs}
    for item in instrument.items:
        if item.construct is not None and item.construct not in known:
            yield Problem(
                "unknown-construct",
                of_item(item.id),
                message("There is no construct {construct}.", construct=item.construct),
                message("Correct the name, or define the construct."),
            )


def attention_checks_can_be_passed(instrument: Instrument) -> Iterator[Problem]:
    """Require the correct answer of an attention check, on its scale."""
    for item in instrument.items:
        if item.kind is not ItemKind.ATTENTION:
            continue
        if item.correct is None:
            yield Problem(
                "missing-correct",
                of_item(item.id),
                message("The attention check does not say which answer is correct."),
                message("Give the correct answer."),
            )
        elif item.scale is not None and item.correct not in item.scale.points:
            yield Problem(
                "correct-out-of-range",
                of_item(item.id),
                message("The correct answer {correct} is not on the scale.", correct=item.correct),
                message("Correct it, or the scale."),
            )


def patterns_are_safe(instrument: Instrument) -> Iterator[Problem]:
    """Require regular expressions that are valid and cannot run away."""
    for item in instrument.items:
        fault = pattern_fault(item.pattern) if item.pattern is not None else None
        if fault is not None:
            yield Problem(
                "bad-pattern",
                of_item(item.id),
                fault,
                message("Write a simple pattern such as {example}.", example="C[0-9]{2}"),
            )
