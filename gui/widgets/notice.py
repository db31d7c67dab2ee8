"""A strip that says something about the page it stands on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from gui import theme
from gui.icons import pixmap
from gui.widgets.buttons import button
from gui.widgets.labels import label

_LOOK = {
    "notice": ("warning", theme.AMBER),
    "hint": ("info", theme.ACCENT),
    "refusal": ("error", theme.RED),
}


class Notice(QFrame):
    """An icon, a sentence, and perhaps a button.

    Parameters
    ----------
    kind
        ``notice`` (amber), ``hint`` (accent) or ``refusal`` (red).
    """

    def __init__(self, kind: str, pressed: Callable[[], object] | None = None) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        name, colour = _LOOK[kind]
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(12)
        sign = QLabel()
        sign.setPixmap(pixmap(name, 20, colour))
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignVCenter)
        self._text = label()
        row.addWidget(self._text, 1)
        self.button = button("", pressed=pressed)
        self.button.setVisible(pressed is not None)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)

    def say(self, text: str, action: str = "") -> None:
        """Show a sentence, and what stands on the button."""
        self._text.setText(text)
        self.button.setText(action)

    @property
    def text(self) -> str:
        """The sentence shown."""
        return self._text.text()
