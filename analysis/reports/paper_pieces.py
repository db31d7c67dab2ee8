"""The parts of a paper form: each knows its height and how to draw itself with a pen.

Measures are points; ``top`` is the upper edge of the part, counted from the foot of the page. The
pen is whatever offers the strokes of :class:`Pen`; layout knows no drawing library.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from analysis.reports.paper_text import BLACK, DARK, GREY, PALE, Face, Line, Lines

SHADE = 0.945
HAIR = 0.4
MARK = 11.5
ID_FACE = Face(5.6, 7, shade=PALE)
CODE_FACE = Face(6.6, 8, shade=GREY)

Shape = Literal["circle", "square"]


class Pen(Protocol):
    """Strokes on a page."""

    def text(self, x: float, y: float, line: Line, align: Literal["left", "middle", "right"]) -> None:
        """Write a line with its baseline at ``y``."""

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float, shade: float) -> None:
        """Draw a straight line."""

    def fill(self, x: float, y: float, width: float, height: float, shade: float) -> None:
        """Fill a rectangle."""

    def frame(self, x: float, y: float, width: float, height: float, stroke: float) -> None:
        """Draw the outline of a rectangle with slightly rounded corners."""

    def circle(self, x: float, y: float, radius: float, stroke: float) -> None:
        """Draw a circle, white inside."""

    def path(self, points: tuple[tuple[float, float], ...], width: float) -> None:
        """Draw a line through the points."""


class Piece(Protocol):
    """What the pages are made of."""

    @property
    def height(self) -> float:
        """Height in points."""

    @property
    def keep(self) -> bool:
        """Tell whether the piece must stay on the page of the next one."""

    @property
    def header(self) -> Piece | None:
        """What is repeated above the piece when it begins a page."""

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the piece."""


def draw_lines(
    pen: Pen,
    x: float,
    top: float,
    lines: Lines,
    align: Literal["left", "middle", "right"] = "left",
) -> float:
    """Write lines one under the other and return where they end."""
    for line in lines.lines:
        face = line.face
        pen.text(x, top - face.leading / 2 - face.size * 0.36, line, align)
        top -= face.leading
    return top


def draw_mark(pen: Pen, x: float, y: float, shape: Shape, code: str) -> None:
    """Draw a place to tick around the centre ``(x, y)``, with its code inside in grey."""
    if shape == "circle":
        pen.circle(x, y, MARK / 2, 0.8)
    else:
        pen.fill(x - MARK / 2, y - MARK / 2, MARK, MARK, 1.0)
        pen.frame(x - MARK / 2, y - MARK / 2, MARK, MARK, 0.8)
    if code:
        size = CODE_FACE.size if len(code) < 3 else 4.6
        pen.text(x, y - size * 0.36, Line(code, Face(size, 8, shade=GREY)), "middle")


def draw_tick(pen: Pen, x: float, y: float) -> None:
    """Draw a tick as a pen leaves it."""
    pen.path(((x - 5, y + 0.5), (x - 1.2, y - 4.2), (x + 7, y + 7.5)), 1.5)


def draw_cross(pen: Pen, x: float, y: float) -> None:
    """Draw a crossing out."""
    for tilt in (1, -1):
        pen.path(((x - 6.5, y - 6.5 * tilt), (x + 6.5, y + 6.5 * tilt)), 1.2)


def draw_id(pen: Pen, x: float, width: float, y: float, name: str) -> None:
    """Write an item's id into the right margin, for whoever keys the form."""
    line = Line(name, ID_FACE)
    if line.width > 40:
        line = Line(name, Face(max(3.2, ID_FACE.size * 40 / line.width), 7, shade=PALE))
    pen.text(x + width + 6, y, line, "left")


@dataclass(frozen=True, slots=True)
class Space:
    """Nothing, of a height; vanishes at the head of a page."""

    height: float
    keep: bool = False
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
    pale: bool = False


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
        return max(max(cell.lines.height for cell in self.cells), MARK) + 4

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the marks and write the options."""
        step = (width - self.indent) / self.columns
        for number, cell in enumerate(self.cells):
            left = x + self.indent + number * step
            middle = top - 2 - cell.lines.lines[0].face.leading / 2
            draw_mark(pen, left + MARK / 2, middle, self.shape, cell.code)
            draw_lines(pen, left + MARK + 5, top - 2, cell.lines)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a matrix: the code to tick and the wording above it."""

    code: str
    label: Lines


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns that the rows of a matrix share."""

    number: float
    step: float
    columns: tuple[Column, ...]
    aside: Lines
    aside_width: float
    shape: Shape = "circle"

    def statement_width(self, width: float) -> float:
        """Return the room for the statements."""
        return width - self.number - self.step * len(self.columns) - self.aside_width - 8

    def centres(self, x: float, width: float) -> list[float]:
        """Return the middle of each column."""
        start = x + width - self.aside_width - self.step * len(self.columns)
        return [start + self.step * (number + 0.5) for number in range(len(self.columns))]


@dataclass(frozen=True, slots=True)
class GridHead:
    """The wording of the columns; repeated at the head of every page."""

    grid: Grid
    keep: bool = True
    header: Piece | None = None

    @property
    def height(self) -> float:
        """Height of the tallest label."""
        labels = [column.label.height for column in self.grid.columns]
        return max([*labels, self.grid.aside.height]) + 7

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Write the labels, standing on the line."""
        foot = top - self.height
        pen.rule(x, top, x + width, top, 0.9, BLACK)
        pen.rule(x, foot, x + width, foot, 0.6, BLACK)
        centres = self.grid.centres(x, width)
        last = len(centres) - 1
        for place, (centre, column) in enumerate(zip(centres, self.grid.columns, strict=True)):
            start = foot + 3.5 + column.label.height
            if column.label.width <= self.grid.step + 1:
                draw_lines(pen, centre, start, column.label, "middle")
            elif place == 0:
                draw_lines(pen, centre - self.grid.step / 2, start, column.label)
            elif place == last:
                draw_lines(pen, centre + self.grid.step / 2, start, column.label, "right")
            else:
                draw_lines(pen, centre, start, column.label, "middle")
        aside = self.grid.aside
        middle = x + width - self.grid.aside_width / 2
        draw_lines(pen, middle, foot + 3.5 + aside.height, aside, "middle")


