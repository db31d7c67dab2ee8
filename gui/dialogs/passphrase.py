"""Asks for the passphrase of a project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from gui import theme
from gui.dialogs.dialog import Dialog
from gui.icons import icon
from gui.widgets.labels import label
from surveys.words import Words


class PassphraseDialog(Dialog):
    """Stays open until the passphrase opens the project or the user gives up.

    Parameters
    ----------
    file
        The project.
    tried
        Called with each passphrase; whoever passes it calls :meth:`refuse` or :meth:`accept`.
    """

    def __init__(
        self, parent: QWidget | None, words: Words, file: Path, tried: Callable[[str], object]
    ) -> None:
        super().__init__(parent, words, words("Open {name}", name=file.stem), 480)
        self._tried = tried
        self.body.addWidget(label("soft", str(file.parent)))
        self.passphrase = passphrase_field(words)
        name = label("label", words("Passphrase"), wrap=False)
        name.setBuddy(self.passphrase)
        self.body.addWidget(name)
        self.body.addWidget(self.passphrase)
        self.accept_button.setText(words("Open"))
        self.passphrase.setFocus()

    def confirm(self) -> None:
        """Try what was typed."""
        if not self.passphrase.text():
            self.refuse(self.words("Type the passphrase."))
            return
        self.set_waiting(True)
        self._tried(self.passphrase.text())

    def refuse(self, sentence: str) -> None:
        super().refuse(sentence)
        self.passphrase.setFocus()
        self.passphrase.selectAll()


def passphrase_field(words: Words) -> QLineEdit:
    """Make a field that hides what is typed, with an eye to show it."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setAccessibleName(words("Passphrase"))
    eye = QAction(icon("eye", theme.INK_SOFT), words("Show what is typed"), field)
    eye.setCheckable(True)
    eye.toggled.connect(
        lambda shown: field.setEchoMode(
            QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        )
    )
    field.addAction(eye, QLineEdit.ActionPosition.TrailingPosition)
    return field
