"""What the user does with whole projects: make, open, import into, copy, print, export."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from gui.dialogs import files
from gui.messages import Errors
from gui.pages.study_form import push_study
from gui.session import Session
from gui.settings import Settings
from gui.tasks import Tick
from surveys.problems import SurveyError
from surveys.words import Text, message

if TYPE_CHECKING:
    from gui.dialogs.new_project import NewProject
    from surveys.project import Project
    from surveys.study import Fieldwork


class Projects(QObject):
    """Asks, then does; errors go to ``errors`` or into the dialog that asked.

    Signals
    -------
    opened
        Another project is open now.
    imported
        Answers were imported.
    """

    opened = Signal()
    imported = Signal()

    def __init__(
        self, window: QWidget, session: Session, settings: Settings, errors: Errors
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings
        self._errors = errors

    # -- making and opening ----------------------------------------------------------------

    def ask_new(self) -> None:
        """Ask for what a new project needs, and make it."""
        from gui.dialogs.new_project import NewProjectDialog

        if self._refuse_while_working():
            return

        def make(wanted: NewProject) -> None:
            self._session.create(
                lambda: _make_project(wanted, language),
                done=lambda: self._opened(dialog),
                failed=lambda error: self._refused(dialog, error),
            )

        language = self._session.language.code
        dialog = NewProjectDialog(self._window, self._session.words, self._settings, make)
        dialog.open()

    def ask_open(self) -> None:
        """Ask for a project file, then for its passphrase."""
        words = self._session.words
        kinds = words("Zhiyan projects (*.zhiyan)") + ";;" + words("All files (*)")
        file = files.ask_open(self._window, self._settings, words("Open a project"), kinds)
        if file is not None:
            self.open_file(file)

    def open_file(self, file: Path, passphrase: str = "") -> None:
        """Open a project file with a passphrase, or ask for it where there is none or a wrong one."""
        from gui.dialogs.passphrase import PassphraseDialog
        from surveys.project.file import sniff

        if self._refuse_while_working():
            return
        state = self._session.state
        if state is not None and file.resolve() == state.path.resolve():
            return
        try:
            sniff(file.absolute())
        except SurveyError as error:
            self._errors.show(error)
            return

        def try_passphrase(passphrase: str) -> None:
            self._session.open(
                file,
                passphrase,
                done=lambda: self._opened(dialog),
                failed=lambda error: self._refused(dialog, error),
            )

        dialog = PassphraseDialog(self._window, self._session.words, file, try_passphrase)
        if passphrase:
            self._session.open(
                file,
                passphrase,
                done=lambda: self._opened(dialog),
                failed=lambda _error: dialog.open(),
            )
        else:
            dialog.open()

    def close(self) -> None:
        """Close the project."""
        if not self._refuse_while_working():
            self._session.close()

    def _opened(self, dialog: QWidget) -> None:
        dialog.accept()
        self._settings.remember(self._session.state.path)
        self._settings.save()
        self._session.changed.emit()
        self.opened.emit()

    def _refused(self, dialog: QWidget, error: BaseException) -> None:
        if isinstance(error, SurveyError):
            lines = [self._session.words.say(error)]
            lines.extend(self._session.words.say(problem) for problem in error.problems[:5])
            dialog.refuse("\n".join(lines))
            return
        dialog.set_waiting(False)
        self._errors.show(error)

    # -- working ---------------------------------------------------------------------------

    def ask_import(self) -> None:
        """Ask for a table, show what would be taken over, and take it over."""
        if self._session.state is None or self._session.busy or self._session.state.read_only:
            return
        from gui.dialogs.import_data import start_import

        start_import(
            self._window,
            self._session,
            self._settings,
            self._errors,
            lambda _r: self.imported.emit(),
        )

    def ask_copy(self) -> None:
        """Ask where to, and write a copy of the project file."""
        session, words = self._session, self._session.words
        name = words("{name} (copy)", name=session.state.path.stem) + ".zhiyan"
        kinds = words("Zhiyan projects (*.zhiyan)")
        title = words("Save a copy as")
        file = files.ask_save(self._window, self._settings, title, kinds, name)
        if file is not None:
            session.copy_to(file, done=lambda: self._say_written(file), failed=self._errors.show)

    def ask_passphrase(self) -> None:
        """Ask for another passphrase, and encrypt the project anew."""
        from gui.dialogs.new_passphrase import NewPassphraseDialog

        session, words = self._session, self._session.words
        if self._refuse_while_working():
            return

        def change(passphrase: str) -> None:
            session.change(
                message("Encrypting the project"),
                lambda project, _tick: project.change_passphrase(passphrase),
                done=lambda _none: self._say_changed(),
                failed=self._errors.show,
            )

        NewPassphraseDialog(self._window, words, change).open()

    def _say_changed(self) -> None:
        from gui.dialogs.refusal import RefusalDialog

        words = self._session.words
        title = words("The passphrase was changed")
        sentence = words("From now on the project opens with the new passphrase only.")
        RefusalDialog(self._window, words, sentence, title=title).open()

    def ask_fieldwork(self) -> None:
        """Ask how many forms were handed out and returned."""
        from gui.dialogs.fieldwork import FieldworkDialog

        session, state = self._session, self._session.state
        if state is None or state.read_only:
            return

        def save(places: tuple[Fieldwork, ...]) -> None:
            if session.state is not None and not session.busy and places != state.study.fieldwork:
                after = msgspec.structs.replace(session.state.study, fieldwork=places)
                push_study(session, message("Forms handed out and returned"), after)

        FieldworkDialog(self._window, session.words, state.study.fieldwork, save).open()

    def ask_paper(self) -> None:
        """Ask in which language, and write the paper form."""
        state = self._session.state
        if state is None or state.instrument is None:
            return
        from gui.dialogs.paper import PaperDialog

        dialog = PaperDialog(self._window, self._session.words, self._session.language.code)
        dialog.wanted.connect(self._write_paper)
        dialog.open()

    def _write_paper(self, language: str, copies: int) -> None:
        state, words = self._session.state, self._session.words
        title = words("Print the questionnaire")
        name = words("questionnaire") + ".pdf"
        file = files.ask_save(self._window, self._settings, title, words("PDF files (*.pdf)"), name)
        if file is None:
            return
        instrument, synthetic = state.instrument, state.study.synthetic

        def work(_tick: object) -> None:
            from analysis.reports.paper_form import write_paper

            write_paper(instrument, file, language, copies=copies, synthetic=synthetic)

        self._session.tasks.start(
            message("Printing the questionnaire"),
            work,
            done=lambda _none: self._say_written(file),
            failed=self._errors.show,
        )

    def ask_export(self, pdf: bytes, language: str) -> None:
        """Ask where to, and write the report."""
        words, session = self._session.words, self._session
        title = words("Export the report")
        name = f"{session.state.path.stem} {words('report')} {language}.pdf"
        file = files.ask_save(self._window, self._settings, title, words("PDF files (*.pdf)"), name)
        if file is None:
            return
        from gui.report import save_bytes

        try:
            save_bytes(pdf, file)
        except SurveyError as error:
            self._errors.show(error)
            return
        session.record("report exported", file.name)
        self._say_written(file)

    def ask_demo(self) -> None:
        """Ask where to, make the demonstration project there, and open it."""
        if self._refuse_while_working():
            return
        words = self._session.words
        title = words("A folder for the demonstration project")
        folder = files.ask_folder(self._window, self._settings, title)
        if folder is None:
            return
        from analysis.demo import DEMO_PASSPHRASE

        passphrase = os.environ.get("ZHIYAN_PASSPHRASE") or DEMO_PASSPHRASE
        language = self._session.language.code

        def work(tick: Tick) -> Path:
            from analysis.demo import FILES, make_demo

            make_demo(folder, passphrase, language=language, tick=tick)
            return folder / FILES[0]

        def made(file: Path) -> None:
            self._session.open(
                file,
                passphrase,
                done=lambda: self._demo_opened(passphrase),
                failed=self._errors.show,
            )

        self._session.tasks.start(
            message("Making the demonstration project"), work, done=made, failed=self._errors.show
        )

    def _demo_opened(self, passphrase: str) -> None:
        from gui.dialogs.refusal import RefusalDialog

        self._settings.remember(self._session.state.path)
        self._session.changed.emit()
        self.opened.emit()
        words, file = self._session.words, self._session.state.path
        RefusalDialog(
            self._window,
            words,
            words(
                "{file}, the report and the questionnaire are in {folder}. The passphrase is"
                " {passphrase}.",
                file=file.name,
                folder=str(file.parent),
                passphrase=passphrase,
            ),
            title=words("The demonstration project is ready"),
        ).open()

    def show_problems(self) -> None:
        """Show what the check of the questionnaire found."""
        from gui.dialogs.refusal import RefusalDialog

        words, state = self._session.words, self._session.state
        RefusalDialog(
            self._window,
            words,
            words("What the check of the questionnaire found, and what to do about it:"),
            state.problems,
            words("Check of the questionnaire"),
        ).open()

    def ask_stop(self, stop: Callable[[], object]) -> None:
        """Ask whether to stop what is running."""
        from gui.dialogs.question import QuestionDialog

        words = self._session.words
        names = [words.say(task.title) for task in self._session.tasks.running]
        QuestionDialog(
            self._window,
            words,
            words("Something is still running"),
            words("{names}: stop it and close the window?", names=names),
            words("Stop and close"),
            stop,
        ).open()

    # -- the small print -------------------------------------------------------------------

    def _refuse_while_working(self) -> bool:
        """Tell the user that the project is in use, if it is."""
        if not (self._session.busy or self._session.analysis):
            return False
        words = self._session.words
        from gui.dialogs.refusal import RefusalDialog

        RefusalDialog(
            self._window,
            words,
            words("Something is running with this project. Wait until it is done, or cancel it."),
        ).open()
        return True

    def _say_written(self, file: Path) -> None:
        from gui.dialogs.question import QuestionDialog

        words = self._session.words
        QuestionDialog(
            self._window,
            words,
            words("Written"),
            words("{file} is in {folder}.", file=file.name, folder=str(file.parent)),
            words("Open the folder"),
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent))),
            words("Close"),
        ).open()


def _make_project(wanted: NewProject, language: str) -> Project:
    """Make the project; runs in a worker."""
    from surveys import bank
    from surveys.instrument_yaml import load_instrument
    from surveys.project import Project
    from surveys.study import Study

    instrument = None
    if isinstance(wanted.instrument, Path):
        instrument = load_instrument(wanted.instrument)
    elif wanted.instrument is not None:
        instrument = bank.load(wanted.instrument)
    study = Study(
        title=Text({language: wanted.title}),
        who_sees=Text({language: wanted.who_sees} if wanted.who_sees else {}),
        sponsor_is_superior=wanted.superior,
    )
    return Project.create(wanted.file, wanted.passphrase, study, instrument)
