"""Line icons, drawn for this program, in any colour."""

from __future__ import annotations

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui import theme


@cache
def icon(name: str, colour: str = theme.INK_SOFT, active: str = "") -> QIcon:
    """Return the icon ``name``; ``active`` is the colour when checked."""
    made = QIcon()
    made.addPixmap(pixmap(name, 24, colour))
    made.addPixmap(pixmap(name, 24, "#B5B3AC"), QIcon.Mode.Disabled)
    if active:
        made.addPixmap(pixmap(name, 24, active), QIcon.Mode.Normal, QIcon.State.On)
    return made


def pixmap(name: str, size: int, colour: str = theme.INK_SOFT, ratio: float = 2.0) -> QPixmap:
    """Draw the icon ``name`` in ``colour``, ``size`` pixels wide and high, at double density."""
    text = resources.files("gui.icons").joinpath(f"{name}.svg").read_text(encoding="utf-8")
    drawn = QPixmap(QSize(size, size) * ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode())).render(painter)
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn
