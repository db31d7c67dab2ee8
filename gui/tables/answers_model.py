"""The answers as a table: rows are forms, columns are items; cells are made as they are seen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from analysis.reports.formatting import grouped
from gui import theme
from gui.guard import guarded
from surveys.answers import Answers, Missing
from surveys.model import Instrument, Item, ItemKind
from surveys.words import Message, Words, message

if TYPE_CHECKING:
    import numpy as np

Index = QModelIndex | QPersistentModelIndex

MISSING_NAMES: dict[Missing, Message] = {
    Missing.SKIPPED: message("skipped"),
    Missing.NOT_APPLICABLE: message("not applicable"),
    Missing.PREFER_NOT: message("prefers not to say"),
    Missing.NOT_REACHED: message("not reached"),
    Missing.ILLEGIBLE: message("illegible"),
    Missing.OUT_OF_RANGE: message("out of range"),
}
"""How the kinds of missing are called; the window shows the words in grey."""

MISSING_SIGNS: dict[Missing, str] = {
    Missing.SKIPPED: "·",
    Missing.NOT_APPLICABLE: "∅",
    Missing.PREFER_NOT: "—",
    Missing.NOT_REACHED: "⋯",
    Missing.ILLEGIBLE: "?",
    Missing.OUT_OF_RANGE: "!",
}
"""Short signs for narrow columns; the legend under the table explains them."""


class AnswersModel(QAbstractTableModel):
    """Raw answers, read only; it computes nothing about a person.

    The two frames are taken apart into one array a column when a column first comes into view, so
    that a hundred thousand rows cost nothing until they are looked at.
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._answers: Answers | None = None
        self._rows: np.ndarray[Any, Any] | None = None
        self._items: list[tuple[Item, int | None]] = []
        self._columns: dict[int, Any] = {}
        self._absent: dict[int, Any] = {}
        self._labels = False
        self._faint = QColor(theme.INK_FAINT)
        self._small = QFont()
        self._label_cache: dict[tuple[int, int], str] = {}

    def load(self, answers: Answers | None, instrument: Instrument | None) -> None:
        """Show other answers."""
        self.beginResetModel()
        self._answers = answers
        self._rows = None
        self._columns.clear()
        self._absent.clear()
        self._label_cache.clear()
        self._items = []
        if answers is not None and instrument is not None:
            by_column = {
                column: (item, item.options[place].code if item.kind is ItemKind.MULTIPLE else None)
                for item in instrument.presented()
                for place, column in enumerate(item.columns)
            }
            self._items = [by_column[column] for column in answers.values.columns]
        self.endResetModel()

    def set_words(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._label_cache.clear()
        self._repaint()

    def set_labels(self, labels: bool) -> None:
        """Show the wording of answers instead of their codes."""
        self._labels = labels
        self._repaint()

    def find(self, text: str) -> None:
        """Keep the rows that have ``text`` in the serial or in an open answer or code."""
        import numpy as np

        if self._answers is None:
            return
        self.beginResetModel()
        self._rows = None
        if text:
            about, values = self._answers.about, self._answers.values
            hit = about["serial"].str.contains(text, case=False, regex=False).fillna(False)
            found = hit.to_numpy(dtype=bool)
            for place, (item, _code) in enumerate(self._items):
                if item.kind in {ItemKind.TEXT, ItemKind.CODE}:
                    column = values.iloc[:, place]
                    hit = column.str.contains(text, case=False, regex=False).fillna(False)
                    found |= hit.to_numpy(dtype=bool)
            self._rows = np.flatnonzero(found)
        self.endResetModel()

    @property
    def item_columns(self) -> list[Item]:
        """The item of each column."""
        return [item for item, _code in self._items]

    @guarded(0)
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if parent.isValid() or self._answers is None:
            return 0
        return len(self._answers) if self._rows is None else len(self._rows)

    @guarded(0)
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._items)

    @guarded()
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._faint if self.missing(index.row(), index.column()) else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self._explained(index.row(), index.column())
        return None

    @guarded()
    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return self._row_header(section, role)
        if not 0 <= section < len(self._items):
            return None
        item, code = self._items[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.id if code is None else f"{item.id}.{code}"
        if role == Qt.ItemDataRole.ToolTipRole:
            text = self._words.say(item.text)
            if code is not None and (found := item.label(code)) is not None:
                text = f"{text}\n{code}: {self._words.say(found)}"
            return text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def missing(self, row: int, column: int) -> Missing:
        """Return why a cell is empty, or that it is not."""
        if column not in self._absent:
            self._absent[column] = self._answers.missing.iloc[:, column].to_numpy()
        return Missing(int(self._absent[column][self._place(row)]))

    def _place(self, row: int) -> int:
        return row if self._rows is None else int(self._rows[row])

    def _text(self, row: int, column: int) -> str:
        kind = self.missing(row, column)
        if kind is not Missing.ANSWERED:
            return self._words.say(MISSING_NAMES[kind]) if self._labels else MISSING_SIGNS[kind]
        if column not in self._columns:
            self._columns[column] = self._answers.values.iloc[:, column].array
        value = self._columns[column][self._place(row)]
        item, code = self._items[column]
        if item.kind in {ItemKind.TEXT, ItemKind.CODE}:
            return str(value)
        if item.kind is ItemKind.DATE:
            return f"{value:%Y-%m-%d}"
        if item.kind is ItemKind.NUMBER:
            number = float(value)
            return f"{number:g}" if math.isfinite(number) else ""
        if not self._labels:
            return str(int(value))
        return self._label(item, column, code, int(value))

    def _label(self, item: Item, column: int, code: int | None, value: int) -> str:
        key = (column, value)
        if key not in self._label_cache:
            if code is not None:
                text = self._words("yes") if value else self._words("no")
            else:
                found = item.label(value)
                text = self._words.say(found) if found is not None else str(value)
            self._label_cache[key] = text
        return self._label_cache[key]

    def _explained(self, row: int, column: int) -> str:
        kind = self.missing(row, column)
        if kind is not Missing.ANSWERED:
            return self._words.say(MISSING_NAMES[kind])
        item, code = self._items[column]
        text = self._text(row, column)
        if item.kind.ordered or item.kind is ItemKind.SINGLE or code is not None:
            value = int(self._columns[column][self._place(row)])
            return f"{value}: {self._label(item, column, code, value)}"
        return text

    def _alignment(self, column: int) -> int:
        item, _code = self._items[column]
        middle = Qt.AlignmentFlag.AlignVCenter
        if item.kind in {ItemKind.TEXT, ItemKind.CODE} or (
            self._labels and item.kind is not ItemKind.NUMBER
        ):
            return int(middle | Qt.AlignmentFlag.AlignLeft)
        if item.kind is ItemKind.NUMBER:
            return int(middle | Qt.AlignmentFlag.AlignRight)
        return int(middle | Qt.AlignmentFlag.AlignHCenter)

    def _row_header(self, row: int, role: int) -> Any:
        if self._answers is None or not 0 <= row < self.rowCount():
            return None
        place = self._place(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return grouped(place + 1, self._words)
        if role == Qt.ItemDataRole.ToolTipRole:
            serial = self._answers.about["serial"].array[place]
            return self._words("Serial {serial}", serial=str(serial))
        return None

    def _repaint(self) -> None:
        if self.rowCount() and self._items:
            last = self.index(self.rowCount() - 1, len(self._items) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._items) - 1)
