"""The list of sections or chapters at the left of a page; long names are broken into lines."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

_WIDTH = 188
_SIDE = 13
"""Room at either side of a name, as in the style sheet."""


class Outline(QListWidget):
    """Entries of which one is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(_WIDTH)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_entries(self, names: Iterable[str], chosen: int) -> None:
        """Show other entries, without sending that another one was chosen."""
        self.blockSignals(True)
        self.clear()
        room = QRect(0, 0, _WIDTH - 2 * _SIDE - 4, 1000)
        self.ensurePolished()
        for name in names:
            entry = QListWidgetItem(name)
            wrapped = self.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap), name)
            entry.setSizeHint(QSize(_WIDTH - 4, wrapped.height() + 14))
            self.addItem(entry)
        self.setCurrentRow(chosen)
        self.blockSignals(False)
