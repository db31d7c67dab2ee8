"""Words on the page: labels in the sizes and inks of the style sheet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy

_WIDEST_TAG = 300


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
    """Make a small rounded label that stands beside something; long words are cut short."""
    made = label(kind, "", wrap=False)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    made.ensurePolished()
    shown = made.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, _WIDEST_TAG)
    made.setText(shown)
    if shown != text:
        made.setToolTip(text)
    return made


def line() -> QFrame:
    """Make a horizontal hairline."""
    made = QFrame()
    made.setObjectName("line")
    made.setFixedHeight(1)
    return made
