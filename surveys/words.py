"""Sentences in the reader's language.

Everything a person reads is written once in English, with named fields, and translated through a
gettext catalogue. Code that does not know the reader makes a :func:`message`; whoever shows it owns
a :class:`Words` and says it. There is no global language.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Protocol, runtime_checkable

import msgspec

LANGUAGES = ("zh", "en")
"""Languages the program speaks; the first is the default."""

_CATALOGUES = {"zh": "zh_CN", "en": "en"}


@runtime_checkable
class Sayable(Protocol):
    """Anything with an English sentence and the values of its fields."""

    @property
    def text(self) -> str:
        """English sentence with ``{named}`` fields."""

    @property
    def values(self) -> Mapping[str, object]:
        """Values of the fields."""


class Text(msgspec.Struct, frozen=True, tag="text"):
    """Wording that comes with an instrument or a study, by language code.

    Examples
    --------
    >>> Text({"zh": "同意", "en": "Agree"}).get("en")
    'Agree'
    """

    by_language: dict[str, str]

    def get(self, language: str) -> str:
        """Return the wording in ``language``, or in the first language there is."""
        if self.by_language.get(language):
            return self.by_language[language]
        return next((words for words in self.by_language.values() if words), "")

    def __bool__(self) -> bool:
        """Tell whether any language has a wording."""
        return any(self.by_language.values())

    def __str__(self) -> str:
        """Return the first wording."""
        return self.get("")


class Message(msgspec.Struct, frozen=True, tag="message"):
    """A sentence not yet worded: its English text and the values of its fields.

    Values may themselves be messages or :class:`Text`, or lists of them; they are worded in the
    same language.
    """

    text: str
    values: dict[str, Value] = {}

    def __str__(self) -> str:
        """Return the sentence in English."""
        return Words("en").say(self)


Part = int | float | str | Text | Message
Value = bool | Part | list[Part] | None
"""What a field of a sentence may hold."""


def message(text: str, /, **values: object) -> Message:
    """Make a :class:`Message`; ``text`` is the key in the catalogues.

    Notes, errors and numpy numbers among the values are turned into plain ones, so that a message
    can always be saved.
    """
    return Message(text, {name: _plain(value) for name, value in values.items()})


def as_message(sentence: Sayable) -> Message:
    """Turn a note or an error into a message that can be saved and worded later."""
    return message(sentence.text, **sentence.values)


def _plain(value: object) -> Value:
    if value is None or isinstance(value, (bool, int, float, str, Text, Message)):
        return value
    if isinstance(value, Sayable):
        return as_message(value)
    if isinstance(value, (list, tuple)):
        parts = [_plain(item) for item in value]
        return [part for part in parts if isinstance(part, (int, float, str, Text, Message))]
    if hasattr(value, "item"):
        return _plain(value.item())
    return str(value)


class Words:
    """Words of one language: translates, fills in, and picks the language of a :class:`Text`.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.
    """

    def __init__(self, language: str) -> None:
        if language not in _CATALOGUES:
            raise ValueError(f"no catalogue for {language!r}; there are {', '.join(LANGUAGES)}")
        self.language = language
        self._catalogue = _catalogue(language)

    def __call__(self, text: str, /, **values: object) -> str:
        """Translate an English sentence and fill in its fields."""
        translated = self._catalogue.gettext(text) if text else ""
        if not values:
            return translated
        return translated.format(**{name: self._value(value) for name, value in values.items()})

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Translate a sentence that depends on a count; the count is the field ``{n}``."""
        translated = self._catalogue.ngettext(one, many, n)
        return translated.format(n=n, **{name: self._value(v) for name, v in values.items()})

    def say(self, sentence: object) -> str:
        """Word a message, note, error or text; anything else is turned into a string."""
        return str(self._value(sentence))

    def _value(self, value: object) -> object:
        if isinstance(value, Text):
            return value.get(self.language)
        if isinstance(value, Sayable):
            return self(value.text, **value.values)
        if isinstance(value, (list, tuple)):
            return ("、" if self.language == "zh" else ", ").join(self.say(v) for v in value)
        return value


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    file = resources.files("surveys").joinpath("locale", f"{_CATALOGUES[language]}.mo")
    with file.open("rb") as stream:
        return gettext.GNUTranslations(stream)
