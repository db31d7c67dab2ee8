"""Paper forms on A4: parts on pages, pages in a PDF.

Like the modules named ``pdf*``, this one knows reportlab; the rest of the paper form does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import dropwhile
from typing import Literal

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfdoc import PDFString
from reportlab.pdfgen.canvas import Canvas

from analysis.errors import AnalysisError
from analysis.reports.paper_marks import Piece
from analysis.reports.paper_pieces import Space
from analysis.reports.paper_text import GREY, PALE, Face, Line
from analysis.reports.pdf_fonts import font_name, register_fonts

LEFT = 50.0
RIGHT = 50.0
TOP = 46.0
BOTTOM = 50.0
WIDTH = A4[0] - LEFT - RIGHT
BODY = A4[1] - TOP - BOTTOM

_HEAD = Face(7, 9, shade=GREY)


Page = tuple[tuple[Piece, float], ...]
"""The parts of a page with their upper edges."""


@dataclass(frozen=True, slots=True)
class Running:
    """What stands on every page of one version: title, version of the file, letters, and so on."""

    title: str
    number: str
    foot: str
    version: str
    synthetic: str


@dataclass(frozen=True, slots=True)
class Copy:
    """The pages of one version of the form."""

    pages: tuple[Page, ...]
    running: Running


_TIGHTER = (1.0, 0.85, 0.7, 0.55)


def paginate(pieces: Sequence[Piece]) -> tuple[Page, ...]:
    """Put parts on pages, with less space between them where that saves a page.

    A part stays whole; one that keeps with the next takes it along; one with a header repeats the
    header where it begins a page.

    Raises
    ------
    AnalysisError
        A part, with what it must stay with, is taller than a page.
    """
    tries = [_paginate([_tighter(piece, factor) for piece in pieces]) for factor in _TIGHTER]
    return min(tries, key=len)


def _tighter(piece: Piece, factor: float) -> Piece:
    return Space(piece.height * factor, piece.keep) if isinstance(piece, Space) else piece


def _paginate(pieces: Sequence[Piece]) -> tuple[Page, ...]:
    pages: list[list[tuple[Piece, float]]] = [[]]
    left = BODY
    for group in _groups(pieces):
        parts = group
        if _height(parts) > left + 1e-6 and pages[-1]:
            pages.append([])
            left = BODY
            parts = _without_space(group)
            header = parts[0].header if parts else None
            parts = [header, *parts] if header is not None else parts
        elif not pages[-1]:
            parts = _without_space(group)
        if _height(parts) > BODY + 1e-6:
            raise AnalysisError(
                "A question with its text does not fit on one page. Shorten the text, or spread "
                "the options over several questions."
            )
        for piece in parts:
            pages[-1].append((piece, A4[1] - TOP - (BODY - left)))
            left -= piece.height
    return tuple(tuple(page) for page in pages if page)


def _without_space(group: Sequence[Piece]) -> list[Piece]:
    return list(dropwhile(lambda piece: isinstance(piece, Space), group))


def _height(pieces: Sequence[Piece]) -> float:
    return sum(piece.height for piece in pieces)


def _groups(pieces: Sequence[Piece]) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    open_group: list[Piece] = []
    for piece in pieces:
        open_group.append(piece)
        if not piece.keep:
            groups.append(open_group)
            open_group = []
    return [*groups, open_group] if open_group else groups


def render(copies: Sequence[Copy], title: str, language: str) -> bytes:
    """Return the copies as one PDF.

    A version's pages are stored once, however many copies there are. With several copies each
    begins on a front side, so that they can be printed on both sides of the paper.
    """
    register_fonts()
    buffer = BytesIO()
    canvas = _canvas(buffer, title, language)
    stored: dict[tuple[int, int], str] = {}
    for copy in copies:
        for number, page in enumerate(copy.pages, start=1):
            key = (id(copy), number)
            if len(copies) == 1:
                _draw_page(canvas, copy, page, number)
            else:
                if key not in stored:
                    stored[key] = f"page{len(stored) + 1}"
                    canvas.beginForm(stored[key], 0, 0, *A4)
                    _draw_page(canvas, copy, page, number)
                    canvas.endForm()
                canvas.doForm(stored[key])
            canvas.showPage()
        if len(copies) > 1 and len(copy.pages) % 2:
            canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _canvas(buffer: BytesIO, title: str, language: str) -> Canvas:
    canvas = Canvas(
        buffer,
        pagesize=A4,
        invariant=1,
        pageCompression=1,
        initialFontName=font_name(bold=False),
    )
    canvas.setTitle(title)
    canvas.setAuthor("")
    canvas.setCreator("Zhiyan")
    canvas.setProducer("Zhiyan")
    canvas.setCatalogEntry("Lang", PDFString("en" if language == "en" else "zh-CN"))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    return canvas


def _draw_page(canvas: Canvas, copy: Copy, page: Page, number: int) -> None:
    pen = CanvasPen(canvas)
    if copy.running.synthetic:
        _watermark(canvas, copy.running.synthetic)
    for piece, top in page:
        piece.draw(pen, LEFT, top, WIDTH)
    _frame(pen, copy, number)


def _frame(pen: CanvasPen, copy: Copy, number: int) -> None:
    running = copy.running
    total = len(copy.pages)
    end = LEFT + WIDTH
    if number > 1:
        pen.text(LEFT, A4[1] - 30, Line(running.title, _HEAD), "left")
        label = Line(running.number, _HEAD)
        pen.text(end - 58, A4[1] - 30, label, "right")
        pen.rule(end - 54, A4[1] - 32, end, A4[1] - 32, 0.6, GREY)
    foot = Face(6, 8, shade=PALE)
    pen.text(LEFT, 26, Line(running.foot, foot), "left")
    pen.text(LEFT + WIDTH / 2, 26, Line(f"{number} / {total}", Face(8.5, 11)), "middle")
    if running.version:
        pen.text(end, 26, Line(running.version, foot), "right")


def _watermark(canvas: Canvas, words: str) -> None:
    canvas.saveState()
    canvas.setFillGray(0.9)
    canvas.setFont(font_name(bold=True), 54)
    canvas.translate(A4[0] / 2, A4[1] / 2)
    canvas.rotate(52)
    canvas.drawCentredString(0, -20, words)
    canvas.restoreState()


class CanvasPen:
    """The strokes of a form on a reportlab canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def text(
        self, x: float, y: float, line: Line, align: Literal["left", "middle", "right"]
    ) -> None:
        """Write a line with its baseline at ``y``."""
        self.canvas.setFillGray(line.face.shade)
        self.canvas.setFont(font_name(line.face.bold), line.face.size)
        if align == "left":
            self.canvas.drawString(x, y, line.text)
        elif align == "right":
            self.canvas.drawRightString(x, y, line.text)
        else:
            self.canvas.drawCentredString(x, y, line.text)

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float, shade: float) -> None:
        """Draw a straight line."""
        self.canvas.setStrokeGray(shade)
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, y0, x1, y1)

    def fill(self, x: float, y: float, width: float, height: float, shade: float) -> None:
        """Fill a rectangle."""
        self.canvas.setFillGray(shade)
        self.canvas.rect(x, y, width, height, stroke=0, fill=1)

    def frame(self, x: float, y: float, width: float, height: float, stroke: float) -> None:
        """Draw the outline of a rectangle with slightly rounded corners."""
        self.canvas.setStrokeGray(0.1)
        self.canvas.setLineWidth(stroke)
        self.canvas.roundRect(x, y, width, height, 1.2, stroke=1, fill=0)

    def circle(self, x: float, y: float, radius: float, stroke: float) -> None:
        """Draw a circle, white inside."""
        self.canvas.setStrokeGray(0.1)
        self.canvas.setFillGray(1)
        self.canvas.setLineWidth(stroke)
        self.canvas.circle(x, y, radius, stroke=1, fill=1)

    def path(self, points: tuple[tuple[float, float], ...], width: float) -> None:
        """Draw a line through the points."""
        self.canvas.setStrokeGray(0)
        self.canvas.setLineWidth(width)
        self.canvas.setLineCap(1)
        path = self.canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        self.canvas.drawPath(path, stroke=1, fill=0)
        self.canvas.setLineCap(0)
