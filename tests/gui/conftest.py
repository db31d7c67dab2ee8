"""What the tests of the window share: no display, no real settings, no thread left behind."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.app import make_application
from gui.language import Language
from gui.main_window import MainWindow
from gui.settings import Settings
from tests.gui.scenes import make_project


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application as users get it, style sheet and fonts included."""
    return make_application()


@pytest.fixture(autouse=True)
def no_thread_is_left(qapp: QApplication) -> Iterator[None]:
    """Fail a test after which a thread is still at work."""
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before and not t.daemon and t.is_alive()]
    assert not left
    logging.getLogger("zhiyan").handlers.clear()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings in a file of their own."""
    found = Settings(tmp_path / "window.ini")
    found.folder = tmp_path
    return found


@pytest.fixture
def open_window(
    qtbot: QtBot, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., MainWindow]]:
    """Return a function that shows a window; it is closed, tasks and all, after the test."""
    windows: list[MainWindow] = []
    monkeypatch.setattr("gui.messages.log_file", lambda: tmp_path / "log" / "zhiyan.log")

    def show(language: str = "en") -> MainWindow:
        window = MainWindow(Language(language), settings)
        windows.append(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    yield show
    for window in windows:
        window._closing = True
        window.close()
        window.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def project_file(tmp_path: Path) -> Path:
    """A small project with a questionnaire and 60 made-up forms."""
    return make_project(tmp_path / "士气 小调查.zhiyan", n=60)
