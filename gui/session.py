"""The open project, as the window knows it. Views follow ``changed``.

Work beside the window reads the project through a connection of its own. Work that changes it (an
import) uses the writing connection, and while it does, :attr:`Session.busy` holds and the window
writes nothing. Analysis and reports get frozen values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from gui.language import Language
from gui.state import State, read_state
from gui.tasks import Task, Tasks, Tick
from surveys.words import Message, message

if TYPE_CHECKING:
    from analysis.findings import Findings
    from analysis.job import Job
    from surveys.answers import Answers
    from surveys.project import Project
    from surveys.study import Study


class Session(QObject):
    """Holds the open project and what was read from it.

    Signals
    -------
    changed
        Something in :attr:`state`, :attr:`answers` or :attr:`busy` became another.
    """

    changed = Signal()

    def __init__(self, language: Language, tasks: Tasks) -> None:
        super().__init__()
        self.language = language
        self.tasks = tasks
        self.undo = QUndoStack(self)
        self.state: State | None = None
        self.answers: Answers | None = None
        self.busy = False
        self.loading = False
        self.analysis: Task | None = None
        self._project: Project | None = None

    @property
    def words(self) -> Any:
        """Words of the window's language."""
        return self.language.words

    # -- opening and closing ---------------------------------------------------------------

    def open(
        self,
        path: Path,
        passphrase: str,
        *,
        done: Callable[[], object],
        failed: Callable[[BaseException], object],
    ) -> None:
        """Open a project file in place of the one that is open."""

        def work(_tick: Tick) -> tuple[Project, State]:
            from surveys.project import Project

            project = Project.open(path, passphrase)
            return project, read_state(project)

        self._start(message("Opening the project"), work, self._adopt(done), failed)

    def create(
        self,
        make: Callable[[], Project],
        *,
        done: Callable[[], object],
        failed: Callable[[BaseException], object],
    ) -> None:
        """Make a project with ``make`` and open it in place of the one that is open."""

        def work(_tick: Tick) -> tuple[Project, State]:
            project = make()
            return project, read_state(project)

        self._start(message("Creating the project"), work, self._adopt(done), failed)

    def close(self) -> None:
        """Close the project; what it holds is in its file already."""
        project, self._project = self._project, None
        self.state = None
        self.answers = None
        self.analysis = None
        self.undo.clear()
        if project is not None:
            project.close()
        self.changed.emit()

    # -- reading ---------------------------------------------------------------------------

    def load_answers(self) -> None:
        """Read the answers if they are not there yet; ``changed`` tells when they are."""
        if self.answers is not None or self.loading or self.busy or self._project is None:
            return
        project = self._project

        def work(tick: Tick) -> Answers:
            with project.reader() as reader:
                return reader.answers(tick)

        def take(answers: Answers) -> None:
            if project is self._project:
                self.answers = answers

        self.loading = True
        self.tasks.start(message("Reading the answers"), work, done=take).ended.connect(
            self._loading_ended
        )
        self.changed.emit()

    def _loading_ended(self) -> None:
        self.loading = False
        self.changed.emit()

    # -- changing --------------------------------------------------------------------------

    def save_study(self, study: Study) -> None:
        """Put other study details in the project, at once."""
        if self._project is None or self.state is None:
            return
        self._project.save_study(study)
        self._reread(self._project)

    def change(
        self,
        title: Message,
        work: Callable[[Project, Tick], Any],
        *,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[BaseException], object] | None = None,
    ) -> None:
        """Run something that changes the project (an import) beside the window."""
        project = self._project
        if project is None:
            return

        def both(tick: Tick) -> tuple[Any, State]:
            return work(project, tick), read_state(project)

        def settled(outcome: tuple[Any, State]) -> None:
            result, state = outcome
            self.state = replace(
                state, findings=state.findings or (self.state.findings if self.state else None)
            )
            self.answers = None
            self.undo.clear()
            if done is not None:
                done(result)

        self._start(title, both, settled, failed)

    def copy_to(
        self,
        path: Path,
        *,
        done: Callable[[], object],
        failed: Callable[[BaseException], object],
    ) -> None:
        """Write a copy of the project file, with the same passphrase."""
        project = self._project
        if project is None:
            return

        def work(_tick: Tick) -> None:
            project.copy_to(path)

        self._start(message("Saving a copy"), work, lambda _nothing: done(), failed)

    def record(self, action: str, subject: str) -> None:
        """Put something that left the project in its audit trail."""
        if self._project is not None and self.state is not None and not self.state.read_only:
            self._project.record(action, subject)

    # -- analysing -------------------------------------------------------------------------

    def analyse(self, *, failed: Callable[[BaseException], object] | None = None) -> None:
        """Compute the findings from the answers, and keep them in the project."""
        if self.analysis is not None or self.busy or self._project is None or self.state is None:
            return
        if self.state.instrument is None or not self.state.n_answers:
            return
        project, kept = self._project, self.answers

        def work(tick: Tick) -> tuple[Job, Answers, Findings]:
            from analysis.job import make_job

            with project.reader() as reader:
                job = make_job(reader)
                answers = kept if kept is not None else reader.answers()
            return job, answers, job.run(answers, tick)

        def keep(outcome: tuple[Job, Answers, Findings]) -> None:
            if project is self._project:
                self._keep(*outcome)

        self.analysis = self.tasks.start(message("Analysing"), work, done=keep, failed=failed)
        self.analysis.ended.connect(self._analysis_ended)
        self.changed.emit()

    def _keep(self, job: Job, answers: Answers, findings: Findings) -> None:
        from analysis.job import save_findings

        project, state = self._project, self.state
        if project is None or state is None:
            return
        if job.key == state.key:
            self.answers = answers
        if not state.read_only and not self.busy:
            save_findings(project, job, findings)
        self.state = replace(state, findings=findings)

    def _analysis_ended(self) -> None:
        self.analysis = None
        self.changed.emit()

    # -- the machinery ---------------------------------------------------------------------

    def _adopt(self, done: Callable[[], object]) -> Callable[[tuple[Project, State]], None]:
        def adopt(opened: tuple[Project, State]) -> None:
            if self._project is not None:
                self.close()
            self._project, self.state = opened
            self.undo.clear()
            done()

        return adopt

    def _start(
        self,
        title: Message,
        work: Callable[[Tick], Any],
        done: Callable[[Any], object],
        failed: Callable[[BaseException], object] | None = None,
    ) -> None:
        self.busy = True

        def free() -> None:
            self.busy = False

        def settled(result: Any) -> None:
            free()
            done(result)

        def refused(error: BaseException) -> None:
            free()
            (failed or self.tasks.unhandled.emit)(error)

        task = self.tasks.start(title, work, done=settled, failed=refused, cancelled=free)
        task.ended.connect(self.changed.emit)
        self.changed.emit()

    def _reread(self, project: Project) -> None:
        state = read_state(project)
        self.state = replace(
            state, findings=state.findings or (self.state.findings if self.state else None)
        )
        self.changed.emit()
