"""Taking typed values out of nodes; every mismatch becomes a problem with its line and path."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from surveys.instrument_yaml.nodes import Mapping, Node, Scalar, Sequence
from surveys.problems import Problem, Severity
from surveys.words import Message, Text, message

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")

_STEP = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")

LANGUAGE_CODES = frozenset({"zh", "en"})


@dataclass(slots=True)
class Findings:
    """Problems found so far in one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        code: str,
        line: int,
        path: str,
        what: Message,
        remedy: Message,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem."""
        if path:
            where = message("{file}, line {line}, {path}", file=self.file, line=line, path=path)
        else:
            where = message("{file}, line {line}", file=self.file, line=line)
        self.problems.append(Problem(code, where, what, remedy, severity))


class Fields:
    """The keys of one mapping.

    Parameters
    ----------
    node
        What stands there; anything but a mapping is a problem and reads as an empty one.
    path
        Where it stands, for example ``items[3]``.
    findings
        Where problems go.
    """

    def __init__(self, node: Node, path: str, findings: Findings) -> None:
        self.node = node
        self.path = path
        self.findings = findings
        self.values: dict[str, Node] = {}
        self._keys: dict[str, Scalar] = {}
        if not isinstance(node, Mapping):
            self.problem(
                "wrong-type",
                message("A list of keys with values is needed here."),
                message("Write it as lines of “key: value”."),
            )
            return
        for key, value in node.pairs:
            if key.raw in self.values:
                self.problem(
                    "duplicate-key",
                    message(
                        "The key “{key}” occurs twice; first in line {line}.",
                        key=key.raw,
                        line=self._keys[key.raw].line,
                    ),
                    message("Delete one of the two."),
                    at=key,
                    key=key.raw,
                )
                continue
            self._keys[key.raw] = key
            self.values[key.raw] = value

    def place(self, key: str | None) -> str:
        """Return the path of a key."""
        if key is None:
            return self.path
        return f"{self.path}.{key}" if self.path else key

    def problem(
        self,
        code: str,
        what: Message,
        remedy: Message,
        *,
        at: Node | None = None,
        key: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem at a node, at a key's value, or at the whole mapping."""
        node = at if at is not None else self._at(key)
        self.findings.add(code, node.line, self.place(key), what, remedy, severity)

    def _at(self, key: str | None) -> Node:
        """Return the node under a key, or under a path such as ``options[1].code``."""
        node = self.node
        for name, number in _STEP.findall(key or ""):
            if number and isinstance(node, Sequence) and int(number) < len(node.items):
                node = node.items[int(number)]
            elif name and isinstance(node, Mapping):
                node = next((value for k, value in node.pairs if k.raw == name), node)
        return node

    def known(self, keys: Iterable[str]) -> None:
        """Warn about keys that are not among ``keys``."""
        names = sorted(keys)
        for key, node in self._keys.items():
            if key in names:
                continue
            near = difflib.get_close_matches(key, names, n=1, cutoff=0.6)
            remedy = (
                message("Did you mean “{near}”?", near=near[0])
                if near
                else message("Delete it, or turn it into a comment with #.")
            )
            self.problem(
                "unknown-key",
                message("The key “{key}” is not known and has no effect.", key=key),
                remedy,
                at=node,
                key=key,
                severity=Severity.WARNING,
            )

    def given(self, key: str) -> bool:
        """Tell whether the key is there with something other than null."""
        node = self.values.get(key)
        return node is not None and not (isinstance(node, Scalar) and node.value is None)

    def require(self, key: str) -> bool:
        """Tell whether the key is given; note a problem if it is not."""
        if self.given(key):
            return True
        self.problem(
            "missing-key",
            message("“{key}” is missing.", key=key),
            message("Add a line “{key}: …” here.", key=key),
            key=key if key in self.values else None,
        )
        return False

    def string(self, key: str) -> str | None:
        """Return a piece of text; numbers count as the text they are written as."""
        if not self.given(key):
            return None
        return self._string(self.values[key], key)

    def _string(self, node: Node, key: str) -> str | None:
        if not isinstance(node, Scalar):
            self._wrong(key, node, message("Text is needed here, not a list."))
            return None
        if isinstance(node.value, bool):
            self.problem(
                "boolean-as-text",
                message("YAML reads {raw} as a truth value, not as text.", raw=node.raw),
                message('Put it in quotation marks: "{raw}".', raw=node.raw),
                at=node,
                key=key,
            )
            return None
        return node.raw

    def integer(self, key: str) -> int | None:
        """Return a whole number."""
        return self._read(key, int, message("A whole number is needed here."))

    def number(self, key: str) -> float | None:
        """Return a finite number."""
        value = self._read(key, (int, float), message("A number is needed here."))
        if value is not None and not math.isfinite(value):
            self._wrong(key, self.values[key], message("A number is needed here."))
            return None
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        if not self.given(key):
            return default
        node = self.values[key]
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self._wrong(key, node, message("true or false is needed here."))
        return default

    def _read(self, key: str, kind: type[_T] | tuple[type[_T], ...], what: Message) -> _T | None:
        if not self.given(key):
            return None
        node = self.values[key]
        if isinstance(node, Scalar) and not isinstance(node.value, bool):
            value: object = node.value
            if isinstance(value, kind):
                return value
        self._wrong(key, node, what)
        return None

    def choice(self, key: str, kinds: type[_E], default: _E) -> _E:
        """Return one of the words of an enumeration."""
        text = self.string(key)
        if text is None:
            return default
        try:
            return kinds(text)
        except ValueError:
            self.unknown_word(key, text, [kind.value for kind in kinds])
            return default

    def unknown_word(self, key: str, word: str, allowed: list[str]) -> None:
        """Note that a word is none of those allowed, and suggest the nearest."""
        near = difflib.get_close_matches(word, allowed, n=1, cutoff=0.5)
        remedy = (
            message("Did you mean “{near}”?", near=near[0])
            if near
            else message("Use one of: {allowed}.", allowed=list(allowed))
        )
        self.problem(
            "unknown-word", message("“{word}” is not known here.", word=word), remedy, key=key
        )

    def mapping(self, key: str) -> Fields | None:
        """Return the mapping under a key."""
        if not self.given(key):
            return None
        return Fields(self.values[key], self.place(key), self.findings)

    def elements(self, key: str) -> list[tuple[Node, str]]:
        """Return the elements of a list, each with its path."""
        if not self.given(key):
            return []
        node = self.values[key]
        if not isinstance(node, Sequence):
            self._wrong(key, node, message("A list is needed here (lines that begin with “- ”)."))
            return []
        place = self.place(key)
        return [(item, f"{place}[{number}]") for number, item in enumerate(node.items)]

    def records(self, key: str) -> list[Fields]:
        """Return the mappings of a list."""
        return [Fields(node, path, self.findings) for node, path in self.elements(key)]

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a list of words."""
        found = []
        for number, (node, _path) in enumerate(self.elements(key)):
            text = self._string(node, f"{key}[{number}]")
            if text is not None:
                found.append(text)
        return tuple(found)

    def text(self, key: str, languages: tuple[str, ...]) -> Text | None:
        """Return wording by language; warn where a language of the instrument has none."""
        if not self.given(key):
            return None
        node = self.values[key]
        wording: dict[str, str] = {}
        if isinstance(node, Scalar):
            plain = self._string(node, key)
            if plain is None:
                return None
            wording = {languages[0]: plain}
        else:
            inner = Fields(node, self.place(key), self.findings)
            inner.known(LANGUAGE_CODES)
            for language in inner.values:
                words = inner.string(language)
                if words is not None and language in LANGUAGE_CODES:
                    wording[language] = words
        self._translated(key, node, wording, languages)
        return Text(wording)

    def _translated(
        self, key: str, node: Node, wording: dict[str, str], languages: tuple[str, ...]
    ) -> None:
        for language in languages:
            if wording.get(language, "").strip():
                continue
            self.problem(
                "empty-text",
                message("There is no wording in “{language}”.", language=language),
                message("Add it, or take the language off the list of the instrument's languages."),
                at=node,
                key=key,
                severity=Severity.WARNING,
            )

    def _wrong(self, key: str, node: Node, what: Message) -> None:
        self.problem(
            "wrong-type", what, message("Correct the value of “{key}”.", key=key), at=node, key=key
        )


def read_each(records: list[Fields], read: Callable[[Fields], _T | None]) -> tuple[_T, ...]:
    """Read every record of a list; those that cannot be read have left their problem behind."""
    return tuple(made for made in map(read, records) if made is not None)
