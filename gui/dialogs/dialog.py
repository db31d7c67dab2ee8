"""What all dialogs have: a title, a body, a line for a refusal, and two buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from gui.guard import guarded
from gui.widgets.buttons import button
from gui.widgets.labels import label
from gui.widgets.notice import Notice
from surveys.words import Words


class Dialog(QDialog):
    """A dialog over the window; destroyed when closed.

    ``accept_button`` runs :meth:`confirm`, which the dialogs that ask for something override.
    """

    def __init__(self, parent: QWidget | None, words: Words, title: str, width: int = 560) -> None:
        super().__init__(parent)
        self.words = words
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(width)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 28, 32, 24)
        column.setSpacing(16)
        column.addWidget(label("heading", title))
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        column.addLayout(self.body, 1)
        self.refusal = Notice("refusal")
        self.refusal.hide()
        column.addWidget(self.refusal)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(8)
        self.foot.addStretch(1)
        self.cancel_button = button("", pressed=self.reject)
        self.accept_button = button("primary", pressed=self.confirm)
        self.accept_button.setDefault(True)
        self.foot.addWidget(self.cancel_button)
        self.foot.addWidget(self.accept_button)
        column.addSpacing(8)
        column.addLayout(self.foot)
        self.cancel_button.setText(words("Cancel"))

    def confirm(self) -> None:
        """Do what the dialog is for."""
        self.accept()

    def refuse(self, sentence: str) -> None:
        """Say why it does not go on, and stay open."""
        self.refusal.say(sentence)
        self.refusal.setVisible(bool(sentence))
        self.set_waiting(False)
        self.layout().activate()
        needed = self.layout().totalHeightForWidth(self.width())
        if needed > self.height():
            self.resize(self.width(), needed)

    def set_waiting(self, waiting: bool) -> None:
        """Keep the user from pressing twice while something is under way."""
        self.accept_button.setEnabled(not waiting)
        if waiting:
            self.refusal.hide()

    @guarded()
    def done(self, result: int) -> None:
        super().done(result)
        self.deleteLater()
