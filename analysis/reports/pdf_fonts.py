"""The shipped Chinese font, as reportlab knows it.

Its quotation marks are as wide as a Chinese character. Between Latin words they are set as narrow as
Latin ones: drawn at a place of their own, so that they stay the characters they are.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

REGULAR = "NotoSansSC-Regular"
BOLD = "NotoSansSC-Bold"

_NARROW = {"“": (0.42, -0.584), "”": (0.42, 0.0), "‘": (0.24, -0.765), "’": (0.24, 0.0)}
"""Width of a mark between Latin words and how far it is moved, as shares of the size of the type."""


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


def text_width(words: str, size: float, bold: bool = False, latin: bool = False) -> float:
    """Return the width of a line of text in points; ``latin`` narrows the quotation marks."""
    if latin:
        return size * sum(_NARROW[c][0] if c in _NARROW else _advance(c, bold) for c in words)
    return size * sum(_advance(character, bold) for character in words)


def draw_text(
    canvas: Canvas,
    x: float,
    baseline: float,
    words: str,
    size: float,
    bold: bool = False,
    latin: bool = False,
    spacing: float = 0.0,
) -> None:
    """Draw one line of text from ``x`` on, its characters ``spacing`` points further apart."""
    canvas.setFont(font_name(bold), size)
    for offset, part in _runs(words, size, bold, latin):
        canvas.drawString(x + offset, baseline, part, charSpace=spacing)


def _runs(words: str, size: float, bold: bool, latin: bool) -> list[tuple[float, str]]:
    """Divide a line where a mark needs a place of its own."""
    if not latin or not any(mark in words for mark in _NARROW):
        return [(0.0, words)]
    runs: list[tuple[float, str]] = []
    at, start, part = 0.0, 0.0, ""
    for character in words:
        narrow = _NARROW.get(character)
        if narrow is None:
            if not part:
                start = at
            part += character
            at += _advance(character, bold) * size
            continue
        if part:
            runs.append((start, part))
            part = ""
        runs.append((at + narrow[1] * size, character))
        at += narrow[0] * size
    return [*runs, (start, part)] if part else runs


@cache
def _advance(character: str, bold: bool) -> float:
    return float(pdfmetrics.stringWidth(character, font_name(bold), 1000)) / 1000
