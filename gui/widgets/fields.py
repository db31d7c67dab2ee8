"""Fields for pages that scroll: the wheel moves the page, never a value under the pointer."""

from __future__ import annotations

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSpinBox

from gui.guard import guarded


class ChoiceField(QComboBox):
    """A combo box as wide as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumContentsLength(14)
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.setSizeAdjustPolicy(policy)

    @guarded()
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class NumberField(QSpinBox):
    """A field for a whole number, with room before the number."""

    def __init__(self, low: int = 0, high: int = 99, width: int = 112) -> None:
        super().__init__()
        self.setRange(low, high)
        self.lineEdit().setTextMargins(6, 0, 0, 0)
        self.setKeyboardTracking(False)
        self.setFixedWidth(width)

    @guarded()
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
