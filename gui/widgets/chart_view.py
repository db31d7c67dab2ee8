"""A chart as the report prints it, drawn from the same SVG."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.guard import guarded

_WIDEST = 760


class ChartView(QWidget):
    """Draws an SVG as wide as there is room for, keeping its proportions.

    Parameters
    ----------
    description
        A sentence for those who cannot see the chart.
    """

    def __init__(self, svg: bytes, description: str) -> None:
        super().__init__()
        self._renderer = QSvgRenderer(QByteArray(svg))
        self.setAccessibleName(description)
        self.setToolTip(description)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def readable(self) -> bool:
        """Whether the SVG could be read."""
        return self._renderer.isValid()

    def hasHeightForWidth(self) -> bool:
        return True

    @guarded(100)
    def heightForWidth(self, width: int) -> int:
        size = self._renderer.defaultSize()
        return round(min(width, _WIDEST) * size.height() / max(size.width(), 1))

    def sizeHint(self) -> QSize:
        return QSize(_WIDEST, self.heightForWidth(_WIDEST))

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        width = min(self.width(), _WIDEST)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._renderer.render(painter, QRectF(0, 0, width, self.heightForWidth(width)))
        painter.end()
