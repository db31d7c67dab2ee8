"""Statements in rows with the same columns to tick: the matrix of a Likert block."""

from __future__ import annotations

from dataclasses import dataclass, field

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
from analysis.reports.paper_text import BLACK, PALE, Face, Line, Lines


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
            x + self.grid.number - 6,
            base,
            Line(self.number, Face(face.size, 12, bold=True)),
            "right",
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
