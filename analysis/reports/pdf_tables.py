"""Tables on the page: rules above, below and under the header, none upright.

A table runs on over pages between its rows, its header row and title repeated; hidden cells are
hatched with drawn lines, so that they are seen on paper without colour.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from reportlab.pdfgen.canvas import Canvas

from analysis.reports.charts.sheet import hatch_segments
from analysis.reports.document import Align, DocumentTable
from analysis.reports.pdf_columns import (
    GUTTER,
    Fit,
    cell_lines,
    fit_columns,
    header_lines,
    spans,
    split_columns,
)
from analysis.reports.pdf_fonts import draw_text, text_width
from analysis.reports.pdf_pieces import Piece, TextPiece
from analysis.reports.pdf_style import HAIR, INK, RULE, Typography

_PAD = 2.6
_HEAD_PAD = 3.5
_GROUP_SHARE = 0.4
"""A page is left this full at the least for the sake of ending with a whole group of rows."""

_LEAST_OVER = 45.0
"""Height of the rows that go over to the next page, at the least."""

_GROUP_ROWS = 10
"""The first group of rows is kept whole if it has no more rows than this."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row broken into lines, with what is special about it."""

    cells: tuple[tuple[str, ...], ...]
    strong: bool = False
    spanning: bool = False
    hatched: frozenset[int] = frozenset()

    @property
    def n_lines(self) -> int:
        """Lines of the highest cell."""
        return max(len(lines) for lines in self.cells)


