"""Strokes of the pen: places to tick, ticks, ids in the margin, lines of text.

The pen is whatever offers the strokes of :class:`Pen`; the parts of a form know no drawing library.
"""

from __future__ import annotations

from typing import Literal, Protocol

from analysis.reports.paper_text import GREY, PALE, Face, Line, Lines

SHADE = 0.945
HAIR = 0.4
MARK = 11.5
ID_FACE = Face(5.6, 7, shade=PALE)
CODE_FACE = Face(6.6, 8, shade=GREY)

Shape = Literal["circle", "square"]


class Pen(Protocol):
    """Strokes on a page."""

    def text(
        self, x: float, y: float, line: Line, align: Literal["left", "middle", "right"]
    ) -> None:
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
    if line.width > 32:
        line = Line(name, Face(max(3.2, ID_FACE.size * 32 / line.width), 7, shade=PALE))
    pen.text(x + width + 5, y, line, "left")
