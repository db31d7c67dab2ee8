"""Running the analysis, cancelling it, and what is shown before, meanwhile and afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import analysis.job
import analysis.plan
from analysis.errors import AnalysisError
from analysis.findings import Chapter, Column, Findings, Hidden, Interval, Kind, Provenance, Table
from gui.dialogs.refusal import RefusalDialog
from gui.main_window import MainWindow
from gui.tables.findings_model import HATCHED
from gui.widgets.finding_table import FindingTable
from surveys.project import Project
from surveys.words import Words, message
from tests.gui.scenes import PASSPHRASE, WAIT, dialog, open_project

Show = Callable[..., MainWindow]

TABLE = Table(
    id="items.TEST",
    title=message("Answers"),
    columns=(
        Column("text", message("Questionnaire"), Kind.LABEL),
        Column("n", message("Number"), Kind.COUNT),
        Column("mean", message("Rating"), Kind.ESTIMATE),
        Column("ci", message("Code"), Kind.INTERVAL),
    ),
    rows=(
        ("First question", 62, 3.14159, Interval(2.5, 3.75)),
        ("Second question", Hidden("small"), Hidden(), None),
    ),
    provenance=Provenance(n=62, seed=11),
)


def made_up(key: str, instrument_digest: str = "") -> Findings:
    """Return findings with two chapters, one of them not done."""
    return Findings(
        key=key,
        plan_digest="",
        instrument_digest=instrument_digest,
        n_received=62,
        n_analysed=60,
        threshold=10,
        n_hidden=2,
        synthetic=True,
        versions={},
        last_change="2026-01-31",
        chapters=(
            Chapter(
                id="items",
                title=message("Answers"),
                sentences=(message("The findings are ready to be read."),),
                tables=(TABLE,),
                cautions=(message("Sensitive"),),
            ),
            Chapter(id="drivers", title=message("Findings"), omitted=message("out of date")),
        ),
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a plan that takes no time in the place of the real one."""

    def run(
        _plan: object, answers: object, _instrument: object, *, key: str, **_rest: object
    ) -> Findings:
        assert len(answers) == 60
        return made_up(key)

    monkeypatch.setattr(analysis.job, "run_plan", run)


def _run(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT)
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(
        lambda: window.session.analysis is None and window.session.state.findings is not None,
        timeout=WAIT,
    )


def test_f5_runs_the_analysis_and_shows_it(
    qtbot: QtBot, open_window: Show, project_file: Path, quick: None
) -> None:
    """Chapters at the left, the first one's sentences and table at the right, saved in the file."""
    window = open_window()
    open_project(qtbot, window, project_file)
    _run(qtbot, window)
    page = window.pages["findings"]
    assert window.page == "findings"
    assert [page.outline.item(row).text() for row in range(2)] == ["Answers", "Findings"]
    assert len(page.tables) == 1
    assert not page.stale.isVisible()
    page.outline.setCurrentRow(1)
    assert page.tables == []
    key = window.session.state.key
    window.session.close()
    with Project.open(project_file, PASSPHRASE) as project:
        assert Findings.decode(project.findings(key)).n_received == 62
        assert project.plan("standard") is not None


def test_saved_findings_are_there_at_once(
    qtbot: QtBot,
    open_window: Show,
    project_file: Path,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Opening the project again computes nothing."""
    window = open_window()
    open_project(qtbot, window, project_file)
    _run(qtbot, window)
    window.session.close()
    monkeypatch.setattr(analysis.job, "run_plan", lambda *_a, **_k: pytest.fail("computed again"))
    open_project(qtbot, window, project_file)
    window.show_page("findings")
    assert window.session.state.findings.n_received == 62
    assert window.pages["findings"].tables


def test_a_change_makes_the_findings_out_of_date(
    qtbot: QtBot, open_window: Show, project_file: Path, quick: None
) -> None:
    """A larger threshold: the old findings stay in view with a notice, and F5 renews them."""
    window = open_window()
    open_project(qtbot, window, project_file)
    _run(qtbot, window)
    window.show_page("study")
    window.pages["study"].form.superior.click()
    window.show_page("findings")
    page = window.pages["findings"]
    assert page.stale.isVisible()
    assert page.tables
    page.stale.button.click()
    qtbot.waitUntil(lambda: not window.session.state.stale, timeout=WAIT)
    assert not page.stale.isVisible()


def test_cancel_stops_the_analysis_and_keeps_nothing(
    qtbot: QtBot, open_window: Show, project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button at the foot; no error is shown, nothing is saved, the window stays usable."""
    going, stop = threading.Event(), threading.Event()

    def run(*_given: object, tick: Callable[[float], None], **_rest: object) -> None:
        tick(0.1)
        going.set()
        assert stop.wait(30)
        tick(0.2)
        pytest.fail("went on")

    monkeypatch.setattr(analysis.job, "run_plan", run)
    window = open_window()
    open_project(qtbot, window, project_file)
    window.actions_["run"].trigger()
    qtbot.waitUntil(going.is_set, timeout=WAIT)
    assert window.strip.isVisible()
    assert window.pages["findings"].working.isVisible()
    assert not window.actions_["run"].isEnabled()
    window.strip.cancel.click()
    assert window.strip.name.text() == "Stopping…"
    stop.set()
    qtbot.waitUntil(lambda: window.session.analysis is None, timeout=WAIT)
    assert window.session.state.findings is None
    assert not window.strip.isVisible()
    assert window.findChildren(RefusalDialog) == []
    assert window.actions_["run"].isEnabled()


def test_a_refusal_is_said_in_its_own_words(
    qtbot: QtBot, open_window: Show, project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_given: object, **_rest: object) -> None:
        raise AnalysisError(
            "There are {n} entries; nothing is shown for fewer than {threshold}.", n=3, threshold=10
        )

    monkeypatch.setattr(analysis.job, "run_plan", run)
    window = open_window("zh")
    open_project(qtbot, window, project_file)
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(RefusalDialog)), timeout=WAIT)
    said = dialog(window, RefusalDialog).sentence.text()
    assert "3" in said
    assert "entries" not in said


