"""Charts on the page: SVG turned into drawing orders, text kept as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing
from reportlab.pdfgen.canvas import Canvas
from svglib.fonts import FontMap
from svglib.svglib import svg2rlg

from analysis.reports.pdf_fonts import font_name
from analysis.reports.pdf_pieces import Piece, TextPiece
from analysis.reports.pdf_style import PORTRAIT, TextStyle

_FAMILIES = re.compile(rb"font-family: [^;\"]+")


class _ShippedFonts(FontMap):
    """Sets every text in the shipped font: never asks the system for another."""

    def find_font(self, font_name: str, weight: str = "normal", style: str = "normal") -> Any:
        """Return reportlab's name of the shipped font in the weight asked for."""
        return _face(weight), True


def _face(weight: str) -> str:
    return font_name(weight in {"bold", "bolder", "600", "700", "800", "900"})


def drawing_from_svg(svg: bytes) -> Drawing:
    """Turn a chart into a reportlab drawing; raises ``ValueError`` if it is not SVG."""
    # taking the list of fonts apart for every word would take longer than all the rest
    svg = _FAMILIES.sub(b"font-family: shipped", svg)
    drawing = svg2rlg(BytesIO(svg), font_map=_ShippedFonts())
    if drawing is None:
        raise ValueError("the picture of a figure is not SVG")
    # otherwise reportlab names a font in the file that is not embedded
    drawing.initialFontName = font_name(bold=False)
    return drawing


@dataclass(frozen=True)
class FigurePiece:
    """A chart under its caption, never divided; one too tall for a page is made smaller."""

    drawing: Drawing
    caption: str
    description: str
    share: float
    style: TextStyle

    with_next: bool = False

    after = 8.0
    wide = False

    @property
    def before(self) -> float:
        """Space above."""
        return self.style.before

    @cached_property
    def _title(self) -> TextPiece:
        return TextPiece(self.caption, self.style)

    def _title_height(self, width: float) -> float:
        return self._title.height(width) + self.style.after if self.caption else 0.0

    def _scale(self, width: float) -> float:
        most = PORTRAIT.text_height - self._title_height(width) - 1
        return float(min(width * self.share / self.drawing.width, most / self.drawing.height))

    def height(self, width: float) -> float:
        """Return the height of caption and chart."""
        return self._title_height(width) + float(self.drawing.height) * self._scale(width)

    def least(self, width: float) -> float:
        """Return the whole height."""
        return self.height(width)

    def split(self, width: float, room: float) -> tuple[Piece, Piece]:
        """Divide nothing: a figure always fits on an empty page."""
        raise ValueError("a figure is not divided")

    def draw(self, canvas: Canvas, x: float, top: float, width: float) -> None:
        """Draw caption and chart; the description goes along for screen readers."""
        if self.caption:
            self._title.draw(canvas, x, top, width)
        scale = self._scale(width)
        spoken = ("\ufeff" + self.description).encode("utf-16-be").hex()
        canvas.saveState()
        canvas.addLiteral(f"/Figure <</Alt <{spoken}>>> BDC")
        canvas.translate(x, top - self.height(width))
        canvas.scale(scale, scale)
        renderPDF.draw(self.drawing, canvas, 0, 0)
        canvas.addLiteral("EMC")
        canvas.restoreState()
