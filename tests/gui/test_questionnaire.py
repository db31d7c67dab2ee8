"""The questionnaire in the window: everything about an item, in either language, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.dialogs import files
from gui.dialogs.paper import PaperDialog
from gui.dialogs.question import QuestionDialog
from gui.dialogs.refusal import RefusalDialog
from gui.main_window import MainWindow
from surveys.model import Sensitivity
from tests.gui.scenes import WAIT, dialog, make_project, open_project

Show = Callable[..., MainWindow]


@pytest.fixture
def window(qtbot: QtBot, open_window: Show, tmp_path: Path) -> MainWindow:
    shown = open_window("en")
    open_project(qtbot, shown, make_project(tmp_path / "core.zhiyan", 0, "cmra_core"))
    shown.show_page("questionnaire")
    return shown


def _texts(widget: object) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def test_items_stand_in_the_order_in_which_they_are_asked(window: MainWindow) -> None:
    """Each with its wording, its scale, its construct, and whether it is reversed or sensitive."""
    page, instrument = window.pages["questionnaire"], window.session.state.instrument
    assert list(page.cards) == [item.id for item in instrument.presented()]
    for item in instrument.presented():
        texts = _texts(page.cards[item.id])
        assert item.text.get("en") in texts
        assert ("Reversed" in texts) == item.reverse
        assert ("Highly sensitive" in texts) == (item.sensitivity is Sensitivity.HIGH)
        if item.scale is not None and (lowest := item.scale.label(item.scale.minimum)):
            assert any(lowest.get("en") in text.replace("\u00a0", " ") for text in texts)
        if item.options:
            assert any(item.options[-1].label.get("en") in text for text in texts)


def test_both_languages_can_be_shown(window: MainWindow) -> None:
    """A click, whatever the window speaks; what was clicked stays when the window's words change."""
    page = window.pages["questionnaire"]
    item = window.session.state.instrument.presented()[0]
    page.wording.button("both").click()
    texts = _texts(page.cards[item.id])
    assert item.text.get("zh") in texts
    assert item.text.get("en") in texts
    window.language.choose("zh")
    assert item.text.get("en") in _texts(page.cards[item.id])


def test_the_outline_leads_to_the_section(qtbot: QtBot, window: MainWindow) -> None:
    page = window.pages["questionnaire"]
    last = page.outline.count() - 1
    bar = page._area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 1000, timeout=WAIT)
    page.outline.setCurrentRow(last)
    assert bar.value() > 1000
    bar.setValue(0)
    assert page.outline.currentRow() == 0


def test_remarks_of_the_check_are_listed(window: MainWindow) -> None:
    """The strip counts them; the button shows place, fault and remedy of each."""
    page = window.pages["questionnaire"]
    problems = window.session.state.problems
    assert problems
    assert str(len(problems)) in page.problems.text
    page.problems.button.click()
    texts = _texts(dialog(window, RefusalDialog))
    for problem in problems:
        assert str(problem.what) in texts
        assert str(problem.remedy) in texts


def test_cards_fit_into_the_smallest_window(qtbot: QtBot, window: MainWindow) -> None:
    """No card is wider than the room there is, in any language."""
    window.resize(window.minimumSize())
    page = window.pages["questionnaire"]
    for key in ("zh", "en", "both"):
        page.wording.button(key).click()
        qtbot.waitUntil(lambda: next(iter(page.cards.values())).width() > 100, timeout=WAIT)
        room = page._area.viewport().width()
        wide = [name for name, card in page.cards.items() if card.minimumSizeHint().width() > room]
        assert wide == []


@pytest.mark.slow
def test_the_paper_form_is_written(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Language and place are asked for; the PDF is there afterwards."""
    file = tmp_path / "纸质问卷.pdf"
    monkeypatch.setattr(files, "ask_save", lambda *_a: file)
    window.actions_["paper"].trigger()
    asked = dialog(window, PaperDialog)
    asked.language.setCurrentIndex(asked.language.findData("both"))
    asked.accept_button.click()
    qtbot.waitUntil(lambda: bool(window.findChildren(QuestionDialog)), timeout=WAIT)
    assert file.read_bytes().startswith(b"%PDF")


def test_the_demonstration_is_made_and_opened(
    qtbot: QtBot, open_window: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One folder is asked for; the project is open when it is done, and its passphrase is said."""
    folder = tmp_path / "演示"
    folder.mkdir()

    def make(where: Path, passphrase: str, *, language: str, tick: Callable[[float], None]) -> None:
        from surveys import bank
        from surveys.project import Project
        from surveys.study import Study
        from surveys.words import Text

        tick(0.5)
        study = Study(title=Text({language: "Demo"}), synthetic=True)
        Project.create(where / "demo.zhiyan", passphrase, study, bank.load("cmra_pulse")).close()

    monkeypatch.setattr("analysis.demo.make_demo", make)
    monkeypatch.setattr(files, "ask_folder", lambda *_a: folder)
    monkeypatch.delenv("ZHIYAN_PASSPHRASE", raising=False)
    window = open_window("en")
    window.welcome.choices["demo"].click()
    qtbot.waitUntil(lambda: window.session.state is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: bool(window.findChildren(RefusalDialog)), timeout=WAIT)
    assert "zhiyan-demo" in dialog(window, RefusalDialog).sentence.text()
    assert window.top.badge.isVisible()
