"""The bar over the pages: the project's name, whether its data are made up, the language."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from gui.icons import pixmap
from gui.language import NAMES, Language
from gui.session import Session
from gui.widgets.buttons import Segments
from gui.widgets.labels import label, tag


class TopBar(QFrame):
    """Stands over everything, also while no project is open."""

    def __init__(self, session: Session, language: Language) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self.setFixedHeight(56)
        self._session = session
        self._language = language
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(12)
        sign = QLabel()
        sign.setPixmap(pixmap("zhiyan", 28))
        row.addWidget(sign)
        self.name = label("subheading", wrap=False)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.badge = tag("", "badge")
        self.read_only = tag("", "tag")
        row.addWidget(self.name, 1)
        row.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.read_only, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(8)
        self.languages = Segments(NAMES, language.code)
        self.languages.chosen.connect(language.choose)
        row.addWidget(self.languages)
        session.changed.connect(self.refresh)
        language.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the project there is."""
        words, state = self._language.words, self._session.state
        self.languages.choose(self._language.code)
        self.languages.word(NAMES, words("Language of the window"))
        self.name.setText(words.say(state.study.title) if state else words("Zhiyan"))
        self.name.setToolTip(str(state.path) if state else "")
        self.badge.setText(words("SYNTHETIC DATA"))
        self.badge.setToolTip(words("The answers in this project are made up; nobody gave them."))
        self.badge.setVisible(bool(state and state.study.synthetic))
        self.read_only.setText(words("Read only"))
        self.read_only.setVisible(bool(state and state.read_only))
