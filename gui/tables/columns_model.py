"""The columns of a file to be imported: what each becomes, which the user may change."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from gui import theme
from gui.guard import guarded
from surveys.importing.column_mapping import DROP, SECONDS, SERIAL
from surveys.importing.column_roles import Role
from surveys.importing.matching import ColumnUse
from surveys.importing.plan import ImportPlan
from surveys.model import ItemKind
from surveys.words import Words

Index = QModelIndex | QPersistentModelIndex

_EXAMPLES = 4
_SHORTEST_TEXT = 24


class ColumnsModel(QAbstractTableModel):
    """Name of the column, what it becomes, and the wording or the reason.

    Signals
    -------
    mapped
        The user chose something else for a column: its name, and the target as in a mapping.
    """

    mapped = Signal(str, str)

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._plan: ImportPlan | None = None
        self._role_names = {
            Role.SERIAL: words("number of the form"),
            Role.SECONDS: words("seconds taken"),
            Role.STATUS: words("says whether the data are made up"),
            Role.UNKNOWN: words("unknown: choose"),
        }
        self._heads = (words("Column in the file"), words("Becomes"), words("Wording or reason"))

    def show_plan(self, plan: ImportPlan) -> None:
        """Show another plan."""
        self.beginResetModel()
        self._plan = plan
        self.endResetModel()

    def targets(self) -> list[tuple[str, str]]:
        """Return what a column may become: the target as in a mapping, and its name."""
        words = self._words
        found = [(DROP, words("leave it out")), (SERIAL, words("number of the form"))]
        found.append((SECONDS, words("seconds taken")))
        for item in self._plan.instrument.presented() if self._plan else ():
            if item.kind is ItemKind.MULTIPLE:
                found.extend((column, column) for column in item.columns)
            else:
                found.append((item.id, item.id))
        return found

    def target(self, row: int) -> str:
        """Return what a column becomes now, as in a mapping."""
        use = self._plan.uses[row]
        if use.role is Role.ITEM:
            return use.item or DROP
        if use.role is Role.OPTION:
            return f"{use.item}.{use.option}"
        return {Role.SERIAL: SERIAL, Role.SECONDS: SECONDS}.get(use.role, DROP)

    @guarded(0)
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._plan is None else len(self._plan.uses)

    @guarded(0)
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    @guarded(Qt.ItemFlag.NoItemFlags)
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        editable = index.column() == 1 and self._plan is not None and self._plan.inference is None
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    @guarded()
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        use = self._plan.uses[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (use.column, self._becomes(use), self._why(use))[index.column()]
        if role == Qt.ItemDataRole.EditRole:
            return self.target(index.row())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._examples(use) if index.column() == 0 else self._why(use)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(use, index.column())
        return None

    @guarded(False)
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or value == self.target(index.row()):
            return False
        self.mapped.emit(self._plan.uses[index.row()].column, str(value))
        return True

    @guarded()
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _becomes(self, use: ColumnUse) -> str:
        if use.role is Role.ITEM:
            return use.item or ""
        if use.role is Role.OPTION:
            return f"{use.item}.{use.option}"
        return self._role_names.get(use.role, self._words("left out"))

    def _why(self, use: ColumnUse) -> str:
        if use.why is not None:
            return self._words.say(use.why)
        if use.item is None:
            return ""
        item = self._plan.instrument.item(use.item)
        text = self._words.say(item.text)
        label = item.label(use.option) if use.option is not None else None
        return f"{text}: {self._words.say(label)}" if label is not None else text

    def _examples(self, use: ColumnUse) -> str:
        """Return the commonest short codes of a column; never texts, which may tell who wrote."""
        if use.role not in {Role.ITEM, Role.OPTION}:
            return use.column
        column = self._plan.table.column(use.column)
        if len(column.distinct) > 30 or any(len(t) > _SHORTEST_TEXT for t in column.distinct):
            return use.column
        order = column.counts().argsort()[::-1][:_EXAMPLES]
        found = [column.distinct[place] or "∅" for place in order.tolist()]
        return self._words("{column}: mostly {cells}", column=use.column, cells=found)

    def _ink(self, use: ColumnUse, column: int) -> QColor | None:
        if use.role is Role.UNKNOWN:
            return QColor(theme.RED)
        if use.role in {Role.DROPPED, Role.IDENTIFIER}:
            return QColor(theme.INK_FAINT)
        return QColor(theme.INK_SOFT) if column == 2 else None
