"""A table of findings as high as its rows, with hidden cells hatched."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from analysis.findings import Table
from gui import theme
from gui.tables.findings_model import HATCHED, FindingsModel
from surveys.words import Words

_LEAST_HEIGHT = 30
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

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def keyPressEvent(self, event: object) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: object) -> None:
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
        header = self.horizontalHeader()
        wanted = [
            max(self.sizeHintForColumn(c), header.sectionSizeHint(c)) + 12 for c in range(count)
        ]
        worded = [c for c in range(count) if self._model.worded(c)]
        for c in range(count):
            if c not in worded:
                wanted[c] = min(wanted[c], _WIDEST_NUMBER)
        room = self.viewport().width() - sum(w for c, w in enumerate(wanted) if c not in worded)
        need = sum(wanted[c] for c in worded)
        if worded and room > 0:
            _share(wanted, worded, room, need)
        for c, width in enumerate(wanted):
            header.resizeSection(c, width)
        self.resizeRowsToContents()
        bar = self.horizontalScrollBar()
        extra = bar.sizeHint().height() if sum(wanted) > self.viewport().width() + 1 else 0
        height = header.height() if header.height() > 8 else header.sizeHint().height()
        self.setFixedHeight(height + self.verticalHeader().length() + extra + 2)


def _share(wanted: list[int], worded: list[int], room: int, need: int) -> None:
    """Give the columns of words what room there is: what they need, or shares of it."""
    if need <= room:
        wanted[max(worded, key=lambda c: wanted[c])] += room - need
        return
    narrow = [c for c in worded if wanted[c] <= room / len(worded)]
    wide = [c for c in worded if c not in narrow]
    left = room - sum(wanted[c] for c in narrow)
    total = sum(wanted[c] for c in wide)
    for c in wide:
        wanted[c] = max(round(left * wanted[c] / total), 96)


class _Hatching(QStyledItemDelegate):
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
