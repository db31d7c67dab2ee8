"""Regular expressions that somebody else wrote: refused if they could run for hours."""

from __future__ import annotations

import re

from surveys.words import Message, message

MAX_PATTERN = 200
MAX_REPEATS = 8

_FIXED = re.compile(r"\{([0-9]{1,4})\}")
_OPEN = re.compile(r"\{([0-9]{0,4}),([0-9]{0,4})\}")


def pattern_fault(pattern: str) -> Message | None:
    """Return what is wrong with a regular expression, or None.

    Refused besides bad syntax: look-around, back references, a repeated group that itself repeats
    or chooses (``(a+)+``, ``(a|aa)*``), and several unbounded repeats in a row; these are the
    forms whose matching time can grow out of all proportion.
    """
    if len(pattern) > MAX_PATTERN:
        return message("The pattern is longer than {n} characters.", n=MAX_PATTERN)
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return message("The pattern is not a regular expression ({detail}).", detail=str(error))
    if "(?" in pattern.replace("(?:", "(") or re.search(r"\\[1-9]", pattern):
        return message("The pattern uses look-around, flags or back references.")
    if _explodes(pattern):
        return message("The pattern repeats something that itself repeats or chooses.")
    return None


def _explodes(pattern: str) -> bool:
    """Tell whether a repeated group repeats or chooses inside, or over two repeats are open."""
    groups: list[bool] = [False]
    unbounded = 0
    place = 0
    while place < len(pattern):
        character = pattern[place]
        if character == "\\":
            place += 2
        elif character == "[":
            place = _after_class(pattern, place)
        elif character == "(":
            groups.append(False)
            place += 1
            continue
        elif character == "|":
            groups[-1] = True
            place += 1
            continue
        elif character == ")":
            inner = groups.pop()
            place += 1
            repeats, place = _quantifier(pattern, place)
            if inner and repeats is not None and (repeats < 0 or repeats > MAX_REPEATS):
                return True
            unbounded += repeats is not None and repeats < 0
            groups[-1] = groups[-1] or inner or (repeats is not None and repeats < 0)
            continue
        else:
            place += 1
        repeats, place = _quantifier(pattern, place)
        if repeats is not None and repeats < 0:
            groups[-1] = True
            unbounded += 1
    return unbounded > 2


def _after_class(pattern: str, place: int) -> int:
    """Return the place after a character class; a ``]`` right at its start is a member."""
    place += 1
    if pattern[place : place + 1] == "^":
        place += 1
    place += 1 if pattern[place : place + 1] != "\\" else 2
    while place < len(pattern) and pattern[place] != "]":
        place += 2 if pattern[place] == "\\" else 1
    return place + 1


def _quantifier(pattern: str, place: int) -> tuple[int | None, int]:
    """Return the repeats asked for (-1: a varying number) and the place after the quantifier."""
    rest = pattern[place : place + 1]
    if rest in {"*", "+", "?"} and rest:
        after = place + 1
        repeats = 1 if rest == "?" else -1
    elif fixed := _FIXED.match(pattern, place):
        after, repeats = fixed.end(), int(fixed.group(1))
    elif varying := _OPEN.match(pattern, place):
        after, repeats = varying.end(), -1
        if varying.group(2) and int(varying.group(2)) <= MAX_REPEATS:
            repeats = 1
    else:
        return None, place
    if pattern[after : after + 1] in {"?", "+"} and pattern[after : after + 1]:
        after += 1
    return repeats, after
