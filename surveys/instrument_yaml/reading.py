"""From nodes to an instrument: the outermost keys, and what the parts say about each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from surveys.instrument_yaml.fields import LANGUAGE_CODES, Fields, Findings, read_each
from surveys.instrument_yaml.items import ItemReading, good_id
from surveys.instrument_yaml.nodes import Node, Scalar
from surveys.instrument_yaml.scales import Shared, read_scales
from surveys.instrument_yaml.scoring import check_missing_codes, read_scoring
from surveys.logic import parse, references
from surveys.model import (
    Construct,
    Family,
    Instrument,
    Item,
    Section,
    Valence,
)
from surveys.problems import Severity, SurveyError
from surveys.words import Text, as_message, message

SCHEMA_VERSION = "1.0"
TOP_KEYS = (
    "schema_version",
    "instrument",
    "missing_codes",
    "scoring",
    "scales",
    "families",
    "constructs",
    "constructs_used",
    "sections",
    "items",
)
INSTRUMENT_KEYS = (
    "id",
    "version",
    "title",
    "purpose",
    "estimated_minutes",
    "languages",
    "authored",
    "consent",
    "inferred",
)
_CHINESE = re.compile("[\u4e00-\u9fff]")

ROLES = ("outcome", "mediator", "driver", "context")


class Reading:
    """Reads one instrument; everything wrong with it is in ``findings`` afterwards."""

    def __init__(
        self,
        root: Node,
        findings: Findings,
        constructs: Mapping[str, Construct],
        families: Mapping[str, Family],
    ) -> None:
        self.top = Fields(root, "", findings)
        self.findings = findings
        self.known_constructs = dict(constructs)
        self.known_families = dict(families)
        self.languages: tuple[str, ...] = ("zh", "en")
        self.lines: dict[str, Fields] = {}

    def instrument(self) -> Instrument | None:
        """Return the instrument, or None where not even its outline can be made out."""
        top = self.top
        top.known(TOP_KEYS)
        for key in ("instrument", "sections", "items"):
            top.require(key)
        self._schema_version()
        head = top.mapping("instrument")
        if head is None:
            return None
        head.known(INSTRUMENT_KEYS)
        for key in ("id", "version", "title"):
            head.require(key)
        self._languages(head)
        check_missing_codes(self.top, self.languages)
        scales = read_scales(top, self.languages)
        own_families = self._own_families()
        own_constructs = self._own_constructs()
        items = self._items(scales)
        sections = self._sections(items)
        constructs = self._constructs(items, own_constructs)
        identity = head.string("id")
        if identity is not None:
            good_id(identity, head, "id")
        return Instrument(
            id=identity or "",
            version=head.string("version") or "",
            title=head.text("title", self.languages) or Text({}),
            sections=sections,
            items=items,
            constructs=constructs,
            families=self._families(constructs, own_families),
            languages=self.languages,
            purpose=head.text("purpose", self.languages),
            consent=head.text("consent", self.languages),
            origin=head.string("authored") or "",
            estimated_minutes=head.integer("estimated_minutes"),
            scoring=read_scoring(self.top),
            inferred=head.flag("inferred", False),
        )

    def _schema_version(self) -> None:
        version = self.top.string("schema_version")
        if version is not None and version != SCHEMA_VERSION:
            self.top.problem(
                "schema-version",
                message("The file is in format version {version}.", version=version),
                message("This program reads version {known}.", known=SCHEMA_VERSION),
                key="schema_version",
            )

    def _languages(self, head: Fields) -> None:
        given = head.strings("languages")
        for language in given:
            if language not in LANGUAGE_CODES:
                head.unknown_word("languages", language, sorted(LANGUAGE_CODES))
        known = tuple(dict.fromkeys(code for code in given if code in LANGUAGE_CODES))
        if known:
            self.languages = known

    def _items(self, scales: Mapping[str, Shared]) -> tuple[Item, ...]:
        records = self.top.records("items")
        if not records and self.top.given("items"):
            self.top.problem(
                "no-items",
                message("There is not a single item."),
                message("Add at least one under “items”."),
                key="items",
            )
        for record in records:
            name = record.string("id")
            if name is None:
                continue
            if name in self.lines:
                record.problem(
                    "duplicate-item",
                    message(
                        "The item {item} occurs twice; first in line {line}.",
                        item=name,
                        line=self.lines[name].node.line,
                    ),
                    message("Give one of the two another id."),
                    key="id",
                )
            self.lines.setdefault(name, record)
        reading = ItemReading(self.languages, scales, frozenset(self._construct_ids()))
        items = read_each(records, reading.item)
        self._relevance(items)
        return items

    def _construct_ids(self) -> Iterable[str]:
        return self.known_constructs

    def _relevance(self, items: tuple[Item, ...]) -> None:
        by_id = {item.id: item for item in items}
        for item in by_id.values():
            if item.relevance is None:
                continue
            record = self.lines[item.id]
            key = "relevance" if record.given("relevance") else "show_if"
            try:
                names = references(parse(item.relevance))
            except SurveyError as error:
                record.problem(
                    "bad-relevance",
                    as_message(error),
                    message("Correct the condition."),
                    key=key,
                )
                continue
            for name in names:
                if name not in by_id or name == item.id:
                    record.problem(
                        "bad-relevance",
                        message("The condition refers to {item}, which it cannot.", item=name),
                        message("Name another item of this instrument."),
                        key=key,
                    )

    def _sections(self, items: tuple[Item, ...]) -> tuple[Section, ...]:
        records = self.top.records("sections")
        known = {item.id for item in items} | set(self.lines)
        homes: dict[str, str] = {}
        sections = []
        for record in records:
            section = self._section(record)
            if section is None:
                continue
            sections.append(section)
            for number, name in enumerate(section.item_ids):
                place = f"item_ids[{number}]"
                if name not in known:
                    record.problem(
                        "unknown-item",
                        message("There is no item {item}.", item=name),
                        message("Correct the name, or add the item under “items”."),
                        key=place,
                    )
                elif name in homes:
                    record.problem(
                        "item-in-two-sections",
                        message(
                            "The item {item} stands in section {section} already.",
                            item=name,
                            section=homes[name],
                        ),
                        message("Leave it in one place only."),
                        key=place,
                    )
                homes.setdefault(name, section.id)
        self._homeless(items, homes)
        self._unique(sections, records)
        return tuple(sections)

    def _section(self, record: Fields) -> Section | None:
        record.known(("id", "title", "item_ids", "instruction", "shuffle"))
        complete = [record.require(key) for key in ("id", "title", "item_ids")]
        name = record.string("id")
        if not all(complete) or name is None:
            return None
        return Section(
            id=name,
            title=record.text("title", self.languages) or Text({}),
            item_ids=record.strings("item_ids"),
            instruction=record.text("instruction", self.languages),
            shuffle=record.flag("shuffle", False),
        )

    def _homeless(self, items: tuple[Item, ...], homes: Mapping[str, str]) -> None:
        for item in items:
            if item.id not in homes:
                self.lines[item.id].problem(
                    "item-in-no-section",
                    message("The item {item} stands in no section.", item=item.id),
                    message("Add it to the “item_ids” of a section, or delete it."),
                )

    def _unique(self, sections: list[Section], records: list[Fields]) -> None:
        counts = Counter(section.id for section in sections)
        for name, count in counts.items():
            if count > 1:
                again = [record for record in records if record.string("id") == name]
                again[-1].problem(
                    "duplicate-section",
                    message("The section {section} occurs {n} times.", section=name, n=count),
                    message("Give each section its own id."),
                    key="id",
                )

    def _own_families(self) -> tuple[str, ...]:
        block = self.top.mapping("families")
        if block is None:
            return ()
        own = []
        for name in block.values:
            label = block.text(name, self.languages)
            self.known_families[name] = Family(name, label or Text({}))
            own.append(name)
        return tuple(own)

    def _own_constructs(self) -> tuple[str, ...]:
        own: list[str] = []
        for record in self.top.records("constructs"):
            construct = read_construct(record, self.languages, self.known_families)
            if construct is None:
                continue
            if construct.id in own:
                record.problem(
                    "duplicate-construct",
                    message("The construct {construct} occurs twice.", construct=construct.id),
                    message("Delete one of the two."),
                    key="id",
                )
                continue
            own.append(construct.id)
            self.known_constructs[construct.id] = construct
        return tuple(own)

    def _constructs(self, items: tuple[Item, ...], own: tuple[str, ...]) -> tuple[Construct, ...]:
        used = [item.construct for item in items if item.construct is not None]
        listed = self.top.strings("constructs_used")
        for number, name in enumerate(listed):
            if name not in self.known_constructs:
                self.top.problem(
                    "unknown-construct",
                    message("There is no construct {construct}.", construct=name),
                    message("Correct the name, or define it under “constructs”."),
                    key=f"constructs_used[{number}]",
                )
            elif name not in used:
                self.top.problem(
                    "unused-construct",
                    message("No item measures the construct {construct}.", construct=name),
                    message("Take it off the list, or name it in the items that measure it."),
                    key=f"constructs_used[{number}]",
                    severity=Severity.WARNING,
                )
        names = dict.fromkeys([*(listed or own), *used])
        return tuple(self.known_constructs[n] for n in names if n in self.known_constructs)

    def _families(
        self, constructs: tuple[Construct, ...], own: tuple[str, ...]
    ) -> tuple[Family, ...]:
        used = {construct.family for construct in constructs}
        names = dict.fromkeys([*own, *(name for name in self.known_families if name in used)])
        return tuple(self.known_families[name] for name in names)


def read_construct(
    record: Fields, languages: tuple[str, ...], families: Mapping[str, Family]
) -> Construct | None:
    """Read one definition of a construct; its label is ``label`` or ``zh`` and ``en`` directly."""
    record.known(
        ("id", "label", "zh", "en", "role", "family", "definition", "high_means", "valence")
    )
    if not record.require("id"):
        return None
    name = record.string("id")
    if name is None:
        return None
    good_id(name, record, "id")
    label = record.text("label", languages)
    if label is None:
        given = {code: record.string(code) for code in languages}
        label = Text({code: words for code, words in given.items() if words is not None})
    role = record.string("role") or "context"
    if role not in ROLES:
        record.unknown_word("role", role, list(ROLES))
    family = record.string("family")
    if family is not None and family not in families:
        record.unknown_word("family", family, list(families))
    return Construct(
        id=name,
        label=label,
        role=role,
        family=family,
        definition=_definition(record, "definition", languages),
        high_means=_definition(record, "high_means", languages),
        valence=record.choice("valence", Valence, Valence.NEUTRAL),
    )


def _definition(record: Fields, key: str, languages: tuple[str, ...]) -> Text:
    """Read wording that may be in one language only, given as plain text."""
    node = record.values.get(key)
    if isinstance(node, Scalar):
        plain = record.string(key)
        if not plain:
            return Text({})
        return Text({"zh" if _CHINESE.search(plain) else "en": plain})
    return record.text(key, languages) or Text({})
