"""One filled-in questionnaire: the record that a project keeps, and how it is built."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, datetime
from enum import IntEnum
from itertools import chain
from typing import Any
from uuid import uuid4

import msgspec

from surveys.answers import Missing
from surveys.model import Instrument, Item, ItemKind
from surveys.problems import Problem, SurveyError
from surveys.words import message

AnswerValue = int | float | str | tuple[int, ...] | None
"""A typed answer: a code or point, a number, a text, code or ISO date, the chosen codes, or nothing."""

_LARGEST_INTEGER = 32_767


class Keying(IntEnum):
    """Which pass of keying an entry is; analysis sees the final ones only."""

    FIRST = 1
    SECOND = 2
    FINAL = 3


class Status(IntEnum):
    """How far the person who answered got."""

    COMPLETE = 1
    PARTIAL = 2
    WITHDRAWN = 3


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """The answers of one person, in the order in which one version of an instrument asks.

    Attributes
    ----------
    id
        Random; says nothing about the person.
    instrument
        Digest of the instrument that was answered.
    values
        One typed answer an item of ``instrument.presented()``; ``None`` where missing. Likert,
        attention, rating and single choice: int. Multiple choice: sorted codes (empty: answered,
        and none of them). Number: float. Date: ``YYYY-MM-DD``. Code and open text: str.
    missing
        One :class:`~surveys.answers.Missing` kind an item; 0 where there is a value.
    written
        Item id to the text as written on paper, for answers out of range.
    serial
        Number of the form, for finding it in the pile; never a number that leads to a person.
    started, finished
        UTC, ISO 8601, of answering or of keying; empty where unknown.
    seconds
        Time taken to answer, ``None`` where unknown.
    """

    id: str
    instrument: str
    values: tuple[AnswerValue, ...]
    missing: bytes
    written: dict[str, str] = {}
    keying: Keying = Keying.FINAL
    status: Status = Status.COMPLETE
    serial: str = ""
    batch: str = ""
    keyer: str = ""
    device: str = ""
    started: str = ""
    finished: str = ""
    seconds: float | None = None

    def __repr__(self) -> str:
        """Return which entry it is; an answer must never get into a log by being printed."""
        return f"Entry(id={self.id!r}, keying={self.keying.name})"


def new_entry_id() -> str:
    """Return a random id of an entry: 32 hexadecimal digits."""
    return uuid4().hex


Check = Callable[[object], AnswerValue]
"""Returns the typed answer, or ``None`` if the item does not take it."""


class EntryBuilder:
    """Turns answers by item id into entries of one instrument, checking every one.

    Parameters
    ----------
    instrument
        The instrument that was answered.

    Raises
    ------
    SurveyError
        A code item's pattern is not a regular expression.
    """

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self._digest = instrument.digest
        items = instrument.presented()
        self._ids = tuple(item.id for item in items)
        self._codes = tuple(_codes_of(item) for item in items)
        self._checks = tuple(_check_of(item) for item in items)
        self._known = frozenset(self._ids)

    def build(
        self,
        answers: Mapping[str, object],
        *,
        written: Mapping[str, str] | None = None,
        absent: Missing = Missing.SKIPPED,
        entry_id: str | None = None,
        keying: Keying = Keying.FINAL,
        status: Status = Status.COMPLETE,
        serial: str = "",
        batch: str = "",
        keyer: str = "",
        device: str = "",
        started: str = "",
        finished: str = "",
        seconds: float | None = None,
    ) -> Entry:
        """Make an entry.

        Parameters
        ----------
        answers
            Item id to a typed value or to a kind of :class:`~surveys.answers.Missing`.
        written
            Item id to the text as written, for items given as ``Missing.OUT_OF_RANGE``.
        absent
            The kind of missing for items that are not in ``answers``, or are ``None`` there.

        Raises
        ------
        SurveyError
            An item is unknown, or an answer is none that the item takes; all of them are listed,
            none with its value.
        """
        values: list[Any] = [answers.get(item_id) for item_id in self._ids]
        kinds = bytearray(len(values))
        refused: list[str] = []
        # Nearly all answers of a survey are codes; only the others are looked at one by one.
        others = [
            number
            for number, (given, codes) in enumerate(zip(values, self._codes, strict=True))
            if given.__class__ is not int or given not in codes
        ]
        for number in others:
            given = values[number]
            kind = given if isinstance(given, Missing) else Missing.ANSWERED
            value: AnswerValue = None
            if given is None:
                kind = absent
            elif kind is Missing.ANSWERED:
                value = self._checks[number](given)
            if kind is Missing.ANSWERED and value is None:
                refused.append(self._ids[number])
            kinds[number] = kind
            values[number] = value
        texts = dict(written or {})
        unknown = [key for key in chain(answers, texts) if key not in self._known]
        misplaced = [
            key for key in texts if key in self._known and answers.get(key) != Missing.OUT_OF_RANGE
        ]
        if refused or unknown or misplaced:
            _refuse(serial, refused, unknown, misplaced)
        return Entry(
            id=entry_id or new_entry_id(),
            instrument=self._digest,
            values=tuple(values),
            missing=bytes(kinds),
            written=texts,
            keying=keying,
            status=status,
            serial=serial,
            batch=batch,
            keyer=keyer,
            device=device,
            started=started,
            finished=finished,
            seconds=seconds,
        )


def make_entry(
    instrument: Instrument,
    answers: Mapping[str, object],
    *,
    written: Mapping[str, str] | None = None,
    serial: str = "",
) -> Entry:
    """Make one final entry; see :meth:`EntryBuilder.build`, which is faster for many."""
    return EntryBuilder(instrument).build(answers, written=written, serial=serial)


def answers_of(entry: Entry, instrument: Instrument) -> dict[str, AnswerValue | Missing]:
    """Return an entry's answers by item id: the typed value, or the kind of missing.

    Raises
    ------
    SurveyError
        The entry was answered under another version of the instrument.
    """
    if entry.instrument != instrument.digest:
        raise SurveyError(
            "This form was filled in with another version of the questionnaire. Open it with the version it belongs to."
        )
    pairs = zip(instrument.presented(), entry.values, entry.missing, strict=True)
    return {item.id: Missing(kind) if kind else value for item, value, kind in pairs}


def _refuse(
    serial: str, refused: Iterable[str], unknown: Iterable[str], misplaced: Iterable[str]
) -> None:
    problems = [
        *(
            Problem(
                "answer-not-allowed",
                message("form {serial}, item {item}", serial=serial, item=item),
                message("The answer is none that this item takes."),
                message("Correct it, or mark it as out of range and keep the text as written."),
            )
            for item in refused
        ),
        *(
            Problem(
                "unknown-item",
                message("form {serial}, item {item}", serial=serial, item=item),
                message("The questionnaire has no such item."),
                message("Check the item's name, or leave the column out."),
            )
            for item in unknown
        ),
        *(
            Problem(
                "written-text-misplaced",
                message("form {serial}, item {item}", serial=serial, item=item),
                message("A text as written is kept only for an answer out of range."),
                message("Mark the answer as out of range, or drop the text."),
            )
            for item in misplaced
        ),
    ]
    raise SurveyError(
        "Form {serial} has {n} answers that cannot be stored.",
        problems=problems,
        serial=serial,
        n=len(problems),
    )


def _codes_of(item: Item) -> frozenset[int]:
    if item.kind.ordered and item.scale is not None:
        codes = frozenset(item.scale.points)
    elif item.kind is ItemKind.SINGLE:
        codes = frozenset(option.code for option in item.options)
    else:
        return frozenset()
    return frozenset(code for code in codes if abs(code) <= _LARGEST_INTEGER)


def _check_of(item: Item) -> Check:
    match item.kind:
        case ItemKind.MULTIPLE:
            return _some_of(frozenset(option.code for option in item.options))
        case ItemKind.NUMBER:
            return _number(item)
        case ItemKind.DATE:
            return _date
        case ItemKind.CODE:
            return _code(item)
        case ItemKind.TEXT:
            return _text
        case _:
            return _one_of(_codes_of(item))


def _one_of(codes: frozenset[int]) -> Check:
    allowed = {code: code for code in codes}  # finds 3 for 3.0 and for a numpy 3

    def check(given: object) -> AnswerValue:
        if isinstance(given, bool) or not isinstance(given, Hashable):
            return None
        return allowed.get(given)  # type: ignore[call-overload,no-any-return]

    return check


def _some_of(codes: frozenset[int]) -> Check:
    one = _one_of(codes)

    def check(given: object) -> AnswerValue:
        if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
            return None
        chosen = {one(code) for code in given}
        if None in chosen:
            return None
        return tuple(sorted(code for code in chosen if isinstance(code, int)))

    return check


def _number(item: Item) -> Check:
    least = -math.inf if item.minimum is None else item.minimum
    most = math.inf if item.maximum is None else item.maximum

    def check(given: object) -> AnswerValue:
        if isinstance(given, (bool, str)) or not hasattr(given, "__float__"):
            return None
        value = float(given) + 0.0  # no negative zero
        if not math.isfinite(value) or not least <= value <= most:
            return None
        return None if item.integer and not value.is_integer() else value

    return check


def _date(given: object) -> AnswerValue:
    if isinstance(given, datetime):
        return given.date().isoformat()
    if isinstance(given, date):
        return given.isoformat()
    if isinstance(given, str):
        try:
            return date.fromisoformat(given).isoformat()
        except ValueError:
            return None
    return None


def _code(item: Item) -> Check:
    try:
        pattern = re.compile(item.pattern) if item.pattern else None
    except re.error:
        raise SurveyError(
            "The pattern of item {item} is not a regular expression. Correct it in the questionnaire.",
            item=item.id,
        ) from None

    def check(given: object) -> AnswerValue:
        if not isinstance(given, str) or not given:
            return None
        return given if pattern is None or pattern.fullmatch(given) else None

    return check


def _text(given: object) -> AnswerValue:
    return given if isinstance(given, str) and given else None
