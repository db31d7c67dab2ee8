"""The table of raw answers: right, quick with a hundred thousand rows, and plain about gaps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.tables.answers_model import MISSING_NAMES, MISSING_SIGNS, AnswersModel
from surveys import bank
from surveys.answers import Answers, Missing, dtype_of
from surveys.model import Instrument, ItemKind
from surveys.words import Words
from tests.gui.scenes import WAIT, open_project

_DISPLAY = Qt.ItemDataRole.DisplayRole


def _large(n: int) -> tuple[Answers, Instrument]:
    """Return ``n`` made-up forms of the core questionnaire, every fifth cell without an answer."""
    instrument = bank.load("cmra_core")
    chance = np.random.default_rng(7)
    kinds = chance.choice(7, size=(n, len(instrument.columns)), p=[0.8, *[0.2 / 6] * 6])
    values, absent = {}, {}
    by_column = {c: item for item in instrument.presented() for c in item.columns}
    for place, (column, item) in enumerate(by_column.items()):
        kind = kinds[:, place].astype("uint8")
        if item.kind in {ItemKind.TEXT, ItemKind.CODE}:
            cells = pd.Series([f"text {row}" for row in range(n)], dtype="string")
        else:
            cells = pd.Series(chance.integers(1, 6, n)).astype(dtype_of(item))
        values[column] = cells.mask(kind != 0)
        absent[column] = pd.Series(kind)
    about = pd.DataFrame({"serial": pd.Series([f"S{row:06d}" for row in range(n)], dtype="string")})
    return Answers(pd.DataFrame(values), pd.DataFrame(absent), about), instrument


@pytest.fixture(scope="module")
def large() -> tuple[Answers, Instrument]:
    return _large(100_000)


def test_the_model_is_a_good_model(qtbot: QtBot) -> None:
    """Qt's own checks of rows, columns, parents and roles."""
    answers, instrument = _large(50)
    model = AnswersModel(Words("en"))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.load(answers, instrument)
    assert model.rowCount() == 50
    assert model.columnCount() == len(instrument.columns)
    tester.deleteLater()


def test_cells_are_those_of_the_frames(qtbot: QtBot, large: tuple[Answers, Instrument]) -> None:
    """Codes, labels and kinds of missing at random places of a hundred thousand rows."""
    answers, instrument = large
    model = AnswersModel(Words("en"))
    model.load(answers, instrument)
    column = answers.values.columns.get_loc("MORA1")
    labels = {p: t.get("en") for p in range(1, 6) if (t := instrument.item("MORA1").label(p))}
    for row in np.random.default_rng(1).integers(0, 100_000, 200).tolist():
        kind = Missing(int(answers.missing["MORA1"].iloc[row]))
        code = model.index(row, column).data(_DISPLAY)
        model.set_labels(True)
        words = model.index(row, column).data(_DISPLAY)
        model.set_labels(False)
        if kind is Missing.ANSWERED:
            value = int(answers.values["MORA1"].iloc[row])
            assert code == str(value)
            assert words == labels[value]
        else:
            assert code == MISSING_SIGNS[kind]
            assert words == MISSING_NAMES[kind].text


def test_scrolling_asks_only_for_what_is_seen(
    qtbot: QtBot,
    open_window: Callable[..., MainWindow],
    large: tuple[Answers, Instrument],
    project_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From the top to the end of 100,000 rows, cells are made by the screenful."""
    window = open_window()
    open_project(qtbot, window, project_file)
    window.show_page("answers")
    page = window.pages["answers"]
    asked = {"n": 0}
    whole = AnswersModel._text

    def counted(self: AnswersModel, row: int, column: int) -> str:
        asked["n"] += 1
        return whole(self, row, column)

    monkeypatch.setattr(AnswersModel, "_text", counted)
    page.model.load(*large)
    bar = page.table.verticalScrollBar()
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        bar.setValue(int(bar.maximum() * share))
        page.table.viewport().repaint()
    assert page.table.rowAt(page.table.viewport().height() - 5) == 99_999
    assert asked["n"] < 10_000


def test_finding_keeps_the_rows_with_the_text(
    qtbot: QtBot, large: tuple[Answers, Instrument]
) -> None:
    """Serials and open answers are searched; the number of the row stays that of the form."""
    model = AnswersModel(Words("en"))
    model.load(*large)
    model.find("s099999")
    assert model.rowCount() == 1
    assert model.headerData(0, Qt.Orientation.Vertical) == "100,000"
    model.find("")
    assert model.rowCount() == 100_000


def test_the_page_shows_answers_codes_and_words(
    qtbot: QtBot, open_window: Callable[..., MainWindow], project_file: Path
) -> None:
    """Opening the page reads the answers; a click shows words for codes."""
    window = open_window("zh")
    open_project(qtbot, window, project_file)
    window.show_page("answers")
    page = window.pages["answers"]
    qtbot.waitUntil(lambda: page.model.rowCount() == 60, timeout=WAIT)
    assert page.count.text() == "共 60 份"
    shown = {page.model.index(row, 0).data() for row in range(60)}
    assert shown <= {"1", "2", "3", "4", "5", MISSING_SIGNS[Missing.PREFER_NOT]}
    page.shown.button("labels").click()
    shown = {page.model.index(row, 0).data() for row in range(60)}
    assert "不愿回答" in shown
    tip = page.model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert tip == window.session.state.instrument.presented()[0].text.get("zh")


def test_no_score_of_a_person_is_shown(
    qtbot: QtBot, open_window: Callable[..., MainWindow], project_file: Path
) -> None:
    """Privacy rule P15: the columns are the items' columns and nothing besides."""
    window = open_window()
    open_project(qtbot, window, project_file)
    window.show_page("answers")
    model = window.pages["answers"].model
    qtbot.waitUntil(lambda: model.rowCount() == 60, timeout=WAIT)
    heads = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    assert heads == list(window.session.state.instrument.columns)
