"""Fields that the style sheet alone cannot set right."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox


def spin_box(low: int = 0, high: int = 99, width: int = 0) -> QSpinBox:
    """Make a field for a whole number, with room before the number."""
    made = QSpinBox()
    made.setRange(low, high)
    made.lineEdit().setTextMargins(6, 0, 0, 0)
    made.setKeyboardTracking(False)
    if width:
        made.setFixedWidth(width)
    return made
