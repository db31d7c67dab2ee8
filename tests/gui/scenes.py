"""Made-up projects and what tests do with windows again and again."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from surveys import bank
from surveys.answers import Missing
from surveys.entry import EntryBuilder
from surveys.model import Instrument, Item, ItemKind
from surveys.project import Project
from surveys.study import Study
from surveys.words import Text

PASSPHRASE = "plain words 直言"
WAIT = 60_000
"""Milliseconds after which a test gives up."""


def make_project(file: Path, n: int, instrument: str | None = "cmra_pulse") -> Path:
    """Write a project with ``n`` forms answered in a pattern."""
    file.write_bytes(_project(n, instrument))
    return file


@cache
def _project(n: int, instrument: str | None) -> bytes:
    """Return a project file; made once for all tests, because its key is costly by design."""
    asked = bank.load(instrument) if instrument else None
    study = Study(title=Text({"zh": "小调查", "en": "Small survey"}), synthetic=True)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "made.zhiyan"
        with Project.create(file, PASSPHRASE, study, asked) as project:
            if asked is not None and n:
                builder = EntryBuilder(asked)
                forms = [builder.build(answers(asked, r), serial=f"{r:05d}") for r in range(n)]
                project.add_entries(forms)
        return file.read_bytes()


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
