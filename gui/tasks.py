"""Work beside the window: the only place where threads are made.

A task is a function with frozen values in and a result out. It is given ``tick``, which reports how
far it is and raises :class:`Cancelled` once somebody pressed Cancel; results and errors come back as
signals in the window's thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from PySide6.QtCore import QObject, Signal

from surveys.words import Message

Tick = Callable[[float], None]

_REPORT_EVERY = 0.05
"""Seconds between two reports, so that a fast loop does not flood the window."""


class Cancelled(Exception):  # noqa: N818
    """The user changed their mind: not an error."""


class Task(QObject):
    """One piece of work under way, as the window sees it; lives in the window's thread.

    Signals
    -------
    progress
        Share done, 0 to 1.
    done, failed, cancelled
        Exactly one of them, with the result, with the exception, or with nothing.
    ended
        After that, in any case.
    """

    progress = Signal(float)
    done = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()

    def __init__(self, title: Message | None, work: _Work) -> None:
        super().__init__()
        self.title = title
        self.share = 0.0
        self._work = work

    @property
    def cancelling(self) -> bool:
        """Whether the task was asked to stop."""
        return self._work.stop

    def cancel(self) -> None:
        """Ask the work to stop at its next tick; its result is thrown away in any case."""
        self._work.stop = True

    def report(self, share: float) -> None:
        """Take note of how far the work is."""
        self.share = share
        self.progress.emit(share)

    def settle(self, outcome: str, value: object) -> None:
        """Send the signals that belong to the outcome."""
        try:
            if outcome == "cancelled" or (outcome == "done" and self._work.stop):
                self.cancelled.emit()
            elif outcome == "failed":
                self.failed.emit(value)
            else:
                self.done.emit(value)
        finally:
            self.ended.emit()


class Tasks(QObject):
    """Starts tasks and knows which are running.

    Long tasks have a title and are shown with progress and Cancel; small ones (a page to be drawn)
    have none. Small tasks run one after the other in a thread of their own, which is the only one
    that draws pages.

    Workers hold no :class:`Task`: they speak through this object, which outlives them, so that no
    Qt object begins or ends its life in another thread. (For the same reason they are no
    ``QRunnable``.)
    """

    changed = Signal()
    unhandled = Signal(object)
    _ticked = Signal(int, float)
    _settled = Signal(int, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: dict[int, Task] = {}
        self._count = 0
        self._long = ThreadPoolExecutor(2, "long")
        self._small = ThreadPoolExecutor(1, "drawing")
        self._under_way: set[Future[None]] = set()
        self._ticked.connect(self._take_report)
        self._settled.connect(self._take_outcome)

    @property
    def running(self) -> list[Task]:
        """The long tasks under way, oldest first."""
        return [task for task in self._tasks.values() if task.title is not None]

    def start(
        self,
        title: Message | None,
        function: Callable[[Tick], Any],
        *,
        drawing: bool = False,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[BaseException], object] | None = None,
        cancelled: Callable[[], object] | None = None,
    ) -> Task:
        """Run ``function(tick)`` in another thread.

        Parameters
        ----------
        title
            What to show while it runs; ``None`` for small tasks, which are not shown.
        drawing
            Run it in the one thread for drawing, as all small tasks are.
        done, failed, cancelled
            Called in the window's thread. Without ``failed``, an error is handed to the signal
            ``unhandled``.
        """
        self._count += 1
        work = _Work(self, self._count, function)
        task = Task(title, work)
        task.failed.connect(failed or self.unhandled.emit)
        if done is not None:
            task.done.connect(done)
        if cancelled is not None:
            task.cancelled.connect(cancelled)
        self._tasks[self._count] = task
        pool = self._small if drawing or title is None else self._long
        self._under_way = {future for future in self._under_way if not future.done()}
        self._under_way.add(pool.submit(work.run))
        self.changed.emit()
        return task

    def cancel_all(self) -> None:
        """Ask everything under way to stop."""
        for task in self._tasks.values():
            task.cancel()
        self.changed.emit()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until no work is under way; tells whether that came about."""
        return not wait(self._under_way, seconds).not_done

    def close(self) -> None:
        """Cancel everything, wait for it, and end the threads."""
        self.cancel_all()
        self._long.shutdown()
        self._small.shutdown()

    def _take_report(self, number: int, share: float) -> None:
        if number in self._tasks:
            self._tasks[number].report(share)

    def _take_outcome(self, number: int, outcome: str, value: object) -> None:
        task = self._tasks.pop(number)
        self.changed.emit()
        task.settle(outcome, value)


class _Work:
    def __init__(self, tasks: Tasks, number: int, function: Callable[[Tick], Any]) -> None:
        self.stop = False
        self._tasks = tasks
        self._number = number
        self._function = function
        self._last = 0.0

    def run(self) -> None:
        try:
            if self.stop:
                raise Cancelled
            result = self._function(self._tick)
        except Cancelled:
            self._tasks._settled.emit(self._number, "cancelled", None)
        except BaseException as error:  # delivered, and its fate decided, in the window's thread
            self._tasks._settled.emit(self._number, "failed", error)
        else:
            self._tasks._settled.emit(self._number, "done", result)

    def _tick(self, share: float) -> None:
        if self.stop:
            raise Cancelled
        now = time.monotonic()
        if now - self._last >= _REPORT_EVERY or share >= 1:
            self._last = now
            self._tasks._ticked.emit(self._number, min(max(float(share), 0.0), 1.0))
