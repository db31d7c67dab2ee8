"""The title page."""

from __future__ import annotations

from dataclasses import replace

from reportlab.pdfgen.canvas import Canvas

from analysis.reports.document import Document
from analysis.reports.line_breaking import balanced_lines
from analysis.reports.pdf_pieces import TextPiece, draw_lines, styled_lines, styled_width
from analysis.reports.pdf_style import (
    ACCENT,
    HAIR,
    INK,
    PORTRAIT,
    SIDE,
    SOFT,
    TextStyle,
    Typography,
)
from surveys.words import Words

_TITLE = TextStyle(25, 35, bold=True, colour=ACCENT)
_SUBTITLE = TextStyle(13, 20, colour=SOFT)


def draw_cover(canvas: Canvas, document: Document, type_: Typography, words: Words) -> None:
    """Draw title, subtitle, facts and warnings of a document."""
    cover, width = document.cover, PORTRAIT.text_width
    y = PORTRAIT.height - 150
    canvas.setFillColor(ACCENT)
    canvas.rect(SIDE, y + 12, 46, 4, stroke=0, fill=1)
    y = _write(canvas, cover.title, replace(_TITLE, latin=type_.latin), y, width)
    if cover.subtitle:
        y = _write(canvas, cover.subtitle, replace(_SUBTITLE, latin=type_.latin), y - 6, width)
    y -= 40
    name = replace(type_.body, colour=SOFT, justify=False, leading=18)
    value = replace(type_.body, justify=False, leading=18)
    column = 10 + max((styled_width(label, name) for label, _ in cover.facts), default=0.0)
    column = min(max(column, 96.0), 170.0)
    for label, fact in cover.facts:
        left = TextPiece(label, name)
        right = TextPiece(fact, value)
        height = max(left.height(column - 10), right.height(width - column)) + 5
        left.draw(canvas, SIDE, y, column - 10)
        right.draw(canvas, SIDE + column, y, width - column)
        canvas.setStrokeColor(HAIR)
        canvas.setLineWidth(0.5)
        canvas.line(SIDE, y - height + 2, SIDE + width, y - height + 2)
        y -= height
    _draw_warnings(canvas, cover.warnings, type_, width, y)


def _draw_warnings(
    canvas: Canvas, warnings: tuple[str, ...], type_: Typography, width: float, y: float
) -> None:
    """Draw what must not be overlooked in a frame near the foot, or below the facts if they reach it."""
    if not warnings:
        return
    style = replace(type_.body, justify=False, size=9.5, leading=15)
    pieces = [TextPiece(words, style) for words in warnings]
    inner = width - 28
    height = sum(piece.height(inner) + 5 for piece in pieces) + 17
    top = min(y - 24, 110 + height)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(0.9)
    canvas.rect(SIDE, top - height, width, height, stroke=1, fill=0)
    top -= 11
    for piece in pieces:
        piece.draw(canvas, SIDE + 14, top, inner)
        top -= piece.height(inner) + 5


def _write(canvas: Canvas, words: str, style: TextStyle, top: float, width: float) -> float:
    lines = _title_lines(words, style, width)
    draw_lines(canvas, lines, SIDE, top, style)
    return top - len(lines) * style.leading


def _title_lines(words: str, style: TextStyle, width: float) -> list[str]:
    """Break a title, before a bracket if both parts then fit on a line, or else evenly."""
    if len(styled_lines(words, width, style)) == 1:
        return [words]
    for bracket in ("（", " ("):
        before, found, after = words.partition(bracket)
        parts = [before, found.strip() + after]
        if found and all(styled_width(part, style) <= width for part in parts):
            return parts
    return balanced_lines(words, width, lambda part: styled_width(part, style))
