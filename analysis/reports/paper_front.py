"""What stands above the first question: title, number of the form, how to fill it in."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.reports.paper_marks import Pen, Piece, draw_cross, draw_lines, draw_mark, draw_tick
from analysis.reports.paper_text import BLACK, Face, Line, Lines


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
        return self.title.height + sum(rows) + 8

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
