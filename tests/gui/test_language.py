"""The language of the window: switched while it runs, and complete."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QTableView,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

import gui.dialogs.import_data as importing
from gui.actions import ROWS
from gui.dialogs.dialog import Dialog
from gui.language import Language
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.widgets.side_bar import PAGES
from surveys.project import Project
from tests.gui.scenes import PASSPHRASE, WAIT, dialog, make_project, open_project

Show = Callable[..., MainWindow]

_ENGLISH = re.compile(r"[A-Za-z]{3,}")
_ALLOWED = re.compile(
    r"English|Excel|SPSS|PDF|CSV|YAML|UTF|GB18030|Big5|BIG5|Ctrl|Zhiyan|GNU|zhiyan|xlsx|"
    r"[\w./\\ 一-鿿（）-]*\.(zhiyan|csv|log)|/[\w./…-]+|\b[A-Z]+[A-Z0-9_]*\d*\b|\*\.\w+"
)


def said(widget: QWidget) -> Iterator[str]:
    """Yield everything that a widget and those in it say, tool tips and names included."""
    for part in [widget, *widget.findChildren(QWidget)]:
        if not part.isVisible() and not isinstance(part, QMenu):
            continue
        yield from _own(part)
        yield from (part.toolTip(), part.accessibleName(), part.accessibleDescription())


def _own(part: QWidget) -> Iterator[str]:
    if isinstance(part, QLabel | QAbstractButton):
        yield part.text()
    if isinstance(part, QLineEdit):
        yield part.placeholderText()
    if isinstance(part, QComboBox):
        yield from (part.itemText(place) for place in range(part.count()))
    if isinstance(part, QListWidget):
        yield from (part.item(row).text() for row in range(part.count()))
    if isinstance(part, QTabWidget):
        yield from (part.tabText(place) for place in range(part.count()))
    if isinstance(part, QTableView) and part.model() is not None:
        model = part.model()
        for column in range(model.columnCount()):
            yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
            yield from (
                str(model.index(row, column).data() or "")
                for row in range(min(model.rowCount(), 30))
            )
    if isinstance(part, QMenu):
        for action in part.actions():
            yield from (action.text(), action.statusTip(), action.toolTip())


def english(widget: QWidget) -> list[str]:
    """Return what a widget says in English where it should not."""
    return sorted({text for text in said(widget) if _ENGLISH.search(_ALLOWED.sub("", text))})


def test_no_english_is_left_in_a_chinese_window(
    qtbot: QtBot, open_window: Show, project_file: Path
) -> None:
    """Switched while a project is open: every page, every menu, every tip."""
    window = open_window("en")
    open_project(qtbot, window, project_file)
    for page in PAGES:
        window.show_page(page)
    assert english(window)
    window.top.languages.button("zh").click()
    for page in PAGES:
        window.show_page(page)
        qtbot.waitUntil(lambda: not window.tasks.running, timeout=WAIT)
        assert english(window) == []
    assert window.windowTitle() == "小调查 – 直言"


def test_the_welcome_page_is_chinese(
    open_window: Show, project_file: Path, settings: Settings
) -> None:
    settings.remember(project_file)
    assert english(open_window("zh").welcome) == []


@pytest.mark.parametrize(
    "ask",
    [
        "fieldwork",
        "passphrase",
        "new",
        "open_file",
        "paper",
        "problems",
        "about",
        "stop",
        "empty_import",
    ],
)
def test_no_english_is_left_in_a_chinese_dialog(
    qtbot: QtBot,
    open_window: Show,
    project_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ask: str,
) -> None:
    """Also where the dialog refuses something."""
    window = open_window("zh")
    projects = window.projects
    if ask == "open_file":
        projects.open_file(project_file)
    elif ask == "new":
        projects.ask_new()
    else:
        open_project(qtbot, window, project_file)
        table = tmp_path / "空.csv"
        table.write_text("序号,姓名,备注\n1,甲,好\n2,乙,好\n", encoding="utf-8")
        monkeypatch.setattr(importing, "ask_open", lambda *_a: table)
        {
            "fieldwork": projects.ask_fieldwork,
            "passphrase": projects.ask_passphrase,
            "paper": projects.ask_paper,
            "problems": projects.show_problems,
            "about": window.actions_["about"].trigger,
            "stop": lambda: projects.ask_stop(lambda: None),
            "empty_import": projects.ask_import,
        }[ask]()
    asked = dialog(window, Dialog)
    qtbot.waitUntil(lambda: not window.tasks.running, timeout=WAIT)
    if ask in {"new", "open_file", "passphrase"}:
        asked.confirm()
        assert asked.refusal.isVisible()
    assert english(asked) == []
    asked.reject()


def test_qt_speaks_chinese_and_english_again(qtbot: QtBot, open_window: Show) -> None:
    """Qt's own buttons follow, both ways."""

    def cancel() -> str:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        qtbot.addWidget(box)
        return box.button(QDialogButtonBox.StandardButton.Cancel).text().replace("&", "")

    language = Language("zh")
    assert "取消" in cancel()
    language.choose("en")
    assert cancel() == "Cancel"
    language.choose("zh")
    assert "取消" in cancel()
    language.choose("en")


