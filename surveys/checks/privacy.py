"""Rules that protect the people who answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveys.checks.places import QUESTIONNAIRE, of_item, warning
from surveys.model import Instrument, ItemKind
from surveys.problems import Problem
from surveys.words import message

MANY_QUASI_IDENTIFIERS = 4

_WRITTEN = frozenset({ItemKind.TEXT, ItemKind.CODE, ItemKind.NUMBER})
_DIRECT = re.compile(
    r"姓名|名字|电话|手机号|身份证|微信|邮箱|工号|住址|家庭地址"
    r"|\b(your|full|first|last|family) name\b|\bphone\b|\btelephone\b|\be-?mail\b|\bwechat\b"
    r"|\bid (card|number)\b|\bhome address\b",
    re.IGNORECASE,
)
_FORBIDDING = re.compile(r"不要|请勿|不得|\bnot\b|\bnever\b", re.IGNORECASE)


def consent_is_asked(instrument: Instrument) -> Iterator[Problem]:
    """Warn where people are not told what they take part in."""
    if not instrument.consent:
        yield warning(
            "no-consent",
            QUESTIONNAIRE,
            message("There is no consent text."),
            message(
                "Say that taking part is voluntary and anonymous, that anything may be left out, "
                "and who sees the answers."
            ),
        )


def few_quasi_identifiers(instrument: Instrument) -> Iterator[Problem]:
    """Warn of many background items, which together point to a person."""
    names = [item.id for item in instrument.items if item.quasi_identifier]
    if len(names) >= MANY_QUASI_IDENTIFIERS:
        yield warning(
            "many-quasi-identifiers",
            QUESTIONNAIRE,
            message(
                "{n} background items together can point to a person: {items}.",
                n=len(names),
                items=names,
            ),
            message("Keep only those the analysis needs, in as few categories as it needs."),
        )


def places_are_flagged(instrument: Instrument) -> Iterator[Problem]:
    """Warn of places that are not counted among what points to a person."""
    for item in instrument.items:
        if item.cluster_level is not None and not item.quasi_identifier:
            yield warning(
                "place-not-flagged",
                of_item(item.id),
                message("The item says where a person was sampled but is no quasi-identifier."),
                message("Mark it as a quasi-identifier."),
            )


def no_direct_identifiers(instrument: Instrument) -> Iterator[Problem]:
    """Warn of written answers that ask for a name, a number or an address."""
    for item in instrument.items:
        if item.kind not in _WRITTEN:
            continue
        for words in item.text.by_language.values():
            if _DIRECT.search(words) and not _FORBIDDING.search(words):
                yield warning(
                    "asks-for-identity",
                    of_item(item.id),
                    message("The item seems to ask who the person is."),
                    message(
                        "Take it out: no direct identifier is needed, and people were promised none."
                    ),
                )
                break


def variants_are_recorded(instrument: Instrument) -> Iterator[Problem]:
    """Warn where the data would not say which variant of a case a person was shown."""
    known = {item.id for item in instrument.items}
    for item in instrument.items:
        record = f"{item.vignette or item.id}_variant"
        if item.variants and record not in known:
            yield warning(
                "variant-not-recorded",
                of_item(item.id),
                message("Nothing records which variant of the case a person was shown."),
                message("Add an item of type code with the id {id} before it.", id=record),
            )
