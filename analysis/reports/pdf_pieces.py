"""Pieces that are placed on pages one under the other.

A piece knows its height in a given width, can be divided where a page ends, and draws itself. The
pages are laid out before anything is drawn, so that every page number is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from reportlab.pdfgen.canvas import Canvas

from analysis.reports.line_breaking import break_lines
from analysis.reports.pdf_fonts import draw_text, font_name, text_width
from analysis.reports.pdf_style import ACCENT, HAIR, SOFT, TextStyle

_OPENING = frozenset("（《「『【〔〈“‘")
"""Marks whose ink fills the right half of a full square only."""


class Piece(Protocol):
    """Something that stands on a page."""

    @property
    def before(self) -> float:
        """Space above it, dropped at the top of a page."""

    @property
    def after(self) -> float:
        """Space below it."""

    @property
    def with_next(self) -> bool:
        """Whether it must not be the last thing on a page."""

    @property
    def wide(self) -> bool:
        """Whether it needs a page turned on its side."""

    def height(self, width: float) -> float:
        """Return its height."""

    def least(self, width: float) -> float:
        """Return the height of its first part that may stand alone on a page."""

    def split(self, width: float, room: float) -> tuple[Piece, Piece]:
        """Divide it so that the first part fits; called only if ``least`` fits."""

    def draw(self, canvas: Canvas, x: float, top: float, width: float) -> None:
        """Draw it with its top left corner at a point."""


def draw_lines(
    canvas: Canvas,
    lines: list[str],
    x: float,
    top: float,
    style: TextStyle,
    width: float | None = None,
    whole: bool = True,
) -> None:
    """Draw lines of text from the top down.

    With a width and a style that asks for it, lines are spread to both margins, the last one only
    where the text goes on (``whole`` is false).
    """
    canvas.setFillColor(style.colour)
    baseline = top - style.leading / 2 - style.size * 0.36
    last = len(lines) - 1
    for number, line in enumerate(lines):
        spacing = 0.0
        hang = _hang(line, style)
        if style.justify and width is not None and (number < last or not whole):
            spacing = _spacing(line, style, width + hang)
        place = baseline - number * style.leading
        draw_text(canvas, x - hang, place, line, style.size, style.bold, style.latin, spacing)


def _hang(line: str, style: TextStyle) -> float:
    """Return how far a line moves left so that the ink of its opening mark stands at the margin."""
    return 0.5 * style.size if line[:1] in _OPENING and not style.latin else 0.0


def _spacing(line: str, style: TextStyle, width: float) -> float:
    """Return how far the characters of a line move apart to reach the margin; 0 if too far."""
    slack = width - styled_width(line, style)
    return slack / (len(line) - 1) if len(line) > 1 and 0 < slack < 2.5 * style.size else 0.0


def styled_width(words: str, style: TextStyle) -> float:
    """Return the width of a line of text in a style."""
    return text_width(words, style.size, style.bold, style.latin)


def styled_lines(text: str, width: float, style: TextStyle) -> list[str]:
    """Break text into lines in a style."""
    return break_lines(text, width, lambda words: styled_width(words, style))


@dataclass(frozen=True)
class TextPiece:
    """A paragraph, with an optional mark before it or a bar at its side."""

    text: str
    style: TextStyle
    bullet: bool = False
    side_bar: bool = False
    with_next: bool = False
    wide: bool = False
    lines: tuple[str, ...] | None = None
    whole: bool = True
    _broken: dict[float, list[str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def before(self) -> float:
        """Space above."""
        return self.style.before

    @property
    def after(self) -> float:
        """Space below."""
        return self.style.after

    def height(self, width: float) -> float:
        """Return the height of all lines."""
        return len(self._lines(width)) * self.style.leading

    def least(self, width: float) -> float:
        """Return the height of the first two lines, or of all if there are three or fewer."""
        n = len(self._lines(width))
        return (n if n <= 3 else 2) * self.style.leading

    def split(self, width: float, room: float) -> tuple[Piece, Piece]:
        """Divide between lines, leaving two at least on each side."""
        lines = self._lines(width)
        fits = max(1, min(int(room / self.style.leading + 1e-6), len(lines) - 2))
        first = replace(self, lines=tuple(lines[:fits]), whole=False, _broken={})
        rest = replace(self, lines=tuple(lines[fits:]), bullet=False, _broken={})
        return first, rest

    def draw(self, canvas: Canvas, x: float, top: float, width: float) -> None:
        """Draw the lines."""
        lines, style = self._lines(width), self.style
        if self.bullet:
            canvas.setFillColor(ACCENT)
            middle = top - style.leading / 2
            canvas.rect(x + 1.5, middle - 1.6, 3.2, 3.2, stroke=0, fill=1)
        if self.side_bar:
            canvas.setFillColor(ACCENT)
            canvas.rect(
                x, top - self.height(width) + 1.5, 2.2, self.height(width) - 3, stroke=0, fill=1
            )
        draw_lines(canvas, lines, x + style.indent, top, style, width - style.indent, self.whole)

    def _lines(self, width: float) -> list[str]:
        if self.lines is not None:
            return list(self.lines)
        if width not in self._broken:
            style = self.style
            self._broken[width] = styled_lines(self.text, width - style.indent, style)
        return self._broken[width]


@dataclass(frozen=True)
class HeadingPiece:
    """A heading; it marks a place for the table of contents and the outline.

    ``depth`` is its level in the outline, which may not leave one out.
    """

    text: str
    level: int
    style: TextStyle
    key: str
    depth: int = 0

    with_next = True
    wide = False

    @cached_property
    def _text(self) -> TextPiece:
        return TextPiece(self.text, self.style)

    @property
    def before(self) -> float:
        """Space above."""
        return self.style.before

    @property
    def after(self) -> float:
        """Space below."""
        return self.style.after

    def height(self, width: float) -> float:
        """Return the height, with the rule under a chapter's title."""
        return self._text.height(width) + (6 if self.level == 1 else 0)

    def least(self, width: float) -> float:
        """Return the whole height: a heading is not divided."""
        return self.height(width)

    def split(self, width: float, room: float) -> tuple[Piece, Piece]:
        """Divide a heading that is taller than a page."""
        return self._text.split(width, room)

    def draw(self, canvas: Canvas, x: float, top: float, width: float) -> None:
        """Draw the heading and set its place."""
        canvas.bookmarkHorizontalAbsolute(self.key, top + 6)
        canvas.addOutlineEntry(self.text, self.key, self.depth, closed=self.depth == 0)
        self._text.draw(canvas, x, top, width)
        if self.level == 1:
            canvas.setStrokeColor(ACCENT)
            canvas.setLineWidth(1.2)
            below = top - self.height(width)
            canvas.line(x, below, x + width, below)


