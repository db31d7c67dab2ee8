"""From an instrument to YAML text in the format of the bank."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

from surveys.answers import MISSING_CODES
from surveys.instrument_yaml.items import TYPES
from surveys.model import Instrument, Item, ItemKind, ResponseScale
from surveys.words import Text

Plain = dict[str, object]

_TYPE_NAMES = {kind: name for name, kind in TYPES.items()}
_ALWAYS = frozenset({"sections", "items", "item_ids"})
_DOUBTFUL = frozenset(
    "y n yes no on off true false null ~ nan inf .nan .inf -.inf +.inf".split()  # noqa: SIM905
)
"""Words that some YAML readers take for something else; they are written in quotation marks."""


def as_yaml(instrument: Instrument) -> str:
    """Return the text of a file that reads back as the same instrument."""
    from ruamel.yaml import YAML

    shared = _shared_scales(instrument.items)
    document: Plain = {
        "schema_version": "1.0",
        "instrument": _head(instrument),
        "missing_codes": {
            kind.name.lower(): {"code": code} for code, kind in MISSING_CODES.items()
        },
        "scoring": {
            "method": "mean",
            "reverse": "min + max - x",
            "min_valid_rule": (
                f"{instrument.scoring.denominator} * n_valid"
                f" >= {instrument.scoring.numerator} * n_items"
            ),
        },
        "scales": {name: _scale(scale, per_item) for name, (scale, per_item) in shared.items()},
        "families": {family.id: _text(family.label) for family in instrument.families},
        "constructs": [
            {
                "id": construct.id,
                "label": _text(construct.label),
                "role": construct.role,
                "family": construct.family,
                "definition": _text(construct.definition),
                "high_means": _text(construct.high_means),
                "valence": construct.valence.value,
            }
            for construct in instrument.constructs
        ],
        "sections": [
            {
                "id": section.id,
                "title": _text(section.title),
                "instruction": _text(section.instruction),
                "shuffle": section.shuffle,
                "item_ids": list(section.item_ids),
            }
            for section in instrument.sections
        ],
        "items": [_item(item, shared) for item in instrument.items],
    }
    yaml = YAML(typ="rt", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=2, offset=0)
    stream = StringIO()
    yaml.dump(_quoted(_without_nothing(document)), stream)
    return stream.getvalue()


def _head(instrument: Instrument) -> Plain:
    return {
        "id": instrument.id,
        "version": instrument.version,
        "title": _text(instrument.title),
        "purpose": _text(instrument.purpose),
        "estimated_minutes": instrument.estimated_minutes,
        "languages": list(instrument.languages),
        "authored": instrument.origin or None,
        "consent": _text(instrument.consent),
        "inferred": instrument.inferred or None,
    }


def _shared_scales(items: Iterable[Item]) -> dict[str, tuple[ResponseScale, bool]]:
    """Return the scales that can stand in the block, and whether items bring their own wording."""
    groups: dict[str, list[ResponseScale]] = {}
    for item in items:
        if item.scale is not None and item.scale.id:
            groups.setdefault(item.scale.id, []).append(item.scale)
    shared = {}
    for name, scales in groups.items():
        if len({(scale.minimum, scale.maximum) for scale in scales}) == 1:
            shared[name] = (scales[0], any(scale != scales[0] for scale in scales))
    return shared


def _scale(scale: ResponseScale, per_item: bool) -> Plain:
    entry: Plain = {
        "type": "rating" if per_item else "likert",
        "min": scale.minimum,
        "max": scale.maximum,
    }
    return entry | ({"anchors_per_item": True} if per_item else {"anchors": _anchors(scale)})


def _anchors(scale: ResponseScale) -> dict[int, object]:
    return {anchor.value: _text(anchor.label) for anchor in scale.anchors}


def _item(item: Item, shared: dict[str, tuple[ResponseScale, bool]]) -> Plain:
    kind = "decimal" if item.kind is ItemKind.NUMBER and not item.integer else None
    entry: Plain = {
        "id": item.id,
        "type": kind or _TYPE_NAMES[item.kind, True],
        "construct": item.construct,
        "reverse": item.reverse or None,
        **_item_scale(item, shared),
        "text": _text(item.text),
        "options": [
            {
                "code": option.code,
                "label": _text(option.label),
                "exclusive": option.exclusive or None,
            }
            for option in item.options
        ],
        "min": _number(item.minimum),
        "max": _number(item.maximum),
        "unit": _text(item.unit),
        "max_chars": item.max_chars,
        "pattern": item.pattern,
        "correct": item.correct,
        "relevance": item.relevance,
        "vignette": item.vignette,
        "variants": {variant.id: _text(variant.text) for variant in item.variants},
        "sensitivity": item.sensitivity.value,
        "quasi_identifier": item.quasi_identifier or None,
        "cluster_level": item.cluster_level,
        "gap_role": item.gap_role,
        "note": _text(item.note),
    }
    return entry


def _item_scale(item: Item, shared: dict[str, tuple[ResponseScale, bool]]) -> Plain:
    if item.scale is None:
        return {}
    if item.scale.id not in shared:
        scale = item.scale
        return {
            "scale": {
                "id": scale.id or None,
                "min": scale.minimum,
                "max": scale.maximum,
                "anchors": _anchors(scale),
            }
        }
    if shared[item.scale.id][1]:
        return {"scale": item.scale.id, "anchors": _anchors(item.scale)}
    return {"scale": item.scale.id}


def _text(text: Text | None) -> object:
    return None if text is None else dict(text.by_language)


def _number(value: float | None) -> int | float | None:
    return int(value) if value is not None and value == int(value) else value


def _without_nothing(value: object) -> object:
    """Leave out keys without a value; lists that must be there stay, even empty ones."""
    if isinstance(value, dict):
        kept = {key: _without_nothing(part) for key, part in value.items()}
        return {
            key: part
            for key, part in kept.items()
            if part is not None and (part not in ([], {}) or key in _ALWAYS)
        }
    if isinstance(value, list):
        return [_without_nothing(part) for part in value]
    return value


def _quoted(value: object) -> object:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

    if isinstance(value, dict):
        return {key: _quoted(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_quoted(part) for part in value]
    if isinstance(value, str):
        if not value.isprintable():
            return DoubleQuotedScalarString(value)
        if value.lower() in _DOUBTFUL or value.lstrip("+-.")[:1].isdigit():
            return SingleQuotedScalarString(value)
    return value
