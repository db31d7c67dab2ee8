"""A table of findings as high as its rows, with hidden cells hatched."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from analysis.findings import Table
from gui import theme
from gui.guard import guarded
from gui.tables.findings_model import HATCHED, FindingsModel
from surveys.words import Words

_LEAST_HEIGHT = 30
_HEAD_MARGIN = 26
_CELL_MARGIN = 24
_WIDEST_NUMBER = 140


class FindingTable(QTableView):
    """Shows a whole table; the page around it scrolls, not the table."""

    def __init__(self, table: Table, words: Words) -> None:
        super().__init__()
        self._model = FindingsModel(table, words)
        self.setModel(self._model)
        self.setAccessibleName(words.say(table.title))
        self.setItemDelegate(_Hatching(self))
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(_LEAST_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(48)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit()

    @guarded()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    @guarded()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    @guarded()
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def copy(self) -> None:
        """Put the chosen cells on the clipboard, as they are shown."""
        chosen = sorted((i.row(), i.column()) for i in self.selectedIndexes())
        rows: dict[int, list[str]] = {}
        for row, column in chosen:
            rows.setdefault(row, []).append(str(self._model.index(row, column).data() or ""))
        QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in rows.values()))

    def _fit(self) -> None:
        count = self._model.columnCount()
        worded = [c for c in range(count) if self._model.worded(c)]
        wanted = [self._wanted_width(c) for c in range(count)]
        room = self.viewport().width() - sum(w for c, w in enumerate(wanted) if c not in worded)
        if worded:
            _share(wanted, {c: self._least_width(c, wanted[c]) for c in worded}, room)
        header = self.horizontalHeader()
        for c, width in enumerate(wanted):
            header.resizeSection(c, width)
        height = max(
            (
                _height(self._head(c), self._head_font(), wanted[c] - _HEAD_MARGIN)
                for c in range(count)
            ),
            default=0,
        )
        header.setFixedHeight(max(height + 14, 36))
        self.resizeRowsToContents()
        bar = self.horizontalScrollBar()
        extra = bar.sizeHint().height() if sum(wanted) > self.viewport().width() + 1 else 0
        self.setFixedHeight(header.height() + self.verticalHeader().length() + extra + 2)

    def _wanted_width(self, column: int) -> int:
        """Return what a column needs: its widest cell, and its heading broken into lines."""
        cells = max(self.sizeHintForColumn(column), 40) + 8
        metrics = QFontMetrics(self._head_font())
        whole = metrics.horizontalAdvance(self._head(column))
        if self._model.worded(column):
            return max(cells, whole + _HEAD_MARGIN)
        words = self._head(column).split() or [""]
        longest = max(metrics.horizontalAdvance(word) for word in words)
        if len(words) == 1:
            longest = min(longest, max(metrics.averageCharWidth() * 9, whole / 2 + 8))
        return max(cells, min(round(max(longest, whole / 3)) + _HEAD_MARGIN, _WIDEST_NUMBER))

    def _least_width(self, column: int, wanted: int) -> int:
        """Return how narrow a column of words may become: its longest word, and a few of them."""
        rows = range(self._model.rowCount())
        cells = [str(self._model.index(row, column).data() or "") for row in rows]
        metrics = QFontMetrics(self.font())
        longest = max(
            (metrics.horizontalAdvance(word) for cell in cells for word in cell.split()), default=0
        )
        few = 200 if wanted > 360 else 112
        return min(wanted, max(min(longest, 200) + _CELL_MARGIN + 4, few))

    def _head(self, column: int) -> str:
        return str(self._model.headerData(column, Qt.Orientation.Horizontal))

    def _head_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setWeight(QFont.Weight.DemiBold)
        return font


def _height(text: str, font: QFont, width: int) -> int:
    """Return how high a text is when broken into lines of a width."""
    room = QRect(0, 0, max(width, 20), 10_000)
    return QFontMetrics(font).boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height()


def _share(wanted: list[int], least: dict[int, int], room: int) -> None:
    """Give the columns of words what room there is: what they need, or shares of it.

    ``least`` is how narrow each may become; where even that is too wide, the table scrolls.
    """
    need = sum(wanted[c] for c in least)
    if need <= room:
        wanted[max(least, key=lambda c: wanted[c])] += room - need
        return
    spare = max(room - sum(least.values()), 0)
    over = sum(wanted[c] - least[c] for c in least)
    for c, narrow in least.items():
        wanted[c] = narrow + (spare * (wanted[c] - narrow) // over if over else 0)


class _Hatching(QStyledItemDelegate):
    @guarded(QSize(80, 30))
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        size = super().sizeHint(option, index)
        table = self.parent()
        width = table.columnWidth(index.column())
        height = _height(str(index.data() or ""), table.font(), width - _CELL_MARGIN)
        return QSize(size.width(), max(height + 10, _LEAST_HEIGHT))

    @guarded()
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if index.data(HATCHED) is None:
            super().paint(painter, option, index)
            return
        painter.save()
        painter.fillRect(option.rect, QColor(theme.SIDE))
        place = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.fillRect(place, QBrush(QColor("#B9B5AB"), Qt.BrushStyle.BDiagPattern))
        painter.restore()
