"""Sharing pieces out over pages: nothing that leads to something is left behind."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from analysis.reports.pdf_layout import lay_out
from analysis.reports.pdf_pieces import HeadingPiece, TextPiece
from analysis.reports.pdf_style import BOTTOM, PORTRAIT, typography


@dataclass(frozen=True)
class Box:
    """A chart or table stand-in of a given height; ``step`` is what may stand alone, if divisible."""

    tall: float
    with_next: bool = False
    step: float | None = None
    before: float = 6.0
    after: float = 8.0
    wide: bool = False

    def height(self, _width):
        return self.tall

    def least(self, _width):
        return self.tall if self.step is None else min(self.step, self.tall)

    def split(self, _width, room):
        return Box(room, step=self.step), Box(self.tall - room, step=self.step)

    def draw(self, *_place):
        raise AssertionError("laying out draws nothing")


def _heading(number: int) -> HeadingPiece:
    return HeadingPiece("N", 2, typography("en").headings[1], f"h{number}")


PAGE = PORTRAIT.text_height
FIGURES = st.builds(Box, tall=st.floats(40, 0.5 * PAGE), with_next=st.booleans())
TABLES = st.builds(Box, tall=st.floats(20, 1.6 * PAGE), step=st.floats(20, 60))


@given(st.lists(st.tuples(st.booleans(), FIGURES, TABLES), min_size=1, max_size=12))
def test_no_heading_ends_a_page(parts):
    """Found once: a heading placed for its chart stayed behind when the room shrank under a limit."""
    pieces = []
    for number, (headed, figure, table) in enumerate(parts):
        pieces += [_heading(number)] * headed + [figure, table]
    pages = lay_out(pieces)
    for page in pages:
        last = page.placed[-1].piece
        assert not isinstance(last, (HeadingPiece, TextPiece))


@given(st.lists(TABLES, min_size=1, max_size=8))
def test_nothing_is_lost_and_nothing_overflows(tables):
    """Heights on the pages add up to those given, and no page is fuller than it is high."""
    pages = lay_out(tables)
    placed = sum(p.piece.height(0) for page in pages for p in page.placed)
    assert abs(placed - sum(table.tall for table in tables)) < 1e-6
    for page in pages:
        last = page.placed[-1]
        assert last.top - last.piece.height(0) >= BOTTOM - 1e-6
