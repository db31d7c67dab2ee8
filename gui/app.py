"""Opens the window."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.icons import pixmap
from gui.language import Language
from gui.main_window import MainWindow
from gui.messages import start_log
from gui.settings import Settings
from surveys.words import Words


def main(arguments: Sequence[str] = ()) -> int:
    """Open the window, on a project file if one is named, and stay until it is closed.

    Returns
    -------
    int
        0, or 2 where the computer has no display.
    """
    settings = Settings()
    if not has_display():
        words = Words(settings.language)
        sys.stderr.write(words("There is no display to open a window on.") + "\n")
        return 2
    application = make_application()
    start_log()
    window = MainWindow(Language(settings.language), settings)
    sys.excepthook = window.errors.uncaught
    window.show()
    if arguments:
        QTimer.singleShot(0, window, lambda: _open_named(window, Path(arguments[0])))
    code = application.exec()
    window.shut_down()
    sys.excepthook = sys.__excepthook__
    return code


def _open_named(window: MainWindow, file: Path) -> None:
    """Open the file named on the command line, with the passphrase of the variable if there is one."""
    window.open_file(file, os.environ.get("ZHIYAN_PASSPHRASE", ""))


def has_display() -> bool:
    """Tell whether there is a screen; without one Qt ends the program with a core dump."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def make_application() -> QApplication:
    """Return the application, dressed; makes it if there is none."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["zhiyan"])
    application.setApplicationName("zhiyan")
    application.setApplicationDisplayName("Zhiyan")
    QGuiApplication.setDesktopFileName("zhiyan")
    application.setWindowIcon(QIcon(pixmap("zhiyan", 64)))
    theme.apply(application)
    return application
