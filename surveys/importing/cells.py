"""From the text of a cell to a typed answer, and what to tell the user when it is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from surveys.answers import MISSING_CODES, Missing
from surveys.entry import AnswerValue
from surveys.model import Item, ItemKind, Option
from surveys.words import Message, Text, message

ABSENT_TOKENS = ("NA", "#N/A", "#NULL!")
"""What R, spreadsheets and SPSS write into a column of numbers where there is no value."""

INTEGER = re.compile(r"[-+]?\d+(\.0+)?")
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")

_STRONG = ("┋", ";", "；", "|")
_BETWEEN_CODES = re.compile(r"[、,，/\s]+")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_CLOCK = re.compile(r"[T\s]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_NOT_ASKED = {"": Missing.SKIPPED, "(跳过)": Missing.NOT_APPLICABLE, "(空)": Missing.SKIPPED}
_MAX_DIGITS = 18


class Reading(NamedTuple):
    """What a cell says.

    ``value`` is the typed answer and ``missing`` is ``ANSWERED``; or ``value`` is None and
    ``missing`` says why. A cell that is no answer of the item is ``OUT_OF_RANGE``, with its text in
    ``written``. ``label`` tells that the cell held the wording of an answer and not its code.
    """

    value: AnswerValue
    missing: Missing
    written: str = ""
    label: bool = False

    @property
    def fits(self) -> bool:
        """Tell whether the cell is an answer, empty, or a code of missing."""
        return not self.written


class CellReader:
    """Reads the cells of one item.

    Parameters
    ----------
    item
        The item. Of multiple choice it reads cells that hold all chosen codes.
    decimal
        The decimal sign of numbers.
    absent
        Further cells that mean that there is no value, with the kind of missing.
    """

    def __init__(
        self, item: Item, *, decimal: str = ".", absent: Mapping[str, Missing] | None = None
    ) -> None:
        self.item = item
        self._decimal = decimal
        self._absent = {**_NOT_ASKED, **(absent or {})}
        self._pattern = re.compile(item.pattern) if item.pattern else None
        self._codes: dict[int, str] = {}
        self._labels: dict[str, int] = {}
        for code, label in answer_codes(item):
            self._codes[code] = str(code)
            for wording in label.by_language.values() if label else ():
                self._labels.setdefault(_folded(wording), code)

    def read(self, cell: str) -> Reading:
        """Read one cell."""
        text = cell.strip()
        kind = self._absent.get(text) or missing_code(text)
        if kind is not None:
            return Reading(None, kind)
        if self.item.kind is ItemKind.TEXT:
            return Reading(cell, Missing.ANSWERED)
        if self.item.kind is ItemKind.CODE:
            fits = self._pattern is None or self._pattern.fullmatch(text) is not None
            return _answer(text if fits else None, cell)
        if text in ABSENT_TOKENS and _folded(text) not in self._labels:
            return Reading(None, Missing.SKIPPED)
        return self._typed(unicodedata.normalize("NFKC", text), cell)

    def _typed(self, text: str, cell: str) -> Reading:
        match self.item.kind:
            case ItemKind.NUMBER:
                return _answer(self._number(text), cell)
            case ItemKind.DATE:
                return _answer(read_date(text), cell)
            case ItemKind.MULTIPLE:
                whole = self._one(text)
                codes = [whole] if whole is not None else list(map(self._one, chosen_parts(text)))
                if not codes or None in codes:
                    return _answer(None, cell)
                chosen = sorted({code for code in codes if code is not None})
                return Reading(tuple(chosen), Missing.ANSWERED)
            case _:
                code = self._one(text)
                by_label = code is not None and not INTEGER.fullmatch(text)
                return _answer(code, cell)._replace(label=by_label)

    def _one(self, text: str) -> int | None:
        """Return the code that a text is, or is the wording of."""
        number = whole_number(text)
        if number is not None and number in self._codes:
            return number
        return self._labels.get(_folded(text))

    def _number(self, text: str) -> float | None:
        if self._decimal == "," and "." not in text:
            text = text.replace(",", ".")
        if not NUMBER.fullmatch(text):
            return None
        value = float(text)
        item = self.item
        low = item.minimum is None or value >= item.minimum
        high = item.maximum is None or value <= item.maximum
        whole = not item.integer or value.is_integer()
        return value if low and high and whole and abs(value) < float("inf") else None


def parse_answer(item: Item, cell: str, *, decimal: str = ".") -> Reading:
    """Read one cell of an item; for many use a :class:`CellReader`."""
    return CellReader(item, decimal=decimal).read(cell)


def answer_codes(item: Item) -> list[tuple[int, Text | None]]:
    """Return the codes an item takes, each with its wording."""
    if item.scale is not None and item.kind.ordered:
        return [(point, item.scale.label(point)) for point in item.scale.points]
    return [(option.code, option.label) for option in item.options]


def chosen_parts(text: str) -> list[str]:
    """Split a cell that holds several chosen codes or wordings.

    A bar of online forms or a semicolon is taken for the only separator where there is one, because
    wordings may contain commas and spaces.
    """
    separator = next((mark for mark in _STRONG if mark in text), None)
    parts = text.split(separator) if separator else _BETWEEN_CODES.split(text)
    return [part.strip() for part in parts if part.strip()]


def missing_code(text: str) -> Missing | None:
    """Return the kind of missing that one of the codes -95 to -99 stands for."""
    number = whole_number(text) if text.startswith("-") else None
    return MISSING_CODES.get(number) if number is not None else None


def whole_number(text: str) -> int | None:
    """Return a whole number written with or without a decimal point, or None."""
    if len(text) > _MAX_DIGITS or not INTEGER.fullmatch(text):
        return None
    return int(text.partition(".")[0])


def read_date(text: str) -> str | None:
    """Return a date as ``YYYY-MM-DD``, leaving out a time of day; None if it is none."""
    found = _DATE.fullmatch(_CLOCK.sub("", text))
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return None


def has_clock(text: str) -> bool:
    """Tell whether a date also gives the time of day."""
    return _CLOCK.search(text) is not None and read_date(text) is not None


def chosen_in_column(
    option: Option, cell: str, absent: Mapping[str, Missing]
) -> bool | Missing | None:
    """Read a cell of a multiple-choice item that has one column an option.

    Returns
    -------
    bool or Missing or None
        Whether the option was chosen; why there is no answer; or None if the cell is neither.
    """
    text = cell.strip()
    if text in ABSENT_TOKENS:
        return Missing.SKIPPED
    kind = absent.get(text) or _NOT_ASKED.get(text) or missing_code(text)
    if kind is not None:
        return kind
    folded = _folded(text)
    if folded in {"1", "1.0", "true", "是"}:
        return True
    if folded in {"0", "0.0", "false", "否"}:
        return False
    return True if folded in map(_folded, option.label.by_language.values()) else None


def expected(item: Item) -> Message:
    """Say what answers an item takes."""
    if item.kind is ItemKind.NUMBER:
        return _expected_number(item)
    if item.kind is ItemKind.DATE:
        return message("a date such as 2024-05-31")
    if item.kind in {ItemKind.CODE, ItemKind.TEXT}:
        return message("text of the form {pattern}", pattern=item.pattern or ".+")
    codes = [code for code, _ in answer_codes(item)]
    if item.kind is ItemKind.MULTIPLE:
        return message("one or more of the codes {codes}", codes=codes)
    if item.kind is ItemKind.SINGLE or not codes:
        return message("one of the codes {codes}", codes=codes)
    return message("a whole number from {low} to {high}", low=codes[0], high=codes[-1])


def _expected_number(item: Item) -> Message:
    low = "−∞" if item.minimum is None else f"{item.minimum:g}"
    high = "∞" if item.maximum is None else f"{item.maximum:g}"
    if item.integer:
        return message("a whole number from {low} to {high}", low=low, high=high)
    return message("a number from {low} to {high}", low=low, high=high)


def _answer(value: AnswerValue, cell: str) -> Reading:
    if value is None:
        return Reading(None, Missing.OUT_OF_RANGE, cell)
    return Reading(value, Missing.ANSWERED)


def _folded(wording: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", wording).casefold().split())
