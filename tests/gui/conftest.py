"""What the tests of the window share: no display, no real settings, no thread left behind."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.app import make_application
from gui.language import Language
from gui.main_window import MainWindow
from gui.settings import Settings
from surveys import bank
from surveys.answers import Missing
from surveys.entry import EntryBuilder
from surveys.model import Instrument, Item, ItemKind
from surveys.project import Project
from surveys.study import Study
from surveys.words import Text

PASSPHRASE = "plain words 直言"
WAIT = 30_000


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
        window.show()
        qtbot.waitExposed(window)
        return window

    yield show
    for window in windows:
        window.tasks.cancel_all()
        assert window.tasks.wait(WAIT)
        window._closing = True
        window.close()
        window.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def project_file(tmp_path: Path) -> Path:
    """A small project with a questionnaire and 60 made-up forms."""
    return make_project(tmp_path / "士气 pulse.zhiyan", n=60)


def make_project(file: Path, n: int, instrument: str | None = "cmra_pulse") -> Path:
    """Write a project with ``n`` forms answered in a pattern."""
    asked = bank.load(instrument) if instrument else None
    title = Text({"zh": "小调查", "en": "Small survey"})
    with Project.create(file, PASSPHRASE, Study(title=title, synthetic=True), asked) as project:
        if asked is not None and n:
            builder = EntryBuilder(asked)
            project.add_entries(
                [builder.build(answers(asked, row), serial=f"{row:05d}") for row in range(n)]
            )
    return file


def answers(instrument: Instrument, row: int) -> dict[str, object]:
    """Return the answers of one made-up form."""
    return {
        item.id: Missing.PREFER_NOT if (row + place) % 17 == 0 else _answer(item, row + place)
        for place, item in enumerate(instrument.presented())
    }


def _answer(item: Item, turn: int) -> object:
    if item.scale is not None:
        points = list(item.scale.points)
        return points[(turn * 7 + turn // 3) % len(points)]
    if item.kind is ItemKind.SINGLE:
        return item.options[turn % len(item.options)].code
    if item.kind is ItemKind.MULTIPLE:
        return [item.options[turn % len(item.options)].code]
    if item.kind is ItemKind.NUMBER:
        low = int(item.minimum or 0)
        return low + turn % (int(item.maximum or low + 5) - low + 1)
    return Missing.SKIPPED


def open_project(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    """Open a project behind the passphrase dialog's back."""
    done: list[bool] = []
    window.session.open(file, PASSPHRASE, done=lambda: done.append(True), failed=window.errors.show)
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT)
    window.session.changed.emit()
    window.show_page("study")


def dialog(window: QWidget, kind: type[QWidget]) -> QWidget:
    """Return the open dialog of a kind."""
    found = [made for made in window.findChildren(kind) if made.isVisible()]
    assert found, f"no {kind.__name__} is open"
    return found[-1]
