"""The shipped instruments and construct definitions, read like anybody else's files.

Items were written for this project and are not validated: pre-test and back-translate before use.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import msgspec

from surveys.instrument_yaml.fields import Fields, Findings, read_each
from surveys.instrument_yaml.nodes import Node, read_nodes
from surveys.instrument_yaml.reading import read_construct
from surveys.model import Construct, Family, Instrument
from surveys.problems import SurveyError
from surveys.words import LANGUAGES, Text

INSTRUMENTS = ("cmra_core", "etma_audit", "ifb_indicators", "leic_experiment", "cmra_pulse")


class BankEntry(msgspec.Struct, frozen=True):
    """What a list of the shipped instruments shows."""

    id: str
    version: str
    title: Text
    purpose: Text
    minutes: int
    n_items: int


class NearestScale(msgspec.Struct, frozen=True):
    """The published scale nearest to a construct; ``checked`` tells whether it was looked up."""

    name: str
    authors: str
    year: str
    items: str
    licence: str
    checked: bool


@cache
def list_instruments() -> tuple[BankEntry, ...]:
    """Return the shipped instruments, without reading more of each file than its head."""
    return tuple(_entry(name) for name in INSTRUMENTS)


@cache
def load(instrument_id: str) -> Instrument:
    """Return a shipped instrument.

    Raises
    ------
    SurveyError
        The bank has none of this id.
    """
    from surveys.instrument_yaml import read_instrument

    if instrument_id not in INSTRUMENTS:
        raise SurveyError(
            "The bank has no instrument {id}. It has: {known}.",
            id=instrument_id,
            known=list(INSTRUMENTS),
        )
    return read_instrument(instrument_text(instrument_id), f"{instrument_id}.yaml")


def instrument_text(instrument_id: str) -> str:
    """Return the YAML text of a shipped instrument, comments included, for copying."""
    return _text(f"{instrument_id}.yaml")


@cache
def constructs() -> Mapping[str, Construct]:
    """Return the definitions of the constructs, by id, in the order of the file."""
    top = _fields("constructs.yaml", None)
    known = families()
    made = read_each(
        top.records("constructs"), lambda record: read_construct(record, LANGUAGES, known)
    )
    _refuse(top.findings)
    return MappingProxyType({construct.id: construct for construct in made})


@cache
def families() -> Mapping[str, Family]:
    """Return the families of constructs, by id, in the order of the file."""
    top = _fields("constructs.yaml", "families")
    block = top.mapping("families")
    names = block.values if block is not None else {}
    made = {name: Family(name, _label(block, name)) for name in names}
    _refuse(top.findings)
    return MappingProxyType(made)


@cache
def nearest_scales() -> Mapping[str, NearestScale]:
    """Return the published scale nearest to each construct, by construct id."""
    top = _fields("nearest_scales.yaml", None)
    block = top.mapping("nearest_scales")
    found = {}
    for name in block.values if block is not None else ():
        entry = block.mapping(name) if block is not None else None
        if entry is not None:
            found[name] = NearestScale(
                name=entry.string("name") or "",
                authors=entry.string("authors") or "",
                year=entry.string("year") or "",
                items=entry.string("items") or "",
                licence=entry.string("licence") or "",
                checked=entry.flag("checked", False),
            )
    _refuse(top.findings)
    return MappingProxyType(found)


def _label(block: Fields | None, name: str) -> Text:
    return (block.text(name, LANGUAGES) if block is not None else None) or Text({})


def _entry(name: str) -> BankEntry:
    text = _text(f"{name}.yaml")
    top = Fields(read_nodes(text, name, only="instrument"), "", Findings(name))
    head = top.mapping("instrument") or top
    return BankEntry(
        id=head.string("id") or name,
        version=head.string("version") or "",
        title=head.text("title", LANGUAGES) or Text({}),
        purpose=head.text("purpose", LANGUAGES) or Text({}),
        minutes=head.integer("estimated_minutes") or 0,
        n_items=text.partition("\nitems:\n")[2].count("\n- id: ") + 1,
    )


def _fields(file: str, only: str | None) -> Fields:
    node: Node = read_nodes(_text(file), file, only=only)
    return Fields(node, "", Findings(file))


def _refuse(findings: Findings) -> None:
    if findings.problems:
        raise SurveyError(
            "The shipped file {file} is damaged. Install the program again.",
            problems=findings.problems,
            file=findings.file,
        )


def _text(file: str) -> str:
    return resources.files("surveys.bank").joinpath(file).read_text(encoding="utf-8")
