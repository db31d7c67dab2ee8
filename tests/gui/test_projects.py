"""Making, opening, copying and closing projects, with keys and clicks as a person would."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.dialogs import files
from gui.dialogs.new_project import NewProjectDialog
from gui.dialogs.passphrase import PassphraseDialog
from gui.dialogs.question import QuestionDialog
from gui.dialogs.refusal import RefusalDialog
from gui.main_window import MainWindow
from surveys import bank
from surveys.instrument_yaml import write_instrument
from surveys.project import Project
from surveys.words import message
from tests.gui.scenes import PASSPHRASE, WAIT, dialog, make_project, open_project

Show = Callable[..., MainWindow]


def _type(field: object, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def test_a_project_is_made_with_the_keyboard(
    qtbot: QtBot, open_window: Show, tmp_path: Path
) -> None:
    """Ctrl+N, a title, two passphrases, Enter: the project is there, encrypted, and open."""
    window = open_window()
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    asked = dialog(window, NewProjectDialog)
    _type(asked.title, "Spring: survey")
    _type(asked.passphrase, "three plain words")
    _type(asked.again, "three plain words")
    QTest.keyClick(asked.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.state is not None, timeout=WAIT)
    file = tmp_path / "Spring survey.zhiyan"
    assert window.session.state.path == file
    assert file.read_bytes()[:15] != b"SQLite format 3"
    assert window.page == "study"
    assert window.settings.recent == [file]
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT)
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.page == "questionnaire"
    assert len(window.pages["questionnaire"].cards) == 78


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [("short", "short", "at least 8"), ("three plain words", "three plain word", "differ")],
)
def test_a_bad_passphrase_is_refused(
    open_window: Show, tmp_path: Path, first: str, second: str, words: str
) -> None:
    """The dialog stays open and says why; no file is made."""
    window = open_window()
    window.projects.ask_new()
    asked = dialog(window, NewProjectDialog)
    asked.title.setText("Survey")
    asked.passphrase.setText(first)
    asked.again.setText(second)
    asked.confirm()
    assert asked.isVisible()
    assert words in asked.refusal.text
    assert list(tmp_path.glob("*.zhiyan")) == []
    asked.reject()


def test_an_existing_file_is_not_overwritten(
    qtbot: QtBot, open_window: Show, project_file: Path
) -> None:
    before = project_file.read_bytes()
    window = open_window()
    window.projects.ask_new()
    asked = dialog(window, NewProjectDialog)
    asked.title.setText("Survey")
    asked.passphrase.setText("three plain words")
    asked.again.setText("three plain words")
    asked.place.setText(str(project_file))
    asked.confirm()
    qtbot.waitUntil(asked.refusal.isVisible, timeout=WAIT)
    assert project_file.read_bytes() == before
    asked.reject()


def test_a_questionnaire_file_can_be_the_start(
    qtbot: QtBot, open_window: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A YAML file becomes the questionnaire of the new project."""
    yaml = tmp_path / "自己的问卷.yaml"
    yaml.write_text(write_instrument(bank.load("cmra_pulse")), encoding="utf-8")
    monkeypatch.setattr("gui.dialogs.new_project.ask_open", lambda *_a: yaml)
    window = open_window()
    window.projects.ask_new()
    asked = dialog(window, NewProjectDialog)
    asked.title.setText("Own")
    asked.from_file.click()
    asked._choose.click()
    asked.passphrase.setText("three plain words")
    asked.again.setText("three plain words")
    asked.confirm()
    qtbot.waitUntil(lambda: window.session.state is not None, timeout=WAIT)
    assert window.session.state.instrument.id == "cmra_pulse"


