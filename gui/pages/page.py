"""What all pages have: a large title, a line under it, buttons at the right, and a body."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from gui.guard import guarded
from gui.session import Session
from gui.widgets.labels import label

MARGIN = 28


class Page(QWidget):
    """One page of the window; words itself again when the language changes.

    A page implements :meth:`retranslate` (its fixed words) and :meth:`refresh` (what comes from the
    session). Both are called when it is first shown and whenever something changed since it was
    last shown; a page that is not in view does no work.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.session = session
        self._outdated = True
        self._mute = True
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 24, MARGIN, 24)
        column.setSpacing(16)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.title = label("title", wrap=False)
        self.lead = label("lead")
        head.addWidget(self.title, 1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        head.addSpacing(16)
        head.addLayout(self.buttons)
        top = QVBoxLayout()
        top.setSpacing(4)
        top.addLayout(head)
        top.addWidget(self.lead)
        column.addLayout(top)
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        column.addLayout(self.body, 1)
        session.changed.connect(self._outdate)
        session.language.changed.connect(self._outdate_words)

    def retranslate(self) -> None:
        """Set the page's fixed words."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show what the session holds now."""
        raise NotImplementedError

    @guarded()
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._bring_up_to_date()

    def _outdate(self) -> None:
        self._outdated = True
        if self.isVisible():
            self._bring_up_to_date()

    def _outdate_words(self) -> None:
        self._mute = True
        self._outdate()

    def _bring_up_to_date(self) -> None:
        if self._mute:
            self._mute = False
            self.retranslate()
        if self._outdated:
            self._outdated = False
            self.refresh()


def scrolled(content: QWidget) -> QScrollArea:
    """Put a widget in a scroll area without a frame."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    content.setObjectName("canvas")
    content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    area.setWidget(content)
    area.viewport().setAutoFillBackground(False)
    return area


def clear(layout: QLayout) -> None:
    """Take everything out of a layout, and out of view at once."""
    while (entry := layout.takeAt(0)) is not None:
        if entry.widget() is not None:
            entry.widget().hide()
            entry.widget().deleteLater()
