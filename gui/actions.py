"""The menus, as a table: what can be done, where it stands, its key, and when it can be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from surveys.words import Message, Words, message


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a menu.

    ``needs`` is ``""`` (always possible), ``"project"``, ``"instrument"`` (a questionnaire),
    ``"answers"``, ``"findings"`` or ``"idle"`` (answers, and no analysis running).
    """

    id: str
    menu: str
    text: Message
    keys: str = ""
    tip: Message | None = None
    needs: str = ""
    before: bool = False  # a line stands before it


MENUS: tuple[tuple[str, Message], ...] = (
    ("file", message("&File")),
    ("edit", message("&Edit")),
    ("go", message("&Go")),
    ("work", message("&Analysis")),
    ("language", message("&Language")),
    ("help", message("&Help")),
)

ROWS: tuple[Row, ...] = (
    Row("new", "file", message("&New project…"), "Ctrl+N", message("Create a survey project")),
    Row("open", "file", message("&Open project…"), "Ctrl+O", message("Open a project file")),
    Row(
        "demo",
        "file",
        message("Make the &demonstration project…"),
        "",
        message("A made-up survey, to try everything out"),
    ),
    Row(
        "import",
        "file",
        message("&Import answers…"),
        "Ctrl+I",
        message("Take answers over from a table: CSV, Excel or SPSS"),
        needs="project",
        before=True,
    ),
    Row(
        "copy",
        "file",
        message("Save a &copy as…"),
        "Ctrl+Shift+S",
        message("Write a copy of the project file, with the same passphrase"),
        needs="project",
    ),
    Row(
        "passphrase",
        "file",
        message("Change the pa&ssphrase…"),
        "",
        message("Encrypt the project anew with another passphrase"),
        needs="project",
    ),
    Row(
        "lock",
        "file",
        message("Loc&k project"),
        "Ctrl+L",
        message("Close the project until the passphrase is typed again"),
        needs="project",
    ),
    Row("close", "file", message("C&lose project"), "Ctrl+W", needs="project", before=True),
    Row("quit", "file", message("&Quit"), "Ctrl+Q"),
    Row("undo", "edit", message("&Undo"), "Ctrl+Z", needs="project"),
    Row("redo", "edit", message("&Redo"), "Ctrl+Shift+Z", needs="project"),
    Row("page.study", "go", message("&Project"), "Ctrl+1", needs="project"),
    Row("page.questionnaire", "go", message("&Questionnaire"), "Ctrl+2", needs="project"),
    Row("page.answers", "go", message("&Answers"), "Ctrl+3", needs="project"),
    Row("page.findings", "go", message("&Findings"), "Ctrl+4", needs="project"),
    Row("page.report", "go", message("&Report"), "Ctrl+5", needs="project"),
    Row(
        "run",
        "work",
        message("&Run the analysis"),
        "F5",
        message("Compute everything again from the answers"),
        needs="idle",
    ),
    Row(
        "paper",
        "work",
        message("&Print the questionnaire…"),
        "Ctrl+P",
        message("Write the paper form as a PDF file"),
        needs="instrument",
        before=True,
    ),
    Row(
        "export",
        "work",
        message("&Export the report as PDF…"),
        "Ctrl+E",
        message("Write the report as a PDF file"),
        needs="findings",
    ),
    Row("log", "help", message("Open the folder of the &log")),
    Row("about", "help", message("&About Zhiyan")),
)


class Actions:
    """The actions of a window, made from :data:`ROWS`.

    Parameters
    ----------
    window
        Gets the menus in its menu bar.
    handlers
        What to do, by id of the row; every row needs one.
    """

    def __init__(self, window: QMainWindow, handlers: Mapping[str, Callable[[], object]]) -> None:
        self._actions: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        for menu_id, _title in MENUS:
            self.menus[menu_id] = window.menuBar().addMenu("")
        for row in ROWS:
            if row.before:
                self.menus[row.menu].addSeparator()
            action = QAction(window)
            action.setObjectName(row.id)
            if row.keys:
                action.setShortcut(QKeySequence(row.keys))
            action.triggered.connect(lambda _checked=False, do=handlers[row.id]: do())
            self.menus[row.menu].addAction(action)
            self._actions[row.id] = action

    def __getitem__(self, row_id: str) -> QAction:
        """Return the action of a row."""
        return self._actions[row_id]

    def retranslate(self, words: Words) -> None:
        """Word all menus again."""
        for menu_id, title in MENUS:
            self.menus[menu_id].setTitle(words.say(title))
        for row in ROWS:
            action = self._actions[row.id]
            action.setText(words.say(row.text))
            tip = words.say(row.tip) if row.tip else ""
            action.setToolTip(tip)
            action.setStatusTip(tip)

    def enable(self, given: frozenset[str]) -> None:
        """Allow what can be done when ``given`` (see :class:`Row`) is there."""
        for row in ROWS:
            self._actions[row.id].setEnabled(not row.needs or row.needs in given)
