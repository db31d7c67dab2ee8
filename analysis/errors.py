"""What the numerical modules say when they refuse, and what they remark on a result.

Both carry an English sentence with named fields and the values for them. The sentence is also the
key under which the catalogue of a language holds its translation, so that a number can be computed
without knowing in which language it will be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


class AnalysisError(ValueError):
    """A computation that cannot be done honestly with the given data or options.

    Parameters
    ----------
    text
        English sentence with ``{named}`` fields: what is wrong, where, and what to do.
    **values
        Values for the fields.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text = text
        self.values: Mapping[str, object] = MappingProxyType(values)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark that belongs to a result: something left out, smoothed, collapsed, not reached.

    Attributes
    ----------
    text
        English sentence with ``{named}`` fields.
    values
        Values for the fields.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the English sentence with its values filled in."""
        return self.text.format(**self.values)


def note(text: str, /, **values: object) -> Note:
    """Make a :class:`Note` from an English sentence and the values of its fields."""
    return Note(text, MappingProxyType(values))
