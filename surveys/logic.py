"""Conditions under which an item is asked: read into a tree, never run as code.

The language, smallest first::

    EXPE2 = 1            also != < <= > >=
    D_COUNTY = "C01"     text in double or single quotation marks
    selected(TASKS, 2)   option 2 of a multiple-choice item is ticked
    not ...  ... and ...  ... or ...  ( ... )

``not`` binds tighter than ``and``, ``and`` tighter than ``or``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from surveys.problems import SurveyError

MAX_LENGTH = 1000
MAX_DEPTH = 20

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,15})?(?![0-9A-Za-z_.]))
    | (?P<name>[A-Za-z][A-Za-z0-9_]*)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<operator><=|>=|!=|=|<|>)
    | (?P<mark>[(),])
    )""",
    re.VERBOSE,
)
_WORDS = frozenset({"and", "or", "not", "selected"})


class Comparison(msgspec.Struct, frozen=True, tag=True):
    """``ITEM = 1`` and the like; ``operator`` is one of ``= != < <= > >=``."""

    item: str
    operator: str
    value: int | float | str


class Selected(msgspec.Struct, frozen=True, tag=True):
    """``selected(ITEM, CODE)``."""

    item: str
    code: int


class Negation(msgspec.Struct, frozen=True, tag=True):
    """``not ...``."""

    part: Condition


class Conjunction(msgspec.Struct, frozen=True, tag=True):
    """``... and ...``."""

    parts: tuple[Condition, ...]


class Disjunction(msgspec.Struct, frozen=True, tag=True):
    """``... or ...``."""

    parts: tuple[Condition, ...]


Condition = Comparison | Selected | Negation | Conjunction | Disjunction
Answer = int | float | str | date | Collection[int] | None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def parse(text: str) -> Condition:
    """Read a condition.

    Raises
    ------
    SurveyError
        The text is not a condition; the sentence names the column (counted from 1).
    """
    if len(text) > MAX_LENGTH:
        raise SurveyError("The condition is longer than {n} characters.", n=MAX_LENGTH)
    reader = _Reader(_tokens(text))
    tree = reader.alternatives(0)
    reader.finish()
    return tree


def references(tree: Condition) -> tuple[str, ...]:
    """Return the ids of the items a condition looks at, each once, in order."""
    match tree:
        case Comparison(item=item) | Selected(item=item):
            return (item,)
        case Negation(part=part):
            return references(part)
        case Conjunction(parts=parts) | Disjunction(parts=parts):
            return tuple(dict.fromkeys(name for part in parts for name in references(part)))


def evaluate(tree: Condition, answers: Mapping[str, Answer]) -> bool:
    """Tell whether a condition holds.

    A comparison with an item that has no answer (absent or None) is false, whatever its operator;
    ``not`` of it is therefore true. Numbers are compared as numbers and text as text; a number and
    a text are different, and neither is less than the other. Dates are compared as text
    ``YYYY-MM-DD``.

    Parameters
    ----------
    tree
        From :func:`parse`.
    answers
        By item id. For a multiple-choice item either a collection of the codes ticked under the
        item's id, or 0/1 under ``ITEM.CODE`` as in the data columns.
    """
    match tree:
        case Comparison():
            return _compare(tree, answers.get(tree.item))
        case Selected(item=item, code=code):
            ticked = answers.get(item)
            if isinstance(ticked, Collection) and not isinstance(ticked, str):
                return code in ticked
            return answers.get(f"{item}.{code}") == 1
        case Negation(part=part):
            return not evaluate(part, answers)
        case Conjunction(parts=parts):
            return all(evaluate(part, answers) for part in parts)
        case Disjunction(parts=parts):
            return any(evaluate(part, answers) for part in parts)


def write(tree: Condition) -> str:
    """Return a condition as text; :func:`parse` reads it back into the same tree."""
    match tree:
        case Comparison(item=item, operator=operator, value=value):
            return f"{item} {operator} {_literal(value)}"
        case Selected(item=item, code=code):
            return f"selected({item}, {code})"
        case Negation(part=part):
            return f"not {_inside(part)}"
        case Conjunction(parts=parts):
            return " and ".join(map(_inside, parts))
        case Disjunction(parts=parts):
            return " or ".join(map(_inside, parts))


