"""YAML text as a tree that still knows its lines; refuses what could exhaust the machine.

The tree is built here from the parser's events, so that duplicate keys, aliases, depth and size are
all under control, and a value keeps the text as it was written beside what YAML makes of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from surveys.problems import Problem, SurveyError
from surveys.words import Message, message

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARACTERS = 1_000_000
MAX_NODES = 100_000
MAX_DEPTH = 20

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: as written (``raw``) and as YAML 1.2 reads it."""

    raw: str
    value: str | int | float | bool | None
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file; keys may occur twice here."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read yet."""

    mapping: bool
    line: int
    anchor: str | None
    children: list[Node] = field(default_factory=list)
    size: int = 1


def read_nodes(text: str, name: str, *, only: str | None = None) -> Node:
    """Parse YAML 1.2 into nodes.

    Parameters
    ----------
    text
        The document.
    name
        File name for the messages.
    only
        Stop after this key of the outermost mapping; the rest of the text is not read.

    Raises
    ------
    SurveyError
        The text is empty, not YAML, too large, too deep, uses aliases to grow, or holds several
        documents. Carries one problem with the line.
    """
    if len(text) > MAX_CHARACTERS:
        raise unreadable(
            "too-large",
            name,
            None,
            message("The file is larger than any questionnaire ({n} characters).", n=len(text)),
            message("Check that it is the right file."),
        )
    if not text.strip("\ufeff \t\r\n"):
        raise unreadable(
            "empty-file",
            name,
            None,
            message("The file is empty."),
            message("Choose another file, or start from an instrument of the bank."),
        )
    return _Composer(name, only).compose(text)


def unreadable(
    code: str, name: str, line: int | None, what: Message, remedy: Message
) -> SurveyError:
    """Return the error for a file that cannot be read at all, with its one problem."""
    if line is None:
        where = message("{file}", file=name)
    else:
        where = message("{file}, line {line}", file=name, line=line)
    problem = Problem(code, where, what, remedy)
    return SurveyError(
        "{file} cannot be read. {what} {remedy}",
        problems=[problem],
        file=name,
        what=what,
        remedy=remedy,
    )


