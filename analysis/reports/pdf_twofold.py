"""Narrow long tables set in two columns side by side, read down the first and on in the second."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from reportlab.pdfgen.canvas import Canvas

from analysis.reports.document import Align
from analysis.reports.pdf_columns import HALF
from analysis.reports.pdf_pieces import Piece, TextPiece
from analysis.reports.pdf_tables import TablePiece

_GAP = 30.0
_FROM_ROWS = 16
_GROUP_BONUS = 160.0
"""Height by which the columns may differ more for the sake of ending with a whole group."""


def twofold(piece: TablePiece) -> Piece:
    """Return the table in two columns if it is long and narrow enough, or else as it is."""
    spare = HALF - sum(piece.fit.widths)
    if piece.wide or spare < -0.1 or len(piece.rows) < _FROM_ROWS:
        return piece
    first, *others = piece.fit.widths
    if piece.aligns[0] is Align.LEFT:
        widths = (first + max(spare, 0.0), *others)
    else:
        widths = tuple(width + max(spare, 0.0) / len(piece.aligns) for width in piece.fit.widths)
    return TwofoldTable(replace(piece, fit=replace(piece.fit, widths=widths)))


@dataclass(frozen=True)
class TwofoldTable:
    """A table in two columns; on the last page they are of about the same height."""

    table: TablePiece
    at: int | None = None

    wide = False
    with_next = False

    @property
    def before(self) -> float:
        """Space above."""
        return self.table.before

    @property
    def after(self) -> float:
        """Space below."""
        return self.table.after

    @cached_property
    def _columns(self) -> tuple[TablePiece, TablePiece]:
        """Both columns without title and notes; they are divided where their heights are alike."""
        rows, at = self.table.rows, self.at
        if at is None:
            at = min(range(1, len(rows)), key=self._badness)
        plain = replace(self.table, title="", notes=())
        return (
            replace(plain, rows=rows[:at], with_rule=True),
            replace(plain, rows=rows[at:], with_rule=True),
        )

    def _badness(self, at: int) -> float:
        rows = self.table.rows
        left, right = self.table.rows_height(rows[:at]), self.table.rows_height(rows[at:])
        penalty = 0.0 if rows[at].spanning else _GROUP_BONUS
        if rows[at - 1].spanning:
            penalty = 10 * _GROUP_BONUS
        return abs(left - right) + penalty

    def _parts(self) -> tuple[TextPiece, list[TextPiece]]:
        type_ = self.table.type_
        title = TextPiece(self.table.title, type_.caption)
        notes = self.table.notes if self.table.ends else ()
        return title, [TextPiece(note, type_.note) for note in notes]

    def _frame(self, width: float) -> float:
        """Return the height of title, header and notes."""
        title, notes = self._parts()
        below = sum(note.before + note.height(width) for note in notes)
        head = title.height(width) + self.table.type_.caption.after if self.table.title else 0.0
        return head + self.table.head_height() + below + 2

    def height(self, width: float) -> float:
        """Return the height of the taller column with title, header and notes."""
        tallest = max(part.rows_height(part.rows) for part in self._columns)
        return self._frame(width) + tallest

    def least(self, width: float) -> float:
        """Return the height of six rows in each column, or the whole height if there are few."""
        some = self._frame(width) + self.table.rows_height(self.table.rows[:6])
        return min(self.height(width), some)

    def split(self, width: float, room: float) -> tuple[Piece, Piece]:
        """Fill both columns to the end of the page; the rest goes on in the same way."""
        inner = room - self._frame(width)
        left = self.table.rows_that_fit(self.table.rows, inner)
        right = left + self.table.rows_that_fit(self.table.rows[left:], inner)
        right = max(2, min(right, len(self.table.rows) - 4))
        first, rest = self.table.divided(right)
        return TwofoldTable(first, at=min(max(left, 1), right - 1)), twofold(rest)

    def draw(self, canvas: Canvas, x: float, top: float, width: float) -> None:
        """Draw title, both columns, notes."""
        title, notes = self._parts()
        if self.table.title:
            title.draw(canvas, x, top, width)
            top -= title.height(width) + self.table.type_.caption.after
        left, right = self._columns
        half = (width + _GAP) / 2
        left.draw(canvas, x, top, half)
        right.draw(canvas, x + half, top, half)
        y = top - self.table.head_height() - 2
        y -= max(left.rows_height(left.rows), right.rows_height(right.rows))
        for note in notes:
            y -= note.before
            note.draw(canvas, x, y, width)
            y -= note.height(width)
