"""The shipped Chinese font, as reportlab knows it."""

from __future__ import annotations

from functools import cache
from importlib import resources

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "NotoSansSC-Regular"
BOLD = "NotoSansSC-Bold"


@cache
def register_fonts() -> None:
    """Make the shipped fonts known; they are embedded as subsets where they are used."""
    for name in (REGULAR, BOLD):
        file = resources.files("analysis.reports").joinpath("fonts", f"{name}.ttf")
        with resources.as_file(file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))


def font_name(bold: bool) -> str:
    """Return reportlab's name of the font."""
    register_fonts()
    return BOLD if bold else REGULAR


def text_width(words: str, size: float, bold: bool = False) -> float:
    """Return the width of a line of text in points."""
    return sum(_advance(character, bold) for character in words) * size


@cache
def _advance(character: str, bold: bool) -> float:
    return float(pdfmetrics.stringWidth(character, font_name(bold), 1000)) / 1000
