"""The parts of a paper form: each knows its height and how to draw itself with a pen.

Measures are points; ``top`` is the upper edge of the part, counted from the foot of the page.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.reports.paper_marks import (
    HAIR,
    MARK,
    SHADE,
    Pen,
    Piece,
    Shape,
    draw_id,
    draw_lines,
    draw_mark,
)
from analysis.reports.paper_text import DARK, GREY, PALE, Face, Line, Lines


@dataclass(frozen=True, slots=True)
class Space:
    """Nothing, of a height, above what follows; vanishes at the head of a page."""

    height: float
    keep: bool = True
    header: Piece | None = None

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw nothing."""


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of text."""

    lines: Lines
    indent: float = 0.0
    after: float = 0.0
    keep: bool = True
    header: Piece | None = None

    @property
    def height(self) -> float:
        """Height of the lines and the space after them."""
        return self.lines.height + self.after

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Write the lines."""
        draw_lines(pen, x + self.indent, top, self.lines)


@dataclass(frozen=True, slots=True)
class SectionTitle:
    """The title of a section on a grey band, its instruction beneath."""

    title: Lines
    instruction: Lines
    keep: bool = True
    header: Piece | None = None

    @property
    def height(self) -> float:
        """Height of the band, the instruction and the space around them."""
        below = self.instruction.height + 4 if self.instruction.lines else 0.0
        return self.title.height + 7 + below + 4

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the band and write the words."""
        band = self.title.height + 7
        pen.fill(x, top - band, width, band, 0.88)
        pen.fill(x, top - band, 3.2, band, 0.15)
        end = draw_lines(pen, x + 10, top - 3.5, self.title)
        draw_lines(pen, x, end - 3.5 - 4, self.instruction)


@dataclass(frozen=True, slots=True)
class Boxed:
    """One part of a text in a frame; the first part carries the upper edge, the last the lower."""

    lines: Lines
    first: bool
    last: bool
    keep: bool = False
    header: Piece | None = None

    @property
    def height(self) -> float:
        """Height of the lines and the inner margins."""
        return self.lines.height + 7 * self.first + 7 * self.last

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the edges and write the lines."""
        foot = top - self.height
        pen.rule(x, top, x, foot, 0.7, DARK)
        pen.rule(x + width, top, x + width, foot, 0.7, DARK)
        if self.first:
            pen.rule(x, top, x + width, top, 0.7, DARK)
        if self.last:
            pen.rule(x, foot, x + width, foot, 0.7, DARK)
        draw_lines(pen, x + 10, top - 7 * self.first, self.lines)


@dataclass(frozen=True, slots=True)
class Case:
    """A fictional case in a box, with the letter of the variant that was printed."""

    lines: Lines
    letter: str
    record: str
    keep: bool = True
    header: Piece | None = None

    @property
    def height(self) -> float:
        """Height of the lines and the margins."""
        return self.lines.height + 12 + 5

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the box, the text and the letter."""
        box = self.lines.height + 12
        pen.fill(x, top - box, width, box, SHADE)
        pen.rule(x, top, x, top - box, 2, DARK)
        draw_lines(pen, x + 10, top - 6, self.lines)
        pen.frame(x + width - 19, top - 19, 13, 13, 0.6)
        pen.text(x + width - 12.5, top - 15.4, Line(self.letter, Face(8, 10, bold=True)), "middle")
        if self.record:
            draw_id(pen, x, width, top - 15, self.record)


@dataclass(frozen=True, slots=True)
class Question:
    """The number and wording of an item that is no row of a matrix."""

    number: str
    lines: Lines
    item_id: str
    indent: float
    keep: bool = True
    header: Piece | None = None

    @property
    def height(self) -> float:
        """Height of the lines and a little space."""
        return self.lines.height + 2.5

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Write number, wording and id."""
        face = self.lines.lines[0].face if self.lines.lines else Face(9.5, 14)
        base = top - face.leading / 2 - face.size * 0.36
        pen.text(x, base, Line(self.number, Face(face.size, face.leading, bold=True)), "left")
        draw_lines(pen, x + self.indent, top, self.lines)
        draw_id(pen, x, width, base, self.item_id)


