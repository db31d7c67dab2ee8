"""What is asked: the instrument, its sections, items, response scales and constructs.

Everything here is frozen plain data. An instrument is self-contained: it carries the definitions of
the constructs it measures, so that a project needs nothing else to be read in twenty years.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

import msgspec

from surveys.words import Text


class ItemKind(StrEnum):
    """What sort of answer an item takes."""

    LIKERT = "likert"
    ATTENTION = "attention_check"
    RATING = "rating"
    SINGLE = "single_choice"
    MULTIPLE = "multiple_choice"
    NUMBER = "number"
    DATE = "date"
    CODE = "code"
    TEXT = "open_text"

    @property
    def ordered(self) -> bool:
        """Tell whether the answers are whole numbers in an order."""
        return self in {ItemKind.LIKERT, ItemKind.ATTENTION, ItemKind.RATING}


class Sensitivity(StrEnum):
    """How much harm the answer could do to the person who gave it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Valence(StrEnum):
    """Whether a high score is good news."""

    FAVOURABLE = "favourable"
    UNFAVOURABLE = "unfavourable"
    NEUTRAL = "neutral"


class Anchor(msgspec.Struct, omit_defaults=True, frozen=True):
    """The wording of one point of a scale."""

    value: int
    label: Text


class ResponseScale(msgspec.Struct, omit_defaults=True, frozen=True):
    """Ordered points with a lowest and a highest value, some or all of them worded."""

    id: str
    minimum: int
    maximum: int
    anchors: tuple[Anchor, ...] = ()

    @property
    def points(self) -> range:
        """All values of the scale, lowest first."""
        return range(self.minimum, self.maximum + 1)

    def label(self, value: int) -> Text | None:
        """Return the wording of a point, if it has one."""
        return next((a.label for a in self.anchors if a.value == value), None)


class Option(msgspec.Struct, omit_defaults=True, frozen=True):
    """One of the answers to a choice; an exclusive one rules out all others."""

    code: int
    label: Text
    exclusive: bool = False


class Variant(msgspec.Struct, omit_defaults=True, frozen=True):
    """One of several wordings of an item, allotted at random."""

    id: str
    text: Text


class Item(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """One question or statement.

    Attributes
    ----------
    id
        Letters, digits and underscores; also the column name in data.
    scale
        For Likert, attention and rating items: the scale with the item's own anchors, if any.
    options
        For single and multiple choice.
    reverse
        The item is worded against its construct: scored ``minimum + maximum - x``.
    minimum, maximum, unit, integer
        For numbers (inclusive bounds).
    pattern
        For codes: a regular expression the whole answer must match.
    correct
        For attention checks: the answer an attentive person gives.
    relevance
        Expression (see :mod:`surveys.logic`) that must hold for the item to be asked.
    cluster_level
        For codes that say where a person was sampled: 2 is nested in 3.
    quasi_identifier
        Together with others the answer can point to a person.
    gap_role
        ``"directive"`` or ``"honoured"`` for the two halves of the policy-practice gap.
    vignette
        The fictional case the item asks about; which of its ``variants`` a person was shown is
        recorded by the code item ``<vignette>_variant``.
    """

    id: str
    kind: ItemKind
    text: Text
    scale: ResponseScale | None = None
    options: tuple[Option, ...] = ()
    construct: str | None = None
    reverse: bool = False
    minimum: float | None = None
    maximum: float | None = None
    integer: bool = True
    unit: Text | None = None
    max_chars: int | None = None
    pattern: str | None = None
    correct: int | None = None
    relevance: str | None = None
    variants: tuple[Variant, ...] = ()
    sensitivity: Sensitivity = Sensitivity.LOW
    quasi_identifier: bool = False
    cluster_level: int | None = None
    gap_role: str | None = None
    vignette: str | None = None
    note: Text | None = None

    def label(self, code: int) -> Text | None:
        """Return the wording of an answer code, if it has one."""
        if self.options:
            return next((o.label for o in self.options if o.code == code), None)
        return self.scale.label(code) if self.scale else None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the item's columns in data: one, or one an option for multiple choice."""
        if self.kind is ItemKind.MULTIPLE:
            return tuple(f"{self.id}.{option.code}" for option in self.options)
        return (self.id,)


class Section(msgspec.Struct, omit_defaults=True, frozen=True):
    """A run of items under one heading and instruction."""

    id: str
    title: Text
    item_ids: tuple[str, ...]
    instruction: Text | None = None
    shuffle: bool = False


class Family(msgspec.Struct, omit_defaults=True, frozen=True):
    """A group of constructs that belong to one kind of remedy."""

    id: str
    label: Text


class Construct(msgspec.Struct, omit_defaults=True, frozen=True):
    """What some items measure together.

    ``role`` is ``"outcome"``, ``"mediator"``, ``"driver"`` or ``"context"``.
    """

    id: str
    label: Text
    role: str = "context"
    family: str | None = None
    definition: Text = Text({})
    high_means: Text = Text({})
    valence: Valence = Valence.NEUTRAL


class Scoring(msgspec.Struct, omit_defaults=True, frozen=True):
    """How a scale score is made: the mean of the items after reversing.

    A score needs at least ``numerator / denominator`` of the scale's items answered.
    """

    numerator: int = 2
    denominator: int = 3


class Instrument(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """A questionnaire in one version."""

    id: str
    version: str
    title: Text
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    constructs: tuple[Construct, ...] = ()
    families: tuple[Family, ...] = ()
    languages: tuple[str, ...] = ("zh", "en")
    purpose: Text | None = None
    consent: Text | None = None
    origin: str = ""
    estimated_minutes: int | None = None
    scoring: Scoring = Scoring()
    inferred: bool = False

    def item(self, item_id: str) -> Item:
        """Return an item by its id; raises ``KeyError`` if there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def construct(self, construct_id: str) -> Construct:
        """Return a construct by its id; raises ``KeyError`` if there is none."""
        for construct in self.constructs:
            if construct.id == construct_id:
                return construct
        raise KeyError(construct_id)

    def items_of(self, construct_id: str) -> tuple[Item, ...]:
        """Return the Likert items that measure a construct, in order of presentation."""
        return tuple(
            item
            for item in self.presented()
            if item.construct == construct_id and item.kind is ItemKind.LIKERT
        )

    def presented(self) -> tuple[Item, ...]:
        """Return the items in the order in which they are asked."""
        by_id = {item.id: item for item in self.items}
        return tuple(by_id[i] for section in self.sections for i in section.item_ids)

    def scales(self) -> tuple[Construct, ...]:
        """Return the constructs measured by at least two Likert items."""
        return tuple(c for c in self.constructs if len(self.items_of(c.id)) >= 2)

    @property
    def likert_items(self) -> tuple[Item, ...]:
        """All Likert items in order of presentation (attention checks are not among them)."""
        return tuple(item for item in self.presented() if item.kind is ItemKind.LIKERT)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the data columns of all items, in order of presentation."""
        return tuple(column for item in self.presented() for column in item.columns)

    @property
    def digest(self) -> str:
        """Hash of everything in the instrument, by which entries refer to it."""
        # Read back once, so that a bound given as 0 counts like the 0.0 that a file holds.
        stored = msgspec.json.decode(msgspec.json.encode(self), type=Instrument)
        return hashlib.sha256(msgspec.json.encode(stored, order="deterministic")).hexdigest()
