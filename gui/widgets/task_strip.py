"""What is under way, at the foot of the window: its name, how far it is, and Cancel."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from gui.language import Language
from gui.tasks import Task, Tasks
from gui.widgets.buttons import button
from gui.widgets.labels import label


class TaskStrip(QWidget):
    """Shows the oldest long task; hidden while there is none."""

    def __init__(self, language: Language, tasks: Tasks) -> None:
        super().__init__()
        self._language = language
        self._tasks = tasks
        self._task: Task | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 8, 2)
        row.setSpacing(12)
        self.name = label("small", wrap=False)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.share = label("small", wrap=False)
        self.share.setFixedWidth(36)
        self.cancel = button("quiet", "close", self._cancel)
        for widget in (self.name, self.bar, self.share, self.cancel):
            row.addWidget(widget)
        tasks.changed.connect(self.refresh)
        language.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the task under way, worded in the language there is."""
        words = self._language.words
        running = self._tasks.running
        self.setVisible(bool(running))
        self.cancel.setText(words("Cancel"))
        task = running[0] if running else None
        if task is not self._task:
            self._task = task
            if task is not None:
                task.progress.connect(self._show)
        if task is not None:
            waiting = words("Stopping…") if task.cancelling else words.say(task.title)
            self.name.setText(waiting)
            self.bar.setAccessibleName(waiting)
            self.cancel.setEnabled(not task.cancelling)
            self._show(task.share)

    def _show(self, share: float) -> None:
        self.bar.setRange(0, 1000 if share else 0)
        self.bar.setValue(round(share * 1000))
        self.share.setText(f"{share:.0%}" if share else "")

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self.refresh()
