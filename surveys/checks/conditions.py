"""Rules about when items are asked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import islice, product

from surveys.checks.places import of_item
from surveys.logic import (
    Answer,
    Comparison,
    Condition,
    Conjunction,
    Disjunction,
    Negation,
    Selected,
    evaluate,
    parse,
    references,
)
from surveys.model import Instrument, Item, ItemKind
from surveys.problems import Problem, SurveyError
from surveys.words import Message, as_message, message

MAX_COMBINATIONS = 20_000


def conditions_can_be_read(instrument: Instrument) -> Iterator[Problem]:
    """Require conditions that are well formed and ask other items what those can tell."""
    by_id = {item.id: item for item in instrument.items}
    for item in instrument.items:
        if item.relevance is None:
            continue
        try:
            tree = parse(item.relevance)
        except SurveyError as error:
            yield _bad(item, as_message(error))
            continue
        for part in _leaves(tree):
            asked = by_id.get(part.item)
            if asked is None or asked is item:
                yield _bad(
                    item,
                    message("The condition refers to {item}, which it cannot.", item=part.item),
                )
            elif (asked.kind is ItemKind.MULTIPLE) != isinstance(part, Selected):
                yield _bad(
                    item,
                    message(
                        "Use selected({item}, code) for multiple-choice items, and for these only.",
                        item=part.item,
                    ),
                )


def conditions_look_back(instrument: Instrument) -> Iterator[Problem]:
    """Require that a condition looks only at questions that came before, as paper needs it."""
    order = _order(instrument)
    for item, tree in _readable(instrument):
        for name in references(tree):
            if name in order and item.id in order and order[name] > order[item.id]:
                yield Problem(
                    "condition-looks-ahead",
                    of_item(item.id),
                    message("The condition refers to {item}, which is asked later.", item=name),
                    message("Move {item} before it.", item=name),
                )


def conditions_can_hold(instrument: Instrument) -> Iterator[Problem]:
    """Require that some answers lead to every item."""
    by_id = {item.id: item for item in instrument.items}
    for item, tree in _readable(instrument):
        if any(name not in by_id for name in references(tree)):
            continue
        if not _can_hold(tree, by_id):
            yield Problem(
                "unreachable",
                of_item(item.id),
                message("No answers make the condition true, so nobody would be asked."),
                message("Compare with values that the item can have."),
            )


def _bad(item: Item, what: Message) -> Problem:
    return Problem("bad-relevance", of_item(item.id), what, message("Correct the condition."))


def _order(instrument: Instrument) -> dict[str, int]:
    names = [name for section in instrument.sections for name in section.item_ids]
    return {name: place for place, name in enumerate(names)}


def _readable(instrument: Instrument) -> Iterator[tuple[Item, Condition]]:
    for item in instrument.items:
        if item.relevance is None:
            continue
        try:
            yield item, parse(item.relevance)
        except SurveyError:
            # conditions_can_be_read has reported it
            continue


def _leaves(tree: Condition) -> Iterator[Comparison | Selected]:
    match tree:
        case Comparison() | Selected():
            yield tree
        case Negation(part=part):
            yield from _leaves(part)
        case Conjunction(parts=parts) | Disjunction(parts=parts):
            for part in parts:
                yield from _leaves(part)


def _can_hold(tree: Condition, by_id: Mapping[str, Item]) -> bool:
    """Try all answers that could make a difference; with too many, give the benefit of the doubt."""
    names = references(tree)
    choices = [_candidates(by_id[name], tree) for name in names]
    if math.prod(map(len, choices)) > MAX_COMBINATIONS:
        return True
    answers: Iterator[tuple[Answer, ...]] = product(*choices)
    return any(
        evaluate(tree, dict(zip(names, combination, strict=True)))
        for combination in islice(answers, MAX_COMBINATIONS)
    )


def _candidates(item: Item, tree: Condition) -> list[Answer]:
    """Return answers of which at least one lies in each stretch the condition can tell apart."""
    leaves = [leaf for leaf in _leaves(tree) if leaf.item == item.id]
    if item.kind is ItemKind.MULTIPLE:
        known = {option.code for option in item.options}
        asked = [leaf.code for leaf in leaves if isinstance(leaf, Selected) and leaf.code in known]
        return [None, *_subsets(sorted(set(asked)))]
    if item.kind is ItemKind.SINGLE:
        return [None, *(option.code for option in item.options)]
    if item.kind.ordered:
        return [None, *(item.scale.points if item.scale is not None else ())]
    literals = [leaf.value for leaf in leaves if isinstance(leaf, Comparison)]
    if item.kind is ItemKind.NUMBER:
        return [None, *_numbers(item, literals)]
    texts = {text for text in literals if isinstance(text, str)}
    return [None, "", "~", *texts, *(text + "~" for text in texts)]


def _subsets(codes: list[int]) -> list[Answer]:
    codes = codes[:10]
    return [
        frozenset(code for place, code in enumerate(codes) if mask >> place & 1)
        for mask in range(2 ** len(codes))
    ]


def _numbers(item: Item, literals: list[int | float | str]) -> list[Answer]:
    step = 1.0 if item.integer else 1e-6
    values = {float(value) for value in literals if not isinstance(value, str)}
    near = {value + shift for value in values for shift in (-step, 0.0, step)}
    near |= {bound for bound in (item.minimum, item.maximum) if bound is not None} or {0.0}
    low = -math.inf if item.minimum is None else item.minimum
    high = math.inf if item.maximum is None else item.maximum
    if item.integer:
        near = {rounded for value in near for rounded in (math.floor(value), math.ceil(value))}
    return [value for value in sorted(near) if low <= value <= high]