@dataclass(frozen=True)
class TablePiece:
    """A table, or what is left of it after a page.

    Attributes
    ----------
    rows
        Rows still to be drawn.
    title, more
        Title of the first part and of those that follow.
    notes
        Under the last part.
    ends
        No rows follow on another page.
    with_rule
        Close with the heavy rule even if rows follow beside.
    """

    title: str
    more: str
    header: tuple[tuple[str, ...], ...]
    aligns: tuple[Align, ...]
    rows: tuple[_Row, ...]
    notes: tuple[str, ...]
    fit: Fit
    type_: Typography
    ends: bool = True
    with_rule: bool = False

    after = 12.0
    with_next = False

    @property
    def before(self) -> float:
        """Space above."""
        return self.type_.caption.before

    @property
    def wide(self) -> bool:
        """Whether it needs a page turned sideways."""
        return self.fit.wide

    @cached_property
    def _leading(self) -> float:
        return self.fit.size * self.type_.table_leading

    @cached_property
    def _notes(self) -> tuple[TextPiece, ...]:
        return tuple(TextPiece(note, self.type_.note) for note in self.notes if self.ends)

    def _title_height(self, width: float) -> float:
        if not self.title:
            return 0.0
        return TextPiece(self.title, self.type_.caption).height(width) + self.type_.caption.after

    def head_height(self) -> float:
        """Return the height of the header row."""
        return max(len(lines) for lines in self.header) * self._leading + 2 * _HEAD_PAD

    def _row_height(self, row: _Row) -> float:
        return row.n_lines * self._leading + 2 * _PAD + (3 if row.spanning else 0)

    def rows_height(self, rows: tuple[_Row, ...]) -> float:
        """Return the height of some rows together."""
        return sum(self._row_height(row) for row in rows)

    def rows_that_fit(self, rows: tuple[_Row, ...], room: float) -> int:
        """Return how many of the rows fit, ending with a whole group unless that wastes much."""
        fits, used = 0, 0.0
        for row in rows:
            used += self._row_height(row)
            if used > room + 1e-6:
                break
            fits += 1
        if fits == len(rows):
            return fits
        starts = [place for place in range(1, fits + 1) if rows[place].spanning]
        if starts and self.rows_height(rows[: starts[-1]]) >= _GROUP_SHARE * room:
            return starts[-1]
        while fits > 1 and rows[fits - 1].spanning:
            fits -= 1
        return fits

    def _notes_height(self, width: float) -> float:
        return sum(note.before + note.height(width) for note in self._notes)

    def height(self, width: float) -> float:
        """Return the height of title, header, rows and notes."""
        body = sum(self._row_height(row) for row in self.rows)
        return self._title_height(width) + self.head_height() + body + self._notes_height(width) + 2

    def least(self, width: float) -> float:
        """Return the height of title, header and three rows, or of its first group."""
        starts = [place for place, row in enumerate(self.rows) if row.spanning and place]
        first_group = starts[0] if starts and starts[0] <= _GROUP_ROWS else 0
        few = self.rows[: max(3, first_group)]
        body = sum(min(self._row_height(row), 12 * self._leading) for row in few)
        return self._title_height(width) + self.head_height() + body + 2

    def split(self, width: float, room: float) -> tuple[Piece, Piece]:
        """Divide between rows, a few of them going over; a row higher than a page between lines."""
        left = room - self._title_height(width) - self.head_height() - 2
        fits = self.rows_that_fit(self.rows, left)
        if fits == 0:
            return self._split_first_row(left)
        while fits > 1 and self.rows_height(self.rows[fits:]) < _LEAST_OVER:
            fits -= 1
        return self.divided(fits)

    def divided(self, at: int) -> tuple[TablePiece, TablePiece]:
        """Divide the table before a row; the second part repeats title and header."""
        return self._divided(self.rows[:at], self.rows[at:])

    def _split_first_row(self, room: float) -> tuple[Piece, Piece]:
        row = self.rows[0]
        n = max(1, int((room - 2 * _PAD) / self._leading))
        upper = replace(row, cells=tuple(cell[:n] for cell in row.cells))
        lower = replace(row, cells=tuple(cell[n:] or ("",) for cell in row.cells))
        return self._divided((upper,), (lower, *self.rows[1:]))

    def _divided(
        self, first: tuple[_Row, ...], rest: tuple[_Row, ...]
    ) -> tuple[TablePiece, TablePiece]:
        return (
            replace(self, rows=first, ends=False),
            replace(self, rows=rest, title=self.more if self.title else ""),
        )

    def draw(self, canvas: Canvas, x: float, top: float, width: float) -> None:
        """Draw everything from the top down."""
        if self.title:
            TextPiece(self.title, self.type_.caption).draw(canvas, x, top, width)
        y = top - self._title_height(width)
        end = x + sum(self.fit.widths)
        _rule(canvas, x, end, y, 0.9)
        head = self.head_height()
        self._draw_header(canvas, x, y - head)
        y -= head
        _rule(canvas, x, end, y, 0.5)
        for number, row in enumerate(self.rows):
            height = self._row_height(row)
            if number and not row.spanning:
                _rule(canvas, x, end, y, 0.25, hair=True)
            self._draw_row(canvas, row, x, y, height)
            y -= height
        _rule(canvas, x, end, y, 0.9 if self.ends or self.with_rule else 0.4)
        y -= 1
        for note in self._notes:
            y -= note.before
            note.draw(canvas, x, y, width)
            y -= note.height(width)

    def _draw_header(self, canvas: Canvas, x: float, bottom: float) -> None:
        """Draw the headers standing on one line at the bottom."""
        for position, lines in enumerate(self.header):
            baseline = bottom + _HEAD_PAD + self._leading / 2 - self.fit.size * 0.36
            baseline += (len(lines) - 1) * self._leading
            for number, line in enumerate(lines):
                self._draw_line(
                    canvas, line, position, x, baseline - number * self._leading, bold=True
                )
            x += self.fit.widths[position]

    def _draw_row(self, canvas: Canvas, row: _Row, x: float, top: float, height: float) -> None:
        top_line = top - (3 if row.spanning else 0)
        first = top_line - _PAD - self._leading / 2 - self.fit.size * 0.36
        for position, lines in enumerate(row.cells):
            if position in row.hatched:
                self._hatch(canvas, x, top, position, height)
            for number, line in enumerate(lines):
                self._draw_line(
                    canvas, line, position, x, first - number * self._leading, row.strong
                )
            x += self.fit.widths[position]

    def _draw_line(
        self, canvas: Canvas, line: str, position: int, x: float, baseline: float, bold: bool
    ) -> None:
        if not line:
            return
        canvas.setFillColor(INK)
        size, latin, align = self.fit.size, self.type_.latin, self.aligns[position]
        if align is not Align.LEFT:
            spare = self._inner(position) - text_width(line, size, bold, latin)
            x += spare if align is Align.RIGHT else spare / 2
        draw_text(canvas, x, baseline, line, size, bold, latin)

    def _inner(self, position: int) -> float:
        last = position == len(self.aligns) - 1
        return self.fit.widths[position] - (0 if last else GUTTER)

    def _hatch(self, canvas: Canvas, x: float, top: float, position: int, height: float) -> None:
        """Hatch a cell, leaving its dash free."""
        size = self.fit.size
        width = min(self._inner(position), 34.0)
        if self.aligns[position] is Align.RIGHT:
            x += self._inner(position) - width
        y = top - height + 1.5
        dash = text_width("–", size) + 4
        canvas.saveState()
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.45)
        for start, stop in hatch_segments(x, y, width - dash, height - 3, 3.2):
            canvas.line(*start, *stop)
        canvas.restoreState()


