"""Locks the project when nobody has touched the window for a while (privacy rule P11)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from gui.guard import guarded

MINUTES = 15
"""So long nobody need touch anything."""

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class IdleWatch(QObject):
    """Calls ``lock`` after :data:`MINUTES` without a key, a click or a movement in the window.

    Parameters
    ----------
    window
        Must have been shown: the watch follows what the system sends to it.
    lock
        Tells whether it locked; where it could not, because something is running, it is asked again
        later.
    """

    def __init__(self, window: QWidget, lock: Callable[[], bool]) -> None:
        super().__init__(window)
        self._lock = lock
        self.timer = QTimer(self, singleShot=True, interval=MINUTES * 60_000)
        self.timer.timeout.connect(self._locked)
        window.windowHandle().installEventFilter(self)
        self.timer.start()

    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self.timer.start()
        return False

    def _locked(self) -> None:
        self._lock()
        self.timer.start()