@dataclass(frozen=True, slots=True)
class Choice:
    """A place to tick with the words beside it."""

    code: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class Choices:
    """One row of the options of a choice."""

    cells: tuple[Choice, ...]
    columns: int
    shape: Shape
    indent: float
    keep: bool = False
    header: Piece | None = None

    @property
    def height(self) -> float:
        """Height of the tallest option."""
        return max([MARK, *(cell.lines.height for cell in self.cells)]) + 4

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the marks and write the options."""
        step = (width - self.indent) / self.columns
        for number, cell in enumerate(self.cells):
            left = x + self.indent + number * step
            leading = max(each.lines.lines[0].face.leading for each in self.cells)
            middle = top - 2 - leading / 2
            start = middle + cell.lines.lines[0].face.leading / 2
            draw_mark(pen, left + MARK / 2, middle, self.shape, cell.code)
            draw_lines(pen, left + MARK + 5, start, cell.lines)


@dataclass(frozen=True, slots=True)
class Ruler:
    """A rating: worded ends above a row of numbered marks."""

    points: tuple[int, ...]
    low: Lines
    high: Lines
    aside: Lines
    indent: float
    keep: bool = False
    header: Piece | None = None

    @property
    def height(self) -> float:
        """Height of the ends and the marks."""
        return max(self.low.height, self.high.height) + MARK + 12

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the line of marks with its ends."""
        left = x + self.indent
        right = x + width - (self.aside.width + MARK + 24 if self.aside.lines else 0)
        ends = max(self.low.height, self.high.height)
        draw_lines(pen, left, top - (ends - self.low.height), self.low)
        draw_lines(pen, right, top - (ends - self.high.height), self.high, "right")
        y = top - ends - 4 - MARK / 2
        step = (right - left - MARK) / max(1, len(self.points) - 1)
        pen.rule(left + MARK / 2, y, right - MARK / 2, y, HAIR, PALE)
        for number, point in enumerate(self.points):
            draw_mark(pen, left + MARK / 2 + number * step, y, "circle", str(point))
        if self.aside.lines:
            start = x + width - self.aside.width - MARK - 5
            draw_mark(pen, start + MARK / 2, y, "circle", "")
            draw_lines(pen, start + MARK + 5, y + self.aside.height / 2, self.aside)


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes for digits or letters, with words between and behind; some may be filled in already."""

    cells: tuple[str, ...]
    behind: Lines
    aside: Lines
    indent: float
    office: bool = False
    keep: bool = False
    header: Piece | None = None

    SIDE = 17.0

    @property
    def height(self) -> float:
        """Height of the boxes and a little space."""
        return max(self.SIDE, self.behind.height, self.aside.height) + 8

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the boxes; a cell of more than one character is words between boxes."""
        foot = top - 2 - self.SIDE
        middle = foot + self.SIDE / 2
        left = x + self.indent
        for cell in self.cells:
            if len(cell) > 1 or cell == ".":
                line = Line(cell.strip(), Face(9, 12))
                pen.text(left + 2, middle - 3.2, line, "left")
                left += line.width + 6
                continue
            if self.office:
                pen.fill(left, foot, self.SIDE, self.SIDE, 0.93)
            pen.frame(left, foot, self.SIDE, self.SIDE, 0.7)
            if cell:
                line = Line(cell, Face(10, 12, shade=DARK))
                pen.text(left + self.SIDE / 2, middle - 3.6, line, "middle")
            left += self.SIDE + 1.5
        draw_lines(pen, left + 5, middle + self.behind.height / 2, self.behind)
        if self.aside.lines:
            start = x + width - self.aside.width - MARK - 5
            draw_mark(pen, start + MARK / 2, middle, "circle", "")
            draw_lines(pen, start + MARK + 5, middle + self.aside.height / 2, self.aside)


@dataclass(frozen=True, slots=True)
class WritingLines:
    """Lines to write on."""

    count: int
    aside: Lines
    indent: float
    keep: bool = False
    header: Piece | None = None

    STEP = 22.0

    @property
    def height(self) -> float:
        """Height of the lines and of the mark beneath."""
        return self.count * self.STEP + (self.aside.height + 8 if self.aside.lines else 4)

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the lines."""
        y = top
        for _ in range(self.count):
            y -= self.STEP
            pen.rule(x + self.indent, y, x + width, y, 0.5, GREY)
        if self.aside.lines:
            start = x + width - self.aside.width - MARK - 5
            middle = y - 4 - self.aside.height / 2
            draw_mark(pen, start + MARK / 2, middle, "circle", "")
            draw_lines(pen, start + MARK + 5, middle + self.aside.height / 2, self.aside)