def test_findings_of_earlier_data_are_shown_as_out_of_date(
    qtbot: QtBot, open_window: Show, project_file: Path, quick: None
) -> None:
    """Forms were removed by another program meanwhile; the notice is there, and so are the tables."""
    window = open_window()
    open_project(qtbot, window, project_file)
    _run(qtbot, window)
    window.session.close()
    with Project.open(project_file, PASSPHRASE) as project:
        first, *_others = project.entries()
        project.remove_entries([first.id], why="keyed twice")
    open_project(qtbot, window, project_file)
    window.show_page("findings")
    assert window.session.state.stale
    assert window.pages["findings"].stale.isVisible()
    assert window.pages["findings"].tables


@pytest.mark.slow
def test_the_real_analysis_of_a_small_survey(
    qtbot: QtBot, open_window: Show, project_file: Path
) -> None:
    """The whole way with the real plan: every chapter can be shown, charts are readable."""
    window = open_window("zh")
    open_project(qtbot, window, project_file)
    _run(qtbot, window)
    page = window.pages["findings"]
    assert page.outline.count() == len(analysis.plan.CHAPTERS)
    n_charts = 0
    for row in range(page.outline.count()):
        page.outline.setCurrentRow(row)
        qtbot.waitUntil(lambda: not page._drawing, timeout=WAIT)
        assert all(chart.readable for chart in page.charts)
        n_charts += len(page.charts)
    assert n_charts > 0


def test_hidden_cells_are_hatched_and_say_why(qtbot: QtBot) -> None:
    """No number in the model, a mark, a reason, and a pattern on the screen."""
    table = FindingTable(TABLE, Words("en"))
    qtbot.addWidget(table)
    table.resize(700, 300)
    table.show()
    model = table.model()
    assert model.index(0, 1).data() == "60"
    assert model.index(0, 2).data() == "3.14"
    assert model.index(0, 3).data() == "[2.50, 3.75]"
    assert model.index(1, 1).data(HATCHED) == "small"
    assert model.index(1, 1).data() == "–"
    assert "too few" in model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert model.index(1, 3).data(HATCHED) is None
    picture = table.viewport().grab().toImage()
    place = table.visualRect(model.index(1, 1))
    colours = {
        picture.pixel(x, y)
        for x in range(place.left() + 2, place.right() - 2)
        for y in range(place.top() + 2, place.bottom() - 2)
    }
    assert len(colours) >= 2


def test_a_table_is_as_high_as_its_rows(qtbot: QtBot) -> None:
    """The page scrolls, not the table; long wordings are broken into lines, not cut."""
    long = (
        "A question whose wording is so long that it needs several lines in a narrow window. " * 2
    )
    table = FindingTable(
        Table(
            id="t",
            title=message("Answers"),
            columns=TABLE.columns,
            rows=tuple((long, 10 * row, 1.0, None) for row in range(1, 9)),
        ),
        Words("en"),
    )
    qtbot.addWidget(table)
    table.resize(520, 100)
    table.show()
    rows = sum(table.rowHeight(row) for row in range(8))
    assert table.height() >= rows + table.horizontalHeader().height()
    assert table.rowHeight(0) > 3 * table.fontMetrics().height()


def test_copied_cells_are_the_rounded_ones(qtbot: QtBot) -> None:
    """Privacy rule P5 holds for what is copied, too."""
    table = FindingTable(TABLE, Words("en"))
    qtbot.addWidget(table)
    table.show()
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == (
        "First question\t60\t3.14\t[2.50, 3.75]\nSecond question\t–\t–\t"
    )
