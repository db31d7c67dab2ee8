"""Words on the page: labels in the sizes and inks of the style sheet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy


def label(kind: str = "", text: str = "", *, wrap: bool = True, selectable: bool = False) -> QLabel:
    """Make a label; ``kind`` is one of the style sheet's (``title``, ``heading``, ``soft``, ...)."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if kind:
        made.setProperty("kind", kind)
    made.setWordWrap(wrap)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def tag(text: str, kind: str = "tag") -> QLabel:
    """Make a small rounded label that stands beside something."""
    made = label(kind, text, wrap=False)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def line() -> QFrame:
    """Make a horizontal hairline."""
    made = QFrame()
    made.setObjectName("line")
    made.setFixedHeight(1)
    return made
