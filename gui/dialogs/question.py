"""Asks one thing with two answers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui.dialogs.dialog import Dialog
from gui.widgets.labels import label
from surveys.words import Words


class QuestionDialog(Dialog):
    """Does ``agreed`` if the first button is pressed, nothing otherwise."""

    def __init__(
        self,
        parent: QWidget | None,
        words: Words,
        title: str,
        question: str,
        action: str,
        agreed: Callable[[], object],
        other: str = "",
    ) -> None:
        super().__init__(parent, words, title, 480)
        self._agreed = agreed
        self.body.addWidget(label("", question, selectable=True))
        self.accept_button.setText(action)
        if other:
            self.cancel_button.setText(other)

    def confirm(self) -> None:
        """Close, then do it."""
        self.accept()
        self._agreed()
