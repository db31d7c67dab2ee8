"""The study's details: saved at once, undone and done again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from analysis.job import make_job
from gui.dialogs.fieldwork import FieldworkDialog
from gui.dialogs.new_passphrase import NewPassphraseDialog
from gui.dialogs.refusal import RefusalDialog
from gui.main_window import MainWindow
from surveys.problems import SurveyError
from surveys.project import Project
from surveys.study import Fieldwork
from tests.gui.scenes import PASSPHRASE, WAIT, dialog, open_project


@pytest.fixture
def window(qtbot: QtBot, open_window: Callable[..., MainWindow], project_file: Path) -> MainWindow:
    shown = open_window()
    open_project(qtbot, shown, project_file)
    return shown


def test_a_change_is_in_the_file_at_once(window: MainWindow, project_file: Path) -> None:
    """Typing and leaving the field is enough; there is nothing to save."""
    field = window.pages["study"].form.fields["population"]
    field.setFocus()
    QTest.keyClicks(field, "Officials of 12 counties")
    QTest.keyClick(field, Qt.Key.Key_Return)
    with Project.open(project_file, PASSPHRASE, read_only=True) as project:
        assert project.study.population.get("en") == "Officials of 12 counties"
        assert project.study.title.get("zh") == "小调查"


def test_undo_and_redo_reach_the_file(window: MainWindow, project_file: Path) -> None:
    field = window.pages["study"].form.fields["sponsor"]
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
    field = window.pages["study"].form.fields["title"]
    field.clear()
    field.editingFinished.emit()
    assert field.text() == "Small survey"
    assert window.session.undo.count() == 0


def test_a_superior_sponsor_raises_the_smallest_group(window: MainWindow) -> None:
    """Privacy rule P18: at least 20 then, whatever was chosen."""
    page = window.pages["study"].form
    page.superior.click()
    assert page.threshold.value() == 20
    assert page.threshold.minimum() == 20
    page.superior.click()
    assert page.threshold.value() == 10
    assert page.threshold.minimum() == 5


def test_months_are_put_in_order(window: MainWindow) -> None:
    first, last = window.pages["study"].form.months
    first.setText("2026-05")
    last.setText("2026-03")
    last.editingFinished.emit()
    assert window.session.state.study.months == ("2026-03", "2026-05")
    assert first.text() == "2026-03"


def test_sampling_and_retention_reach_the_file(window: MainWindow, project_file: Path) -> None:
    """Chosen from the items; a day that is none is not taken."""
    form = window.pages["study"].form
    box = form.sampled["psu"]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    form.retention.setText("2031-12-31")
    form.retention.editingFinished.emit()
    with Project.open(project_file, PASSPHRASE, read_only=True) as project:
        assert project.study.design.psu == box.itemData(1)
        assert project.study.retention_until == "2031-12-31"
    form.retention.setText("2031-13-41")
    assert not form.retention.hasAcceptableInput()


def test_the_study_decides_on_the_smallest_group(window: MainWindow, project_file: Path) -> None:
    """A plan saved earlier with a smaller threshold does not bring small groups back."""
    window.session.close()
    with Project.open(project_file, PASSPHRASE) as project:
        earlier = make_job(project).plan
        assert earlier.threshold == 10
        project.save_plan("standard", earlier.encode())
        project.save_study(msgspec.structs.replace(project.study, sponsor_is_superior=True))
        assert make_job(project).plan.threshold == 20


def test_forms_handed_out_and_returned(window: MainWindow, project_file: Path) -> None:
    """Typed into a table; impossible numbers are refused with the place."""
    window.pages["study"].form.fieldwork.click()
    asked = dialog(window, FieldworkDialog)
    for column, text in enumerate(("C01", "50", "60")):
        asked.table.item(0, column).setText(text)
    asked.accept_button.click()
    assert "C01: more came back" in asked.refusal.text
    asked.table.item(0, 2).setText("41")
    asked.accept_button.click()
    with Project.open(project_file, PASSPHRASE, read_only=True) as project:
        assert project.study.fieldwork == (Fieldwork("C01", 50, 41),)
    window.actions_["undo"].trigger()
    assert window.session.state.study.fieldwork == ()


def test_the_passphrase_is_changed(qtbot: QtBot, window: MainWindow, project_file: Path) -> None:
    """The old one opens nothing any more."""
    window.actions_["passphrase"].trigger()
    asked = dialog(window, NewPassphraseDialog)
    asked.passphrase.setText("other plain words")
    asked.again.setText("other plain word")
    asked.accept_button.click()
    assert "differ" in asked.refusal.text
    asked.again.setText("other plain words")
    asked.accept_button.click()
    qtbot.waitUntil(lambda: bool(window.findChildren(RefusalDialog)), timeout=WAIT)
    window.session.close()
    with pytest.raises(SurveyError):
        Project.open(project_file, PASSPHRASE)
    with Project.open(project_file, "other plain words") as project:
        assert project.n_entries == 60


def test_the_wheel_changes_no_value(qtbot: QtBot, window: MainWindow) -> None:
    """Scrolling the page with the pointer over a field must not change the study."""
    form = window.pages["study"].form
    for field in (form.sampled["psu"], form.sampled["strata"], form.threshold):
        middle = QPointF(field.rect().center())
        event = QWheelEvent(
            middle,
            field.mapToGlobal(middle),
            QPoint(0, -120),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, event)
        assert not event.isAccepted()
    assert window.session.undo.count() == 0
