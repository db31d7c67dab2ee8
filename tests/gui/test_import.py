"""Importing: a dry run that can be read, corrected and refused, then the import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import gui.dialogs.import_data as importing
from gui.dialogs.import_data import ImportDialog
from gui.dialogs.refusal import RefusalDialog
from gui.main_window import MainWindow
from surveys import bank
from surveys.model import ItemKind
from tests.gui.scenes import WAIT, answers, dialog, make_project, open_project

Show = Callable[..., MainWindow]


def _table(
    file: Path, n: int, *, rename: dict[str, str] | None = None, encoding: str = "utf-8"
) -> Path:
    """Write ``n`` made-up forms of the pulse questionnaire as CSV."""
    instrument = bank.load("cmra_pulse")
    items = [i for i in instrument.presented() if i.kind is not ItemKind.MULTIPLE]
    names = [(rename or {}).get(item.id, item.id) for item in items]
    lines = [",".join(["serial", *names])]
    for row in range(n):
        given = answers(instrument, row)
        cells = [
            given[item.id] if given[item.id] and not hasattr(given[item.id], "name") else ""
            for item in items
        ]
        lines.append(",".join([f"C{row:04d}", *map(str, cells)]))
    file.write_text("\n".join(lines) + "\n", encoding=encoding)
    return file


@pytest.fixture
def start(
    qtbot: QtBot, open_window: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[MainWindow, ImportDialog]]:
    """Return a function that opens the import dialog on a table and waits for its dry run."""

    def begin(
        table: Path, instrument: str | None = "cmra_pulse"
    ) -> tuple[MainWindow, ImportDialog]:
        monkeypatch.setattr(importing, "ask_open", lambda *_a: table)
        window = open_window()
        open_project(qtbot, window, make_project(tmp_path / "empty.zhiyan", 0, instrument))
        window.actions_["import"].trigger()
        asked = dialog(window, ImportDialog)
        settle(qtbot, asked)
        return window, asked

    return begin


def settle(qtbot: QtBot, asked: ImportDialog) -> None:
    qtbot.waitUntil(lambda: not asked._session.tasks.running, timeout=WAIT)


def test_a_table_is_imported_and_shown(
    qtbot: QtBot, start: Callable[..., tuple[MainWindow, ImportDialog]], tmp_path: Path
) -> None:
    """A GB18030 file with a Chinese name: dry run, one click, and the answers are in view."""
    window, asked = start(_table(tmp_path / "问卷 数据.csv", 40, encoding="gb18030"))
    assert "40 forms" in asked.summary.text()
    assert asked.accept_button.isEnabled()
    asked.accept_button.click()
    qtbot.waitUntil(lambda: window.session.state.n_answers == 40, timeout=WAIT)
    assert window.page == "answers"
    model = window.pages["answers"].model
    qtbot.waitUntil(lambda: model.rowCount() == 40, timeout=WAIT)


def test_a_cell_out_of_range_stops_the_import_with_its_place(
    qtbot: QtBot, start: Callable[..., tuple[MainWindow, ImportDialog]], tmp_path: Path
) -> None:
    """The button stays grey and the problem names line and column, until such cells are kept."""
    file = _table(tmp_path / "data.csv", 30)
    lines = file.read_text(encoding="utf-8").splitlines()
    cells = lines[4].split(",")
    cells[2] = "77"
    lines[4] = ",".join(cells)
    file.write_text("\n".join(lines), encoding="utf-8")
    window, asked = start(file)
    assert not asked.accept_button.isEnabled()
    assert asked.refusal.isVisible()
    place = window.language.words.say(asked.plan.errors[0].where)
    assert "5" in place
    assert cells[0] not in place
    asked.keep.click()
    settle(qtbot, asked)
    assert asked.accept_button.isEnabled()
    asked.accept_button.click()
    qtbot.waitUntil(lambda: window.session.state.n_answers == 30, timeout=WAIT)


def test_a_column_can_be_given_to_an_item(
    qtbot: QtBot, start: Callable[..., tuple[MainWindow, ImportDialog]], tmp_path: Path
) -> None:
    """A column that is called otherwise stops the import until somebody says what it is."""
    first = bank.load("cmra_pulse").presented()[0].id
    _window, asked = start(_table(tmp_path / "data.csv", 30, rename={first: "first_question"}))
    assert not asked.accept_button.isEnabled()
    row = next(r for r, use in enumerate(asked.plan.uses) if use.column == "first_question")
    cell = asked.columns.index(row, 1)
    assert cell.flags() & Qt.ItemFlag.ItemIsEditable
    editor = asked.table.itemDelegateForColumn(1).createEditor(asked.table, None, cell)
    editor.setCurrentIndex(editor.findData(first))
    asked.table.itemDelegateForColumn(1).setModelData(editor, asked.columns, cell)
    editor.deleteLater()
    settle(qtbot, asked)
    assert asked.plan.uses[row].item == first
    assert asked.accept_button.isEnabled()


def test_the_same_file_twice_is_refused(
    qtbot: QtBot, start: Callable[..., tuple[MainWindow, ImportDialog]], tmp_path: Path
) -> None:
    """And nothing is changed; on purpose it goes."""
    window, asked = start(_table(tmp_path / "data.csv", 30))
    asked.accept_button.click()
    qtbot.waitUntil(lambda: window.session.state.n_answers == 30, timeout=WAIT)
    window.actions_["import"].trigger()
    asked = dialog(window, ImportDialog)
    settle(qtbot, asked)
    asked.accept_button.click()
    qtbot.waitUntil(lambda: bool(window.findChildren(RefusalDialog)), timeout=WAIT)
    assert "imported before" in dialog(window, RefusalDialog).sentence.text()
    assert window.session.state.n_answers == 30


def test_a_project_without_questionnaire_gets_one_from_the_data(
    qtbot: QtBot, start: Callable[..., tuple[MainWindow, ImportDialog]], tmp_path: Path
) -> None:
    window, asked = start(_table(tmp_path / "data.csv", 60), instrument=None)
    assert asked.plan.inference is not None
    assert "questionnaire" in asked.summary.text()
    asked.accept_button.click()
    qtbot.waitUntil(lambda: window.session.state.n_answers == 60, timeout=WAIT)
    assert window.session.state.instrument.inferred
    window.show_page("questionnaire")
    assert window.pages["questionnaire"].cards


def test_a_file_that_is_no_table_gets_a_sentence(
    start: Callable[..., tuple[MainWindow, ImportDialog]], tmp_path: Path
) -> None:
    file = tmp_path / "picture.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    _window, asked = start(file)
    assert asked.refusal.isVisible()
    assert "picture.csv" in asked.refusal.text
    assert not asked.accept_button.isEnabled()
    asked.reject()


def test_giving_up_changes_nothing(
    start: Callable[..., tuple[MainWindow, ImportDialog]], tmp_path: Path
) -> None:
    window, asked = start(_table(tmp_path / "data.csv", 20))
    asked.cancel_button.click()
    assert window.session.state.n_answers == 0
