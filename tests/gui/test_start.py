"""The start: which command opens a window, and what is loaded before it is painted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gui.__main__ as start

_HEAVY = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "reportlab", "pypdfium2")


def _run(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        cwd=Path(__file__).parents[2],
        check=False,
        timeout=120,
    )


def test_nothing_heavy_is_loaded_before_the_first_paint(tmp_path: Path) -> None:
    """The window is painted, welcome page and all, without the numerical libraries."""
    code = f"""
import sys
from pathlib import Path
from gui.app import make_application
from gui.language import Language
from gui.main_window import MainWindow
from gui.settings import Settings
application = make_application()
window = MainWindow(Language("zh"), Settings(Path({str(tmp_path)!r}) / "w.ini"))
window.show()
application.processEvents()
window.grab()
heavy = [name for name in {_HEAVY!r} if name in sys.modules]
window.close()
print(",".join(heavy) or "light")
"""
    result = _run(code)
    assert result.stdout.strip() == "light", result.stdout + result.stderr


def test_a_subcommand_does_not_load_qt() -> None:
    """The command line runs on machines without Qt."""
    result = _run(
        "import sys, gui.__main__ as m; code = m.main(['instruments']);"
        "print('qt' if any(n.startswith('PySide6') for n in sys.modules) else 'no qt', code)"
    )
    assert result.stdout.strip().splitlines()[-1] == "no qt 0", result.stderr


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        ([], []),
        (["app"], []),
        (["app", "x.zhiyan"], ["x.zhiyan"]),
        (["乡镇.zhiyan"], ["乡镇.zhiyan"]),
    ],
)
def test_what_opens_the_window(
    arguments: list[str], files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``zhiyan``, ``zhiyan app [FILE]`` and a lone project file open the window."""
    opened: list[list[str]] = []
    monkeypatch.setattr(start, "_window", lambda given: opened.append(given) or 0)
    assert start.main(arguments) == 0
    assert opened == [files]


@pytest.mark.parametrize("arguments", [["check", "cmra_core"], ["app", "--fast"], ["unknown"]])
def test_everything_else_goes_to_the_command_line(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Subcommands, and what is misspelt, are answered by the command line."""
    taken: list[list[str]] = []
    monkeypatch.setattr("analysis.cli.main", lambda given: taken.append(given) or 2)
    assert start.main(arguments) == 2
    assert taken == [arguments]


def test_many_signals_do_not_end_the_program() -> None:
    """A release of Qt's bindings whose ``emit`` loses references (6.12.0) must not be pinned."""
    result = _run(
        "from gui.app import make_application\n"
        "from PySide6.QtCore import QObject, Signal\n"
        "class Sender(QObject):\n"
        "    said = Signal()\n"
        "application = make_application()\n"
        "sender = Sender()\n"
        "for _ in range(50_000):\n"
        "    sender.said.emit()\n"
        "print('alive')\n"
    )
    assert result.stdout.strip() == "alive"
    assert result.returncode == 0, result.stderr


def test_without_a_display_there_is_a_sentence(tmp_path: Path) -> None:
    """Exit code 2, no core dump."""
    if sys.platform in {"win32", "darwin"}:
        pytest.skip("there is always a display")
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        environment.pop(name, None)
    result = subprocess.run(
        [sys.executable, "-m", "gui", "app"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        cwd=Path(__file__).parents[2],
        check=False,
        timeout=120,
    )
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr
