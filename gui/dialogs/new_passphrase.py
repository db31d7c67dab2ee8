"""Asks for another passphrase for the open project."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui.dialogs.dialog import Dialog
from gui.dialogs.new_project import LEAST_CHARACTERS
from gui.dialogs.passphrase import passphrase_field
from gui.widgets.labels import label
from surveys.words import Words


class NewPassphraseDialog(Dialog):
    """Two fields that must agree."""

    def __init__(
        self, parent: QWidget | None, words: Words, agreed: Callable[[str], object]
    ) -> None:
        super().__init__(parent, words, words("Change the passphrase"), 480)
        self._agreed = agreed
        self.passphrase, self.again = passphrase_field(words), passphrase_field(words)
        self.again.setAccessibleName(words("The passphrase again"))
        for name, field in (
            (words("New passphrase"), self.passphrase),
            (words("The same again"), self.again),
        ):
            made = label("label", name, wrap=False)
            made.setBuddy(field)
            self.body.addWidget(made)
            self.body.addWidget(field)
        self.body.addWidget(
            label(
                "small",
                words(
                    "The whole file is encrypted anew. Copies made earlier keep the old passphrase."
                ),
            )
        )
        self.accept_button.setText(words("Change"))
        self.passphrase.setFocus()

    def confirm(self) -> None:
        """Check that the two agree."""
        words = self.words
        if len(self.passphrase.text()) < LEAST_CHARACTERS:
            self.refuse(
                words(
                    "The passphrase needs at least {n} characters; a few words make a good one.",
                    n=LEAST_CHARACTERS,
                )
            )
            self.passphrase.setFocus()
        elif self.passphrase.text() != self.again.text():
            self.refuse(words("The two passphrases differ. Type them again."))
            self.again.setFocus()
        else:
            self.accept()
            self._agreed(self.passphrase.text())
