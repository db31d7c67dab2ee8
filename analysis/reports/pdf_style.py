"""Type, colours and measures of the page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4

INK = HexColor("#1A1A1A")
SOFT = HexColor("#5A5A5A")
RULE = HexColor("#8A8A8A")
HAIR = HexColor("#D6D6D6")
ACCENT = HexColor("#1F4E79")
WATERMARK = HexColor("#EFEFEF")

SIDE = 71.0
TOP = 64.0
BOTTOM = 74.0
FOOT_LINE = 56.0

TABLE_SIZES = (8.5, 8.0, 7.5, 7.0, 6.5)
"""Sizes of type in tables, tried from the largest down."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a run of text is set; measures in points.

    ``latin`` narrows the quotation marks (see :mod:`analysis.reports.pdf_fonts`).
    """

    size: float
    leading: float
    bold: bool = False
    colour: Color = INK
    before: float = 0.0
    after: float = 0.0
    indent: float = 0.0
    justify: bool = False
    latin: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The size of a page and the box for its text."""

    width: float
    height: float

    @property
    def text_width(self) -> float:
        """Width of the text."""
        return self.width - 2 * SIDE

    @property
    def text_height(self) -> float:
        """Height of the text."""
        return self.height - TOP - BOTTOM


PORTRAIT = Sheet(*A4)
LANDSCAPE = Sheet(A4[1], A4[0])


@dataclass(frozen=True, slots=True)
class Typography:
    """All styles of one language."""

    body: TextStyle
    lead: TextStyle
    small: TextStyle
    caution: TextStyle
    headings: tuple[TextStyle, TextStyle, TextStyle]
    caption: TextStyle
    note: TextStyle
    table_leading: float
    latin: bool = False

    def paragraph(self, style: str) -> TextStyle:
        """Return a style of running text; raises ``ValueError`` for a name there is none of."""
        named = {
            "body": self.body,
            "lead": self.lead,
            "small": self.small,
            "caution": self.caution,
        }
        if style not in named:
            raise ValueError(f"no style {style!r}; there are {', '.join(named)}")
        return named[style]


_HEADINGS = (
    TextStyle(19, 26, bold=True, colour=ACCENT, after=12),
    TextStyle(12.5, 18, bold=True, before=18, after=5),
    TextStyle(10.5, 15, bold=True, colour=ACCENT, before=12, after=3),
)

_CHINESE = Typography(
    body=TextStyle(10, 16.5, after=6, justify=True),
    lead=TextStyle(11.5, 18, colour=ACCENT, after=9),
    small=TextStyle(8, 12.5, colour=SOFT, after=4, justify=True),
    caution=TextStyle(8.8, 14, after=6, indent=12, justify=True),
    headings=_HEADINGS,
    caption=TextStyle(8.8, 13.5, bold=True, before=12, after=5),
    note=TextStyle(7.5, 11, colour=SOFT, before=3),
    table_leading=1.42,
)

_ENGLISH = Typography(
    body=TextStyle(9.5, 14.2, after=6, latin=True),
    lead=TextStyle(11.2, 16, colour=ACCENT, after=9, latin=True),
    small=TextStyle(7.8, 11, colour=SOFT, after=4, latin=True),
    caution=TextStyle(8.6, 12.4, after=6, indent=12, latin=True),
    headings=(
        replace(_HEADINGS[0], latin=True),
        replace(_HEADINGS[1], latin=True),
        replace(_HEADINGS[2], latin=True),
    ),
    caption=TextStyle(8.8, 12.5, bold=True, before=12, after=5, latin=True),
    note=TextStyle(7.4, 10, colour=SOFT, before=3, latin=True),
    table_leading=1.32,
    latin=True,
)


def typography(language: str) -> Typography:
    """Return the styles for a language."""
    return _CHINESE if language == "zh" else _ENGLISH
