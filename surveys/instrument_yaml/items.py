"""Reading one item."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from surveys.instrument_yaml.fields import Fields, read_each
from surveys.instrument_yaml.scales import Shared, read_anchors, read_points
from surveys.model import Item, ItemKind, Option, ResponseScale, Sensitivity, Variant
from surveys.patterns import pattern_fault
from surveys.problems import Severity
from surveys.words import Text, message

TYPES: dict[str, tuple[ItemKind, bool]] = {
    "likert": (ItemKind.LIKERT, True),
    "attention_check": (ItemKind.ATTENTION, True),
    "rating": (ItemKind.RATING, True),
    "single_choice": (ItemKind.SINGLE, True),
    "multiple_choice": (ItemKind.MULTIPLE, True),
    "integer": (ItemKind.NUMBER, True),
    "decimal": (ItemKind.NUMBER, False),
    "date": (ItemKind.DATE, True),
    "code": (ItemKind.CODE, True),
    "open_text": (ItemKind.TEXT, True),
}
"""Types in the file, with the kind they stand for and whether numbers are whole."""

KEYS = (
    "id",
    "type",
    "text",
    "construct",
    "reverse",
    "scale",
    "anchors",
    "options",
    "min",
    "max",
    "unit",
    "max_chars",
    "pattern",
    "correct",
    "show_if",
    "relevance",
    "vignette",
    "vignette_text",
    "variants",
    "sensitivity",
    "quasi_identifier",
    "cluster_level",
    "gap_role",
    "note",
    "required",
    "redaction",
    "reuse_of",
)
_CHOICES = frozenset({ItemKind.SINGLE, ItemKind.MULTIPLE})
_ONLY: dict[str, frozenset[ItemKind]] = {
    "anchors": frozenset({ItemKind.LIKERT, ItemKind.ATTENTION, ItemKind.RATING}),
    "options": _CHOICES,
    "min": frozenset({ItemKind.NUMBER}),
    "max": frozenset({ItemKind.NUMBER}),
    "unit": frozenset({ItemKind.NUMBER}),
    "max_chars": frozenset({ItemKind.TEXT, ItemKind.CODE}),
    "pattern": frozenset({ItemKind.CODE}),
    "correct": frozenset({ItemKind.ATTENTION}),
    "redaction": frozenset({ItemKind.TEXT}),
}
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_MASKED = "mandatory_before_any_display"


def good_id(name: str, record: Fields, key: str) -> bool:
    """Tell whether an id is one; note a problem if not."""
    if _ID.fullmatch(name):
        return True
    record.problem(
        "bad-id",
        message("“{name}” cannot be an id.", name=name),
        message("Use English letters, digits and the underscore; begin with a letter."),
        key=key,
    )
    return False


class ItemReading:
    """Reads items against the languages, scales and constructs of their instrument."""

    def __init__(
        self,
        languages: tuple[str, ...],
        scales: Mapping[str, Shared],
        constructs: frozenset[str],
    ) -> None:
        self.languages = languages
        self.scales = scales
        self.constructs = constructs

    def item(self, record: Fields) -> Item | None:
        """Return one item, or None where the record does not even say what it is."""
        record.known(KEYS)
        complete = [record.require(key) for key in ("id", "type", "text")]
        name, word = record.string("id"), record.string("type")
        if not all(complete) or name is None or word is None:
            return None
        good_id(name, record, "id")
        if word not in TYPES:
            record.unknown_word("type", word, list(TYPES))
            return None
        kind, whole = TYPES[word]
        self._fits(record, word, kind)
        item = Item(
            id=name,
            kind=kind,
            text=record.text("text", self.languages) or Text({}),
            scale=self._scale(record, kind),
            options=self._options(record, kind),
            construct=self._construct(record),
            reverse=record.flag("reverse", False),
            integer=whole,
            unit=record.text("unit", self.languages),
            max_chars=self._max_chars(record, kind),
            pattern=self._pattern(record),
            relevance=_relevance(record),
            variants=self._variants(record),
            sensitivity=record.choice("sensitivity", Sensitivity, Sensitivity.LOW),
            quasi_identifier=record.flag("quasi_identifier", False),
            cluster_level=record.integer("cluster_level"),
            gap_role=_gap_role(record),
            vignette=record.string("vignette"),
            note=record.text("note", self.languages),
        )
        return self._numbers(record, item)

    def _fits(self, record: Fields, word: str, kind: ItemKind) -> None:
        """Refuse keys that mean nothing for the item's type, and promises the program breaks."""
        for key, kinds in _ONLY.items():
            if record.given(key) and kind not in kinds:
                record.problem(
                    "key-without-effect",
                    message(
                        "“{key}” means nothing for an item of type {type}.", key=key, type=word
                    ),
                    message("Delete it, or correct the type."),
                    key=key,
                )
        if record.flag("reverse", False) and kind is not ItemKind.LIKERT:
            record.problem(
                "key-without-effect",
                message("Only Likert items enter a scale, so only they can be reversed."),
                message("Delete “reverse”, or correct the type."),
                key="reverse",
            )
        if record.flag("required", False):
            record.problem(
                "always-skippable",
                message("No item is compulsory: everybody may leave out anything."),
                message("Write “required: false”, or leave the line out."),
                key="required",
                severity=Severity.WARNING,
            )
        rule = record.string("redaction")
        if rule is not None and rule != _MASKED:
            record.unknown_word("redaction", rule, [_MASKED])

    def _scale(self, record: Fields, kind: ItemKind) -> ResponseScale | None:
        if not kind.ordered:
            self._plain_scale(record, kind)
            return None
        if not record.require("scale"):
            return None
        inline = record.values["scale"]
        if hasattr(inline, "pairs"):
            entry = Fields(inline, record.place("scale"), record.findings)
            entry.known(("id", "min", "max", "anchors"))
            return read_points(entry.string("id") or "", entry, self.languages)
        name = record.string("scale") or ""
        shared = self.scales.get(name)
        if shared is None or shared.scale is None:
            ordered = [key for key, entry in self.scales.items() if entry.scale is not None]
            record.unknown_word("scale", name, ordered)
            return None
        scale = shared.scale
        if not record.given("anchors"):
            return scale
        if not shared.anchors_per_item:
            record.problem(
                "key-without-effect",
                message("The scale {scale} has the same wording for all items.", scale=name),
                message("Delete “anchors” here, or give the scale “anchors_per_item: true”."),
                key="anchors",
            )
        anchors = read_anchors(record, scale.minimum, scale.maximum, self.languages)
        return msgspec.structs.replace(scale, anchors=anchors)

    def _plain_scale(self, record: Fields, kind: ItemKind) -> None:
        name = record.string("scale")
        if name is None:
            return
        shared = self.scales.get(name)
        if shared is None:
            record.unknown_word("scale", name, list(self.scales))
        elif shared.scale is not None:
            record.problem(
                "wrong-scale",
                message("The scale {scale} is no answer to this type of item.", scale=name),
                message("Delete “scale”, or correct the type."),
                key="scale",
            )

    def _options(self, record: Fields, kind: ItemKind) -> tuple[Option, ...]:
        if kind not in _CHOICES or not record.require("options"):
            return ()
        options = read_each(record.records("options"), self._option)
        codes: set[int] = set()
        for number, option in enumerate(options):
            if option.code in codes:
                record.problem(
                    "duplicate-option",
                    message("The code {code} stands for two options.", code=option.code),
                    message("Give each option its own code."),
                    key=f"options[{number}].code",
                )
            codes.add(option.code)
        if len(options) < 2:
            record.problem(
                "too-few-options",
                message("A choice needs at least two options."),
                message("Add the others."),
                key="options",
            )
        return options

    def _option(self, record: Fields) -> Option | None:
        record.known(("code", "label", "exclusive"))
        complete = [record.require(key) for key in ("code", "label")]
        code = record.integer("code")
        if not all(complete) or code is None:
            return None
        if not 0 <= code <= 9999:
            record.problem(
                "bad-code",
                message("The code {code} is not between 0 and 9999.", code=code),
                message("Negative codes stand for missing answers; use 0 to 9999."),
                key="code",
            )
        label = record.text("label", self.languages) or Text({})
        return Option(code, label, record.flag("exclusive", False))

    def _construct(self, record: Fields) -> str | None:
        name = record.string("construct")
        if name is not None and name not in self.constructs:
            record.problem(
                "unknown-construct",
                message("There is no construct {construct}.", construct=name),
                message("Correct the name, or define it under “constructs”."),
                key="construct",
            )
        return name

    def _max_chars(self, record: Fields, kind: ItemKind) -> int | None:
        most = record.integer("max_chars")
        if most is None and kind is ItemKind.TEXT:
            shared = self.scales.get(record.string("scale") or "")
            most = shared.max_chars if shared is not None else None
        if most is not None and most < 1:
            record.problem(
                "empty-range",
                message("At least one character must be allowed."),
                message("Correct “max_chars”."),
                key="max_chars",
            )
        return most

    def _pattern(self, record: Fields) -> str | None:
        pattern = record.string("pattern")
        fault = pattern_fault(pattern) if pattern is not None else None
        if fault is not None:
            record.problem(
                "bad-pattern",
                fault,
                message("Write a simple pattern such as {example}.", example="C[0-9]{2}"),
                key="pattern",
            )
        return pattern

    def _variants(self, record: Fields) -> tuple[Variant, ...]:
        base: Text | None = None
        block = record.mapping("variants")
        case = record.mapping("vignette_text")
        if case is not None:
            case.known(("base", "variants", "factor", "assignment"))
            base = case.text("base", self.languages)
            if case.require("variants"):
                block = case.mapping("variants")
        if block is None:
            return ()
        found = []
        for name in block.values:
            if not re.fullmatch(r"[A-Z]", name):
                block.problem(
                    "bad-id",
                    message("“{name}” cannot name a variant.", name=name),
                    message("Use the letters A, B, C …"),
                    key=name,
                )
            text = block.text(name, self.languages)
            if text is not None:
                found.append(Variant(name, _joined(base, text)))
        if len(found) < 2:
            block.problem(
                "too-few-variants",
                message("A case needs at least two variants."),
                message("Add the others."),
            )
        return tuple(found)

    def _numbers(self, record: Fields, item: Item) -> Item:
        if item.kind is ItemKind.NUMBER:
            low, high = record.number("min"), record.number("max")
            if low is not None and high is not None and low >= high:
                record.problem(
                    "empty-range",
                    message(
                        "The lowest value {low} is not below the highest, {high}.",
                        low=low,
                        high=high,
                    ),
                    message("Correct “min” or “max”."),
                    key="min",
                )
            return msgspec.structs.replace(item, minimum=low, maximum=high)
        if item.kind is ItemKind.ATTENTION:
            record.require("correct")
            correct = record.integer("correct")
            if correct is not None and item.scale and correct not in item.scale.points:
                record.problem(
                    "correct-out-of-range",
                    message("The correct answer {correct} is not on the scale.", correct=correct),
                    message("Correct it, or the scale."),
                    key="correct",
                )
            return msgspec.structs.replace(item, correct=correct)
        return item


def _joined(base: Text | None, variant: Text) -> Text:
    """Return the whole case: what all variants share, then what differs."""
    if base is None:
        return variant
    wording = {}
    for language in dict.fromkeys([*base.by_language, *variant.by_language]):
        parts = (base.by_language.get(language, ""), variant.by_language.get(language, ""))
        wording[language] = ("" if language == "zh" else " ").join(part for part in parts if part)
    return Text(wording)


def _relevance(record: Fields) -> str | None:
    given = record.string("relevance")
    show = record.mapping("show_if")
    if show is None:
        return given
    if given is not None:
        record.problem(
            "two-conditions",
            message("The item has both “relevance” and “show_if”."),
            message("Keep one of them."),
            key="show_if",
        )
    show.known(("item", "equals"))
    complete = [show.require(key) for key in ("item", "equals")]
    name, value = show.string("item"), show.string("equals")
    if not all(complete) or name is None or value is None:
        return given
    number = re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value)
    return f"{name} = {value}" if number else f'{name} = "{value}"'


def _gap_role(record: Fields) -> str | None:
    role = record.string("gap_role")
    if role is not None and role not in {"directive", "honoured"}:
        record.unknown_word("gap_role", role, ["directive", "honoured"])
    return role
