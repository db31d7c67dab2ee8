"""Breaking text into lines where Chinese and Latin stand together.

Latin words and numbers stay whole, Chinese breaks between any two characters, and no line begins
with a closing mark or ends with an opening one (the prohibition rules of "Requirements for Chinese
Text Layout", W3C 2020, section 3.1.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

NEVER_FIRST = frozenset("，。、；：！？）》」』】〕〉”’％‰…—·～々ー,.;:!?)]}%°′″")
"""Characters that may not begin a line."""

_CLOSING = NEVER_FIRST - frozenset("%‰°′″—…–·.")
"""Of these, the marks that close what stands before them, even after a space."""

NEVER_LAST = frozenset("（《「『【〔〈“‘([{￥$#")
"""Characters that may not end a line."""

Measure = Callable[[str], float]
"""Gives the width of a piece of text."""

_WIDE = re.compile(
    "[\u2e80-\u303f\u3040-\u30ff\u3100-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
_SPACES = " \t\n\r\f\v\u3000"


@dataclass(frozen=True, slots=True)
class _Atom:
    """A run that stays on one line, and whether a space stands before it."""

    text: str
    spaced: bool


def wide(character: str) -> bool:
    """Tell whether a character is Chinese (or otherwise set in a full square)."""
    return _WIDE.match(character) is not None


def break_lines(text: str, width: float, measure: Measure) -> list[str]:
    """Break text into lines no wider than ``width``.

    A run that is wider than a whole line is broken between characters. Line feeds in the text are
    kept as line ends. A last line of one or two characters is given company from the line before.

    Returns
    -------
    list of str
        At least one line, without spaces at the ends.
    """
    lines: list[str] = []
    for part in text.split("\n"):
        lines.extend(_break_part(part, width, measure))
    return lines or [""]


def balanced_lines(text: str, width: float, measure: Measure) -> list[str]:
    """Break text into as few lines as ``width`` allows, all of about the same length."""
    lines = break_lines(text, width, measure)
    low, high = widest_run(text, measure), width
    for _ in range(8 if len(lines) > 1 and low < high else 0):
        middle = (low + high) / 2
        narrower = break_lines(text, middle, measure)
        if len(narrower) <= len(lines):
            lines, high = narrower, middle
        else:
            low = middle
    return lines


def widest_run(text: str, measure: Measure) -> float:
    """Return the width of the widest run that must not be broken."""
    return max((measure(atom.text) for atom in _atoms(text)), default=0.0)


def _break_part(text: str, width: float, measure: Measure) -> list[str]:
    filled: list[list[_Atom]] = [[]]
    used = 0.0
    space = measure(" ")
    for atom in _fitting(_atoms(text), width, measure):
        size = measure(atom.text)
        before = space if atom.spaced and filled[-1] else 0.0
        if filled[-1] and used + before + size > width + 1e-6:
            filled.append([])
            used, before = 0.0, 0.0
        filled[-1].append(atom)
        used += before + size
    _keep_company(filled, width, measure)
    return [_joined(line) for line in filled]


def _fitting(atoms: list[_Atom], width: float, measure: Measure) -> list[_Atom]:
    """Cut the runs that no line can hold."""
    fitting: list[_Atom] = []
    for atom in atoms:
        if measure(atom.text) <= width or len(atom.text) == 1:
            fitting.append(atom)
            continue
        spaced, part = atom.spaced, ""
        for character in atom.text:
            if part and measure(part + character) > width:
                fitting.append(_Atom(part.rstrip(), spaced))
                spaced, part = False, ""
            part += character
        fitting.append(_Atom(part, spaced))
    return fitting


def _keep_company(lines: list[list[_Atom]], width: float, measure: Measure) -> None:
    """Move a run down to a last line that would hold one or two characters alone."""
    if len(lines) < 2 or len(_joined(lines[-1])) > 2 or len(lines[-2]) < 4:
        return
    moved = [lines[-2][-1], *lines[-1]]
    if measure(_joined(moved)) <= width:
        del lines[-2][-1]
        lines[-1] = moved


def _joined(atoms: list[_Atom]) -> str:
    return "".join((" " if atom.spaced and i else "") + atom.text for i, atom in enumerate(atoms))


def _atoms(text: str) -> list[_Atom]:
    atoms: list[_Atom] = []
    current, spaced, pending = "", False, False
    for character in text:
        if character in _SPACES:
            pending = True
            continue
        if current and pending and character in _CLOSING:
            # The space goes with it: else the mark would begin a line.
            current += " "
        elif current and (pending or _may_break(current, character)):
            atoms.append(_Atom(current, spaced))
            current, spaced = "", pending
        elif not current:
            spaced = pending
        current += character
        pending = False
    if current:
        atoms.append(_Atom(current, spaced))
    return atoms


def _may_break(before: str, after: str) -> bool:
    last = before[-1]
    if after in NEVER_FIRST or last in NEVER_LAST:
        return False
    if wide(last) or wide(after):
        return True
    # a word joined by hyphens or strokes may part behind one, a number or a minus may not
    return last in "-/" and len(before) > 2 and before[-2].isalpha() and after.isalpha()
