"""The first page: make a project, open one, or look at a made-up one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.icons import pixmap
from gui.language import Language
from gui.pages.page import clear, scrolled
from gui.settings import Settings
from gui.widgets.buttons import button
from gui.widgets.labels import label


class WelcomePage(QWidget):
    """What stands in the window while no project is open.

    Parameters
    ----------
    handlers
        What the three large buttons do: ``new``, ``open``, ``demo``.
    open_recent
        Called with the file of a recent project.
    """

    def __init__(
        self,
        language: Language,
        settings: Settings,
        handlers: Mapping[str, Callable[[], object]],
        open_recent: Callable[[Path], object],
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._language = language
        self._settings = settings
        self._open_recent = open_recent
        canvas = QWidget()
        outer = QHBoxLayout(canvas)
        outer.setContentsMargins(32, 32, 32, 32)
        outer.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(0)
        outer.addLayout(column, 20)
        outer.addStretch(1)
        column.addStretch(2)
        column.addLayout(self._make_head())
        column.addSpacing(32)
        middle = QHBoxLayout()
        middle.setSpacing(40)
        choices = QVBoxLayout()
        choices.setSpacing(12)
        self.choices = {
            key: _Choice(icon_name, handlers[key])
            for key, icon_name in (("new", "new"), ("open", "open"), ("demo", "demo"))
        }
        for choice in self.choices.values():
            choices.addWidget(choice)
        choices.addStretch(1)
        middle.addLayout(choices, 3)
        middle.addLayout(self._make_recent(), 2)
        column.addLayout(middle)
        column.addSpacing(32)
        self._promise = label("small")
        column.addWidget(self._promise)
        column.addStretch(3)
        canvas.setMaximumWidth(1200)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        area = scrolled(canvas)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        whole.addWidget(area)
        language.changed.connect(self.retranslate)
        self.retranslate()

    def _make_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(20)
        sign = QLabel()
        sign.setPixmap(pixmap("zhiyan", 64))
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        words_column = QVBoxLayout()
        words_column.setSpacing(4)
        self._title = label("title")
        self._lead = label("lead")
        words_column.addWidget(self._title)
        words_column.addWidget(self._lead)
        row.addLayout(words_column, 1)
        return row

    def _make_recent(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        self._recent_title = label("subheading")
        column.addWidget(self._recent_title)
        self._recent_none = label("soft")
        column.addWidget(self._recent_none)
        self.recent = QVBoxLayout()
        self.recent.setSpacing(0)
        column.addLayout(self.recent)
        column.addStretch(1)
        return column

    def retranslate(self) -> None:
        """Word the page again."""
        words = self._language.words
        self._title.setText(words("Zhiyan: surveys that speak plainly"))
        self._lead.setText(
            words(
                "Design a questionnaire, print it, bring in the answers, find out what drives"
                " morale and risk-taking, and print the report. All on this computer."
            )
        )
        self.choices["new"].word(
            words("Create a project"),
            words("Choose a questionnaire and a passphrase. The project is one encrypted file."),
        )
        self.choices["open"].word(
            words("Open a project"),
            words("Go on with a project file on this computer."),
        )
        self.choices["demo"].word(
            words("Make the demonstration project"),
            words("A made-up survey of 3,400 officials, with its report. Takes about a minute."),
        )
        self._recent_title.setText(words("Opened recently"))
        self._recent_none.setText(words("Projects that you open appear here."))
        self._promise.setText(
            words(
                "Zhiyan never connects to a network. Project files are encrypted; without the"
                " passphrase nobody can read them, and a lost passphrase is lost data."
            )
        )
        self.refresh()

    def refresh(self) -> None:
        """Show the recent projects."""
        clear(self.recent)
        files = self._settings.recent
        self._recent_none.setVisible(not files)
        for file in files:
            self.recent.addWidget(_recent_button(file, self._open_recent))


class _Choice(QPushButton):
    """A large button with an icon, a title and a line of explanation."""

    def __init__(self, icon_name: str, pressed: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", "choice")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.clicked.connect(lambda _checked=False: pressed())
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(16)
        sign = QLabel()
        sign.setPixmap(pixmap(icon_name, 28, theme.ACCENT))
        row.addWidget(sign)
        column = QVBoxLayout()
        column.setSpacing(2)
        self._title = label("subheading")
        self._text = label("soft")
        column.addWidget(self._title)
        column.addWidget(self._text)
        row.addLayout(column, 1)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def word(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def sizeHint(self) -> QSize:
        return self.layout().sizeHint()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self.layout().heightForWidth(width)


def _recent_button(file: Path, pressed: Callable[[Path], object]) -> QFrame:
    made = button("recent", "study", lambda: pressed(file))
    made.setText(file.stem)
    made.setToolTip(str(file))
    made.setAccessibleDescription(str(file))
    frame = QFrame()
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 0, 0, 4)
    column.setSpacing(0)
    column.addWidget(made)
    place = label("small", wrap=False)
    place.setContentsMargins(38, 0, 0, 0)
    metrics = place.fontMetrics()
    place.setText(metrics.elidedText(str(file.parent), Qt.TextElideMode.ElideMiddle, 280))
    column.addWidget(place)
    return frame
