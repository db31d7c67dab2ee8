"""When an item is to be answered, said so that a person with a pen can follow it."""

from __future__ import annotations

from collections.abc import Mapping

from surveys.logic import (
    Comparison,
    Condition,
    Conjunction,
    Disjunction,
    Negation,
    Selected,
)
from surveys.model import Instrument, Item
from surveys.words import Message, Text, message


def only_if(tree: Condition, instrument: Instrument, numbers: Mapping[str, int]) -> Message:
    """Return the instruction above an item that is not for everybody.

    Parameters
    ----------
    tree
        The item's condition.
    instrument
        Where the wording of the answers stands.
    numbers
        Printed number of each item.
    """
    return message("Only if {condition}:", condition=_said(tree, instrument, numbers))


def _said(tree: Condition, instrument: Instrument, numbers: Mapping[str, int]) -> Message:
    match tree:
        case Comparison(item=name, operator=operator, value=value):
            answer = _answer(name, value, instrument) if operator in {"=", "!="} else str(value)
            return _comparison(name, operator, answer, numbers)
        case Selected(item=name, code=code):
            return message(
                "“{answer}” is ticked in question {number}",
                answer=_answer(name, code, instrument),
                number=_number(name, numbers),
            )
        case Negation(part=part):
            return message("it is not so that {part}", part=_said(part, instrument, numbers))
        case Conjunction(parts=parts):
            return _joined([_said(part, instrument, numbers) for part in parts], both=True)
        case Disjunction(parts=parts):
            return _joined([_said(part, instrument, numbers) for part in parts], both=False)


def _joined(parts: list[Message], *, both: bool) -> Message:
    joined = parts[0]
    for part in parts[1:]:
        if both:
            joined = message("{first}, and {second}", first=joined, second=part)
        else:
            joined = message("{first}, or {second}", first=joined, second=part)
    return joined


def _comparison(
    name: str, operator: str, answer: Text | str, numbers: Mapping[str, int]
) -> Message:
    number = _number(name, numbers)
    match operator:
        case "=":
            return message("question {number} is “{answer}”", number=number, answer=answer)
        case "!=":
            return message("question {number} is not “{answer}”", number=number, answer=answer)
        case "<":
            return message("question {number} is less than {answer}", number=number, answer=answer)
        case "<=":
            return message("question {number} is at most {answer}", number=number, answer=answer)
        case ">":
            return message("question {number} is more than {answer}", number=number, answer=answer)
        case _:
            return message("question {number} is at least {answer}", number=number, answer=answer)


def _number(name: str, numbers: Mapping[str, int]) -> str:
    return str(numbers.get(name, name))


def _answer(name: str, value: float | str, instrument: Instrument) -> Text | str:
    item = _item(name, instrument)
    label = item.label(int(value)) if item is not None and isinstance(value, int) else None
    return label or str(value)


def _item(name: str, instrument: Instrument) -> Item | None:
    return next((item for item in instrument.items if item.id == name), None)
