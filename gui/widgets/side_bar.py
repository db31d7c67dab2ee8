"""The list of pages at the left."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout

from gui import theme
from gui.icons import icon
from gui.language import Language
from gui.widgets.labels import label

PAGES = ("study", "questionnaire", "answers", "findings", "report")
"""Pages in the order of the work, and names of their icons."""


class SideBar(QFrame):
    """One button a page; ``chosen`` tells which was pressed."""

    chosen = Signal(str)

    def __init__(self, language: Language) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setFixedWidth(184)
        self._language = language
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 16)
        column.setSpacing(2)
        self.buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for page in PAGES:
            made = QToolButton()
            made.setObjectName("nav")
            made.setCheckable(True)
            made.setFixedHeight(44)
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            made.setIcon(icon(page, theme.INK_SOFT, theme.ACCENT))
            made.setIconSize(QSize(20, 20))
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            made.setCursor(Qt.CursorShape.PointingHandCursor)
            made.clicked.connect(lambda _checked=False, page=page: self.chosen.emit(page))
            group.addButton(made)
            column.addWidget(made)
            self.buttons[page] = made
        column.addStretch(1)
        self._foot = label("small")
        self._foot.setContentsMargins(16, 0, 16, 0)
        column.addWidget(self._foot)
        language.changed.connect(self.retranslate)
        self.retranslate()

    def choose(self, page: str) -> None:
        """Mark the page in view."""
        self.buttons[page].setChecked(True)

    def retranslate(self) -> None:
        """Word the buttons again."""
        words = self._language.words
        names = {
            "study": words("Project"),
            "questionnaire": words("Questionnaire"),
            "answers": words("Forms answered"),
            "findings": words("Findings"),
            "report": words("Report"),
        }
        for number, (page, made) in enumerate(self.buttons.items(), start=1):
            made.setText("  " + names[page])
            made.setAccessibleName(names[page])
            made.setToolTip(f"{names[page]} (Ctrl+{number})")
        self._foot.setText(words("Offline. Encrypted. Nobody is judged by these figures."))
