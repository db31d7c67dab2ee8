"""A printed document as plain data: what stands on the pages, not how it is drawn.

Everything here is already worded in one language. :mod:`analysis.reports.pdf` turns it into pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """How the cells of a column stand."""

    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 opens a chapter on a new page."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``style`` is ``"body"``, ``"lead"``, ``"small"`` or ``"caution"``."""

    text: str
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short paragraphs."""

    items: tuple[str, ...]
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, as on a title page or in method notes."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Header and alignment of one column; ``weight`` shares out the width left over."""

    header: str
    align: Align = Align.LEFT
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """A table whose header row is repeated on each page it runs over.

    ``hatched`` holds (row, column) of hidden cells, ``strong`` the rows set in bold.
    """

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    hatched: frozenset[tuple[int, int]] = frozenset()
    strong: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as SVG (text kept as text) with its caption and a sentence for those who cannot see it.

    ``width`` is a share of the text width.
    """

    svg: bytes
    caption: str
    description: str
    width: float = 1.0


Block = Heading | Paragraph | Bullets | Facts | DocumentTable | Figure


@dataclass(frozen=True, slots=True)
class Cover:
    """The title page."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    Attributes
    ----------
    language
        ``"zh"`` or ``"en"``; decides line breaking and the PDF's language.
    running
        What stands at the foot of every page, before the page number.
    watermark
        Word across every page, or empty.
    date
        ISO date, written into the PDF instead of the clock, so that the same findings give the same
        file.
    """

    language: str
    title: str
    author: str
    date: str
    cover: Cover
    blocks: tuple[Block, ...]
    running: str = ""
    watermark: str = ""
