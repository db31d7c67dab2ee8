"""The three fates of an error, and closing while something runs."""

from __future__ import annotations

import ast
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from analysis.errors import AnalysisError
from gui.dialogs.dialog import Dialog
from gui.dialogs.question import QuestionDialog
from gui.dialogs.refusal import MistakeDialog, RefusalDialog
from gui.main_window import MainWindow
from gui.messages import record, start_log
from gui.tasks import Cancelled, Tick
from surveys.problems import Problem, Severity, SurveyError
from surveys.project import Project
from surveys.words import message
from tests.gui.scenes import PASSPHRASE, WAIT, dialog, open_project

Show = Callable[..., MainWindow]

_CANARY = "canary-7391 the respondent wrote this"


def test_cancelled_is_silent(open_window: Show) -> None:
    window = open_window()
    window.errors.show(Cancelled())
    assert window.findChildren(Dialog) == []


def test_a_refusal_lists_its_problems(open_window: Show) -> None:
    """Place, what is wrong, what to do: for each problem."""
    window = open_window()
    problem = Problem(
        "x",
        message("Item {item}", item="A1"),
        message("There is not a single item."),
        message("Add at least one."),
        Severity.ERROR,
    )
    window.errors.show(SurveyError("Type the passphrase.", problems=[problem]))
    shown = dialog(window, RefusalDialog)
    texts = [label.text() for label in shown.findChildren(type(shown.sentence))]
    for wanted in (
        "Type the passphrase.",
        "Item A1",
        "There is not a single item.",
        "Add at least one.",
    ):
        assert wanted in texts


def test_an_analysis_error_is_its_sentence(open_window: Show) -> None:
    window = open_window()
    window.errors.show(AnalysisError("seed {seed}", seed=4))
    assert dialog(window, RefusalDialog).sentence.text() == "seed 4"


def test_a_mistake_is_logged_without_an_answer_and_shown_once(
    open_window: Show, tmp_path: Path
) -> None:
    """The log says where and what kind, never what the error says; it may quote an answer."""
    file = tmp_path / "log" / "zhiyan.log"
    start_log(file)
    window = open_window()

    def read(cell: str) -> float:
        return float(cell)

    for _again in range(2):
        try:
            read(_CANARY)
        except ValueError as error:
            window.errors.uncaught(type(error), error, error.__traceback__)
    logging.getLogger("zhiyan").handlers[0].flush()
    text = file.read_text(encoding="utf-8")
    assert "ValueError" in text
    assert "test_errors.py" in text
    assert "canary" not in text
    assert len(window.findChildren(MistakeDialog)) == 1


def test_a_chain_of_errors_is_logged_without_words(tmp_path: Path) -> None:
    file = tmp_path / "zhiyan.log"
    start_log(file)
    try:
        try:
            raise KeyError(_CANARY)
        except KeyError as error:
            raise RuntimeError(_CANARY) from error
    except RuntimeError as error:
        record(error)
    text = file.read_text(encoding="utf-8")
    assert "RuntimeError <- KeyError" in text
    assert "canary" not in text


def test_an_error_in_a_task_keeps_the_data(
    qtbot: QtBot, open_window: Show, project_file: Path
) -> None:
    """One dialog; the project stays open and usable."""
    window = open_window()
    open_project(qtbot, window, project_file)

    def fail(_project: Project, _tick: Tick) -> None:
        raise ZeroDivisionError

    window.session.change(message("Importing answers"), fail, failed=window.errors.show)
    qtbot.waitUntil(lambda: bool(window.findChildren(MistakeDialog)), timeout=WAIT)
    assert not window.session.busy
    window.session.load_answers()
    qtbot.waitUntil(lambda: window.session.answers is not None, timeout=WAIT)


@pytest.fixture
def busy(qtbot: QtBot, open_window: Show, project_file: Path) -> tuple[MainWindow, threading.Event]:
    """A window with a task under way that ends at its next tick or when the event is set."""
    window = open_window()
    open_project(qtbot, window, project_file)
    going, stop = threading.Event(), threading.Event()

    def work(_project: Project, tick: Tick) -> None:
        going.set()
        while not stop.wait(0.01):
            tick(0.5)

    window.session.change(message("Importing answers"), work)
    qtbot.waitUntil(going.is_set, timeout=WAIT)
    return window, stop


def test_closing_while_something_runs_asks(
    qtbot: QtBot, busy: tuple[MainWindow, threading.Event]
) -> None:
    """No keeps everything running."""
    window, stop = busy
    assert not window.close()
    asked = dialog(window, QuestionDialog)
    asked.cancel_button.click()
    assert window.isVisible()
    assert window.tasks.running
    stop.set()
    qtbot.waitUntil(lambda: not window.tasks.running, timeout=WAIT)


def test_stopping_closes_the_window_and_the_project(
    qtbot: QtBot, busy: tuple[MainWindow, threading.Event], project_file: Path
) -> None:
    """Yes cancels, waits for the threads, and lets go of the file."""
    window, _stop = busy
    window.close()
    dialog(window, QuestionDialog).accept_button.click()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)
    with Project.open(project_file, PASSPHRASE) as project:
        assert project.n_entries == 60


def test_nothing_is_written_while_an_import_runs(busy: tuple[MainWindow, threading.Event]) -> None:
    """The study's form is closed, as are undo, import and close."""
    window, stop = busy
    assert not window.pages["study"].form.isEnabled()
    for key in ("import", "close", "copy", "run"):
        assert not window.actions_[key].isEnabled()
    stop.set()


def test_the_size_of_the_window_is_remembered(open_window: Show) -> None:
    window = open_window()
    window.resize(970, 650)
    window.close()
    assert open_window().height() == 650


def test_a_mistake_while_a_page_is_shown_does_not_end_the_program() -> None:
    """A method that Qt calls raises: the hook hears of it, and the window goes on.

    In a process of its own, because without the guard the interpreter itself would fall.
    """
    code = """
import sys
from gui.app import make_application
from gui.guard import guarded
from PySide6.QtWidgets import QWidget
application = make_application()
sys.excepthook = lambda kind, error, trace: print("hook", kind.__name__)
class Broken(QWidget):
    @guarded()
    def showEvent(self, event):
        len(3)
Broken().show()
application.processEvents()
print("alive")
"""
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"},
        cwd=Path(__file__).parents[2],
        check=False,
        timeout=120,
    )
    assert result.stdout.split() == ["hook", "TypeError", "alive"], result.stderr


def test_every_method_that_qt_calls_is_guarded() -> None:
    """Methods with a name of Qt's that do more than read a field are decorated."""
    names = {
        *("data", "headerData", "setData", "rowCount", "columnCount", "paint", "setModelData"),
        *("createEditor", "setEditorData", "paintEvent", "showEvent", "resizeEvent", "wheelEvent"),
        *("keyPressEvent", "closeEvent", "scrollContentsBy", "setGeometry", "changeEvent", "event"),
        *("eventFilter", "mousePressEvent", "mouseReleaseEvent", "dropEvent", "timerEvent"),
    }
    bare = []
    for file in (Path(__file__).parents[2] / "gui").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name in names:
                marks = [ast.unparse(mark) for mark in node.decorator_list]
                if not any(mark.startswith("guarded(") for mark in marks):
                    bare.append(f"{file.name}:{node.lineno} {node.name}")
    assert bare == []
