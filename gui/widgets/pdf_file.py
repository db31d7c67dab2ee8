"""Pages of a PDF file as pictures. All of it runs in one worker thread: PDFium knows only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument


class PdfFile:
    """A PDF in memory, open for drawing.

    Parameters
    ----------
    data
        The whole file.
    """

    def __init__(self, data: bytes) -> None:
        import pypdfium2

        self._document: PdfDocument | None = pypdfium2.PdfDocument(data)
        self.sizes = tuple(
            QSizeF(*self._document.get_page_size(number)) for number in range(len(self._document))
        )

    def draw(self, page: int, scale: float) -> QImage:
        """Draw a page; ``scale`` is in pixels a point."""
        if self._document is None:
            return QImage()
        opened = self._document[page]
        try:
            bitmap = opened.render(scale=scale, prefer_bgrx=True)
            picture = QImage(
                bytes(bitmap.buffer),
                bitmap.width,
                bitmap.height,
                bitmap.stride,
                QImage.Format.Format_RGB32,
            ).copy()
            bitmap.close()
        finally:
            opened.close()
        return picture

    def close(self) -> None:
        """Let go of the file."""
        if self._document is not None:
            self._document.close()
            self._document = None