def _inside(tree: Condition) -> str:
    text = write(tree)
    return f"({text})" if isinstance(tree, (Conjunction, Disjunction)) else text


def _literal(value: float | str) -> str:
    if not isinstance(value, str):
        return format(Decimal(repr(value)), "f")
    return f"'{value}'" if '"' in value else f'"{value}"'


def _compare(tree: Comparison, answer: Answer) -> bool:
    if answer is None or (isinstance(answer, float) and math.isnan(answer)):
        return False
    left: object = answer.isoformat()[:10] if isinstance(answer, date) else answer
    right = tree.value
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return _ordered(tree.operator, left > right, left == right)
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(tree.operator, left > right, left == right)
    return tree.operator == "!="


def _ordered(operator: str, greater: bool, equal: bool) -> bool:
    return {
        "=": equal,
        "!=": not equal,
        "<": not greater and not equal,
        "<=": not greater,
        ">": greater,
        ">=": greater or equal,
    }[operator]


def _tokens(text: str) -> list[_Token]:
    tokens = []
    place = 0
    end = len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            column = len(text) - len(text[place:].lstrip()) + 1
            raise SurveyError(
                "Column {column} of the condition: “{character}” cannot stand here. A condition "
                'looks like: ITEM = 1, ITEM = "text", selected(ITEM, 2), and, or, not, ( ).',
                column=column,
                character=text[column - 1],
            )
        kind = str(found.lastgroup)
        tokens.append(_Token(kind, found.group(kind), found.start(kind) + 1))
        place = found.end()
    tokens.append(_Token("end", "", len(text) + 1))
    return tokens


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.place = 0

    def alternatives(self, depth: int) -> Condition:
        """Read parts joined by ``or``."""
        parts = [self._joined(depth)]
        while self._skip("or"):
            parts.append(self._joined(depth))
        return parts[0] if len(parts) == 1 else Disjunction(tuple(parts))

    def finish(self) -> None:
        """Check that nothing follows."""
        if self._now.kind != "end":
            raise self._unexpected()

    @property
    def _now(self) -> _Token:
        return self.tokens[self.place]

    def _take(self, *kinds: str) -> _Token:
        token = self._now
        if token.kind not in kinds:
            raise self._unexpected()
        self.place += 1
        return token

    def _skip(self, text: str) -> bool:
        token = self._now
        if token.kind in {"name", "mark"} and token.text == text:
            self.place += 1
            return True
        return False

    def _unexpected(self) -> SurveyError:
        token = self._now
        if token.kind == "end":
            return SurveyError(
                "Column {column} of the condition: it ends too early.", column=token.column
            )
        return SurveyError(
            "Column {column} of the condition: “{text}” is not expected here.",
            column=token.column,
            text=token.text,
        )

    def _joined(self, depth: int) -> Condition:
        parts = [self._single(depth)]
        while self._skip("and"):
            parts.append(self._single(depth))
        return parts[0] if len(parts) == 1 else Conjunction(tuple(parts))

    def _single(self, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise SurveyError(
                "Column {column} of the condition: it is nested too deeply.",
                column=self._now.column,
            )
        if self._skip("not"):
            return Negation(self._single(depth + 1))
        if self._skip("("):
            inner = self.alternatives(depth + 1)
            self._close()
            return inner
        if self._skip("selected"):
            return self._selected()
        return self._comparison()

    def _close(self) -> None:
        if not self._skip(")"):
            raise self._unexpected()

    def _selected(self) -> Selected:
        if not self._skip("("):
            raise self._unexpected()
        item = self._name()
        if not self._skip(","):
            raise self._unexpected()
        code = self._now
        if code.kind != "number" or "." in code.text:
            raise self._unexpected()
        self.place += 1
        self._close()
        return Selected(item, int(code.text))

    def _comparison(self) -> Comparison:
        item = self._name()
        operator = self._take("operator").text
        literal = self._take("number", "text")
        if literal.kind == "text":
            return Comparison(item, operator, literal.text[1:-1])
        number = float(literal.text) if "." in literal.text else int(literal.text)
        return Comparison(item, operator, number)

    def _name(self) -> str:
        if self._now.text in _WORDS:
            raise self._unexpected()
        return self._take("name").text
