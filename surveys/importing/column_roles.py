"""What a column is that is no answer: a response id, a duration, a status."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from surveys.formats.table import Column
from surveys.identifiers import looks_like_identifier
from surveys.importing.cells import read_date, whole_number
from surveys.words import Message


class Role(StrEnum):
    """What a column of a table is used for."""

    ITEM = "item"
    OPTION = "option"
    SERIAL = "serial"
    SECONDS = "seconds"
    STATUS = "status"
    IDENTIFIER = "identifier"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


_SERIALS = frozenset(
    [
        "respid",
        "responseid",
        "respondentid",
        "caseid",
        "id",
        "serial",
        "rowname",
        "rownames",
        "recordid",
        "entryid",
        "序号",
        "编号",
        "问卷编号",
        "答卷编号",
        "答卷序号",
        "问卷序号",
        "受访者编号",
        "样本编号",
    ]
)
_SECONDS = frozenset(
    [
        "durations",
        "duration",
        "durationseconds",
        "durationinseconds",
        "seconds",
        "interviewtime",
        "totaltime",
        "timetaken",
        "所用时间",
        "答题时长",
        "答题用时",
        "填写时长",
        "用时",
        "用时秒",
        "秒",
        "所用时间秒",
        "作答时长",
    ]
)
_STATUSES = frozenset({"datastatus"})
_SYNTHETIC = "SYNTHETIC"
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})(?:\.\d+)?")
_CHINESE = re.compile(r"(?:(\d+)\s*小?时)?\s*(?:(\d+)\s*分钟?)?\s*(?:(\d+(?:\.\d+)?)\s*秒)?")
_LEAST_FOR_SERIAL = 5
_MOST_CELLS_LOOKED_AT = 2_000


def plain_name(name: str) -> str:
    """Return a heading without case, spaces, underscores and punctuation, for comparing."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())


def role_by_name(column: Column) -> Role | None:
    """Return the role that a column's heading gives it, if its cells do not speak against it."""
    name = plain_name(column.name)
    if name in _STATUSES:
        return Role.STATUS
    if name in _SERIALS and all(len(text) <= 64 for text in column.distinct):
        return Role.SERIAL
    if name in _SECONDS and any(map(seconds, column.distinct)):
        return Role.SECONDS
    return None


def looks_like_serial(column: Column) -> bool:
    """Tell whether a column holds one short code a row, none twice: random letters and digits."""
    cells = [text.strip() for text in column.distinct]
    if len(cells) < max(_LEAST_FOR_SERIAL, len(column.codes)):
        return False
    if not all(6 <= len(text) <= 40 and re.fullmatch(r"[0-9A-Za-z-]+", text) for text in cells):
        return False
    mixed = sum(not text.isdigit() and any(map(str.isdigit, text)) for text in cells)
    return mixed * 2 > len(cells) and len({len(text) for text in cells}) == 1


def looks_like_row_numbers(column: Column) -> bool:
    """Tell whether a column counts the rows: 1, 2, 3 and so on."""
    if len(column.distinct) < max(_LEAST_FOR_SERIAL, len(column.codes)):
        return False
    numbers = [whole_number(text.strip()) for text in column.distinct]
    return numbers == list(range(1, len(numbers) + 1))


def says_synthetic(column: Column) -> bool:
    """Tell whether a status column marks the answers as made up."""
    return any(text.strip().upper() == _SYNTHETIC for text in column.distinct)


def seconds(text: str) -> float | None:
    """Return a duration in seconds: ``744``, ``744秒``, ``12分24秒`` or ``0:12:24``."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or read_date(text):
        return None
    try:
        value = float(text)
    except ValueError:
        pass
    else:
        return value if 0 <= value < 1e8 else None
    if clock := _CLOCK.fullmatch(text):
        return _summed(clock.groups())
    if (worded := _CHINESE.fullmatch(text)) and any(worded.groups()):
        return _summed(worded.groups())
    return None


def _summed(parts: Sequence[str | None]) -> float:
    hours, minutes, rest = (float(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + rest


def identifier_reason(column: Column) -> Message | None:
    """Say why a column looks like a direct identifier, or None if it does not."""
    return looks_like_identifier(column.name, column.distinct[:_MOST_CELLS_LOOKED_AT])