class _Composer:
    """Builds the tree from the parser's events."""

    def __init__(self, name: str, only: str | None) -> None:
        self.name = name
        self.only = only
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.total = 0
        self.line = 1

    def compose(self, text: str) -> Node:
        """Return the one document of the text."""
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
        from ruamel.yaml.reader import ReaderError

        root: Node | None = None
        try:
            for event in YAML(typ="safe", pure=True).parse(text.removeprefix("\ufeff")):
                self.line = event.start_mark.line + 1
                kind = type(event).__name__
                if kind == "DocumentStartEvent" and root is not None:
                    raise self._refuse(
                        "several-documents",
                        message("A second document starts here (a line of three hyphens)."),
                        message("Put one questionnaire in each file."),
                    )
                node = self._take(kind, event)
                if node is not None:
                    root = node
                    if self.only is not None:
                        break
        except ReaderError as error:
            raise self._refuse(
                "bad-character",
                message("The character {code} cannot stand in YAML.", code=_code_point(error)),
                message("Delete it; it often comes along when text is pasted."),
            ) from error
        except MarkedYAMLError as error:
            if error.problem_mark is not None:
                self.line = error.problem_mark.line + 1
            raise self._refuse(
                "not-yaml",
                message("This is not valid YAML ({detail}).", detail=str(error.problem)),
                message("Check the indentation, the colons and the quotation marks around here."),
            ) from error
        except YAMLError as error:
            raise self._refuse(
                "not-yaml",
                message("This is not valid YAML ({detail}).", detail=type(error).__name__),
                message("Check the indentation, the colons and the quotation marks around here."),
            ) from error
        if root is None:
            raise unreadable(
                "empty-file",
                self.name,
                None,
                message("The file holds nothing but comments."),
                message("Choose another file, or start from an instrument of the bank."),
            )
        return root

    def _take(self, kind: str, event: object) -> Node | None:
        """Add one event; return the root when it is complete."""
        anchor: str | None = getattr(event, "anchor", None)
        if kind in {"MappingStartEvent", "SequenceStartEvent", "ScalarEvent"}:
            self._refuse_tag(event)
        if kind in {"MappingStartEvent", "SequenceStartEvent"}:
            if len(self.stack) >= MAX_DEPTH:
                raise self._refuse(
                    "too-deep",
                    message("Lists are nested too deeply."),
                    message("No part of a questionnaire needs this; check the file."),
                )
            self.stack.append(_Open(kind.startswith("M"), self.line, anchor))
            return None
        if kind in {"MappingEndEvent", "SequenceEndEvent"}:
            done = self.stack.pop()
            return self._add(self._close(done), done.size, done.anchor)
        if kind == "ScalarEvent":
            return self._add(_scalar(event, self.line), 1, anchor)
        if kind == "AliasEvent":
            if anchor not in self.anchors:
                raise self._refuse(
                    "bad-alias",
                    message("The alias *{name} refers to nothing complete before it.", name=anchor),
                    message("Write the part out."),
                )
            return self._add(*self.anchors[anchor], None)
        return None

    def _add(self, node: Node, size: int, anchor: str | None) -> Node | None:
        if anchor is not None:
            self.anchors[anchor] = (node, size)
        self.total += size
        if self.total > 2 * MAX_NODES or size > MAX_NODES:
            raise self._refuse(
                "too-large",
                message("The file unfolds to more than {n} values.", n=MAX_NODES),
                message("Take out the aliases (*name); no questionnaire is this large."),
            )
        if not self.stack:
            return node
        parent = self.stack[-1]
        parent.children.append(node)
        parent.size += size
        if len(self.stack) == 1 and parent.mapping and len(parent.children) % 2 == 0:
            key = parent.children[-2]
            if self.only is not None and isinstance(key, Scalar) and key.raw == self.only:
                return self._close(parent)
        return None

    def _close(self, done: _Open) -> Node:
        if not done.mapping:
            return Sequence(tuple(done.children), done.line)
        pairs = []
        for key, value in _twos(done.children):
            if not isinstance(key, Scalar):
                self.line = key.line
                raise self._refuse(
                    "bad-key",
                    message("A key is itself a list."),
                    message("Put text in braces or brackets in quotation marks."),
                )
            pairs.append((key, value))
        return Mapping(tuple(pairs), done.line)

    def _refuse_tag(self, event: object) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in {"!", "tag:yaml.org,2002:str"}:
            raise self._refuse(
                "bad-tag",
                message("The tag {tag} is not allowed.", tag=str(tag)),
                message("Take it out, or put the text in quotation marks."),
            )

    def _refuse(self, code: str, what: Message, remedy: Message) -> SurveyError:
        return unreadable(code, self.name, self.line, what, remedy)


def _twos(children: list[Node]) -> Iterator[tuple[Node, Node]]:
    steps = iter(children)
    return zip(steps, steps, strict=True)


def _code_point(error: object) -> str:
    character = getattr(error, "character", None)
    if isinstance(character, str):
        character = ord(character[0])
    return f"U+{character:04X}" if isinstance(character, int) else "U+????"


def _scalar(event: object, line: int) -> Scalar:
    raw = str(getattr(event, "value", ""))
    implicit = getattr(event, "implicit", (False, True))
    if not implicit[0]:
        return Scalar(raw, raw, line)
    if raw in _WORDS:
        return Scalar(raw, _WORDS[raw], line)
    if _INTEGER.fullmatch(raw):
        return Scalar(raw, int(raw), line)
    if _FLOAT.fullmatch(raw):
        return Scalar(raw, float(raw), line)
    return Scalar(raw, raw, line)