def table_pieces(table: DocumentTable, type_: Typography, continued: str) -> list[TablePiece]:
    """Make a table ready for the page; one too broad for any page becomes several.

    Parameters
    ----------
    continued
        Word added to the title on the following pages.

    Raises
    ------
    ValueError
        If the rows do not have as many cells as there are columns.
    """
    if not table.columns or any(len(row) != len(table.columns) for row in table.rows):
        raise ValueError(f"the rows of table {table.title!r} do not fit its columns")
    fit = fit_columns(table, type_.latin)
    if fit is None and len(table.columns) > 2:
        parts = split_columns(table, type_.latin)
        return [piece for part in parts for piece in table_pieces(part, type_, continued)]
    if fit is None:
        half = PORTRAIT_HALF
        fit = Fit(6.5, (half, half)[: len(table.columns)], wide=False)
    return [_piece(table, fit, type_, continued)]


PORTRAIT_HALF = 226.0
"""Width of each of two columns whose words are longer than any page is wide."""


def _piece(table: DocumentTable, fit: Fit, type_: Typography, continued: str) -> TablePiece:
    last = len(table.columns) - 1
    inner = [w - (0 if i == last else GUTTER) + 0.01 for i, w in enumerate(fit.widths)]
    rows = []
    for number, row in enumerate(table.rows):
        strong, spanning = number in table.strong, spans(table, number)
        cells = [
            cell_lines(
                text,
                sum(fit.widths) if spanning else inner[i],
                fit.size,
                strong,
                type_.latin,
                whole=table.columns[i].align is not Align.LEFT,
            )
            for i, text in enumerate(row)
        ]
        hatched = frozenset(c for r, c in table.hatched if r == number)
        rows.append(_Row(tuple(tuple(cell) for cell in cells), strong, spanning, hatched))
    header = [
        header_lines(column.header, inner[i], fit.size, type_.latin)
        for i, column in enumerate(table.columns)
    ]
    return TablePiece(
        title=table.title,
        more=f"{table.title} {continued}",
        header=tuple(tuple(lines) for lines in header),
        aligns=tuple(column.align for column in table.columns),
        rows=tuple(rows),
        notes=table.notes,
        fit=fit,
        type_=type_,
    )


def _rule(
    canvas: Canvas, start: float, end: float, y: float, width: float, hair: bool = False
) -> None:
    canvas.setStrokeColor(HAIR if hair else INK)
    canvas.setLineWidth(width)
    canvas.line(start, y, end, y)