@dataclass(frozen=True)
class FactPiece:
    """A name with its value beside it; rows of a list stand under one another."""

    name: str
    value: str
    name_style: TextStyle
    value_style: TextStyle
    name_width: float
    first: bool = False
    with_next: bool = False

    before = 0.0
    after = 0.0
    wide = False

    def _parts(self, width: float) -> tuple[TextPiece, TextPiece]:
        return TextPiece(self.name, self.name_style), TextPiece(self.value, self.value_style)

    def height(self, width: float) -> float:
        """Return the height of the taller side, with some air."""
        name, value = self._parts(width)
        inner = width - self.name_width
        return max(name.height(self.name_width - 10), value.height(inner)) + 6

    def least(self, width: float) -> float:
        """Return the whole height, or a few lines where the value is long."""
        return min(self.height(width), 6 * self.value_style.leading + 6)

    def split(self, width: float, room: float) -> tuple[Piece, Piece]:
        """Divide the value between lines; the name stays with the first part."""
        inner = width - self.name_width
        lines = styled_lines(self.value, inner, self.value_style)
        fits = max(1, min(int((room - 6) / self.value_style.leading), len(lines) - 1))
        first = replace(self, value="\n".join(lines[:fits]))
        return first, replace(self, name="", value="\n".join(lines[fits:]), first=False)

    def draw(self, canvas: Canvas, x: float, top: float, width: float) -> None:
        """Draw both sides under a hairline."""
        name, value = self._parts(width)
        if not self.first:
            canvas.setStrokeColor(HAIR)
            canvas.setLineWidth(0.4)
            canvas.line(x, top, x + width, top)
        name.draw(canvas, x, top - 3, self.name_width - 10)
        value.draw(canvas, x + self.name_width, top - 3, width - self.name_width)


@dataclass(frozen=True)
class SpacePiece:
    """Empty space between blocks."""

    size: float

    after = 0.0
    with_next = False
    wide = False

    @property
    def before(self) -> float:
        """All of it, so that none is left at the top of a page."""
        return self.size

    def height(self, width: float) -> float:
        """Return nothing: the space lies before."""
        return 0.0

    def least(self, width: float) -> float:
        """Return nothing."""
        return 0.0

    def split(self, width: float, room: float) -> tuple[Piece, Piece]:
        """Return itself twice; it has no height."""
        return self, self

    def draw(self, canvas: Canvas, x: float, top: float, width: float) -> None:
        """Draw nothing."""


@dataclass(frozen=True)
class ContentsLine:
    """A line of the table of contents; the page is asked for when it is drawn."""

    text: str
    level: int
    key: str
    style: TextStyle
    pages: dict[str, int]

    with_next = False
    wide = False

    @property
    def before(self) -> float:
        """Space above."""
        return self.style.before

    @property
    def after(self) -> float:
        """Space below."""
        return 0.0

    def _inner(self, width: float) -> float:
        return width - self.style.indent - 34

    def height(self, width: float) -> float:
        """Return the height of the wording."""
        return TextPiece(self.text, replace(self.style, indent=0)).height(self._inner(width))

    def least(self, width: float) -> float:
        """Return the whole height."""
        return self.height(width)

    def split(self, width: float, room: float) -> tuple[Piece, Piece]:
        """Divide a heading that is taller than a page."""
        return TextPiece(self.text, self.style).split(width, room)

    def draw(self, canvas: Canvas, x: float, top: float, width: float) -> None:
        """Draw wording, dots and page number, and link the whole line."""
        style = replace(self.style, indent=0)
        measure = self._inner(width)
        lines = styled_lines(self.text, measure, style)
        start = x + self.style.indent
        draw_lines(canvas, lines, start, top, style)
        height = len(lines) * style.leading
        baseline = top - height + style.leading / 2 - style.size * 0.36
        number = str(self.pages[self.key])
        canvas.setFont(font_name(style.bold), style.size)
        canvas.drawRightString(x + width, baseline, number)
        dots_from = start + styled_width(lines[-1], style) + 6
        dots_to = x + width - styled_width(number, style) - 6
        if self.level > 1 and dots_to > dots_from:
            canvas.setStrokeColor(SOFT)
            canvas.setLineWidth(0.5)
            canvas.setDash(0.5, 3.2)
            canvas.line(dots_from, baseline + 1, dots_to, baseline + 1)
            canvas.setDash()
        canvas.linkAbsolute("", self.key, (x, top - height, x + width, top))
