"""Items as parts of a paper form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from analysis.reports.line_breaking import widest_run
from analysis.reports.paper_marks import MARK, Piece, Shape
from analysis.reports.paper_matrix import Column, Grid, GridHead, GridRow
from analysis.reports.paper_pdf import WIDTH
from analysis.reports.paper_pieces import (
    Boxes,
    Case,
    Choice,
    Choices,
    Question,
    Ruler,
    Space,
    Words,
    WritingLines,
)
from analysis.reports.paper_text import DARK, GREY, Face, Lines, Wording
from analysis.reports.paper_versions import Version
from analysis.reports.pdf_fonts import text_width
from surveys.model import Item, ItemKind, ResponseScale
from surveys.words import Message, message

MAIN = Face(9.5, 14)
STATEMENT = Face(9.2, 12.8)
SMALL = Face(8, 11.2, shade=DARK)
LABEL = Face(7.4, 9.4)
CONDITION = Face(8.2, 12, bold=True, shade=DARK)

INDENT = 21.0
ASIDE = 40.0
STEP = (36.0, 54.0)
SHORT_LABEL = 42.0
NARROW = 22.0

PREFER_NOT = message("Prefer not to answer")

_MATRIX = frozenset({ItemKind.LIKERT, ItemKind.ATTENTION})
_UNIT = re.compile(r"\[(?:\\.|[^\]\\])+\]|\\[dwDWsS]|\\.|[^\\\[\](){}*+?|.^$]|\.")
_TIMES = re.compile(r"\{([0-9]{1,2})\}")


class ItemPieces:
    """Makes the parts of items.

    Parameters
    ----------
    wording
        The language or languages.
    numbers
        Printed number of each item.
    version
        Variant to print of each item that has variants.
    recorded
        Items that record a variant; their answer is printed with the case.
    """

    def __init__(
        self,
        wording: Wording,
        numbers: Mapping[str, int],
        version: Version,
        recorded: frozenset[str],
    ) -> None:
        self.wording = wording
        self.numbers = numbers
        self.version = version
        self.recorded = recorded

    def of(self, items: Sequence[Item], conditions: Mapping[str, Message]) -> list[Piece]:
        """Return the parts of a section's items; neighbours with one scale share a matrix."""
        pieces: list[Piece] = []
        for block in _blocks([item for item in items if item.id not in self.recorded]):
            if block[0].kind in _MATRIX and block[0].scale is not None:
                pieces += [Space(8 if pieces else 3), *self._matrix(block, conditions)]
            else:
                pieces += self._single(block[0], conditions.get(block[0].id))
        return pieces

    def _matrix(self, items: Sequence[Item], conditions: Mapping[str, Message]) -> list[Piece]:
        scale = items[0].scale
        if scale is None:
            return []
        grid = self._grid(scale)
        head = GridHead(grid)
        room = grid.statement_width(WIDTH)
        rows: list[Piece] = [*self._case(items[0]), head]
        last = len(items) - 1
        for place, item in enumerate(items):
            lines = self.wording.lines(item.text, STATEMENT, room)
            condition = conditions.get(item.id)
            if condition is not None:
                lines = self.wording.lines(condition, CONDITION, room) + lines
            row = GridRow(
                grid=grid,
                number=str(self.numbers[item.id]),
                lines=lines,
                item_id=item.id,
                shaded=bool(place % 2),
                header=head,
                # neither the first nor the last row stands alone on a page
                keep=(place == 0 and last > 0) or (place == last - 1 and last > 1),
                last=place == last,
            )
            rows.append(row)
        return rows

    def _grid(self, scale: ResponseScale) -> Grid:
        few = len(scale.points) <= 7
        step = self._step(scale) if few else NARROW
        columns = []
        for place, point in enumerate(scale.points):
            label = scale.label(point)
            width = step - 3 if few else self._reach(scale, place) * step
            lines = self.wording.lines(label, LABEL, width) if label else Lines(())
            columns.append(Column(str(point), lines))
        aside = self.wording.lines(PREFER_NOT, Face(7, 9, shade=GREY), ASIDE - 4)
        return Grid(INDENT, step, tuple(columns), aside, ASIDE)

    def _step(self, scale: ResponseScale) -> float:
        """Return a width of columns in which no word, and no short label, has to be broken."""
        need = STEP[0]
        for anchor in scale.anchors:
            for words in self.wording.voices:
                label = words.say(anchor.label)
                whole = text_width(label, LABEL.size) + 3
                run = widest_run(label, lambda part: text_width(part, LABEL.size)) + 4
                need = max(need, run, whole if whole <= SHORT_LABEL else 0.0)
        return min(STEP[1], need)

    def _reach(self, scale: ResponseScale, place: int) -> int:
        """Return over how many columns a label may spread: up to the next one with words."""
        worded = [n for n, point in enumerate(scale.points) if scale.label(point)]
        gaps = [abs(other - place) for other in worded if other != place]
        return max(1, min([*gaps, len(scale.points)]) // 2)

    def _single(self, item: Item, condition: Message | None) -> list[Piece]:
        pieces: list[Piece] = [Space(7), *self._case(item)]
        if condition is not None:
            lines = self.wording.lines(condition, CONDITION, WIDTH - INDENT)
            pieces.append(Words(lines, indent=INDENT))
        text = self.wording.lines(item.text, MAIN, WIDTH - INDENT)
        pieces.append(Question(f"{self.numbers[item.id]}.", text, item.id, INDENT))
        return [*pieces, *self._answer(item)]

    def _case(self, item: Item) -> list[Piece]:
        letter = self.version.get(item.id)
        if letter is None:
            return []
        text = next(variant.text for variant in item.variants if variant.id == letter)
        record = f"{item.vignette or item.id}_variant"
        lines = self.wording.lines(text, MAIN, WIDTH - 36)
        return [Case(lines, letter, record if record in self.recorded else ""), Space(5)]

    def _answer(self, item: Item) -> list[Piece]:
        if item.kind in {ItemKind.SINGLE, ItemKind.MULTIPLE}:
            return self._choices(item, "circle" if item.kind is ItemKind.SINGLE else "square")
        if item.kind is ItemKind.TEXT:
            count = min(7, max(2, -(-(item.max_chars or 300) // 75)))
            return [WritingLines(count, self._aside(), INDENT)]
        if item.kind.ordered:
            return self._ruler(item)
        return [self._boxes(item)]

    def _boxes(self, item: Item) -> Boxes:
        if item.kind is ItemKind.CODE:
            return Boxes(code_cells(item), Lines(()), Lines(()), INDENT, office=True)
        if item.kind is ItemKind.DATE:
            return Boxes(self._date_cells(), Lines(()), self._aside(), INDENT)
        unit = self.wording.lines(item.unit, MAIN, 120) if item.unit else Lines(())
        return Boxes(number_cells(item), unit, self._aside(), INDENT)

    def _aside(self) -> Lines:
        return self.wording.lines(PREFER_NOT, SMALL, 110)

    def _choices(self, item: Item, shape: Shape) -> list[Piece]:
        room = WIDTH - INDENT
        labels = [
            (str(option.code), self.wording.lines(option.label, MAIN, room - MARK - 12))
            for option in item.options
        ]
        widest = max([lines.width for _, lines in labels] + [self._aside().width]) + MARK + 16
        columns = max(1, min(len(labels) + 1, int(room / widest)))
        if columns > 2 and len(labels) + 1 > columns:
            rows = -(-(len(labels) + 1) // columns)
            columns = -(-(len(labels) + 1) // rows)
        cells = [Choice(code, lines) for code, lines in labels]
        cells.append(Choice("", self._aside()))
        rows_of = [cells[start : start + columns] for start in range(0, len(cells), columns)]
        pieces: list[Piece] = [
            Choices(tuple(row), columns, shape, INDENT, keep=True) for row in rows_of[:-1]
        ]
        return [*pieces, Choices(tuple(rows_of[-1]), columns, shape, INDENT)]

    def _ruler(self, item: Item) -> list[Piece]:
        scale = item.scale
        if scale is None:
            return []
        low, high = scale.label(scale.minimum), scale.label(scale.maximum)
        middle = (WIDTH - INDENT - self._aside().width - MARK - 24) / 2 - 6
        return [
            Ruler(
                tuple(scale.points),
                self.wording.lines(low, LABEL, middle) if low else Lines(()),
                self.wording.lines(high, LABEL, middle) if high else Lines(()),
                self._aside(),
                INDENT,
            )
        ]

    def _date_cells(self) -> tuple[str, ...]:
        year, month, day = (
            self.wording.say(message("year")),
            self.wording.say(message("month")),
            self.wording.say(message("day")),
        )
        return ("", "", "", "", f"{year} ", "", "", f"{month} ", "", "", f"{day} ")


def _blocks(items: Sequence[Item]) -> list[list[Item]]:
    """Put neighbours that can share a matrix together."""
    if not items:
        return []
    blocks = [[items[0]]]
    for before, item in pairwise(items):
        together = (
            item.kind in _MATRIX
            and before.kind in _MATRIX
            and item.scale == before.scale
            and not item.variants
        )
        if together:
            blocks[-1].append(item)
        else:
            blocks.append([item])
    return blocks


def number_cells(item: Item) -> tuple[str, ...]:
    """Return the boxes of a number: a sign where it can be negative, digits, decimals."""
    most = max(abs(item.minimum or 0), abs(item.maximum if item.maximum is not None else 9999))
    digits = ("",) * max(1, min(12, len(str(int(most)))))
    sign = ("",) if (item.minimum if item.minimum is not None else 0) < 0 else ()
    return (*sign, *digits) if item.integer else (*sign, *digits, ".", "", "")


def code_cells(item: Item) -> tuple[str, ...]:
    """Return the boxes of a code; what is the same in all codes is printed in them.

    A pattern that does not fix the length gives as many boxes as the item allows characters, at
    most twelve.
    """
    free = ("",) * min(12, item.max_chars or 8)
    rest = (item.pattern or "").removeprefix("^").removesuffix("$")
    cells: list[str] = []
    place = 0
    while place < len(rest):
        unit = _UNIT.match(rest, place)
        if unit is None:
            return free
        place = unit.end()
        text = unit.group()
        times = _TIMES.match(rest, place)
        place = times.end() if times else place
        cells += [text if len(text) == 1 and text != "." else ""] * int(
            times.group(1) if times else 1
        )
    return tuple(cells) if 0 < len(cells) <= 20 else free
