"""A document as PDF.

The modules named ``pdf*`` are the only ones that know reportlab. Pages are laid out first and drawn
afterwards, so the table of contents and "3 / 14" need one pass. The same document always gives the
same bytes: its date comes from the document, not from the clock.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

from reportlab.pdfbase.pdfdoc import PDFString
from reportlab.pdfgen.canvas import Canvas

from analysis.reports.document import (
    Block,
    Bullets,
    Document,
    DocumentTable,
    Facts,
    Figure,
    Heading,
    Paragraph,
)
from analysis.reports.pdf_cover import draw_cover
from analysis.reports.pdf_fonts import font_name, register_fonts, text_width
from analysis.reports.pdf_layout import Page, lay_out
from analysis.reports.pdf_pieces import (
    ContentsLine,
    FactPiece,
    HeadingPiece,
    Piece,
    SpacePiece,
    TextPiece,
    draw_lines,
    styled_lines,
    styled_width,
)
from analysis.reports.pdf_style import (
    FOOT_LINE,
    HAIR,
    PORTRAIT,
    SIDE,
    SOFT,
    WATERMARK,
    Sheet,
    TextStyle,
    Typography,
    typography,
)
from analysis.reports.pdf_tables import table_pieces
from analysis.reports.pdf_twofold import twofold
from surveys.words import Words

_CONTENTS = (
    TextStyle(10, 16, bold=True, before=7),
    TextStyle(9, 14.5, indent=14),
)
_LOW_FIGURE = 0.3
_WHOLE_FACTS = 0.3
"""A list of facts lower than this share of a page is not divided."""

_FOOT = TextStyle(7, 9.5, colour=SOFT)


def write_pdf(document: Document, path: str | Path) -> None:
    """Write a document as a PDF file; an existing file is replaced."""
    Path(path).write_bytes(render_pdf(document))


def render_pdf(document: Document) -> bytes:
    """Return a document as PDF: cover, table of contents, pages on A4 with their numbers.

    Raises
    ------
    ValueError
        If a table's rows do not fit its columns, a figure is not SVG, or a style is unknown.
    """
    register_fonts()
    words = Words(document.language)
    type_ = typography(document.language)
    page_of: dict[str, int] = {}
    pieces = _pieces(document, type_, words)
    headings = [piece for piece in pieces if isinstance(piece, HeadingPiece)]
    front = lay_out(_contents(headings, page_of, words, type_))
    pages = lay_out(pieces)
    first = 2 + len(front)
    for number, page in enumerate(pages, start=first):
        for placed in page.placed:
            if isinstance(placed.piece, HeadingPiece):
                page_of[placed.piece.key] = number
    buffer = BytesIO()
    canvas = _canvas(document, buffer)
    total = 1 + len(front) + len(pages)
    _open_page(canvas, PORTRAIT, document)
    draw_cover(canvas, document, type_, words)
    _foot(canvas, PORTRAIT, document, 1, total)
    canvas.showPage()
    for number, page in enumerate([*front, *pages], start=2):
        _draw_page(canvas, page, document, number, total)
    canvas.save()
    return buffer.getvalue()


def _canvas(document: Document, buffer: BytesIO) -> Canvas:
    canvas = Canvas(
        buffer,
        pagesize=(PORTRAIT.width, PORTRAIT.height),
        invariant=1,
        pageCompression=1,
        initialFontName=font_name(bold=False),
    )
    stamp = "D:" + document.date[:10].replace("-", "") + "000000Z"
    canvas.setDateFormatter(lambda *_now: stamp)
    canvas.setTitle(document.title)
    canvas.setAuthor(document.author)
    canvas.setSubject(document.cover.subtitle)
    canvas.setCreator("Zhiyan")
    canvas.setProducer("Zhiyan")
    canvas.setCatalogEntry("Lang", PDFString("zh-CN" if document.language == "zh" else "en"))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.showOutline()
    return canvas


def _contents(
    headings: list[HeadingPiece], page_of: dict[str, int], words: Words, type_: Typography
) -> list[Piece]:
    """Return the pieces of the table of contents: two levels of headings."""
    title = HeadingPiece(words("Contents"), 1, type_.headings[0], "contents")
    lines = [
        ContentsLine(
            h.text, h.level, h.key, replace(_CONTENTS[h.level - 1], latin=type_.latin), page_of
        )
        for h in headings
        if h.level <= len(_CONTENTS)
    ]
    return [title, *lines] if lines else []


def _pieces(document: Document, type_: Typography, words: Words) -> list[Piece]:
    pieces: list[Piece] = []
    # the table of contents, where there is one, is the first in the outline
    levels = [block.level for block in document.blocks if isinstance(block, Heading)]
    depth = 0 if any(level <= len(_CONTENTS) for level in levels) else -1
    for number, block in enumerate(document.blocks):
        if isinstance(block, Heading):
            level = min(max(block.level, 1), 3)
            depth = min(level - 1, depth + 1)
            style = type_.headings[level - 1]
            pieces.append(HeadingPiece(block.text, level, style, f"h{number}", depth))
        elif isinstance(block, Paragraph):
            before_facts = any(
                isinstance(b, Facts) for b in document.blocks[number + 1 : number + 2]
            )
            pieces.append(_paragraph(block, type_, before_facts))
        elif isinstance(block, Bullets):
            pieces.extend(_bullets(block, type_))
        elif isinstance(block, Facts):
            pieces.extend(fact_pieces(block.rows, type_))
        elif isinstance(block, DocumentTable):
            tables = table_pieces(block, type_, words("(continued)"))
            pieces.extend(twofold(table) for table in tables)
        else:
            following = document.blocks[number + 1 : number + 2]
            pieces.append(_figure(block, following, type_))
    return pieces


def _paragraph(block: Paragraph, type_: Typography, before_facts: bool) -> Piece:
    style = type_.paragraph(block.style)
    with_next = block.style == "lead" or (block.style == "small" and before_facts)
    return TextPiece(block.text, style, side_bar=block.style == "caution", with_next=with_next)


def _bullets(block: Bullets, type_: Typography) -> list[Piece]:
    style = replace(type_.paragraph(block.style), indent=13, after=4)
    return [*(TextPiece(item, style, bullet=True) for item in block.items), SpacePiece(4)]


def fact_pieces(rows: tuple[tuple[str, str], ...], type_: Typography) -> list[Piece]:
    """Return names and values as pieces, the names in a column as wide as they need."""
    name = replace(
        type_.body,
        bold=True,
        size=type_.body.size - 1,
        leading=type_.body.leading - 2,
        justify=False,
    )
    value = replace(
        type_.body, size=type_.body.size - 1, leading=type_.body.leading - 2, justify=False
    )
    longest = max((styled_width(words, name) for words, _ in rows), default=0.0)
    width = min(max(longest + 14, 70.0), 132.0)
    facts = [
        FactPiece(left, right, name, value, width, first=number == 0)
        for number, (left, right) in enumerate(rows)
    ]
    height = sum(fact.height(PORTRAIT.text_width) for fact in facts)
    if height < _WHOLE_FACTS * PORTRAIT.text_height:
        facts = [*(replace(fact, with_next=True) for fact in facts[:-1]), *facts[-1:]]
    return [*facts, SpacePiece(8)]


def _figure(block: Figure, following: tuple[Block, ...], type_: Typography) -> Piece:
    """Make a chart ready; a low one stays on the page of the table that follows."""
    from analysis.reports.pdf_figures import FigurePiece, drawing_from_svg

    style = type_.caption
    drawing = drawing_from_svg(block.svg)
    figure = FigurePiece(drawing, block.caption, block.description, block.width, style)
    low = figure.height(PORTRAIT.text_width) < _LOW_FIGURE * PORTRAIT.text_height
    before_table = any(isinstance(other, DocumentTable) for other in following)
    return replace(figure, with_next=low and before_table)


def _draw_page(canvas: Canvas, page: Page, document: Document, number: int, total: int) -> None:
    _open_page(canvas, page.sheet, document)
    for placed in page.placed:
        placed.piece.draw(canvas, SIDE, placed.top, page.sheet.text_width)
    _foot(canvas, page.sheet, document, number, total)
    canvas.showPage()


def _open_page(canvas: Canvas, sheet: Sheet, document: Document) -> None:
    """Set the size of the page and its watermark, under everything else."""
    canvas.setPageSize((sheet.width, sheet.height))
    if not document.watermark:
        return
    size = min(92.0, 0.86 * sheet.height / max(text_width(document.watermark, 1.0, bold=True), 1.0))
    canvas.saveState()
    canvas.setFillColor(WATERMARK)
    canvas.setFont(font_name(bold=True), size)
    canvas.translate(sheet.width / 2, sheet.height / 2)
    canvas.rotate(54 if sheet.height > sheet.width else 34)
    canvas.drawCentredString(0, -size * 0.36, document.watermark)
    canvas.restoreState()


def _foot(canvas: Canvas, sheet: Sheet, document: Document, number: int, total: int) -> None:
    canvas.setStrokeColor(HAIR)
    canvas.setLineWidth(0.5)
    canvas.line(SIDE, FOOT_LINE, sheet.width - SIDE, FOOT_LINE)
    count = f"{number} / {total}"
    room = sheet.text_width - 52
    lines = styled_lines(document.running, room, _FOOT)
    draw_lines(canvas, lines[:3], SIDE, FOOT_LINE - 4, _FOOT)
    canvas.setFont(font_name(bold=False), 8)
    canvas.drawRightString(sheet.width - SIDE, FOOT_LINE - 11.6, count)
