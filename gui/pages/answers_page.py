"""The raw answers, and the button that brings them in."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QLineEdit, QTableView

from analysis.reports.formatting import grouped
from gui import theme
from gui.icons import icon
from gui.pages.page import Page
from gui.session import Session
from gui.tables.answers_model import MISSING_NAMES, MISSING_SIGNS, AnswersModel
from gui.widgets.buttons import Segments, button
from gui.widgets.labels import label
from gui.widgets.notice import Notice
from surveys.model import Item, ItemKind

_ROW_HEIGHT = 32
_CODE_WIDTH, _LABEL_WIDTH, _TEXT_WIDTH = 88, 136, 280


class AnswersPage(Page):
    """A table of one row a form. No score of a person is shown anywhere.

    Signals
    -------
    import_wanted
        The import button was pressed.
    """

    import_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.model = AnswersModel(session.words)
        self._loaded: object = None
        self.shown = Segments(("codes", "labels"), "codes")
        self.shown.chosen.connect(self._choose_shown)
        self.search = QLineEdit()
        self.search.setFixedWidth(200)
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icon("search", theme.INK_FAINT), QLineEdit.ActionPosition.LeadingPosition
        )
        self._wait = QTimer(self, singleShot=True, interval=250)
        self._wait.timeout.connect(self._find)
        self.search.textChanged.connect(lambda _text: self._wait.start())
        self._find_key = QShortcut("Ctrl+F", self, self.search.setFocus)
        self.bring = button("primary", "import", self.import_wanted.emit)
        for widget in (self.search, self.shown, self.bring):
            self.buttons.addWidget(widget)
        self.empty = Notice("hint", self.import_wanted.emit)
        self.body.addWidget(self.empty)
        self.table = self._make_table()
        self.body.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        self.legend = label("small", wrap=True)
        foot.addWidget(self.legend, 1)
        self.count = label("small", wrap=False)
        foot.addWidget(self.count)
        self.body.addLayout(foot)
        self.body.addStretch(0)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        rows = table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setMinimumSectionSize(48)
        return table

    def retranslate(self) -> None:
        words = self.session.words
        self.title.setText(words("Forms answered"))
        self.bring.setText(words("Import…"))
        self.bring.setToolTip(words("Take answers over from a table: CSV, Excel or SPSS"))
        self.search.setPlaceholderText(words("Find in texts and serials"))
        self.search.setAccessibleName(words("Find in texts and serials"))
        self.shown.word(
            {"codes": words("Codes"), "labels": words("Words")}, words("How answers are shown")
        )
        self.table.setAccessibleName(words("Answers, one row a form"))
        self.empty.say(
            words("There are no answers yet. Import a table, or print the questionnaire first."),
            words("Import…"),
        )
        signs = "    ".join(
            f"{sign} {words.say(MISSING_NAMES[kind])}" for kind, sign in MISSING_SIGNS.items()
        )
        self.legend.setText(words("No answer:") + "  " + signs)
        self.model.set_words(words)

    def refresh(self) -> None:
        state, session = self.session.state, self.session
        if state is None:
            return
        any_answers = state.n_answers > 0
        for widget in (self.table, self.legend, self.search, self.shown, self.count):
            widget.setVisible(any_answers)
        self.empty.setVisible(not any_answers)
        self.bring.setEnabled(not session.busy and not state.read_only)
        self.empty.button.setEnabled(not session.busy and not state.read_only)
        self.lead.setText(
            session.words("Raw answers for the team to check. Nothing here is a score of a person.")
        )
        if any_answers and session.answers is None:
            session.load_answers()
        shown = (id(session.answers), state.instrument)
        if shown != self._loaded:
            self._loaded = shown
            self.model.load(session.answers, state.instrument)
            self._set_widths()
            if self.search.text():
                self._find()
        self._show_count()

    def _show_count(self) -> None:
        words = self.session.words
        n = self.model.rowCount()
        total = len(self.session.answers) if self.session.answers is not None else 0
        if self.session.loading:
            text = words("Reading the answers")
        elif self.search.text():
            text = words("{n} of {total} forms", n=grouped(n, words), total=grouped(total, words))
        else:
            text = words("{n} forms", n=grouped(n, words))
        self.count.setText(text)

    def _choose_shown(self, key: str) -> None:
        self.model.set_labels(key == "labels")
        self._set_widths()

    def _find(self) -> None:
        self.model.find(self.search.text().strip())
        self._show_count()

    def _set_widths(self) -> None:
        labels = self.shown.key == "labels"
        header = self.table.horizontalHeader()
        for place, item in enumerate(self.model.item_columns):
            header.resizeSection(place, _width(item, labels=labels))


def _width(item: Item, *, labels: bool) -> int:
    if item.kind is ItemKind.TEXT:
        return _TEXT_WIDTH
    if item.kind is ItemKind.DATE or (labels and item.kind not in {ItemKind.NUMBER, ItemKind.CODE}):
        return _LABEL_WIDTH
    return _CODE_WIDTH
