"""Words on a paper form: one language, or Chinese with English beneath in smaller grey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from analysis.reports.line_breaking import break_lines, wide
from analysis.reports.pdf_fonts import text_width
from surveys.words import Words

_STRAIGHT = str.maketrans("“”‘’", "\"\"''")

PaperLanguage = Literal["zh", "en", "both"]

BLACK = 0.0
DARK = 0.28
GREY = 0.45
PALE = 0.62


@dataclass(frozen=True, slots=True)
class Face:
    """Size, leading and shade (0 black, 1 white) of a run of text, in points."""

    size: float
    leading: float
    bold: bool = False
    shade: float = BLACK

    def second(self) -> Face:
        """Return the face of the same words in the second language."""
        return Face(round(self.size * 0.8, 2), round(self.leading * 0.78, 2), False, GREY)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in its face."""

    text: str
    face: Face

    @property
    def width(self) -> float:
        """Width in points."""
        return text_width(self.text, self.face.size, self.face.bold)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines one under the other."""

    lines: tuple[Line, ...]

    @property
    def height(self) -> float:
        """Sum of the leadings."""
        return sum(line.face.leading for line in self.lines)

    @property
    def width(self) -> float:
        """Width of the widest line."""
        return max((line.width for line in self.lines), default=0.0)

    def __add__(self, other: Lines) -> Lines:
        """Return both, the other beneath."""
        return Lines(self.lines + other.lines)


class Wording:
    """Says everything on a form in its language or languages.

    Parameters
    ----------
    language
        ``"zh"``, ``"en"``, or ``"both"``: Chinese with English beneath.
    """

    def __init__(self, language: PaperLanguage) -> None:
        self.language = language

    @cached_property
    def voices(self) -> tuple[Words, ...]:
        """The languages, the main one first."""
        codes = ("zh", "en") if self.language == "both" else (self.language,)
        return tuple(Words(code) for code in codes)

    @property
    def main(self) -> Words:
        """The main language."""
        return self.voices[0]

    def say(self, sentence: object) -> str:
        """Return a sentence in the main language."""
        return self.main.say(sentence)

    def lines(self, sentence: object, face: Face, width: float) -> Lines:
        """Break a sentence into lines of at most ``width`` points, in each language."""
        return self.made(lambda words: words.say(sentence), face, width)

    def made(self, make: Callable[[Words], str], face: Face, width: float) -> Lines:
        """Break what ``make`` says in each language; equal wordings are set once."""
        found: list[Line] = []
        said: set[str] = set()
        for number, words in enumerate(self.voices):
            text = make(words).strip()
            if not text or text in said:
                continue
            said.add(text)
            used = face if number == 0 else face.second()
            found += [Line(part, used) for part in broken(text, used, width)]
        return Lines(tuple(found))


def broken(text: str, face: Face, width: float) -> list[str]:
    """Break text into lines of at most ``width`` points.

    The Chinese font sets curly quotation marks in full squares, so text without Chinese gets
    straight ones.
    """
    if not any(map(wide, text)):
        text = text.translate(_STRAIGHT)
    return break_lines(text, width, lambda part: text_width(part, face.size, face.bold))
