"""The report page: pages drawn in a worker, its own language, export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas

import gui.pages.report_page as report_page
from analysis.job import make_job
from gui.dialogs import files
from gui.dialogs.question import QuestionDialog
from gui.dialogs.refusal import RefusalDialog
from gui.main_window import MainWindow
from gui.report import save_bytes
from surveys.problems import SurveyError
from surveys.project import Project
from tests.gui.scenes import PASSPHRASE, WAIT, open_project
from tests.gui.test_findings import made_up

Show = Callable[..., MainWindow]


def pages(n: int, words: str) -> bytes:
    """Return a PDF of ``n`` pages."""
    from io import BytesIO

    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for number in range(n):
        canvas.setFillGray(0.2)
        canvas.rect(60, 700, 200, 40, fill=1)
        canvas.drawString(72, 600, f"{words} {number + 1}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.fixture
def window(
    qtbot: QtBot, open_window: Show, project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    """A window on a project with findings, and a report of 30 plain pages."""
    monkeypatch.setattr(
        report_page, "report_pdf", lambda _f, _i, _s, language: pages(30, f"report {language}")
    )
    with Project.open(project_file, PASSPHRASE) as project:
        key = make_job(project).key
        project.save_findings(key, made_up(key).encode())
    shown = open_window()
    open_project(qtbot, shown, project_file)
    return shown


def _ready(qtbot: QtBot, window: MainWindow) -> report_page.ReportPage:
    window.show_page("report")
    page = window.pages["report"]
    qtbot.waitUntil(lambda: page.pdf is not None and page.view.n_pages == 30, timeout=WAIT)
    qtbot.waitUntil(lambda: 0 in page.view.pictures, timeout=WAIT)
    return page


def test_only_pages_in_view_are_drawn(qtbot: QtBot, window: MainWindow) -> None:
    """Thirty pages, of which the first ones are drawn; the last ones when they come into view."""
    page = _ready(qtbot, window)
    picture = page.view.pictures[0]
    assert picture.width() > 300
    assert len({picture.pixel(x, y) for x in range(0, 300, 3) for y in range(0, 300, 3)}) > 1
    assert 29 not in page.view.pictures
    page.view.setFocus()
    QTest.keyClick(page.view, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: 29 in page.view.pictures, timeout=WAIT)
    assert page.page.value() == 30


def test_going_to_a_page_and_zooming(qtbot: QtBot, window: MainWindow) -> None:
    """The page stays in view while the zoom changes."""
    page = _ready(qtbot, window)
    page.page.setValue(12)
    assert page.view.page == 11
    before = page.view.percent
    page._larger.click()
    assert page.view.percent > before
    assert page.view.page == 11
    page._fit.click()
    assert page.view.percent == before
    assert page.view.page == 11


def test_the_language_of_the_report_is_its_own(qtbot: QtBot, window: MainWindow) -> None:
    """An English window shows and exports a Chinese report; switching the window changes nothing."""
    page = _ready(qtbot, window)
    assert _text(page.pdf).startswith("report en")
    page.languages.button("zh").click()
    qtbot.waitUntil(lambda: page.pdf is not None, timeout=WAIT)
    assert _text(page.pdf).startswith("report zh")
    window.language.choose("zh")
    window.language.choose("en")
    assert _text(page.pdf).startswith("report zh")


def test_export_writes_the_file_and_says_where(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+E from another page: the report is made, asked for, written; the audit trail knows."""
    file = tmp_path / "报告 1.pdf"
    monkeypatch.setattr(files, "ask_save", lambda *_a: file)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT)
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(file.exists, timeout=WAIT)
    qtbot.waitUntil(lambda: bool(window.findChildren(QuestionDialog)), timeout=WAIT)
    assert _text(file.read_bytes()) == "report en 1"
    window.session.close()
    with Project.open(
        window.settings.recent[0] if window.settings.recent else _only(tmp_path), PASSPHRASE
    ) as project:
        assert "report exported" in [event.action for event in project.audit()]


def _only(folder: Path) -> Path:
    return next(folder.glob("*.zhiyan"))


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Nothing half-written stays."""
    file = tmp_path / "no such folder" / "report.pdf"
    with pytest.raises(SurveyError, match="could not be written"):
        save_bytes(b"%PDF", file)
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_cannot_be_made_is_said(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> bytes:
        raise SurveyError("The plan cannot be read: {reason}.", reason="x")

    monkeypatch.setattr(report_page, "report_pdf", fail)
    window.show_page("report")
    qtbot.waitUntil(lambda: bool(window.findChildren(RefusalDialog)), timeout=WAIT)
    assert not window.pages["report"].export.isEnabled()


def _text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_range().strip()
    document.close()
    return text
