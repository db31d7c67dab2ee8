"""Shows the pages of a PDF one under the other; draws those in view, in a worker."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from gui import theme
from gui.guard import guarded
from gui.tasks import Tasks
from gui.widgets.pdf_file import PdfFile

_GAP = 20
_KEPT = 16
"""So many drawn pages are kept."""

ZOOMS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)
_PIXELS_A_POINT = 96 / 72


class PdfView(QAbstractScrollArea):
    """A virtual list of pages.

    Signals
    -------
    page_changed
        Number of the page in view, from 0, and the number of pages.
    zoom_changed
        The zoom; 1 is life size, 0 fits the width.
    """

    page_changed = Signal(int, int)
    zoom_changed = Signal(float)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._file: PdfFile | None = None
        self._drawn: OrderedDict[tuple[int, int], QImage] = OrderedDict()
        self._wanted: set[tuple[int, int]] = set()
        self._zoom = 0.0
        self._tops: list[float] = []
        self._last_page = -1
        self._waiting = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    # -- what is shown ---------------------------------------------------------------------

    def show_file(self, file: PdfFile | None) -> None:
        """Show another file, which this view then owns, or none."""
        old, self._file = self._file, file
        if old is not None:
            self._tasks.start(None, lambda _tick: old.close())
        self._drawn.clear()
        self._wanted.clear()
        self._last_page = -1
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        self._scrolled()

    def say(self, text: str) -> None:
        """Show a sentence while there is no page."""
        self._waiting = text
        self.viewport().update()

    @property
    def n_pages(self) -> int:
        """Number of pages."""
        return len(self._file.sizes) if self._file else 0

    @property
    def page(self) -> int:
        """The page in view, from 0."""
        middle = self.verticalScrollBar().value() + self.viewport().height() / 3
        return max((n for n, top in enumerate(self._tops) if top <= middle), default=0)

    def go_to(self, page: int) -> None:
        """Bring a page into view."""
        if 0 <= page < self.n_pages:
            self.verticalScrollBar().setValue(round(self._tops[page] - _GAP / 2))

    @property
    def percent(self) -> int:
        """How large the pages are shown, in per cent of life size."""
        return round(100 * self._scale() / _PIXELS_A_POINT)

    @property
    def zoom(self) -> float:
        """The zoom; 0 fits the width."""
        return self._zoom

    def set_zoom(self, zoom: float) -> None:
        """Zoom, keeping the page in view."""
        page = self.page
        self._zoom = zoom
        self._lay_out()
        self.go_to(page)
        self.zoom_changed.emit(zoom)
        self.viewport().update()

    def step_zoom(self, steps: int) -> None:
        """Go to the next larger or smaller zoom."""
        now = self._scale() / _PIXELS_A_POINT
        if steps > 0:
            self.set_zoom(next((zoom for zoom in ZOOMS if zoom > now * 1.01), ZOOMS[-1]))
        else:
            smaller = [zoom for zoom in ZOOMS if zoom < now * 0.99]
            self.set_zoom(smaller[-1] if smaller else ZOOMS[0])

    @property
    def pictures(self) -> dict[int, QImage]:
        """The pages drawn at the present zoom."""
        scale = self._scale_key()
        return {page: image for (page, at), image in self._drawn.items() if at == scale}

    # -- lay-out and painting --------------------------------------------------------------

    def _scale(self) -> float:
        if self._zoom:
            return self._zoom * _PIXELS_A_POINT
        widest = (
            max((size.width() for size in self._file.sizes), default=595) if self._file else 595
        )
        room = max(self.viewport().width() - 2 * _GAP - 4, 120)
        return min(room / widest, 1.6 * _PIXELS_A_POINT)

    def _scale_key(self) -> int:
        return round(self._scale() * self.devicePixelRatioF() * 1000)

    def _lay_out(self) -> None:
        scale, y, widest = self._scale(), float(_GAP), 0.0
        self._tops = []
        for size in self._file.sizes if self._file else ():
            self._tops.append(y)
            y += size.height() * scale + _GAP
            widest = max(widest, size.width() * scale + 2 * _GAP)
        port = self.viewport()
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setPageStep(port.height())
        vertical.setSingleStep(48)
        vertical.setRange(0, max(round(y) - port.height(), 0))
        horizontal.setPageStep(port.width())
        horizontal.setSingleStep(48)
        horizontal.setRange(0, max(round(widest) - port.width(), 0))

    def _place(self, page: int) -> QRectF:
        size, scale = self._file.sizes[page], self._scale()
        width = size.width() * scale
        room = max(float(self.viewport().width()), width + 2 * _GAP)
        left = (room - width) / 2 - self.horizontalScrollBar().value()
        top = self._tops[page] - self.verticalScrollBar().value()
        return QRectF(round(left), round(top), round(width), round(size.height() * scale))

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor("#E9E6E0"))
        if self._file is None and self._waiting:
            painter.setPen(QColor(theme.INK_SOFT))
            middle = Qt.AlignmentFlag.AlignCenter
            painter.drawText(self.viewport().rect(), middle, self._waiting)
        seen = self._seen()
        for page in seen:
            place = self._place(page)
            painter.fillRect(place.translated(0, 2), QColor(0, 0, 0, 18))
            painter.fillRect(place, QColor(theme.SURFACE))
            image = self._drawn.get((page, self._scale_key())) or self._nearest(page)
            if image is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(place, image)
            painter.setPen(QPen(QColor(theme.HAIRLINE)))
            painter.drawRect(place)
            self._want(page)
        painter.end()
        if seen and seen[-1] + 1 < self.n_pages:
            self._want(seen[-1] + 1)

    def _nearest(self, page: int) -> QImage | None:
        return next((image for (n, _s), image in self._drawn.items() if n == page), None)

    def _seen(self) -> list[int]:
        height = self.viewport().height()
        pages = ((page, self._place(page)) for page in range(self.n_pages))
        return [page for page, place in pages if place.bottom() >= 0 and place.top() <= height]

    def _want(self, page: int) -> None:
        key = (page, self._scale_key())
        file = self._file
        if key in self._drawn or key in self._wanted or file is None:
            return
        self._wanted.add(key)
        scale = key[1] / 1000

        def take(image: QImage) -> None:
            self._wanted.discard(key)
            if file is self._file and not image.isNull():
                self._drawn[key] = image
                while len(self._drawn) > _KEPT:
                    self._drawn.popitem(last=False)
                self.viewport().update()

        self._tasks.start(None, lambda _tick: file.draw(page, scale), done=take)

    # -- events ----------------------------------------------------------------------------

    @guarded()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        page = self.page
        self._lay_out()
        if not self._zoom:
            self.go_to(page)
            self.zoom_changed.emit(0.0)

    @guarded()
    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    @guarded()
    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step_zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    @guarded()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_PageDown | Qt.Key.Key_Space:
                bar.setValue(bar.value() + round(self.viewport().height() * 0.9))
            case Qt.Key.Key_PageUp:
                bar.setValue(bar.value() - round(self.viewport().height() * 0.9))
            case Qt.Key.Key_Home:
                bar.setValue(0)
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case _:
                super().keyPressEvent(event)

    def _scrolled(self) -> None:
        page = self.page
        if page != self._last_page:
            self._last_page = page
            self.page_changed.emit(page, self.n_pages)