@dataclass(frozen=True, slots=True)
class GridRow:
    """One statement of a matrix."""

    grid: Grid
    number: str
    lines: Lines
    item_id: str
    shaded: bool
    header: Piece
    keep: bool = False
    last: bool = False
    pad: float = field(default=6.0)

    @property
    def height(self) -> float:
        """Height of the statement, at least that of a mark."""
        return max(self.lines.height, MARK + 1) + self.pad

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the band, the statement and the marks."""
        foot = top - self.height
        if self.shaded:
            pen.fill(x, foot, width, self.height, SHADE)
        pen.rule(x, foot, x + width, foot, 0.9 if self.last else HAIR, BLACK if self.last else PALE)
        face = self.lines.lines[0].face
        start = (top + foot) / 2 + self.lines.height / 2
        base = start - face.leading / 2 - face.size * 0.36
        pen.text(
            x + self.grid.number - 6, base, Line(self.number, Face(face.size, 12, bold=True)), "right"
        )
        draw_lines(pen, x + self.grid.number, start, self.lines)
        middle = (top + foot) / 2
        for centre, column in zip(self.grid.centres(x, width), self.grid.columns, strict=True):
            draw_mark(pen, centre, middle, self.grid.shape, column.code)
        if self.grid.aside_width:
            aside = x + width - self.grid.aside_width
            pen.rule(aside, top, aside, foot, HAIR, PALE)
            draw_mark(pen, aside + self.grid.aside_width / 2, middle, self.grid.shape, "")
        draw_id(pen, x, width, middle - 2, self.item_id)


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


@dataclass(frozen=True, slots=True)
class HowTo:
    """How to fill in the form, with drawn examples."""

    title: Lines
    tick: Lines
    correct: Lines
    shapes: Lines
    skip: Lines
    keep: bool = False
    header: Piece | None = None

    @property
    def height(self) -> float:
        """Height of the two columns beneath the title."""
        rows = self._rows()
        return self.title.height + sum(rows) + 14

    def _rows(self) -> tuple[float, float]:
        return (
            max(self.tick.height, self.shapes.height, 18.0) + 3,
            max(self.correct.height, self.skip.height, 18.0) + 3,
        )

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw two columns of two examples."""
        half = width / 2
        y = draw_lines(pen, x, top - 4, self.title) - 3
        upper, lower = self._rows()
        first = y - upper / 2
        draw_mark(pen, x + 26, first, "circle", "4")
        draw_tick(pen, x + 26, first)
        draw_lines(pen, x + 52, first + self.tick.height / 2, self.tick)
        draw_mark(pen, x + half + 8, first, "circle", "")
        draw_mark(pen, x + half + 26, first, "square", "")
        draw_lines(pen, x + half + 44, first + self.shapes.height / 2, self.shapes)
        second = y - upper - lower / 2
        draw_mark(pen, x + 8, second, "circle", "2")
        draw_tick(pen, x + 8, second)
        draw_cross(pen, x + 8, second)
        draw_mark(pen, x + 30, second, "circle", "3")
        draw_tick(pen, x + 30, second)
        draw_lines(pen, x + 52, second + self.correct.height / 2, self.correct)
        draw_mark(pen, x + half + 17, second, "circle", "")
        draw_tick(pen, x + half + 17, second)
        draw_lines(pen, x + half + 44, second + self.skip.height / 2, self.skip)


@dataclass(frozen=True, slots=True)
class Masthead:
    """Title of the questionnaire, and the box for the number of the form."""

    title: Lines
    facts: Lines
    label: Lines
    version: str
    keep: bool = True
    header: Piece | None = None

    BOXES = 5
    SIDE = 16.0

    @property
    def box_width(self) -> float:
        """Room that the number of the form takes at the right."""
        return self.BOXES * (self.SIDE + 1.5) + 6

    @property
    def height(self) -> float:
        """Height of the title or of the boxes."""
        right = self.label.height + self.SIDE + 6
        return max(self.title.height + self.facts.height + 2, right) + 14

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Write the title and draw the boxes."""
        end = draw_lines(pen, x, top, self.title)
        draw_lines(pen, x, end - 2, self.facts)
        left = x + width - self.box_width + 6
        foot = draw_lines(pen, left, top - 1, self.label) - 2 - self.SIDE
        for number in range(self.BOXES):
            at = left + number * (self.SIDE + 1.5)
            pen.frame(at, foot, self.SIDE, self.SIDE, 0.7)
        if self.version:
            face = Face(9, 11, bold=True)
            pen.text(left - 8, foot + 4, Line(self.version, face), "right")
        pen.rule(x, top - self.height + 7, x + width, top - self.height + 7, 1.2, BLACK)


def heights(pieces: list[Piece]) -> float:
    """Return the sum of the heights."""
    return sum(piece.height for piece in pieces)
