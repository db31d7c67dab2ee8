"""The window: menus, the bar at the top, the list of pages, the pages, the foot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QActionGroup, QCloseEvent, QDesktopServices, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui import messages
from gui.actions import Actions
from gui.guard import guarded
from gui.idle import IdleWatch
from gui.language import NAMES, Language
from gui.pages.answers_page import AnswersPage
from gui.pages.page import Page
from gui.pages.questionnaire_page import QuestionnairePage
from gui.pages.study_page import StudyPage
from gui.pages.welcome_page import WelcomePage
from gui.projects import Projects
from gui.session import Session
from gui.settings import Settings
from gui.tasks import Tasks
from gui.widgets.labels import label
from gui.widgets.side_bar import PAGES, SideBar
from gui.widgets.task_strip import TaskStrip
from gui.widgets.top_bar import TopBar


class MainWindow(QMainWindow):
    """Everything a user sees.

    Parameters
    ----------
    language
        What the window speaks; kept in ``settings`` when it changes.
    settings
        What is remembered between two runs.
    """

    def __init__(self, language: Language, settings: Settings) -> None:
        super().__init__()
        self.language = language
        self.settings = settings
        self.tasks = Tasks(self)
        self.errors = messages.Errors(language, self)
        self.tasks.unhandled.connect(self.errors.show)
        self.session = Session(language, self.tasks)
        self.projects = Projects(self, self.session, settings, self.errors)
        self._closing = False
        self._ended = False
        self.idle: IdleWatch | None = None
        self.setMinimumSize(960, 600)
        self.resize(1280, 800)
        self.actions_ = Actions(self, self._handlers())
        self._add_language_menu()
        self._recent_menu = self.actions_.menus["file"].addMenu("")
        self.actions_.menus["file"].insertMenu(self.actions_["demo"], self._recent_menu)
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        self._build()
        self._connect()
        if settings.geometry is not None:
            self.restoreGeometry(settings.geometry)
        self.retranslate()
        self.refresh()

    # -- building --------------------------------------------------------------------------

    def _handlers(self) -> dict[str, Callable[[], object]]:
        projects, session = self.projects, self.session
        return {
            "new": projects.ask_new,
            "open": projects.ask_open,
            "demo": projects.ask_demo,
            "import": projects.ask_import,
            "copy": projects.ask_copy,
            "passphrase": projects.ask_passphrase,
            "lock": self._lock,
            "close": projects.close,
            "quit": self.close,
            "undo": session.undo.undo,
            "redo": session.undo.redo,
            "run": self._run,
            "paper": projects.ask_paper,
            "export": self._export,
            "log": self._open_log,
            "about": self._about,
            **{f"page.{page}": lambda page=page: self.show_page(page) for page in PAGES},
        }

    def _add_language_menu(self) -> None:
        menu = self.actions_.menus["language"]
        group = QActionGroup(self)
        self._language_actions = {}
        for code, name in NAMES.items():
            action = menu.addAction(name, lambda code=code: self.language.choose(code))
            action.setCheckable(True)
            action.setChecked(code == self.language.code)
            group.addAction(action)
            self._language_actions[code] = action

    def _build(self) -> None:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.top = TopBar(self.session, self.language)
        column.addWidget(self.top)
        self._rooms = QStackedWidget()
        column.addWidget(self._rooms, 1)
        handlers = {key: getattr(self.projects, f"ask_{key}") for key in ("new", "open", "demo")}
        self.welcome = WelcomePage(self.language, self.settings, handlers, self.projects.open_file)
        self._rooms.addWidget(self.welcome)
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.side = SideBar(self.language)
        row.addWidget(self.side)
        self._stack = QStackedWidget()
        self._stack.setObjectName("pages")
        row.addWidget(self._stack, 1)
        self._rooms.addWidget(work)
        self.pages: dict[str, Page] = {
            "study": StudyPage(self.session),
            "questionnaire": QuestionnairePage(self.session),
            "answers": AnswersPage(self.session),
        }
        for page in self.pages.values():
            self._stack.addWidget(page)
        self.setCentralWidget(whole)
        self._saved = label("small", wrap=False)
        self._saved.setContentsMargins(16, 0, 0, 0)
        self.statusBar().addWidget(self._saved, 1)
        self.strip = TaskStrip(self.language, self.tasks)
        self.statusBar().addPermanentWidget(self.strip)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setFixedHeight(36)

        QShortcut("Ctrl+S", self, self._say_saved)

    def _connect(self) -> None:
        self.language.changed.connect(self._language_changed)
        self.session.changed.connect(self.refresh)
        self.side.chosen.connect(self.show_page)
        self.pages["study"].go.connect(self._go)
        self.pages["study"].form.fieldwork_wanted.connect(self.projects.ask_fieldwork)
        self.pages["questionnaire"].print_wanted.connect(self.projects.ask_paper)
        self.pages["questionnaire"].import_wanted.connect(self.projects.ask_import)
        self.pages["questionnaire"].problems_wanted.connect(self.projects.show_problems)
        self.pages["answers"].import_wanted.connect(self.projects.ask_import)
        self.projects.opened.connect(lambda: self.show_page("study"))
        self.projects.imported.connect(lambda: self.show_page("answers"))
        self.session.undo.canUndoChanged.connect(lambda _can: self.refresh())
        self.session.undo.canRedoChanged.connect(lambda _can: self.refresh())

    def _late(self, name: str) -> Page:
        """Return a page, making those that need heavier imports when they are first wanted."""
        if name not in self.pages:
            if name == "findings":
                from gui.pages.findings_page import FindingsPage

                page: Page = FindingsPage(self.session)
                page.import_wanted.connect(self.projects.ask_import)
            else:
                from gui.pages.report_page import ReportPage

                page = ReportPage(self.session)
                page.export_wanted.connect(self._export)
                page.failed.connect(self.errors.show)
                page.made.connect(self._report_made)
            page.run_wanted.connect(self._run)
            self.pages[name] = page
            self._stack.addWidget(page)
        return self.pages[name]

    # -- what the user does ----------------------------------------------------------------

    def open_file(self, file: Path, passphrase: str = "") -> None:
        """Open a project file, asking for its passphrase if none is given."""
        self.projects.open_file(file, passphrase)

    def show_page(self, name: str) -> None:
        """Bring a page into view."""
        if self.session.state is None:
            return
        page = self._late(name)
        self.side.choose(name)
        self._stack.setCurrentWidget(page)

    @property
    def page(self) -> str:
        """Name of the page in view."""
        return next(n for n, page in self.pages.items() if page is self._stack.currentWidget())

    def _go(self, where: str) -> None:
        if where == "import":
            self.projects.ask_import()
        else:
            self.show_page(where)

    def _run(self) -> None:
        self.show_page("findings")
        self.session.analyse(failed=self.errors.show)

    def _export(self) -> None:
        self.show_page("report")
        report = self.pages["report"]
        self._export_next = report.pdf is None
        if report.pdf is not None:
            self.projects.ask_export(report.pdf, report.languages.key)

    _export_next = False

    def _report_made(self) -> None:
        if self._export_next and self.page == "report":
            self._export()

    def _say_saved(self) -> None:
        if self.session.state is not None and not self.session.state.read_only:
            words = self.language.words
            self.statusBar().showMessage(words("Everything is saved already."), 4000)

    def _lock(self) -> bool:
        """Close the project and ask for its passphrase; not while something is running."""
        if self.session.state is None or self.session.busy or self.tasks.running:
            return False
        file = self.session.state.path
        for dialog in self.findChildren(QDialog):
            dialog.reject()
        self.session.close()
        self.projects.open_file(file)
        return True

    def _open_log(self) -> None:
        folder = messages.log_file().parent
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _about(self) -> None:
        from gui.dialogs.about import AboutDialog

        AboutDialog(self, self.language.words).open()

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for file in self.settings.recent:
            self._recent_menu.addAction(
                str(file).replace("&", "&&"), lambda file=file: self.projects.open_file(file)
            )

    # -- following what changes ------------------------------------------------------------

    def _language_changed(self) -> None:
        self.settings.language = self.language.code
        self.retranslate()
        self.refresh()

    def retranslate(self) -> None:
        """Word the menus and the foot again."""
        words = self.language.words
        self.actions_.retranslate(words)
        self._recent_menu.setTitle(words("Open &recent"))
        for code, action in self._language_actions.items():
            action.setChecked(code == self.language.code)

    def refresh(self) -> None:
        """Show the room that fits, and allow what can be done."""
        words, session = self.language.words, self.session
        state = session.state
        self._rooms.setCurrentIndex(0 if state is None else 1)
        if state is None:
            self.welcome.refresh()
            self.setWindowTitle(words("Zhiyan"))
            self._saved.setText(words("No project is open."))
        else:
            self.setWindowTitle(f"{words.say(state.study.title)} – {words('Zhiyan')}")
            self._saved.setText(
                words("This project is read only; nothing is saved.")
                if state.read_only
                else words("Every change is saved in the project file at once.")
            )
        self._recent_menu.setEnabled(bool(self.settings.recent))
        self._enable()

    def _enable(self) -> None:
        session, state = self.session, self.session.state
        given = set()
        if state is not None:
            given.add("project")
            if state.instrument is not None:
                given.add("instrument")
            if state.findings is not None:
                given.add("findings")
            if state.n_answers and session.analysis is None and not session.busy:
                given.add("idle")
        actions = self.actions_
        actions.enable(frozenset(given))
        free = state is not None and not session.busy
        actions["undo"].setEnabled(free and session.undo.canUndo())
        actions["redo"].setEnabled(free and session.undo.canRedo())
        for key in ("import", "passphrase"):
            actions[key].setEnabled(free and not state.read_only)
        for key in ("copy", "lock", "close"):
            actions[key].setEnabled(free)

    @guarded()
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.idle is None:
            self.idle = IdleWatch(self, self._lock)

    # -- closing ---------------------------------------------------------------------------

    @guarded()
    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closing and self.tasks.running:
            event.ignore()
            self.projects.ask_stop(self._stop_and_close)
            return
        self.shut_down()
        event.accept()

    def shut_down(self) -> None:
        """Stop what is running, close the project, remember the size of the window."""
        if self._ended:
            return
        self._ended = True
        self.settings.geometry = self.saveGeometry()
        self.settings.save()
        self.tasks.cancel_all()
        self.tasks.wait()
        self.session.close()
        self.tasks.close()

    def _stop_and_close(self) -> None:
        self._closing = True
        self.tasks.cancel_all()
        if not self.tasks.running:
            self.close()
            return
        self.tasks.changed.connect(self._close_when_idle)

    def _close_when_idle(self) -> None:
        if not self.tasks.running:
            self.tasks.changed.disconnect(self._close_when_idle)
            self.close()
