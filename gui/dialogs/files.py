"""Asks for files, in the system's own way."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from gui.settings import Settings


def ask_open(parent: QWidget, settings: Settings, title: str, kinds: str) -> Path | None:
    """Ask for a file that exists; ``None`` if the user gave up."""
    name, _kind = QFileDialog.getOpenFileName(parent, title, str(settings.folder), kinds)
    return _remember(settings, name)


def ask_save(parent: QWidget, settings: Settings, title: str, kinds: str, name: str) -> Path | None:
    """Ask where to write a file, adding the ending of ``name`` where none was typed."""
    start = str(settings.folder / name)
    given, _kind = QFileDialog.getSaveFileName(parent, title, start, kinds)
    chosen = _remember(settings, given)
    if chosen is not None and not chosen.suffix:
        chosen = chosen.with_suffix(Path(name).suffix)
    return chosen


def ask_folder(parent: QWidget, settings: Settings, title: str) -> Path | None:
    """Ask for a folder."""
    name = QFileDialog.getExistingDirectory(parent, title, str(settings.folder))
    if not name:
        return None
    settings.folder = Path(name)
    return Path(name)


def _remember(settings: Settings, name: str) -> Path | None:
    if not name:
        return None
    path = Path(name)
    settings.folder = path.parent
    return path
