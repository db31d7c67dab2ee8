"""What is wrong with something a user gave, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from surveys.words import Message, Value, message


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with a file, an instrument or an answer.

    Attributes
    ----------
    code
        Short stable name of the rule, for example ``"duplicate-item"``.
    where
        The place: file, line, sheet, row, column, item; already in words.
    what
        What is wrong.
    remedy
        What to do about it.
    severity
        An error stops the work; a warning does not.
    """

    code: str
    where: Message
    what: Message
    remedy: Message
    severity: Severity = Severity.ERROR

    @property
    def text(self) -> str:
        """Sentence in which the three parts stand."""
        return message("{where}: {what} {remedy}").text

    @property
    def values(self) -> dict[str, Value]:
        """The three parts."""
        return {"where": self.where, "what": self.what, "remedy": self.remedy}


class SurveyError(Exception):
    """Something the user gave cannot be used; says what, where and what to do.

    Parameters
    ----------
    text
        English sentence with ``{named}`` fields.
    problems
        All problems found, where there are several; the sentence then introduces them.
    **values
        Values for the fields.
    """

    def __init__(self, text: str, /, *, problems: Iterable[Problem] = (), **values: object) -> None:
        self.message = message(text, **values)
        self.problems = tuple(problems)
        super().__init__(text)

    @property
    def text(self) -> str:
        """English sentence with ``{named}`` fields."""
        return self.message.text

    @property
    def values(self) -> dict[str, Value]:
        """Values of the fields."""
        return self.message.values

    def __str__(self) -> str:
        """Return the sentence in English."""
        return str(self.message)
