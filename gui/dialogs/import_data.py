"""Shows what importing a file would do, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gui.dialogs.dialog import Dialog
from gui.dialogs.files import ask_open
from gui.dialogs.refusal import problem_list
from gui.guard import guarded
from gui.icons import pixmap
from gui.messages import Errors
from gui.pages.page import scrolled
from gui.session import Session
from gui.settings import Settings
from gui.tables.columns_model import ColumnsModel
from gui.tasks import Task, Tick
from gui.widgets.labels import label
from surveys.importing.column_mapping import ColumnMapping
from surveys.importing.column_roles import Role
from surveys.importing.plan import ImportPlan, plan_import
from surveys.importing.run import ImportReport, run_import
from surveys.model import Instrument
from surveys.problems import SurveyError
from surveys.project import Project
from surveys.words import message

_KINDS = "*.csv *.tsv *.txt *.xlsx *.xls *.ods *.sav *.zsav"
_ENCODINGS = ("", "utf-8", "gb18030", "utf-16", "big5")


class ImportDialog(Dialog):
    """A dry run, and the button that makes it real.

    Parameters
    ----------
    file
        The table.
    agreed
        Called with the plan, and whether to import again what is there already.
    """

    def __init__(
        self,
        parent: QWidget | None,
        session: Session,
        file: Path,
        agreed: Callable[[ImportPlan, bool], object],
    ) -> None:
        words = session.words
        super().__init__(parent, words, words("Import {file}", file=file.name), 860)
        self._session = session
        self._file = file
        self._agreed = agreed
        self._instrument: Instrument | None = session.state.instrument
        self._mapping = ColumnMapping()
        self._task: Task | None = None
        self.plan: ImportPlan | None = None
        self.summary = label("lead", words("Reading the file…"))
        self.body.addWidget(self.summary)
        self.body.addLayout(self._make_options())
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setMinimumHeight(300)
        self.columns = ColumnsModel(words)
        self.columns.mapped.connect(self._remap)
        self.tabs.addTab(self._make_table(), words("Columns"))
        self.body.addWidget(self.tabs, 1)
        self.again = QCheckBox(words("Import even what is in the project already"))
        self.again.setToolTip(
            words("The same file, or forms with the same numbers, are refused otherwise.")
        )
        self.body.addWidget(self.again)
        self.accept_button.setText(words("Import"))
        self.accept_button.setEnabled(False)
        self.resize(920, 680)
        self._read()

    def _make_options(self) -> QHBoxLayout:
        words = self.words
        row = QHBoxLayout()
        row.setSpacing(12)
        self.encoding = QComboBox()
        self.encoding.setAccessibleName(words("Encoding"))
        for code in _ENCODINGS:
            self.encoding.addItem(code.upper() or words("found automatically"), code)
        self.encoding.activated.connect(lambda _place: self._read())
        self.keep = QCheckBox(words("Keep answers that do not fit, as “out of range”"))
        self.keep.setToolTip(words("Otherwise a single such cell stops the import."))
        self.keep.toggled.connect(lambda _on: self._read())
        self._encoding_name = label("label", words("Encoding"), wrap=False)
        self._encoding_name.setBuddy(self.encoding)
        row.addWidget(self._encoding_name)
        row.addWidget(self.encoding)
        row.addSpacing(16)
        row.addWidget(self.keep)
        row.addStretch(1)
        text = self._file.suffix.lower() in {".csv", ".tsv", ".txt", ".sav"}
        self.encoding.setVisible(text)
        self._encoding_name.setVisible(text)
        return row

    def _make_table(self) -> QTableView:
        self.table = QTableView()
        self.table.setModel(self.columns)
        self.table.setAccessibleName(self.words("Columns"))
        self.table.setShowGrid(False)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.CurrentChanged
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.table.setItemDelegateForColumn(1, _Chooser(self.table))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(36)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.resizeSection(0, 200)
        header.resizeSection(1, 220)
        return self.table

    # -- the dry run -----------------------------------------------------------------------

    def _read(self) -> None:
        if self._task is not None:
            self._task.cancel()
        file, instrument, mapping = self._file, self._instrument, self._mapping
        encoding = self.encoding.currentData() or None
        on_bad_cells = "keep" if self.keep.isChecked() else "refuse"

        def work(_tick: Tick) -> ImportPlan:
            return plan_import(
                file, instrument, mapping=mapping, encoding=encoding, on_bad_cells=on_bad_cells
            )

        self.accept_button.setEnabled(False)
        self._task = self._session.tasks.start(
            message("Reading the file"), work, done=self._show_plan, failed=self._show_failure
        )

    def _show_plan(self, plan: ImportPlan) -> None:
        self.plan = plan
        self.refuse("")
        self.columns.show_plan(plan)
        self.summary.setText(self._summarise(plan))
        for place in range(self.tabs.count() - 1, 0, -1):
            old = self.tabs.widget(place)
            self.tabs.removeTab(place)
            old.deleteLater()
        words = self.words
        if plan.problems:
            found = problem_list(plan.problems, words)
            self.tabs.addTab(found, words("Problems ({n})", n=len(plan.problems)))
        if plan.notes:
            title = words("What was decided ({n})", n=len(plan.notes))
            self.tabs.addTab(_notes([words.say(note) for note in plan.notes]), title)
        if plan.n_errors:
            self.refuse(
                words.plural(
                    "{n} error stops the import; it is listed under Problems.",
                    "{n} errors stop the import; they are listed under Problems.",
                    plan.n_errors,
                )
            )
            self.tabs.setCurrentIndex(1)
        self.accept_button.setEnabled(not plan.n_errors and plan.n_rows > 0)
        if self.accept_button.isEnabled():
            self.accept_button.setFocus()

    def _summarise(self, plan: ImportPlan) -> str:
        words, source = self.words, plan.table.source
        roles = [use.role for use in plan.uses]
        used = sum(role in {Role.ITEM, Role.OPTION} for role in roles)
        left = sum(role in {Role.IDENTIFIER, Role.DROPPED} for role in roles)
        parts = [
            " ".join(filter(None, (source.format.upper(), (source.encoding or "").upper()))),
            words.plural("{n} form", "{n} forms", plan.n_rows),
            words("{used} of {all} columns are answers", used=used, all=len(roles)),
        ]
        if left:
            parts.append(words("{n} left out", n=left))
        if plan.inference is not None:
            n = len(plan.instrument.items)
            parts.append(words("a questionnaire of {n} questions will be made", n=n))
        if plan.synthetic:
            parts.append(words("marked as made-up data"))
        return " · ".join(parts)

    def _show_failure(self, error: BaseException) -> None:
        if not isinstance(error, SurveyError):
            self._session.tasks.unhandled.emit(error)
            self.reject()
            return
        self.summary.setText(self.words("The file cannot be read as a table."))
        lines = [self.words.say(error)]
        lines.extend(self.words.say(problem) for problem in error.problems[:8])
        self.refuse("\n".join(lines))
        self.accept_button.setEnabled(False)

    def _remap(self, column: str, target: str) -> None:
        taken = {name: wanted for name, wanted in self._mapping.columns.items() if wanted != target}
        self._mapping = ColumnMapping({**taken, column: target}, self._mapping.missing)
        self._read()

    def confirm(self) -> None:
        """Close, and import."""
        if self.plan is None or self.plan.n_errors:
            return
        plan, again = self.plan, self.again.isChecked()
        self.accept()
        self._agreed(plan, again)

    @guarded()
    def done(self, result: int) -> None:
        if self._task is not None:
            self._task.cancel()
        super().done(result)


class _Chooser(QStyledItemDelegate):
    """A combo box to choose what a column becomes."""

    @guarded()
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            sign = pixmap("down", 12)
            place = option.rect
            painter.drawPixmap(place.right() - 24, place.center().y() - 5, sign)

    @guarded()
    def createEditor(
        self,
        parent: QWidget,
        _option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        box = QComboBox(parent)
        for target, text in index.model().targets():
            box.addItem(text, target)
        box.setMaxVisibleItems(16)
        box.activated.connect(lambda _place: self.commitData.emit(box))
        return box

    @guarded()
    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    @guarded()
    def setModelData(
        self, editor: QWidget, model: ColumnsModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if editor.currentIndex() >= 0:
            model.setData(index, editor.currentData())


def _notes(sentences: list[str]) -> QWidget:
    canvas = QWidget()
    column = QVBoxLayout(canvas)
    column.setContentsMargins(4, 12, 12, 8)
    column.setSpacing(8)
    for sentence in sentences:
        column.addWidget(label("", sentence, selectable=True))
    column.addStretch(1)
    return scrolled(canvas)


def start_import(
    window: QWidget,
    session: Session,
    settings: Settings,
    errors: Errors,
    imported: Callable[[ImportReport], object],
) -> None:
    """Ask for a table, show the dry run, and import it into the open project.

    ``imported`` is told what was done.
    """
    words = session.words
    kinds = words("Tables") + f" ({_KINDS});;" + words("All files (*)")
    file = ask_open(window, settings, words("Choose a table of answers"), kinds)
    if file is None:
        return

    def agreed(plan: ImportPlan, again: bool) -> None:
        def work(project: Project, tick: Tick) -> ImportReport:
            return run_import(project, plan, again=again, tick=tick)

        session.change(message("Importing answers"), work, done=imported, failed=errors.show)

    ImportDialog(window, session, file, agreed).open()
