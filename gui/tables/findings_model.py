"""One table of findings, worded as it is printed; hidden cells are marked to be hatched."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from analysis.findings import Hidden, Kind, Table
from analysis.reports.formatting import cell_text
from gui.guard import guarded
from surveys.words import Words

Index = QModelIndex | QPersistentModelIndex

HATCHED = Qt.ItemDataRole.UserRole + 1
"""Role of the mark on a hidden cell: the reason, or nothing."""

_WORDED = {Kind.LABEL, Kind.KEY}


class FindingsModel(QAbstractTableModel):
    """Cells of a table, in the rounding and the manner of the printed report."""

    def __init__(self, table: Table, words: Words) -> None:
        super().__init__()
        self._table = table
        self._words = words
        self._reasons = {
            "small": words("Hidden: too few people, or it would let too few be worked out."),
            "alike": words("Hidden: nearly everyone in the group gave the same answer."),
        }

    def worded(self, column: int) -> bool:
        """Whether a column holds words, which may need more than a line."""
        return self._table.columns[column].kind in _WORDED

    @guarded(0)
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._table.rows)

    @guarded(0)
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._table.columns)

    @guarded()
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        cell = self._table.rows[row][column]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(self._table, row, column, self._words)
        if role == HATCHED:
            return cell.reason if isinstance(cell, Hidden) else None
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(cell, Hidden):
            return self._reasons.get(cell.reason, self._reasons["small"])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        return None

    @guarded()
    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words.say(self._table.columns[section].label)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section) | int(Qt.TextFlag.TextWordWrap)
        return None

    def _alignment(self, column: int) -> int:
        side = Qt.AlignmentFlag.AlignLeft if self.worded(column) else Qt.AlignmentFlag.AlignRight
        return int(side | Qt.AlignmentFlag.AlignVCenter)
