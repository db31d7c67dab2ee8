"""Sharing pieces out over pages."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from analysis.reports.pdf_pieces import HeadingPiece, Piece, TextPiece
from analysis.reports.pdf_style import LANDSCAPE, PORTRAIT, TOP, Sheet

_WHOLE_ALWAYS = 0.12
_WHOLE_WISHED = 0.4
"""Pieces lower than these shares of a page are not divided: never, and if the page is well filled."""

_MOST_EMPTY = 0.3
"""Largest share of a page that is left empty to keep things whole and together."""


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
    elif opens or page.sheet is not sheet or not _begins_here(waiting, page):
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


def _begins_here(waiting: deque[Piece], page: Page) -> bool:
    """Tell whether the next piece begins on this page rather than on a new one.

    Whole and together is better, unless too much of the page would stay empty for it.
    """
    if _needed(waiting, page, wishes=True) <= page.room + 1e-6:
        return True
    # What a heading was placed for stays with it: the room may have shrunk under the limit since.
    above = page.placed[-1].piece if page.placed else None
    held = isinstance(above, (HeadingPiece, TextPiece)) and above.with_next
    much = held or page.room > _MOST_EMPTY * page.sheet.text_height
    return much and _needed(waiting, page, wishes=False) <= page.room + 1e-6


def _needed(waiting: deque[Piece], page: Page, wishes: bool) -> float:
    """Return the height that must be left on the page for the next piece to begin on it.

    With ``wishes``, a chart wants to stay with its table and what is not too high wants to stay
    whole; without, only what would look wrong is avoided: a heading at the foot of a page.
    """
    width = page.sheet.text_width
    whole = (_WHOLE_WISHED if wishes else _WHOLE_ALWAYS) * page.sheet.text_height
    needed = 0.0
    for piece in waiting:
        needed += piece.before
        height = piece.height(width)
        bound = piece.with_next and (wishes or isinstance(piece, (HeadingPiece, TextPiece)))
        if not bound:
            return needed + (height if height <= whole else piece.least(width))
        needed += height + piece.after
    return needed
