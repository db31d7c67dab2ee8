"""Rules about texts and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from surveys.checks.places import QUESTIONNAIRE, of_item, warning
from surveys.model import Instrument, Item
from surveys.problems import Problem, Severity
from surveys.words import Message, Text, message

MAX_NAME_BYTES = 64
RESERVED = frozenset("ALL AND BY EQ GE GT LE LT NE NOT OR TO WITH".split())  # noqa: SIM905
"""Words that SPSS does not accept as names of variables."""


def translated(instrument: Instrument) -> Iterator[Problem]:
    """Warn of texts without a wording in one of the instrument's languages."""
    for where, text in _texts(instrument):
        lacking = [
            code for code in instrument.languages if not text.by_language.get(code, "").strip()
        ]
        if lacking:
            yield warning(
                "missing-translation",
                where,
                message("A wording is missing in: {languages}.", languages=lacking),
                message("Add it, or take the language off the list of the instrument's languages."),
            )


def names_travel(instrument: Instrument) -> Iterator[Problem]:
    """Warn of names that do not survive in SPSS, Stata or databases."""
    by_lower: defaultdict[str, list[str]] = defaultdict(list)
    for item in instrument.items:
        by_lower[item.id.lower()].append(item.id)
        if item.id.upper() in RESERVED:
            yield warning(
                "reserved-name",
                of_item(item.id),
                message("SPSS does not accept {name} as the name of a variable.", name=item.id),
                message("Choose another id."),
            )
        longest = max((len(column.encode()) for column in item.columns), default=0)
        if longest > MAX_NAME_BYTES or len(item.id.encode()) > MAX_NAME_BYTES:
            yield Problem(
                "long-name",
                of_item(item.id),
                message("The name takes more than {n} bytes.", n=MAX_NAME_BYTES),
                message("Choose a shorter id; many programs cut it off."),
                Severity.WARNING,
            )
    for names in by_lower.values():
        different = sorted(set(names))
        if len(different) > 1:
            yield Problem(
                "names-differ-in-case",
                QUESTIONNAIRE,
                message("These ids differ only in capital letters: {names}.", names=different),
                message("Rename one; many programs take them for the same."),
            )


def _texts(instrument: Instrument) -> Iterator[tuple[Message, Text]]:
    yield QUESTIONNAIRE, instrument.title
    if instrument.consent is not None:
        yield message("Consent text"), instrument.consent
    for section in instrument.sections:
        where = message("Section {section}", section=section.id)
        yield where, section.title
        if section.instruction is not None:
            yield where, section.instruction
    for construct in instrument.constructs:
        yield message("Construct {construct}", construct=construct.id), construct.label
    seen: set[tuple[str, int]] = set()
    for item in instrument.items:
        yield from ((of_item(item.id), text) for text in _item_texts(item, seen))


def _item_texts(item: Item, seen: set[tuple[str, int]]) -> Iterator[Text]:
    yield item.text
    yield from (option.label for option in item.options)
    yield from (variant.text for variant in item.variants)
    if item.unit is not None:
        yield item.unit
    if item.scale is not None:
        for anchor in item.scale.anchors:
            key = (item.scale.id, hash(tuple(anchor.label.by_language.items())))
            if key not in seen:
                seen.add(key)
                yield anchor.label
