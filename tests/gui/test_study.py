"""The study's details: saved at once, undone and done again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from surveys.project import Project
from tests.gui.scenes import PASSPHRASE, open_project


@pytest.fixture
def window(qtbot: QtBot, open_window: Callable[..., MainWindow], project_file: Path) -> MainWindow:
    shown = open_window()
    open_project(qtbot, shown, project_file)
    return shown


def test_a_change_is_in_the_file_at_once(window: MainWindow, project_file: Path) -> None:
    """Typing and leaving the field is enough; there is nothing to save."""
    field = window.pages["study"].fields["population"]
    field.setFocus()
    QTest.keyClicks(field, "Officials of 12 counties")
    QTest.keyClick(field, Qt.Key.Key_Return)
    with Project.open(project_file, PASSPHRASE, read_only=True) as project:
        assert project.study.population.get("en") == "Officials of 12 counties"
        assert project.study.title.get("zh") == "小调查"


def test_undo_and_redo_reach_the_file(window: MainWindow, project_file: Path) -> None:
    field = window.pages["study"].fields["sponsor"]
    field.setFocus()
    QTest.keyClicks(field, "A university")
    QTest.keyClick(field, Qt.Key.Key_Return)
    window.actions_["undo"].trigger()
    assert field.text() == ""
    assert not window.session.undo.canUndo()
    window.actions_["redo"].trigger()
    assert field.text() == "A university"
    with Project.open(project_file, PASSPHRASE, read_only=True) as project:
        assert project.study.sponsor.get("en") == "A university"


def test_an_empty_title_is_not_taken(window: MainWindow) -> None:
    field = window.pages["study"].fields["title"]
    field.clear()
    field.editingFinished.emit()
    assert field.text() == "Small survey"
    assert window.session.undo.count() == 0


def test_a_superior_sponsor_raises_the_smallest_group(window: MainWindow) -> None:
    """Privacy rule P18: at least 20 then, whatever was chosen."""
    page = window.pages["study"]
    page.superior.click()
    assert page.threshold.value() == 20
    assert page.threshold.minimum() == 20
    page.superior.click()
    assert page.threshold.value() == 10
    assert page.threshold.minimum() == 5


def test_months_are_put_in_order(window: MainWindow) -> None:
    first, last = window.pages["study"].months
    first.setText("2026-05")
    last.setText("2026-03")
    last.editingFinished.emit()
    assert window.session.state.study.months == ("2026-03", "2026-05")
    assert first.text() == "2026-03"
