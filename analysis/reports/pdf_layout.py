"""Sharing pieces out over pages."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from analysis.reports.pdf_pieces import HeadingPiece, Piece
from analysis.reports.pdf_style import LANDSCAPE, PORTRAIT, TOP, Sheet

_WHOLE_SHARE = 0.22
"""A piece lower than this share of a page is not divided."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece and the position of its top, counted from the lower edge of the page."""

    piece: Piece
    top: float


@dataclass(slots=True)
class Page:
    """One page and what stands on it."""

    sheet: Sheet
    placed: list[Placed] = field(default_factory=list)
    used: float = 0.0

    @property
    def room(self) -> float:
        """Height that is left."""
        return self.sheet.text_height - self.used


def lay_out(pieces: Iterable[Piece]) -> list[Page]:
    """Place pieces on pages.

    A first-level heading opens a new page. A piece that must stay with the next one moves with it.
    Pieces are divided where they allow it; what is low is kept whole.
    """
    pages: list[Page] = []
    waiting = deque(pieces)
    while waiting:
        piece = waiting[0]
        page = _page_for(pages, piece, waiting)
        waiting.popleft()
        gap = piece.before if page.placed else 0.0
        width = page.sheet.text_width
        height = piece.height(width)
        if height > page.room - gap + 1e-6:
            if piece.least(width) > page.room - gap and page.placed:
                waiting.appendleft(piece)
                pages.append(Page(page.sheet))
                continue
            piece, rest = piece.split(width, page.room - gap)
            waiting.appendleft(rest)
            height = piece.height(width)
        page.used += gap
        page.placed.append(Placed(piece, page.sheet.height - TOP - page.used))
        page.used += height + piece.after
    return [page for page in pages if page.placed]


def _page_for(pages: list[Page], piece: Piece, waiting: deque[Piece]) -> Page:
    """Return the page the next piece goes on: the last one, or a new one."""
    sheet = _sheet_for(waiting)
    if not pages:
        pages.append(Page(sheet))
    page = pages[-1]
    opens = isinstance(piece, HeadingPiece) and piece.level == 1
    if not page.placed:
        page.sheet = sheet
    elif opens or page.sheet is not sheet or _needed(waiting, page) > page.room + 1e-6:
        page = Page(sheet)
        pages.append(page)
    return page


def _sheet_for(waiting: deque[Piece]) -> Sheet:
    """Turn the page for a wide piece and for the heading right above it."""
    for piece in waiting:
        if piece.wide:
            return LANDSCAPE
        if not piece.with_next:
            break
    return PORTRAIT


def _needed(waiting: deque[Piece], page: Page) -> float:
    """Return the height that must be left on the page for the next piece to begin on it."""
    width = page.sheet.text_width
    needed = 0.0
    for piece in waiting:
        needed += piece.before
        height = piece.height(width)
        if piece.with_next:
            needed += height + piece.after
            continue
        low = height <= _WHOLE_SHARE * page.sheet.text_height
        return needed + (height if low else piece.least(width))
    return needed