def test_every_menu_entry_has_a_mnemonic_and_no_key_twice(open_window: Show) -> None:
    """Within a menu no two entries have the same letter; no shortcut is given twice."""
    window = open_window("en")
    keys = [row.keys for row in ROWS if row.keys]
    assert len(keys) == len(set(keys))
    for language in ("en", "zh"):
        window.language.choose(language)
        for menu in window.actions_.menus.values():
            texts = [
                a.text() for a in menu.actions() if a.text() and a.text() not in {"中文", "English"}
            ]
            letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
            assert len(letters) == len(texts), texts
            assert len(letters) == len(set(letters)), texts


def test_the_choice_is_remembered(open_window: Show, settings: Settings) -> None:
    window = open_window("en")
    window._language_actions["zh"].trigger()
    assert settings.language == "zh"
    assert window.top.languages.key == "zh"


def test_everything_can_be_reached_with_the_tab_key(
    qtbot: QtBot, open_window: Show, project_file: Path
) -> None:
    """On each page, Tab goes round through visible, enabled widgets and comes back."""
    window = open_window("en")
    open_project(qtbot, window, project_file)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT)
    for page in PAGES:
        window.show_page(page)
        qtbot.waitUntil(lambda: not window.tasks.running, timeout=WAIT)
        window.side.buttons[page].setFocus()
        seen: list[QWidget] = []
        for _step in range(200):
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
            now = window.focusWidget()
            if now in seen:
                break
            assert now.isVisible()
            seen.append(now)
        assert window.side.buttons[page] in seen or len(seen) > 5
        named = [
            w
            for w in seen
            if isinstance(w, QAbstractButton) and not (w.text() or w.accessibleName())
        ]
        assert named == []


def test_the_study_is_written_in_the_language_of_the_window(
    qtbot: QtBot, open_window: Show, tmp_path: Path
) -> None:
    """A Chinese sponsor stays when the English one is typed."""
    file = make_project(tmp_path / "p.zhiyan", 0)
    window = open_window("zh")
    open_project(qtbot, window, file)
    field = window.pages["study"].form.fields["sponsor"]
    field.setText("某大学")
    field.editingFinished.emit()
    window.language.choose("en")
    field.setText("A university")
    field.editingFinished.emit()
    with Project.open(file, PASSPHRASE, read_only=True) as project:
        assert project.study.sponsor.by_language == {"zh": "某大学", "en": "A university"}


def test_quotation_marks_are_narrow_in_english_only(
    qtbot: QtBot, open_window: Show, project_file: Path
) -> None:
    """The Chinese font sets them in full squares, which tears English sentences apart."""
    window = open_window()
    widths = {}
    for language in ("en", "zh", "en"):
        window.language.choose(language)
        metrics = QFontMetricsF(QApplication.font())
        widths[language] = metrics.horizontalAdvance("“”")
    assert widths["en"] < 0.7 * widths["zh"]
