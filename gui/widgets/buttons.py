"""Buttons: ordinary, primary, and segments of which one is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QToolButton, QWidget

from gui import theme
from gui.icons import icon


def button(
    kind: str = "", icon_name: str = "", pressed: Callable[[], object] | None = None
) -> QPushButton:
    """Make a push button; ``kind`` is ``primary``, ``quiet`` or nothing."""
    made = _Button() if icon_name else QPushButton()
    if kind:
        made.setProperty("kind", kind)
    if icon_name:
        colour = {"primary": theme.SURFACE, "quiet": theme.ACCENT}.get(kind, theme.INK_SOFT)
        made.setIcon(icon(icon_name, colour))
        made.setIconSize(QSize(18, 18))
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(False)
    if pressed is not None:
        made.clicked.connect(lambda _checked=False: pressed())
    return made


class _Button(QPushButton):
    """Keeps its icon and its words apart, which the style does not."""

    def setText(self, text: str) -> None:
        super().setText(f"\u2002{text}" if text else "")


def tool(icon_name: str, pressed: Callable[[], object]) -> QToolButton:
    """Make a small button with an icon only; give it a tool tip and an accessible name."""
    made = QToolButton()
    made.setProperty("kind", "tool")
    made.setIcon(icon(icon_name, theme.INK_SOFT))
    made.setIconSize(QSize(18, 18))
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.clicked.connect(lambda _checked=False: pressed())
    return made


def name(widget: QWidget, text: str) -> None:
    """Give a widget that has no words of its own a tool tip and a name for screen readers."""
    widget.setToolTip(text)
    widget.setAccessibleName(text)


class Segments(QWidget):
    """A row of joined buttons, exactly one of them chosen.

    Parameters
    ----------
    keys
        What ``chosen`` sends, one a button.
    """

    chosen = Signal(str)

    def __init__(self, keys: Iterable[str], chosen: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        keys = list(keys)
        for key in keys:
            made = button("segment")
            made.setCheckable(True)
            place = "first" if key == keys[0] else "last" if key == keys[-1] else "middle"
            made.setProperty("place", place)
            made.setChecked(key == chosen)
            made.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            group.addButton(made)
            row.addWidget(made)
            self._buttons[key] = made

    @property
    def key(self) -> str:
        """Which one is chosen."""
        return next(key for key, made in self._buttons.items() if made.isChecked())

    def choose(self, key: str) -> None:
        """Choose one without sending ``chosen``."""
        self._buttons[key].setChecked(True)

    def word(self, names: dict[str, str], accessible: str = "") -> None:
        """Set what stands on the buttons, and what they are for."""
        for key, text in names.items():
            self._buttons[key].setText(text)
        self.setAccessibleName(accessible)
        self.setToolTip(accessible)

    def button(self, key: str) -> QPushButton:
        """Return one of the buttons."""
        return self._buttons[key]