def test_a_wrong_passphrase_gets_a_sentence_and_another_try(
    qtbot: QtBot, open_window: Show, project_file: Path
) -> None:
    window = open_window()
    window.open_file(project_file)
    asked = dialog(window, PassphraseDialog)
    _type(asked.passphrase, "not this one")
    QTest.keyClick(asked.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(asked.refusal.isVisible, timeout=WAIT)
    assert "passphrase" in asked.refusal.text
    assert window.session.state is None
    asked.passphrase.setText(PASSPHRASE)
    asked.accept_button.click()
    qtbot.waitUntil(lambda: window.session.state is not None, timeout=WAIT)
    assert window.session.state.n_answers == 60


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not ours", b"no project at all"])
def test_a_file_that_is_no_project_is_refused_with_a_sentence(
    open_window: Show, tmp_path: Path, content: bytes
) -> None:
    """Nobody is asked for the passphrase of a file that cannot be one."""
    file = tmp_path / "odd.zhiyan"
    file.write_bytes(content)
    window = open_window()
    window.open_file(file)
    assert "odd.zhiyan" in dialog(window, RefusalDialog).sentence.text()
    assert window.session.state is None


def test_another_project_takes_the_place_of_the_open_one(
    qtbot: QtBot, open_window: Show, project_file: Path, tmp_path: Path
) -> None:
    """The first one is let go of, so that another program can open it."""
    window = open_window()
    open_project(qtbot, window, project_file)
    other = make_project(tmp_path / "other.zhiyan", n=0)
    open_project(qtbot, window, other)
    assert window.session.state.path == other
    with Project.open(project_file, PASSPHRASE) as project:
        assert project.n_entries == 60


def test_recent_projects_are_offered(qtbot: QtBot, open_window: Show, project_file: Path) -> None:
    """A click on a recent project asks for its passphrase; files that are gone are not offered."""
    window = open_window()
    window.settings.remember(project_file)
    window.settings.remember(project_file.with_name("gone.zhiyan"))
    window.welcome.refresh()
    assert window.settings.recent == [project_file]
    window.welcome.recent.itemAt(0).widget().layout().itemAt(0).widget().click()
    assert dialog(window, PassphraseDialog).isVisible()


def test_a_copy_opens_with_the_same_passphrase(
    qtbot: QtBot, open_window: Show, project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the project stays open."""
    copy = project_file.with_name("副本.zhiyan")
    window = open_window()
    open_project(qtbot, window, project_file)
    monkeypatch.setattr(files, "ask_save", lambda *_a: copy)
    window.actions_["copy"].trigger()
    qtbot.waitUntil(lambda: not window.session.busy and copy.exists(), timeout=WAIT)
    with Project.open(copy, PASSPHRASE) as project:
        assert project.n_entries == 60
    qtbot.waitUntil(lambda: bool(window.findChildren(QuestionDialog)), timeout=WAIT)
    window.session.load_answers()
    qtbot.waitUntil(lambda: window.session.answers is not None, timeout=WAIT)


def test_a_copy_over_the_project_itself_is_refused(
    qtbot: QtBot, open_window: Show, project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    open_project(qtbot, window, project_file)
    monkeypatch.setattr(files, "ask_save", lambda *_a: project_file)
    window.actions_["copy"].trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(RefusalDialog)), timeout=WAIT)
    assert "itself" in dialog(window, RefusalDialog).sentence.text()
    window.session.load_answers()
    qtbot.waitUntil(lambda: window.session.answers is not None, timeout=WAIT)


def test_closing_the_project_leads_back_to_the_welcome(
    qtbot: QtBot, open_window: Show, project_file: Path
) -> None:
    window = open_window()
    open_project(qtbot, window, project_file)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT)
    QTest.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert window.session.state is None
    assert window.welcome.isVisible()
    assert not window.actions_["import"].isEnabled()


def test_an_idle_window_locks_the_project(
    qtbot: QtBot, open_window: Show, project_file: Path
) -> None:
    """Privacy rule P11: closed, open dialogs included, and the passphrase is asked for again."""
    window = open_window()
    open_project(qtbot, window, project_file)
    window.projects.ask_paper()
    window.idle.timer.timeout.emit()
    assert window.session.state is None
    asked = dialog(window, PassphraseDialog)
    asked.passphrase.setText(PASSPHRASE)
    asked.confirm()
    qtbot.waitUntil(lambda: window.session.state is not None, timeout=WAIT)
    assert window.idle.timer.isActive()


def test_nothing_is_locked_while_something_runs(
    qtbot: QtBot, open_window: Show, project_file: Path
) -> None:
    window = open_window()
    open_project(qtbot, window, project_file)
    going, stop = threading.Event(), threading.Event()

    def work(_tick: object) -> None:
        going.set()
        stop.wait(30)

    window.tasks.start(message("Analysing"), work)
    qtbot.waitUntil(going.is_set, timeout=WAIT)
    window.idle.timer.timeout.emit()
    assert window.session.state is not None
    stop.set()
    qtbot.waitUntil(lambda: not window.tasks.running, timeout=WAIT)


def test_a_key_puts_the_lock_off(qtbot: QtBot, open_window: Show) -> None:
    window = open_window()
    window.idle.timer.stop()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    assert window.idle.timer.isActive()
